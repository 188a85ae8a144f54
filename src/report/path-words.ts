import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { End, Flow, Hop, NodeHop, Way } from '../path/connection.ts';
import { numberOf } from '../path/decider.ts';
import { chainNameIn } from './path-names.ts';
import { sayReason } from './reasons.ts';

/** `10.0.0.5 -> 10.96.0.1:80`; a source port only where it is known. */
export function nameFlow({ source, sourcePort, destination, destinationPort }: Flow): string {
  const from =
    sourcePort === null || sourcePort === 0 ? formatAddress(source) : formatEndpoint(source, sourcePort);
  const to =
    destinationPort === 0 ? formatAddress(destination) : formatEndpoint(destination, destinationPort);
  return `${from} -> ${to}`;
}

/** What a hop is and does: one line, and for a node another with its rules. */
export function nameHop(hop: Hop): string[] {
  if (hop.kind === 'balancer') {
    const more = hop.alike > 0 ? `, likewise ${hop.alike} more nodes` : '';
    const how = hop.mode === 'VIP' ? 'hands the packet on as it is' : 'makes a connection of its own';
    return [`load balancer of ${hop.service}: ${how}, to ${hop.node}${more}`, `  ${nameFlow(hop.after)}`];
  }
  const { node, before, after } = hop;
  const changed = after && nameFlow(after) !== nameFlow(before);
  const what = after ? (changed ? `becomes ${nameFlow(after)}` : 'goes on as it is') : 'ends here';
  const rules = nameRules(hop);
  return [`${node}: ${nameFlow(before)} ${what}`, ...(rules === '' ? [] : [`  rules: ${rules}`])];
}

/** The rules that matched: table, and the chains that they stand in, one after the other. */
function nameRules({ outcome, rules }: NodeHop): string {
  let table = '';
  return outcome.matched
    .map(({ place }) => {
      const before = place.table === table ? '' : `${place.table} `;
      table = place.table;
      const number = numberOf(place);
      const chain = chainNameIn(rules, place.table, place.chain);
      return `${before}${chain}${number === null ? '' : ` ${number}`}`;
    })
    .join(', ');
}

/** How a way ends. */
export function nameEnd(end: End): string {
  switch (end.kind) {
    case 'reached':
      return `reaches ${formatEndpoint(end.address, end.port)} on ${end.node}, which sees ${formatAddress(end.source)}`;
    case 'dropped':
      return `is dropped by ${end.node}${end.reason ? `: ${sayReason(end.reason)}` : ''}`;
    case 'rejected':
      return `is rejected by ${end.node}`;
    case 'refused':
      return `is refused: ${sayReason(end.reason)}`;
    case 'left':
      return `leaves the cluster for ${formatEndpoint(end.address, end.port)}`;
    case 'lost':
      return `is lost: ${sayReason(end.reason)}`;
    case 'unknown':
      return `cannot be told: ${sayReason(end.reason)}`;
  }
}

/** The answer's way back. */
export function nameReply({ end }: Way): string[] {
  if (end.kind !== 'reached') return [];
  const { hops, broken } = end.reply;
  const steps = hops.map(({ node, after }) => `${node ?? 'load balancer'}: ${nameFlow(after)}`);
  return [...steps, ...(broken === null ? [] : [`no answer: ${sayReason(broken)}`])];
}
