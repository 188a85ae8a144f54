import { type Address, type Family, familyOf } from '../../address/address.ts';
import { contains, hostSubnet, type Subnet } from '../../address/subnet.ts';
import type { Decision } from '../decide/decide.ts';
import type { DestinationTest, PacketClass, ProtocolPort } from './packets.ts';
import { loopback, type Traits } from './traits.ts';

export function isRefused({ external }: Decision): boolean {
  return external === 'reject' || external === 'drop';
}

export const clusterPort = ({ protocol, servicePort }: Decision): ProtocolPort => ({
  protocol,
  port: servicePort.port,
});

/** The part of a test that is outside of a prefix, which is all of an address or nothing of it. */
export function withoutPrefix(test: DestinationTest, prefix: Subnet): readonly DestinationTest[] {
  if ('local' in test) return [{ ...test, outside: [...test.outside, prefix] }];
  const within = (test.within ?? []).filter(({ address }) => !contains(prefix, address));
  return within.length > 0 ? [{ ...test, within }] : [];
}

/** The part of a test within a prefix of the node's own. */
export function onlyPrefix(test: DestinationTest, prefix: Subnet): readonly DestinationTest[] {
  if ('local' in test) {
    const isOut = test.outside.some((one) => contains(one, prefix.address));
    return isOut ? [] : [{ within: [prefix], ...(test.outside.length > 0 && { outside: test.outside }) }];
  }
  const within = (test.within ?? []).filter(({ address }) => contains(prefix, address));
  return within.length > 0 ? [{ ...test, within }] : [];
}

export function missing(all: readonly Subnet[], others: readonly Subnet[]): readonly Subnet[] {
  return all.filter(
    ({ address, mask }) => !others.some((one) => one.address === address && one.mask === mask),
  );
}

/** Where it is served, or refused; what comes from the wire to loopback addresses is not. */
export function atNodePort(side: Traits, decision: Decision, family: Family): readonly PacketClass[] {
  const { nodePort, protocol } = decision;
  if (nodePort === null) return [];
  const ports = [{ protocol, port: nodePort }];
  const [all, own] = [isRefused(decision) ? side.nodePortsRefused : side.nodePortsServed, loopback[family]];
  return [
    ...withoutPrefix(all, own).map((destination) => ({ destination, ports })),
    ...onlyPrefix(all, own).map((destination) => ({ from: ['host'] as const, destination, ports })),
  ];
}

export function atClusterAddress(decision: Decision): readonly PacketClass[] {
  return [
    {
      destination: { within: [hostSubnet(decision.clusterAddress)] },
      ports: [clusterPort(decision)],
    },
  ];
}

/**
 * The ways in from outside; of balancer addresses, those that admit the source. `guard`: others than these are dropped there on both
 * sides; null: nobody is.
 */
export function entries(
  { nodePortsServed }: Traits,
  after: Decision,
  sender: Partial<PacketClass>,
  source: Address | null,
  guard: readonly Subnet[] | null = null,
): readonly PacketClass[] {
  const { nodePort, protocol, admitted, externalAddresses, balancerAddresses } = after;
  const isAdmitted =
    source === null || admitted === null || admitted.ranges.some((range) => contains(range, source));
  const balancers = isAdmitted ? balancerAddresses.map(hostSubnet) : [];
  const external = externalAddresses.map(hostSubnet);
  const at = (within: readonly Subnet[], from: Partial<PacketClass> | null): readonly PacketClass[] =>
    from && within.length > 0 ? [{ ...from, destination: { within }, ports: [clusterPort(after)] }] : [];
  return [
    ...(guard === null
      ? at([...external, ...balancers], sender)
      : [...at(external, sender), ...at(balancers, onlyFrom(sender, guard))]),
    ...(nodePort !== null
      ? [{ ...sender, destination: nodePortsServed, ports: [{ protocol, port: nodePort }] }]
      : []),
  ];
}

/** Those of the senders whose source is in one of the prefixes; null: none is. */
function onlyFrom(sender: Partial<PacketClass>, prefixes: readonly Subnet[]): Partial<PacketClass> | null {
  const { source } = sender;
  const within = source?.within?.flatMap((own) => prefixes.flatMap((one) => common(own, one))) ?? prefixes;
  return within.length > 0 ? { ...sender, source: { ...source, within } } : null;
}

/** Of two prefixes, one holds the other, or they have nothing in common. */
function common(one: Subnet, other: Subnet): readonly Subnet[] {
  if (familyOf(one.address) !== familyOf(other.address)) return [];
  const [wide, narrow] = one.mask <= other.mask ? [one, other] : [other, one];
  return contains(wide, narrow.address) ? [narrow] : [];
}
