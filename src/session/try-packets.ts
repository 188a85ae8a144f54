import type { Address, Family } from '../address/address.ts';
import type { Condition, Instruction, IrProgram, LookupField } from '../engine/ir.ts';
import { echoRequest, type Packet } from '../engine/packet.ts';
import type { Host } from '../host/model.ts';
import type { IntervalSet } from '../sets/intervals.ts';

/** Of each kind so many values are tried. */
const most = { destination: 400, source: 12, port: 24, pairs: 400 };

/** Where packets come from that are tried. */
const origins = ['external', 'pod', 'host'] as const;

/** Of no rule, but of a client outside. */
const client: Readonly<Record<Family, Address>> = { ipv4: 0xc6336407, ipv6: (0x20010db8n << 96n) | 0x7n };

/** Packets that rules may tell apart: a choice of what tests and lookups name, and no proof of anything. */
export function packetsToTry(programs: readonly IrProgram[], host: Host): readonly Packet[] {
  const named = new Named();
  for (const { chains } of programs) {
    for (const { rules } of chains.values()) {
      for (const { code } of rules) for (const instruction of code) named.take(instruction);
    }
  }
  const own = host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address));
  const pod = host.podPrefix === null ? [] : [next(host.podPrefix.address, 9)];
  const from = { external: [client[host.family]], pod, host: own.slice(0, 1) };
  const ports = [...named.ports].slice(0, most.port);
  const sources = [...named.sources].slice(0, most.source);
  const pairs = [...named.pairs.values()].slice(0, most.pairs);
  const ends: readonly End[] = [
    ...pairs,
    ...[...named.destinations, ...own]
      .slice(0, most.destination)
      .flatMap((destination) =>
        [...ports.slice(0, 6), 9].map((port) => ({ destination, protocol: 6, port })),
      ),
    ...ports.flatMap((port) => own.slice(0, 2).map((destination) => ({ destination, protocol: 6, port }))),
    ...[...named.destinations].slice(0, 40).map((destination) => ({ destination, protocol: 17, port: 53 })),
  ];
  const clients = origins.flatMap((origin) => from[origin].map((source) => ({ origin, source })));
  const others = sources.map((source) => ({ origin: 'external' as const, source }));
  const packets = ends.flatMap((end, index) =>
    // Every source with a few of the ends, the usual ones with all.
    [...clients, ...(index < 60 ? others : [])].map(({ origin, source }) =>
      packet(end, source, origin, host.family),
    ),
  );
  return packets.filter(({ source, destination }) => typeof source === typeof destination);
}

const next = (address: Address, by: number): Address =>
  typeof address === 'bigint' ? address + BigInt(by) : address + by;

interface End {
  readonly destination: Address;
  readonly protocol: number;
  readonly port: number;
}

function packet(
  { destination, protocol, port }: End,
  source: Address,
  from: (typeof origins)[number],
  family: Family,
): Packet {
  const ends = { source, destination, sourcePort: 40000, destinationPort: port };
  return { ...ends, protocol, from, flags: 2, icmp: echoRequest[family], state: null };
}

/** Values that rules name. */
class Named {
  readonly destinations = new Set<Address>();
  readonly sources = new Set<Address>();
  readonly ports = new Set<number>();
  readonly pairs = new Map<string, End>();

  take(instruction: Instruction): void {
    if (instruction.do === 'test') this.condition(instruction.condition);
    else if (instruction.do === 'lookup') {
      for (const { keys, code } of instruction.elements) {
        this.keys(instruction.fields, keys);
        for (const one of code) this.take(one);
      }
    } else if (instruction.do === 'choose')
      for (const { code } of instruction.ways) for (const one of code) this.take(one);
  }

  private condition(condition: Condition): void {
    if (condition.kind === 'test') {
      if (condition.mask === undefined) this.values(condition.field, condition.set);
    } else if (condition.kind === 'not') this.condition(condition.of);
    else if (condition.kind !== 'open') for (const part of condition.of) this.condition(part);
  }

  private values(field: LookupField['field'], set: IntervalSet): void {
    for (const value of set.slice(0, 2 * most.destination)) {
      if (field === 'destination') this.destinations.add(value);
      else if (field === 'source') this.sources.add(value);
      else if (field === 'destinationPort') this.ports.add(Number(value));
    }
  }

  /** An address, a protocol and a port that are named together. */
  private keys(fields: readonly LookupField[], keys: readonly IntervalSet[]): void {
    const valueAt = (name: LookupField['field']) =>
      keys[fields.findIndex(({ field }) => field === name)]?.[0];
    fields.forEach(({ field, mask }, index) => {
      if (mask === undefined) this.values(field, keys[index] ?? []);
    });
    const [destination, protocol, port] = [
      valueAt('destination'),
      valueAt('protocol'),
      valueAt('destinationPort'),
    ];
    if (destination === undefined || port === undefined) return;
    const end = { destination, protocol: Number(protocol ?? 6), port: Number(port) };
    this.pairs.set(Object.values(end).join(), end);
  }
}
