import type { Address } from '../address/address.ts';
import type { HostDoubt } from '../host/doubt.ts';
import type { Host } from '../host/model.ts';
import { addressType, isDoubt, isMulticast, isReachedBy, isUnreachable, lookUp } from '../host/route.ts';
import { addressTypes } from '../iptables/rule/match.ts';
import type { Branch } from './branch.ts';
import { cameByPort, isBridged, portOf, portUnknown } from './bridge.ts';
import { type Connection, isOfUnknown, noZones } from './connection.ts';
import type { Content } from './content.ts';
import {
  type FieldName,
  type FieldRef,
  fieldKey,
  nameValue,
  packetTypes,
  stateNumbers,
  statusBits,
} from './fields.ts';
import { tcpFlags } from './packet.ts';
import type { Reason } from './reasons.ts';
import { reversePath } from './reverse-path.ts';
import type { Surroundings } from './surroundings.ts';

/** A value that nothing says. Values of one key are one value. */
export interface Unknown {
  readonly key: string;
  readonly reason: Reason;
  readonly changes: Extract<Content, { base: string }>['changes'];
}

export function isUnknown(value: Address | Unknown): value is Unknown {
  return typeof value === 'object';
}

/** `mask`: which bits are asked. */
type Reader = (
  branch: Branch,
  surroundings: Surroundings,
  of: string | undefined,
  mask: Address | undefined,
) => Address | Unknown;

/** The value of a field, as the branch has it now. */
export function readField(
  ref: FieldRef,
  branch: Branch,
  surroundings: Surroundings,
  mask?: Address,
): Address | Unknown {
  if (branch.contents.size > 0) {
    const content = branch.contents.get(fieldKey(ref));
    if (content) return 'value' in content ? content.value : unseen(ref, branch, content);
  }
  return readers[ref.field](branch, surroundings, ref.of, mask);
}

function unseen(
  ref: FieldRef,
  branch: Branch,
  content?: Extract<Content, { base: string }>,
  reason: Reason = { code: 'field-unknown', field: ref },
): Unknown {
  const own = fieldKey(ref);
  const base = content?.base ?? (branch.answer ? `answer's ${own}` : own);
  return { key: base, reason, changes: content?.changes ?? [] };
}

const nothing: Reader = () => 0;

const hidden =
  (field: FieldName): Reader =>
  (branch, _surroundings, of) =>
    unseen(of === undefined ? { field } : { field, of }, branch);

/** What the entry says; 0 where there is none, and then rules ask first whether there is. */
const ofEntry =
  (read: (connection: Connection) => Address): Reader =>
  ({ tracking }) =>
    typeof tracking === 'object' ? read(tracking) : 0;

/** The same, of what depends on which side began. */
const ofEnds =
  (field: FieldName, read: (branch: Branch, connection: Connection) => Address | Unknown): Reader =>
  (branch) => {
    const { tracking } = branch;
    if (typeof tracking !== 'object') return 0;
    return tracking.presumed ? unseen({ field }, branch) : read(branch, tracking);
  };

/** The question that has to be answered before a field of a presumed entry can be read; null: none. */
export function openEnd(field: FieldName, { tracking }: Branch): Unknown | null {
  if (!dependsOnEnds.has(field) || typeof tracking !== 'object' || !tracking.presumed) return null;
  if (isOfUnknown(tracking)) return null;
  return {
    key: flowDirection,
    reason: { code: 'field-unknown', field: { field: 'ctDirection' } },
    changes: [],
  };
}

/** Whether the packet at hand answers another: asked of a flow that nobody saw begin. */
export const flowDirection = "flow's direction";

const dependsOnEnds: ReadonlySet<FieldName> = new Set<FieldName>([
  'ctDirection',
  'ctOriginalSource',
  'ctOriginalDestination',
  'ctReplySource',
  'ctReplyDestination',
  'ctOriginalSourcePort',
  'ctOriginalDestinationPort',
  'ctReplySourcePort',
  'ctReplyDestinationPort',
]);

