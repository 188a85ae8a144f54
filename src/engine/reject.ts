import type { Address } from '../address/address.ts';
import type { Host } from '../host/model.ts';
import { addressType, isDoubt, isLoopback, isMulticast, lookUp, ownerOf } from '../host/route.ts';
import { masqueradeSource } from '../host/source.ts';
import { type Branch, headerOf, type Matched } from './branch.ts';
import { cameByPort } from './bridge.ts';
import { turned } from './connection.ts';
import { isIcmp, tcpFlags } from './packet.ts';
import type { Step } from './steps.ts';

/** Type and code of the ICMP errors that REJECT, routing and a spent TTL are answered with. */
const icmpErrors: Readonly<Record<string, readonly [type: number, code: number]>> = {
  'icmp-net-unreachable': [3, 0],
  'icmp-host-unreachable': [3, 1],
  'icmp-proto-unreachable': [3, 2],
  'icmp-port-unreachable': [3, 3],
  'icmp-net-prohibited': [3, 9],
  'icmp-host-prohibited': [3, 10],
  'icmp-admin-prohibited': [3, 13],
  'icmp6-no-route': [1, 0],
  'icmp6-adm-prohibited': [1, 1],
  'icmp6-beyond-scope': [1, 2],
  'icmp6-addr-unreachable': [1, 3],
  'icmp6-port-unreachable': [1, 4],
  'icmp6-policy-fail': [1, 5],
  'icmp6-reject-route': [1, 6],
  'icmp-time-exceeded': [11, 0],
  'icmp6-time-exceeded': [3, 0],
};

/**
 * Turns the branch into the answer that the node gives instead of letting the packet through. The answer goes the way
 * of all that the node sends: a rule there can eat it, and then the packet was just dropped. False: nobody is answered. `by`: the rule that
 * demands it; null: none does.
 */
export function answerWith(
  branch: Branch,
  kind: string,
  by: Matched | null,
  host: Host,
  sending: readonly Step[],
): boolean {
  if (branch.rejected || !mayAnswer(branch, kind, host)) return false;
  branch.rejected = { with: kind, header: headerOf(branch) };
  branch.rejectedAt = by;
  const reset = kind === 'tcp-reset';
  const icmp = icmpErrors[kind] ?? [3, 3];
  branch.answer = {
    protocol: reset ? branch.protocol : typeof branch.source === 'number' ? 1 : 58,
    flags: reset ? resetFlags(branch.flags) : 0,
    icmp: { type: icmp[0], code: icmp[1] },
    link: reset ? null : linkOf(branch, host),
    // Of what came by a port of a bridge, nf_send_reset hands the answer to that port (dev_queue_xmit).
    pastRules: reset && cameByPort(branch, host),
  };
  const { source, sourcePort, destination, destinationPort } = branch;
  branch.source = reset ? destination : errorSource(branch, host);
  branch.destination = source;
  branch.sourcePort = reset ? destinationPort : null;
  branch.destinationPort = reset ? sourcePort : null;
  branch.mark = 0;
  branch.contents = new Map();
  branch.ingress = '';
  branch.local = true;
  if (typeof branch.tracking === 'object') {
    branch.tracking = { ...branch.tracking, state: 'RELATED', direction: turned(branch.tracking.direction) };
  } else branch.tracking = 'none';
  branch.steps = sending;
  branch.position = 0;
  branch.chain = null;
  return true;
}

/** The link that a packet is of: of what the node sends to itself, that of the address that it is for (icmp6_iif). */
function linkOf({ ingress, egress, destination }: Branch, host: Host): string {
  if (ingress !== '' && ingress !== 'lo') return ingress;
  const routing = lookUp(host, destination);
  return !isDoubt(routing) && 'interface' in routing ? routing.interface : egress;
}

function mayAnswer(branch: Branch, kind: string, host: Host): boolean {
  const isToSelf = isUnrouted(branch, host) && isSelf(branch, host);
  // An error to the node itself comes from where the packet was to go, and from there only if that is the node, too.
  if (isToSelf && (kind === 'tcp-reset' || addressType(host, branch.destination) !== 'LOCAL')) return false;
  if (branch.broadcast || isMulticast(branch.destination)) return false;
  if (typeof branch.source === 'bigint' && !isHosts(branch.source)) return false;
  if (kind === 'tcp-reset') {
    return branch.protocol === 6 && (branch.flags & tcpFlags.RST) === 0 && branch.destination !== 0n;
  }
  if (addressType(host, branch.source) === 'ANYCAST') return false;
  return !isIcmp(branch.protocol) || !isIcmpError(branch.protocol, branch.icmp.type);
}

/** Before the routing decision rules meet packets that it would refuse, and of no packet it is known for whom it is. */
const isUnrouted = ({ hook, ingress }: Branch, host: Host): boolean =>
  hook === 'PREROUTING' && host.family === 'ipv4' && ingress !== '' && ingress !== 'lo';

/** A source that no packet from a wire may have: what is answered to it goes to the node itself. */
const isSelf = ({ source }: Branch, host: Host): boolean =>
  source === 0 || isLoopback(source) || ownerOf(host, source) !== undefined;

/** IPv6 answers nobody who may be many, or none (RFC 4443, 2.4). */
function isHosts(address: Address): boolean {
  return address !== 0n && !isMulticast(address);
}

/** Errors are never answered with another error. */
export function isIcmpError(protocol: number, type: number): boolean {
  return protocol === 58 ? type < 128 : [3, 4, 5, 11, 12].includes(type);
}

/** A reset acknowledges what did not bring an ACK itself. */
function resetFlags(flags: number): number {
  return flags & tcpFlags.ACK ? tcpFlags.RST : tcpFlags.RST | tcpFlags.ACK;
}

/** An error about a packet for the node comes from that address; about another one, from the way back's interface. */
function errorSource(branch: Branch, host: Host) {
  const type = addressType(host, branch.destination);
  // ::1 answers only what did not come from a wire.
  const foreign =
    host.family === 'ipv6' && isLoopback(branch.destination) && !['', 'lo'].includes(branch.ingress);
  const isKnown = !isUnrouted(branch, host) || isSelf(branch, host);
  if ((type === 'LOCAL' && !foreign && isKnown) || type === 'ANYCAST') return branch.destination;
  if (ownerOf(host, branch.source) || isLoopback(branch.source)) return branch.source;
  const source = masqueradeSource(host, branch.ingress, branch.source, branch.source);
  return source === null || isDoubt(source) ? branch.destination : source;
}
