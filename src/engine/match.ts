import type { Address } from '../address/address.ts';
import { portProtocols, protocolNumbers } from '../address/protocols.ts';
import { contains } from '../address/subnet.ts';
import type { Host } from '../host/model.ts';
import { addressType, isDoubt, isUnreachable } from '../host/route.ts';
import type {
  AddressRange,
  AddressType,
  Match,
  MatchKind,
  Negatable,
  TransportMatch,
} from '../iptables/rule/match.ts';
import { notShown } from '../iptables/rule/target.ts';
import type { Branch } from './branch.ts';
import { matchesName } from './interface-name.ts';
import { matchesConnection, matchesState } from './match-connection.ts';
import { consultStatistic, matchRecent } from './match-memory.ts';
import { matchesSet } from './match-set.ts';
import { matchesPhysdev } from './physdev.ts';
import { matchesPort } from './ports.ts';
import type { Program } from './program.ts';
import { matchesReversePath } from './reverse-path.ts';
import { every, negateIf, type Question, type Truth } from './truth.ts';

/** What matches may ask besides the packet itself. */
export interface Surroundings {
  readonly program: Program;
  readonly host: Host;
  /** Seconds. */
  readonly now: number;
}

export type MatchOf<Kind extends MatchKind> = Extract<Match, { readonly kind: Kind }>;

type Semantics = {
  readonly [Kind in MatchKind]: (match: MatchOf<Kind>, branch: Branch, surroundings: Surroundings) => Truth;
};

/** What each match says of a packet, as the kernel's module of that name does. May change the branch's memory. */
const semantics: Semantics = {
  source: (match, { source }) => contains(match.subnet, source) !== match.negated,
  destination: (match, { destination }) => contains(match.subnet, destination) !== match.negated,
  'in-interface': (match, branch) => matchesName(match.name, branch.in) !== match.negated,
  'out-interface': (match, branch) => matchesName(match.name, branch.out) !== match.negated,
  protocol: (match, { protocol }) => (protocol === match.protocol) !== match.negated,
  fragment: (match) => match.negated,
  tcp: matchesTransport,
  udp: matchesTransport,
  sctp: matchesTransport,
  dccp: matchesTransport,
  icmp: matchesIcmp,
  icmp6: matchesIcmp,
  multiport: matchesMultiport,
  addrtype: matchesAddressTypes,
  comment: () => true,
  conntrack: matchesConnection,
  state: matchesState,
  mark: (match, { mark }) => ((mark & match.mask) >>> 0 === match.value >>> 0) !== match.negated,
  connmark: (match, { tracking }) =>
    typeof tracking === 'object' &&
    ((tracking.mark & match.mask) >>> 0 === match.value >>> 0) !== match.negated,
  statistic: consultStatistic,
  recent: matchRecent,
  iprange: (match, branch) =>
    within(match.source, branch.source) && within(match.destination, branch.destination),
  set: matchesSet,
  physdev: matchesPhysdev,
  mac: (match) =>
    negateIf(match.negated, ask('the MAC address that the packet came from is not known', match)),
  owner: matchesOwner,
  socket: (match) => ask('the sockets of the node are not known', match),
  rpfilter: matchesReversePath,
  tcpmss: (match) =>
    negateIf(match.negated, ask('the maximum segment size that the packet offers is not known', match)),
  length: (match) => negateIf(match.negated, ask('the length of the packet is not known', match)),
  pkttype: matchesPacketType,
  // nfacct only counts. Whatever else it is, it may answer differently each time (a limit, for one).
  other: ({ name, understood }) =>
    (understood && name === 'nfacct') || {
      key: null,
      because: name === notShown ? 'not all that the rule asks is shown' : `-m ${name} is not evaluated`,
    },
};

export function evaluate(match: Match, branch: Branch, surroundings: Surroundings): Truth {
  const evaluator = semantics[match.kind] as (
    match: Match,
    branch: Branch,
    surroundings: Surroundings,
  ) => Truth;
  return evaluator(match, branch, surroundings);
}

/** What the match asks, apart from `!`, tells its question from others. */
function ask(because: string, match: Match): Question {
  const asked = { ...match, negated: undefined };
  return { key: JSON.stringify(asked), because };
}

function within(range: Negatable<AddressRange> | undefined, address: Address): boolean {
  return !range || (address >= range.value.first && address <= range.value.last) !== range.negated;
}