const readers: Readonly<Record<FieldName, Reader>> = {
  source: ({ source }) => source,
  destination: ({ destination }) => destination,
  protocol: ({ protocol }) => protocol,
  constant: (_branch, _surroundings, of) => numberOf(of ?? ''),
  // A packet that is told has no extension headers.
  nextHeader: ({ protocol }) => protocol,
  tos: hidden('tos'),
  ttl: hidden('ttl'),
  length: (branch) => (branch.answer === null && branch.packet.length) || unseen({ field: 'length' }, branch),
  fragment: nothing,
  sourcePort: (branch) => branch.sourcePort ?? unknownPort(branch, 'source'),
  destinationPort: (branch) => branch.destinationPort ?? unknownPort(branch, 'destination'),
  tcpFlags: ({ flags }) => flags,
  tcpOption: hidden('tcpOption'),
  mss: hidden('mss'),
  icmpType: ({ icmp }) => icmp.type,
  icmpCode: ({ icmp }) => icmp.code,
  transport: hidden('transport'),
  extensionHeader: hidden('extensionHeader'),
  sourceMac: hidden('sourceMac'),
  packetType: readPacketType,
  bridgeIn: (branch, { host }) => {
    const port = portOf(branch, host);
    return typeof port === 'string' ? nameValue(port) : doubtful(`port of ${branch.ingress}`, port);
  },
  bridgeOut: (branch) => doubtful(`port to ${branch.ingress}`, portUnknown(branch.ingress, 'leaves')),
  bridged: (branch, { host }, of) =>
    ofHost(
      `bridged ${of} ${branch.ingress} ${branch.egress}`,
      of === 'in' ? cameByPort(branch, host) : isBridged(branch, host),
    ),
  sourceUnreachable: (branch, { host }, of) => readUnreachable(branch, branch.source, host, of),
  destinationUnreachable: (branch, { host }, of) => readUnreachable(branch, branch.destination, host, of),
  in: (branch) => nameValue(branch.in),
  out: (branch) => nameValue(branch.out),
  inGroup: hidden('inGroup'),
  outGroup: hidden('outGroup'),
  sourceType: (branch, surroundings, of) => readType(branch, 'source', surroundings, of),
  destinationType: (branch, surroundings, of) => readType(branch, 'destination', surroundings, of),
  reversePath: (branch, { host }, of) => {
    const options = of ?? '';
    const right = reversePath(
      {
        fib: options === 'fib',
        loose: options.includes('loose'),
        acceptLocal: options.includes('accept-local'),
        validMark: options.includes('validmark'),
      },
      branch,
      host,
    );
    const mark = options.includes('validmark') ? ` ${branch.mark}` : '';
    return ofHost(`reverse path ${options} ${branch.source}${mark}`, right);
  },
  realm: hidden('realm'),
  mark: ({ mark }) => mark,
  priority: hidden('priority'),
  secmark: hidden('secmark'),
  user: hidden('user'),
  group: hidden('group'),
  owned: (branch) => {
    if (!branch.local) return mayBeHeld(branch) ? unseen({ field: 'owned', of: 'received' }, branch) : 0;
    return branch.answer
      ? unseen({ field: 'owned' }, branch, undefined, { code: 'kernel-owner-unknown' })
      : 1;
  },
  cgroup: hidden('cgroup'),
  socket: (branch, _surroundings, of) =>
    unseen(
      { field: 'socket', of: `${of} ${branch.epochs.source} ${branch.epochs.destination}` },
      branch,
      undefined,
      {
        code: 'sockets-unknown',
      },
    ),
  ct: ({ tracking }) => (typeof tracking === 'object' ? 1 : 0),
  ctState: ({ tracking }) => {
    if (typeof tracking === 'object') return stateNumbers[tracking.state];
    return tracking === 'untracked' ? stateNumbers.UNTRACKED : stateNumbers.INVALID;
  },
  ctStatus: readStatus,
  ctDirection: ofEnds('ctDirection', (_, { direction }) => (direction === 'REPLY' ? 1 : 0)),
  ctProtocol: (branch) => {
    const { tracking } = branch;
    if (typeof tracking !== 'object') return 0;
    return isOfUnknown(tracking) ? unseen({ field: 'ctProtocol' }, branch) : tracking.original.protocol;
  },
  ctOriginalSource: ofEnds('ctOriginalSource', (_, { original }) => original.source),
  ctOriginalDestination: ofEnds('ctOriginalDestination', (_, { original }) => original.destination),
  ctReplySource: ofEnds('ctReplySource', (_, { reply }) => reply.source),
  ctReplyDestination: ofEnds('ctReplyDestination', (_, { reply }) => reply.destination),
  ctOriginalSourcePort: ofEnds('ctOriginalSourcePort', (branch) => entryPort(branch, 'original', 'source')),
  ctOriginalDestinationPort: ofEnds('ctOriginalDestinationPort', (branch) =>
    entryPort(branch, 'original', 'destination'),
  ),
  ctReplySourcePort: ofEnds('ctReplySourcePort', (branch) => entryPort(branch, 'reply', 'source')),
  ctReplyDestinationPort: ofEnds('ctReplyDestinationPort', (branch) =>
    entryPort(branch, 'reply', 'destination'),
  ),
  ctMark: ofEntry(({ mark }) => mark),
  ctExpire: hidden('ctExpire'),
  ctHelper: hidden('ctHelper'),
  ctTimeout: hidden('ctTimeout'),
  ctZone: (branch, _surroundings, of) => {
    const [original, reply] = typeof branch.tracking === 'object' ? branch.tracking.zones : noZones;
    if (of === 'original') return original;
    return of === 'reply' ? reply : original || reply;
  },
  ctLabel: hidden('ctLabel'),
  ctAmount: hidden('ctAmount'),
  hash: (branch, _surroundings, of = '') =>
    unseen(
      { field: 'hash', of: `${of} ${branch.epochs.source} ${branch.epochs.destination}` },
      branch,
      undefined,
      { code: 'statement-unevaluated', text: of },
    ),
  cpu: hidden('cpu'),
  time: hidden('time'),
};

