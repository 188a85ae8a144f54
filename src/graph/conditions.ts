import type { PortRange } from '../address/port.ts';
import { formatSubnet } from '../address/subnet.ts';
import type { Match, MatchKind, TransportMatch } from '../iptables/rule/match.ts';
import { printMatch } from '../iptables/rule/print.ts';
import { protocolName } from '../iptables/rule/protocols.ts';
import type { Asked } from './model.ts';

type Table = {
  readonly [K in MatchKind]?: (match: Extract<Match, { kind: K }>) => Asked | readonly Asked[] | null;
};

const portsOf = ({ first, last }: PortRange): string => (first === last ? `${first}` : `${first}-${last}`);

function transport({
  sourcePort,
  destinationPort,
  flags,
  option,
  unevaluated,
}: TransportMatch): readonly Asked[] | null {
  if (flags || option || unevaluated) return null;
  const asked = (code: 'from-port' | 'port', port: TransportMatch['sourcePort']): readonly Asked[] =>
    port ? [{ code, ports: portsOf(port.value), negated: port.negated }] : [];
  return [...asked('from-port', sourcePort), ...asked('port', destinationPort)];
}

/** What rules of services ask; nothing of what says nothing more, null for what there are no words for. */
const table: Table = {
  source: ({ negated, subnet }) => ({ code: 'from', prefix: shortened(formatSubnet(subnet)), negated }),
  destination: ({ negated, subnet }) => ({ code: 'to', prefix: shortened(formatSubnet(subnet)), negated }),
  'in-interface': ({ negated, name }) => ({ code: 'in', name, negated }),
  'out-interface': ({ negated, name }) => ({ code: 'out', name, negated }),
  protocol: ({ negated, protocol }) => ({ code: 'protocol', name: protocolName(protocol), negated }),
  tcp: transport,
  udp: transport,
  sctp: transport,
  multiport: ({ negated, side, ports }) =>
    side === 'destination' ? { code: 'port', ports: ports.map(portsOf).join(', '), negated } : null,
  comment: () => [],
  // Chance is the edge's share.
  statistic: ({ mode, negated }) => (mode === 'random' && !negated ? [] : null),
  conntrack: (match) => {
    const { state } = match;
    const only = state && Object.keys(match).length === 2;
    return only ? { code: 'states', states: state.value, negated: state.negated } : null;
  },
  addrtype: ({ source, destination, limit }) => {
    if (limit || (source && destination)) return null;
    if (destination?.value.join() === 'LOCAL') return { code: 'to-node', negated: destination.negated };
    return source?.value.join() === 'LOCAL' ? { code: 'from-node', negated: source.negated } : null;
  },
  recent: ({ negated, action, seconds }) =>
    action === 'rcheck' && !negated && seconds !== undefined ? { code: 'seen', seconds, negated } : null,
};

/** `10.0.0.1/32` is an address. */
const shortened = (prefix: string): string =>
  prefix.replace(/\/(?:32|128)$/, (length) => (length === '/32' && prefix.includes(':') ? length : ''));

/** What must hold for a rule to match, as iptables prints it where there are no words for it. */
export function conditionsOf(matches: readonly Match[]): readonly Asked[] {
  return matches.flatMap((match) => {
    const ask = table[match.kind] as ((match: Match) => Asked | readonly Asked[] | null) | undefined;
    return ask?.(match) ?? printMatch(match).trim();
  });
}