/** A negated `-p` before a transport match lets other protocols through to it, and then only ports can be read. */
function matchesTransport(match: TransportMatch, branch: Branch): boolean | Question {
  if (branch.protocol !== protocolNumbers[match.kind] && !portProtocols.has(branch.protocol)) {
    return ask(`-m ${match.kind} looks into a packet of another protocol`, match);
  }
  return every([
    () => matchesPort(match.sourcePort, branch.sourcePort, 'source'),
    () => matchesPort(match.destinationPort, branch.destinationPort, 'destination'),
    () =>
      !match.flags ||
      ((branch.flags & match.flags.value.mask) === match.flags.value.set) !== match.flags.negated,
    () => !match.option || ask('the TCP options of the packet are not known', match),
    () => !match.unevaluated?.length || ask(`${match.unevaluated.join(' ')} is not evaluated`, match),
  ]);
}

/** Loaded only after a `-p` of its own, as is multiport. */
function matchesIcmp(match: MatchOf<'icmp' | 'icmp6'>, branch: Branch): boolean {
  const { type, code } = branch.icmp;
  const holds =
    match.type === 255 || (type === match.type && code >= match.code.first && code <= match.code.last);
  return holds !== match.negated;
}

function matchesMultiport(match: MatchOf<'multiport'>, branch: Branch): boolean | Question {
  const sides = match.side === 'either' ? (['source', 'destination'] as const) : ([match.side] as const);
  let open: Question | undefined;
  for (const side of sides) {
    const port = side === 'source' ? branch.sourcePort : branch.destinationPort;
    for (const value of match.ports) {
      const holds = matchesPort({ value, negated: false }, port, side);
      if (holds === true) return !match.negated;
      if (holds !== false) open = { ...holds, key: `${side} ports ${JSON.stringify(match.ports)}` };
    }
  }
  return negateIf(match.negated, open ?? false);
}

function matchesAddressTypes(
  match: MatchOf<'addrtype'>,
  branch: Branch,
  { host }: Surroundings,
): boolean | Question {
  const limit = match.limit === 'in' ? branch.in : match.limit === 'out' ? branch.out : undefined;
  const holds = (types: Negatable<readonly AddressType[]> | undefined, address: Address) => () => {
    if (!types) return true;
    const type = addressType(host, address, limit);
    if (isDoubt(type))
      return negateIf(types.negated, { key: `${types.value} ${address}`, because: type.because });
    const fits =
      hasType(types.value, type, address) ||
      (mayBeUnreachable(types.value, type) && isUnreachable(host, address));
    if (typeof fits === 'object')
      return negateIf(types.negated, { key: `route ${address}`, because: fits.because });
    return fits !== types.negated;
  };
  return every([holds(match.source, branch.source), holds(match.destination, branch.destination)]);
}

/** IPv6 asks the routes for it, also of what is UNICAST; IPv4's table of local addresses knows no such type. */
function mayBeUnreachable(wanted: readonly AddressType[], type: AddressType): boolean {
  return type === 'UNICAST' && wanted.includes('UNREACHABLE');
}

/** IPv4 asks whether the one type is among those named; IPv6 asks each of them, UNICAST of every address but multicast. */
function hasType(wanted: readonly AddressType[], type: AddressType, address: Address): boolean {
  if (typeof address === 'number') return wanted.includes(type);
  if (wanted.includes('MULTICAST') && type !== 'MULTICAST') return false;
  if (wanted.includes('UNICAST') && (type === 'MULTICAST' || address === 0n)) return false;
  if (wanted.includes('UNSPEC') && address !== 0n) return false;
  const routed = wanted.filter((name) => name === 'LOCAL' || name === 'ANYCAST' || name === 'UNREACHABLE');
  return routed.length === 0 || routed.some((name) => name === type);
}

/** Packets that the node forwards have no owner; of its own, the owner is not known. */
function matchesOwner(match: MatchOf<'owner'>, branch: Branch): boolean | Question {
  const options = [match.user, match.group, match.socketExists].filter((option) => option !== undefined);
  if (!branch.local) return options.every(({ negated }) => negated);
  if (branch.answer)
    return ask('whether the kernel itself owns the errors that it sends is not known', match);
  if (match.socketExists?.negated) return false;
  if (!match.user && !match.group) return true;
  return ask('the user and group of the process that sends the packet are not known', match);
}

/** How the frame was addressed, which is not known of what is for many. */
function matchesPacketType(
  match: MatchOf<'pkttype'>,
  { destination, local }: Branch,
  { host }: Surroundings,
): boolean | Question {
  const type = addressType(host, destination);
  const forMany = !isDoubt(type) && (type === 'BROADCAST' || type === 'MULTICAST');
  if (forMany && !local)
    return negateIf(match.negated, ask(`whether the frame was a ${match.type} is not known`, match));
  return (match.type === 'unicast') !== match.negated;
}