/** What is for the node itself may have been given its socket before INPUT, where a flow has one (tcp_v4_early_demux). */
function mayBeHeld({ hook, protocol, flags }: Branch): boolean {
  if (hook !== 'INPUT') return false;
  const begins = (flags & (tcpFlags.SYN | tcpFlags.ACK)) === tcpFlags.SYN;
  return protocol === 17 || (protocol === 6 && !begins);
}

/** What the node's network does not tell. */
function doubtful(key: string, doubt: HostDoubt): Unknown {
  return { key, reason: { code: 'host', doubt }, changes: [] };
}

function ofHost(key: string, answer: boolean | HostDoubt): Address | Unknown {
  return typeof answer === 'boolean' ? Number(answer) : doubtful(key, answer);
}

function unknownPort({ epochs, answer }: Branch, side: 'source' | 'destination'): Unknown {
  return {
    key: `${answer ? "answer's " : ''}${side}Port ${epochs[side]}`,
    reason: { code: 'port-unknown', side, ports: [] },
    changes: [],
  };
}

/** An entry's port is the packet's own, as long as nothing gave it another. */
function entryPort({ tracking }: Branch, which: 'original' | 'reply', side: 'source' | 'destination') {
  if (typeof tracking !== 'object') return 0;
  const port = side === 'source' ? tracking[which].sourcePort : tracking[which].destinationPort;
  if (port !== null) return port;
  const reason: Reason = { code: 'port-unknown', side, ports: [] };
  return { key: `${which} ${side}Port`, reason, changes: [] };
}

/**
 * Of a flow that nobody saw begin it is not known whether it is assured, nor of a presumed one whether it was expected; nor of one whose
 * port another may have had, whether it was given another.
 */
