import { portProtocols } from '../../address/protocols.ts';
import type { IrProgram } from '../../engine/ir.ts';
import { isIcmp, isOfItsState, type Origin, type Packet, tcpFlags } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import { allPrefixes, type Contents, type Cuts, cutsOf } from './cuts.ts';

/** Values of a field of packets, or of several that go together. */
export type Axis = readonly Partial<Packet>[];

/** All values that either program or the host tells apart, of each field. */
export function allAxes(programs: readonly IrProgram[], host: Host): readonly Axis[] {
  const rules = programs.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.rules));
  const codes = rules.map(({ code }) => code);
  const cuts = cutsOf(codes, contentsOf(programs), host, allPrefixes(host));
  const flags = [tcpFlags.SYN, tcpFlags.ACK, tcpFlags.RST, tcpFlags.FIN | tcpFlags.ACK, 0];
  return [
    originsOf(host).map((from) => ({ from })),
    ([null, 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'] as const).map((state) => ({ state })),
    transportsOf(cuts, cuts.ports, flags),
    cuts.addresses.map((source) => ({ source })),
    cuts.addresses.map((destination) => ({ destination })),
  ];
}

/** What sets of either program hold that rules change. */
export function contentsOf(programs: readonly IrProgram[]): Contents {
  return new Map(programs.flatMap(({ states }) => [...(states.dynamic ?? [])]));
}

/** What follows the network's header: of each protocol what it has. */
export function transportsOf(
  { protocols, ports, icmp }: Pick<Cuts, 'protocols' | 'ports' | 'icmp'>,
  sourcePorts: readonly number[],
  flags: readonly number[],
): Axis {
  const pairs = ports.flatMap((destinationPort) =>
    sourcePorts.map((sourcePort) => ({ destinationPort, sourcePort })),
  );
  return protocols.flatMap((protocol): Axis => {
    if (protocol === 6)
      return flags.flatMap((bits) => pairs.map((pair) => ({ protocol, ...pair, flags: bits })));
    if (portProtocols.has(protocol)) return pairs.map((pair) => ({ protocol, ...pair }));
    return isIcmp(protocol) ? icmp.map((type) => ({ protocol, icmp: { type, code: 0 } })) : [{ protocol }];
  });
}

export function originsOf(host: Host): readonly Origin[] {
  const further = host.interfaces.filter(
    ({ name }) => !['lo', host.uplink, host.podInterface].includes(name),
  );
  return ['external', 'pod', 'host', ...further.map(({ name }) => ({ interface: name }))];
}

export const combinationsOf = (axes: readonly Axis[]): bigint =>
  axes.reduce((product, { length }) => product * BigInt(length), 1n);

/** A packet of each combination that there is, or of so many of them, in large steps. */
export function packetsOf(axes: readonly Axis[], limit: number): readonly Packet[] {
  const total = combinationsOf(axes);
  const whole = total <= BigInt(Math.floor(limit));
  const step = whole ? 1n : strideOf(total);
  return Array.from({ length: whole ? Number(total) : Math.floor(limit) }, (_, at) =>
    packetAt((BigInt(at) * step) % total, axes),
  ).filter(isOfItsState);
}

/** More are not put in an order. */
const mostOrdered = 50_000n;

/** The packets of values that stand early in all of their axes. */
export function firstOf(axes: readonly Axis[], limit: number): readonly Packet[] {
  const total = combinationsOf(axes);
  if (total > mostOrdered) return packetsOf(axes, limit);
  const late = (number: number) =>
    axes.reduce(
      ({ rest, sum }, { length }) => ({ rest: Math.floor(rest / length), sum: sum + (rest % length) }),
      { rest: number, sum: 0 },
    ).sum;
  return Array.from({ length: Number(total) }, (_, number) => ({ number, late: late(number) }))
    .sort((left, right) => left.late - right.late)
    .slice(0, limit)
    .map(({ number }) => packetAt(BigInt(number), axes))
    .filter(isOfItsState);
}

/** A step that has no factor in common with the number of all combinations, and so comes to each of them once. */
function strideOf(total: bigint): bigint {
  let step = (total * 618n) / 1000n;
  while (gcd(step, total) !== 1n) step += 1n;
  return step;
}

function gcd(left: bigint, right: bigint): bigint {
  return right === 0n ? left : gcd(right, left % right);
}

const blank: Packet = {
  protocol: 0,
  source: 0,
  destination: 0,
  sourcePort: null,
  destinationPort: null,
  from: null,
  flags: 0,
  icmp: { type: 0, code: 0 },
  state: null,
};

function packetAt(number: bigint, axes: readonly Axis[]): Packet {
  let rest = number;
  const values = axes.map((axis) => {
    const value = axis[Number(rest % BigInt(axis.length))];
    rest /= BigInt(axis.length);
    return value;
  });
  return Object.assign({ ...blank }, ...values);
}
