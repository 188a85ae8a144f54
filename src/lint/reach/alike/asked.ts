import { type Address, addressBits, familyOf } from '../../../address/address.ts';
import { contains, prefixMask, type Subnet } from '../../../address/subnet.ts';
import type { Host } from '../../../host/model.ts';
import { isLinkLocal, isLoopback, isMulticast } from '../../../host/route.ts';
import { type IntervalSet, has as isIn } from '../../../sets/intervals.ts';

/** What is asked of an address or a port. */
export interface Asked {
  readonly addresses: readonly ((address: Address) => boolean)[];
  readonly ports: readonly ((port: number) => boolean)[];
}

/** The sets of addresses and ports that rules ask for, each once. */
export class Sets implements Asked {
  readonly addresses: ((address: Address) => boolean)[] = [];
  readonly ports: ((port: number) => boolean)[] = [];
  private readonly known = new Set<string>();

  get size(): number {
    return this.known.size;
  }

  lone(address: Address): void {
    const family = familyOf(address);
    this.subnet({ address, mask: prefixMask(family, addressBits[family]) });
  }

  port(port: number): void {
    this.range({ first: port, last: port });
  }

  range({ first, last }: { readonly first: number; readonly last: number }): void {
    this.add(this.ports, `p${first}-${last}`, (one) => one >= first && one <= last);
  }

  subnet(subnet: Subnet): void {
    this.add(this.addresses, `s${subnet.address}/${subnet.mask}`, (one) => contains(subnet, one));
  }

  /** The bits of `mask` alone count, where it is given. */
  addressesIn(set: IntervalSet, mask?: Address): void {
    const key = `i${mask ?? ''} ${set.join(' ')}`;
    this.add(
      this.addresses,
      key,
      mask === undefined ? (one) => isIn(set, one) : (one) => isIn(set, masked(one, mask)),
    );
  }

  portsIn(set: IntervalSet, mask?: Address): void {
    const key = `i${mask ?? ''} ${set.join(' ')}`;
    this.add(
      this.ports,
      key,
      mask === undefined ? (one) => isIn(set, one) : (one) => isIn(set, masked(one, mask)),
    );
  }

  private add<T>(list: ((one: T) => boolean)[], key: string, has: (one: T) => boolean): void {
    if (this.known.has(key)) return;
    this.known.add(key);
    list.push(has);
  }
}

function masked(one: Address, mask: Address): Address {
  return typeof one === 'bigint' || typeof mask === 'bigint'
    ? BigInt(one) & BigInt(mask)
    : (one & mask) >>> 0;
}

/** What is known of addresses and ports but which they are. */
export class Network {
  private readonly addresses: Asked['addresses'];
  private readonly ports: Asked['ports'];
  private readonly fixed: ReadonlyMap<Address, number>;
  private readonly seen = new Map<Address, string>();

  /** `known`: addresses that are themselves wherever they are met; `own`: the endpoints of this node, where that is told. */
  constructor(host: Host, asked: Asked, known: readonly Address[], own: ReadonlySet<Address> | null) {
    const sets = new Sets();
    for (const prefix of prefixesOf(host)) sets.subnet(prefix);
    this.addresses = [
      ...asked.addresses,
      ...sets.addresses,
      (one) => own?.has(one) === true,
      isLoopback,
      isMulticast,
      isLinkLocal,
      (one) => (typeof one === 'number' ? one >>> 24 === 0 || one >>> 28 === 15 : one === 0n),
    ];
    const ranges = host.rules.flatMap(({ sourcePorts, destinationPorts }) => [sourcePorts, destinationPorts]);
    this.ports = [
      ...asked.ports,
      ...ranges.flatMap((range) => (range ? [(one: number) => one >= range[0] && one <= range[1]] : [])),
      (one) => one === clientPort,
    ];
    this.fixed = new Map(known.map((one, at) => [one, at]));
  }

  isFixed(address: Address): boolean {
    return this.fixed.has(address);
  }

  address(address: Address): string {
    const known = this.seen.get(address);
    if (known !== undefined) return known;
    const said = `${this.fixed.get(address) ?? ''}:${bitsOf(this.addresses, address)}`;
    this.seen.set(address, said);
    return said;
  }

  port(port: number): string {
    return bitsOf(this.ports, port);
  }
}

const bitsInWord = 30;

/** In which of the sets it is, as words of bits: there are many addresses. */
function bitsOf<T>(sets: readonly ((one: T) => boolean)[], one: T): string {
  let said = '';
  let word = 0;
  for (let at = 0; at < sets.length; at += 1) {
    if (at % bitsInWord === 0 && at > 0) {
      said += `${word} `;
      word = 0;
    }
    word = word * 2 + (sets[at]?.(one) ? 1 : 0);
  }
  return said + word;
}

/** Of all clients that are made up. */
const clientPort = 40000;

function prefixesOf({ interfaces, routes, rules, podPrefix }: Host): Subnet[] {
  return [
    ...(podPrefix ? [podPrefix] : []),
    ...interfaces.flatMap(({ addresses }) => addresses.map(({ prefix }) => prefix)),
    ...routes.flatMap(({ prefix, from }) => (from ? [prefix, from] : [prefix])),
    ...rules.flatMap(({ from, to }) => [from, to].filter((one) => one !== undefined)),
  ];
}

/** Addresses that the node has, or goes by; the first and the last one of each prefix are special. */
export function addressesOf(host: Host): Address[] {
  return [
    ...host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    ...host.routes.flatMap(({ gateway, source, hops = [] }) =>
      [gateway, source, ...hops.map((hop) => hop.gateway)].flatMap((one) => one ?? []),
    ),
    ...prefixesOf(host).flatMap(({ address, mask }): readonly Address[] =>
      typeof address === 'number' ? [address, (address | ~(mask as number)) >>> 0] : [address],
    ),
  ];
}
