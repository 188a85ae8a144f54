import type { Address } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import type { Subnet } from '../address/subnet.ts';
import { lastOf, prefixLength, prefixMask, subnetOf } from '../address/subnet.ts';
import type { Host, InterfaceAddress } from '../host/model.ts';
import { specialPrefixes } from '../host/special.ts';
import type { Match } from '../iptables/rule/match.ts';
import type { Target } from '../iptables/rule/target.ts';
import type { IrProgram } from './ir.ts';
import { AddressSlots, Slots } from './slots.ts';

/** The first and the last value, both included. */
type Range<Value> = readonly [first: Value, last: Value];

/**
 * Numbers for values that nothing tells apart: neither a rule nor the node's network has a border between them. A
 * border begins a class of its own. Single values are looked up, what lies between them is searched.
 */
export interface Classes<Value> {
  readonly size: number;
  of(value: Value): number;
}

/** Classes of 32-bit numbers: IPv4 addresses and ports. */
export class NumberClasses implements Classes<number> {
  private readonly borders: Float64Array;
  /** Values that are alone in their class. */
  private readonly alone = new Slots(1);
  readonly size: number;

  constructor(ranges: readonly Range<number>[]) {
    const { singles, wide } = listBorders(ranges, 0, (last) => last + 1);
    this.borders = Float64Array.from(wide).sort();
    for (const value of singles) this.alone.set(this.borders.length + this.alone.size, value);
    this.size = this.borders.length + this.alone.size;
  }

  of(value: number): number {
    const alone = this.alone.find(value);
    return alone === -1 ? findBorder(this.borders, value) : alone;
  }
}

/** Classes of IPv6 addresses. */
export class BigClasses implements Classes<bigint> {
  private readonly borders: readonly bigint[];
  private readonly alone = new AddressSlots();
  readonly size: number;

  constructor(ranges: readonly Range<bigint>[]) {
    const { singles, wide } = listBorders(ranges, 0n, (last) => last + 1n);
    this.borders = [...wide].sort((left, right) => (left < right ? -1 : 1));
    for (const value of singles) this.alone.set(this.borders.length + this.alone.size, value);
    this.size = this.borders.length + this.alone.size;
  }

  of(value: bigint): number {
    const alone = this.alone.find(value);
    return alone === -1 ? findBorder(this.borders, value) : alone;
  }
}

function listBorders<Value>(ranges: readonly Range<Value>[], least: Value, after: (last: Value) => Value) {
  const singles = new Set<Value>();
  const wide = new Set<Value>([least]);
  for (const [first, last] of ranges) {
    if (first === last) singles.add(first);
    else wide.add(first).add(after(last));
  }
  return { singles, wide };
}

/** The place of the last border that is not above the value. */
function findBorder<Value>(borders: ArrayLike<Value>, value: Value): number {
  let low = 0;
  let high = borders.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((borders[middle] as Value) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** All borders that rules and the network of a node draw. */
export interface Borders {
  readonly addresses: readonly Range<Address>[];
  readonly ports: readonly Range<number>[];
}

/** Null where packets of one class may yet fare differently: where a hash, or a part of an address, decides. */
export function bordersOf(program: IrProgram, host: Host): Borders | null {
  const collector = new BorderCollector();
  for (const { rules } of program.chains.values()) {
    for (const { rule } of rules) {
      for (const match of rule.matches) collector.addMatch(match);
      if (rule.target) collector.addTarget(rule.target);
    }
  }
  collector.addHost(host);
  return collector.open ? null : { addresses: collector.addresses, ports: collector.ports };
}

class BorderCollector {
  readonly addresses: Range<Address>[] = [];
  readonly ports: Range<number>[] = [];
  /** Something was met that no border can stand for. */
  open = false;

  addHost({ family, interfaces, routes, rules, podPrefix }: Host): void {
    for (const { addresses } of interfaces) {
      for (const held of addresses) {
        this.addAddress(held.address);
        this.addSubnet(held.prefix);
        // An address may be special at either end of its link: anycast for routers, or broadcast.
        this.addAddress(held.prefix.address);
        this.addAddress(lastOf(held.prefix));
        if (family === 'ipv6') this.addLeadingBits(held);
      }
    }
    for (const { prefix, from } of routes) {
      this.addSubnet(prefix);
      if (from) this.addSubnet(from);
    }
    for (const { from, to, sourcePorts, destinationPorts } of rules) {
      for (const subnet of [from, to]) if (subnet) this.addSubnet(subnet);
      for (const ports of [sourcePorts, destinationPorts]) if (ports) this.ports.push(ports);
    }
    if (podPrefix) this.addSubnet(podPrefix);
    for (const prefix of specialPrefixes[family]) this.addSubnet(prefix);
  }

  /** Of several sources, IPv6 chooses the one that has most leading bits in common with the destination. */
  private addLeadingBits({ address, length }: InterfaceAddress): void {
    for (let bits = 1; bits <= length; bits += 1) this.addSubnet(subnetOf(address, prefixMask('ipv6', bits)));
  }

  addMatch(match: Match): void {
    if (match.kind === 'source' || match.kind === 'destination') this.addSubnet(match.subnet);
    else if (match.kind === 'multiport') this.ports.push(...match.ports.map(rangeOf));
    else if (match.kind === 'iprange') this.addRanges([match.source?.value, match.destination?.value]);
    else if (match.kind === 'conntrack') this.addConntrack(match);
    else if (match.kind === 'recent') this.open ||= match.side === 'destination';
    else if (match.kind === 'set') this.open = true;
    else if ('destinationPort' in match || 'sourcePort' in match)
      this.addPorts([match.sourcePort?.value, match.destinationPort?.value]);
  }

  private addConntrack(match: Extract<Match, { kind: 'conntrack' }>): void {
    const subnets = [
      match.originalSource,
      match.originalDestination,
      match.replySource,
      match.replyDestination,
    ];
    for (const subnet of subnets) if (subnet) this.addSubnet(subnet.value);
    this.addPorts([match.originalSourcePort?.value, match.originalDestinationPort?.value]);
    this.addPorts([match.replySourcePort?.value, match.replyDestinationPort?.value]);
  }

  addTarget(target: Target): void {
    if (target.kind === 'netmap') this.open = true;
    if (target.kind === 'dnat' || target.kind === 'redirect') this.open ||= !isSingle(target.ports);
    if (target.kind === 'dnat') this.open ||= target.addresses === undefined;
    if ((target.kind === 'dnat' || target.kind === 'snat') && target.addresses) {
      this.open ||= target.addresses.first !== target.addresses.last;
      this.addAddress(target.addresses.first);
    }
    if ('ports' in target) this.addPorts([target.ports]);
  }

  private addRanges(
    ranges: readonly ({ readonly first: Address; readonly last: Address } | undefined)[],
  ): void {
    for (const range of ranges) if (range) this.addresses.push([range.first, range.last]);
  }

  private addPorts(ranges: readonly (PortRange | undefined)[]): void {
    for (const range of ranges) if (range) this.ports.push(rangeOf(range));
  }

  private addAddress(address: Address): void {
    this.addresses.push([address, address]);
  }

  private addSubnet(subnet: Subnet): void {
    if (prefixLength(subnet) === undefined) this.open = true;
    this.addresses.push([subnet.address, lastOf(subnet)]);
  }
}

function rangeOf({ first, last }: PortRange): readonly [number, number] {
  return [first, last];
}

/** Of a range, or without any port, the new destination keeps something of the packet's own. */
function isSingle(ports: PortRange | undefined): boolean {
  return ports !== undefined && ports.first === ports.last;
}
