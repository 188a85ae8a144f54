import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { End, Flow, Hop, NodeHop, Way } from '../path/connection.ts';
import { numberOf } from '../path/decider.ts';
import { chainNameIn } from './path-names.ts';
import { sayReason } from './reasons.ts';
import { urlWords as en } from './words/en/urls.ts';
import { urlWords as ko } from './words/ko/urls.ts';
import type { Language } from './words/language.ts';
import type { UrlWords } from './words/urls.ts';

export const urlTables: Readonly<Record<Language, UrlWords>> = { en, ko };

/** `10.0.0.5 -> 10.96.0.1:80`; a source port only where it is known. */
function nameFlow({ source, sourcePort, destination, destinationPort }: Flow): string {
  const from =
    sourcePort === null || sourcePort === 0 ? formatAddress(source) : formatEndpoint(source, sourcePort);
  const to =
    destinationPort === 0 ? formatAddress(destination) : formatEndpoint(destination, destinationPort);
  return `${from} -> ${to}`;
}

/** What a hop is and does: one line, and another with what comes of it. */
export function nameHop(hop: Hop, w: UrlWords): string[] {
  if (hop.kind === 'balancer')
    return [w.balancer(hop.service, hop.mode === 'VIP', hop.node, hop.alike), `  ${nameFlow(hop.after)}`];
  const rules = nameRules(hop);
  return [`${hop.node}: ${nameChange(hop, w)}`, ...(rules === '' ? [] : [`  ${w.rules(rules)}`])];
}

function nameChange({ before, after }: NodeHop, w: UrlWords): string {
  const flow = nameFlow(before);
  if (after === null) return w.endsHere(flow);
  return nameFlow(after) === flow ? w.goesOn(flow) : w.becomes(flow, nameFlow(after));
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
export function nameEnd(end: End, language: Language): string {
  const { ends } = urlTables[language];
  switch (end.kind) {
    case 'reached':
      return ends.reached({
        server: formatEndpoint(end.address, end.port),
        node: end.node,
        source: formatAddress(end.source),
      });
    case 'dropped':
      return ends.dropped({ node: end.node, why: end.reason && sayReason(end.reason, language) });
    case 'rejected':
      return ends.rejected(end);
    case 'left':
    case 'unplaced':
      return ends[end.kind]({ server: formatEndpoint(end.address, end.port) });
    case 'refused':
    case 'lost':
    case 'unknown':
      return ends[end.kind]({ why: sayReason(end.reason, language) });
  }
}

/** The answer's way back. */
export function nameReply({ end }: Way, language: Language): string[] {
  if (end.kind !== 'reached') return [];
  const w = urlTables[language];
  const { hops, broken } = end.reply;
  const steps = hops.map(({ node, after }) => `${node ?? w.balancerName}: ${nameFlow(after)}`);
  return [...steps, ...(broken === null ? [] : [w.noAnswer(sayReason(broken, language))])];
}
