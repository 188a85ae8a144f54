import type { Address } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import type { Subnet } from '../address/subnet.ts';
import { prefixLength } from '../address/subnet.ts';
import type { Host } from '../host/model.ts';
import type { Match } from '../rule/match.ts';
import type { Target } from '../rule/target.ts';
import type { Program } from './program.ts';

/**
 * Numbers for values that nothing tells apart: neither a rule nor the node's network has a border between them. A
 * border begins a class of its own. Single values are looked up, what lies between them is searched.
 */
export class Classes {
  private readonly borders: Float64Array;
  /** Values that are alone in their class. */
  private readonly alone = new Map<number, number>();
  readonly size: number;

  /** Each range from its first to its last value, both included. */
  constructor(ranges: Iterable<readonly [first: number, last: number]>) {
    const singles = new Set<number>();
    const wide = new Set<number>([0]);
    for (const [first, last] of ranges) {
      if (first === last) singles.add(first);
      else wide.add(first).add(last + 1);
    }
    this.borders = Float64Array.from(wide).sort();
    // Keys of 32 bits with a sign are small integers to V8, and four times as fast to find.
    for (const value of singles) this.alone.set(value | 0, this.borders.length + this.alone.size);
    this.size = this.borders.length + this.alone.size;
  }

  of(value: number): number {
    const alone = this.alone.get(value | 0);
    if (alone !== undefined) return alone;
    const { borders } = this;
    let low = 0;
    let high = borders.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((borders[middle] as number) <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** All borders that rules and the network of a node draw. IPv4 only: IPv6 chooses sources bit by bit. */
export interface Borders {
  readonly addresses: readonly (readonly [number, number])[];
  readonly ports: readonly (readonly [number, number])[];
}

/** Null where packets of one class may yet fare differently: where a hash, or a part of an address, decides. */
export function bordersOf(program: Program, host: Host): Borders | null {
  if (host.family !== 'ipv4') return null;
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
  readonly addresses: (readonly [number, number])[] = [];
  readonly ports: (readonly [number, number])[] = [];
  /** Something was met that no border can stand for. */
  open = false;

  addHost({ interfaces, routes, podPrefix }: Host): void {
    for (const { addresses } of interfaces) {
      for (const { address, prefix } of addresses) {
        this.addAddress(address);
        this.addSubnet(prefix);
        this.addAddress(((prefix.address as number) | ~(prefix.mask as number)) >>> 0);
      }
    }
    for (const { prefix } of routes) this.addSubnet(prefix);
    if (podPrefix) this.addSubnet(podPrefix);
    // What the kernel treats apart: 0/8, 127/8, 224/4 and the broadcast to all.
    this.addresses.push(
      [0, 0],
      [0, 0xffffff],
      [0x7f000000, 0x7fffffff],
      [0xe0000000, 0xefffffff],
      [0xffffffff, 0xffffffff],
    );
  }

  addMatch(match: Match): void {
    if (match.kind === 'source' || match.kind === 'destination') this.addSubnet(match.subnet);
    else if (match.kind === 'multiport') this.ports.push(...match.ports.map(rangeOf));
    else if (match.kind === 'iprange') this.addRanges([match.source?.value, match.destination?.value]);
    else if (match.kind === 'conntrack') this.addConntrack(match);
    else if (match.kind === 'recent') this.open ||= match.side === 'destination';
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
    for (const range of ranges) if (range) this.addresses.push([range.first as number, range.last as number]);
  }

  private addPorts(ranges: readonly (PortRange | undefined)[]): void {
    for (const range of ranges) if (range) this.ports.push(rangeOf(range));
  }

  private addAddress(address: Address): void {
    this.addresses.push([address as number, address as number]);
  }

  private addSubnet(subnet: Subnet): void {
    const first = subnet.address as number;
    if (prefixLength(subnet) === undefined) this.open = true;
    this.addresses.push([first, (first | ~(subnet.mask as number)) >>> 0]);
  }
}

function rangeOf({ first, last }: PortRange): readonly [number, number] {
  return [first, last];
}

/** Of a range, or without any port, the new destination keeps something of the packet's own. */
function isSingle(ports: PortRange | undefined): boolean {
  return ports !== undefined && ports.first === ports.last;
}
