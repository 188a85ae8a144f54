import type { PortRange } from '../address/port.ts';
import { formatSubnet } from '../address/subnet.ts';
import type { Match, MatchKind, TransportMatch } from '../iptables/rule/match.ts';
import { printMatch } from '../iptables/rule/print.ts';
import { protocolName } from '../iptables/rule/protocols.ts';

type Words = { readonly [K in MatchKind]?: (match: Extract<Match, { kind: K }>) => string | null };

const not = (negated: boolean, text: string): string => (negated ? `not ${text}` : text);

const portsOf = ({ first, last }: PortRange): string => (first === last ? `${first}` : `${first}-${last}`);

function transport({
  sourcePort,
  destinationPort,
  flags,
  option,
  unevaluated,
}: TransportMatch): string | null {
  if (flags || option || unevaluated) return null;
  const parts = [
    sourcePort && not(sourcePort.negated, `from port ${portsOf(sourcePort.value)}`),
    destinationPort && not(destinationPort.negated, `port ${portsOf(destinationPort.value)}`),
  ];
  return parts.filter(Boolean).join(', ');
}

/** Short words for what rules of services ask; empty for what says nothing more, null for what has no short words. */
const words: Words = {
  source: ({ negated, subnet }) => not(negated, `from ${shortened(formatSubnet(subnet))}`),
  destination: ({ negated, subnet }) => not(negated, `to ${shortened(formatSubnet(subnet))}`),
  'in-interface': ({ negated, name }) => not(negated, `in by ${name}`),
  'out-interface': ({ negated, name }) => not(negated, `out by ${name}`),
  protocol: ({ negated, protocol }) => not(negated, protocolName(protocol)),
  tcp: transport,
  udp: transport,
  sctp: transport,
  multiport: ({ negated, side, ports }) =>
    side === 'destination' ? not(negated, `port ${ports.map(portsOf).join(', ')}`) : null,
  comment: () => '',
  // Chance is the edge's share.
  statistic: ({ mode, negated }) => (mode === 'random' && !negated ? '' : null),
  conntrack: (match) => {
    const { state } = match;
    const only = state && Object.keys(match).length === 2;
    return only ? not(state.negated, state.value.map((name) => name.toLowerCase()).join(' or ')) : null;
  },
  addrtype: ({ source, destination, limit }) => {
    if (limit || (source && destination)) return null;
    if (destination?.value.join() === 'LOCAL') return not(destination.negated, 'to this node');
    return source?.value.join() === 'LOCAL' ? not(source.negated, 'from this node') : null;
  },
  recent: ({ negated, action, seconds }) =>
    action === 'rcheck' && !negated && seconds !== undefined ? `client seen in the last ${seconds} s` : null,
};

/** `10.0.0.1/32` is an address. */
const shortened = (prefix: string): string =>
  prefix.replace(/\/(?:32|128)$/, (length) => (length === '/32' && prefix.includes(':') ? length : ''));

/** What must hold for a rule to match, each in words, or as iptables prints it where there are none. */
export function conditionsOf(matches: readonly Match[]): readonly string[] {
  return matches.flatMap((match) => {
    const say = words[match.kind] as ((match: Match) => string | null) | undefined;
    const text = say?.(match) ?? printMatch(match).trim();
    return text === '' ? [] : [text];
  });
}