function readStatus(branch: Branch, _: Surroundings, _of: string | undefined, mask: Address | undefined) {
  const { tracking } = branch;
  if (typeof tracking !== 'object') return 0;
  if (
    tracking.presumed &&
    !tracking.expected &&
    (Number(mask ?? statusBits.EXPECTED) & statusBits.EXPECTED) !== 0
  )
    return unseen({ field: 'ctStatus', of: 'expected' }, branch, undefined, {
      code: 'field-unknown',
      field: { field: 'ctStatus' },
    });
  if (tracking.assured === null && (Number(mask ?? statusBits.ASSURED) & statusBits.ASSURED) !== 0) {
    return unseen({ field: 'ctStatus' }, branch, undefined, { code: 'assured-unknown' });
  }
  if (tracking.sourceChanged === null && (Number(mask ?? statusBits.SNAT) & statusBits.SNAT) !== 0) {
    return unseen({ field: 'ctStatus', of: 'snat' }, branch, undefined, { code: 'flow-ambiguous' });
  }
  return (
    (tracking.expected ? statusBits.EXPECTED : 0) |
    (tracking.confirmed ? statusBits.CONFIRMED : 0) |
    (tracking.seenReply ? statusBits.SEEN_REPLY : 0) |
    (tracking.assured ? statusBits.ASSURED : 0) |
    (tracking.sourceChanged ? statusBits.SNAT : 0) |
    (tracking.destinationChanged ? statusBits.DNAT : 0)
  );
}

/** Addresses of IPv6 are of the kind that no number is exact for. */
function numberOf(text: string): Address {
  const exact = BigInt(text);
  return exact > BigInt(Number.MAX_SAFE_INTEGER) ? exact : Number(exact);
}

/** The interface to which a question about an address is limited. */
function limitOf(branch: Branch, of: string | undefined): string | undefined {
  const [side] = of?.split(' ') ?? [];
  return side === 'in' ? branch.in : side === 'out' ? branch.out : undefined;
}

/** Whether it is anycast by another interface, whose routes were not asked. */
function isOfOther(host: Host, address: Address, limit: string | undefined): boolean {
  const routing = lookUp(host, address);
  return !isDoubt(routing) && routing.type === 'anycast' && routing.interface !== limit;
}

function readUnreachable(
  branch: Branch,
  address: Address,
  host: Host,
  of: string | undefined,
): Address | Unknown {
  const limit = limitOf(branch, of);
  if (limit === undefined) return ofHost(`route to ${address}`, isUnreachable(host, address));
  const reached = isReachedBy(host, address, limit);
  return ofHost(`route to ${address} by ${limit}`, isDoubt(reached) ? reached : !reached);
}

function readType(
  branch: Branch,
  end: 'source' | 'destination',
  { host }: Surroundings,
  of: string | undefined,
) {
  const limit = limitOf(branch, of);
  const type = addressType(host, branch[end], limit);
  if (!isDoubt(type))
    return addressTypes.indexOf(
      of?.endsWith(' alone') && isOfOther(host, branch[end], limit) ? 'UNICAST' : type,
    );
  // What an address is to the node does not depend on which end asks.
  return doubtful(`type of ${branch[end]} ${limit ?? ''}`, type);
}

/** How the frame was addressed, which is not known of what is for many. */
function readPacketType(branch: Branch, { host }: Surroundings): Address | Unknown {
  const { destination, local } = branch;
  // xt_pkttype.c, of what was never on a wire
  if (branch.twin)
    return isMulticast(destination) || host.family === 'ipv6' ? packetTypes.multicast : packetTypes.broadcast;
  const type = addressType(host, destination);
  const forMany = !isDoubt(type) && (type === 'BROADCAST' || type === 'MULTICAST');
  if (!forMany || local) return packetTypes.unicast;
  return unseen({ field: 'packetType' }, branch, undefined, { code: 'frame-unknown', type: 'unicast' });
}
