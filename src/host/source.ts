import { type Address, addressBits } from '../address/address.ts';
import { contains, prefixMask, type Subnet } from '../address/subnet.ts';
import type { HostDoubt } from './doubt.ts';
import type { Host, Interface, InterfaceAddress } from './model.ts';
import { findInterface, isLinkLocal, isLoopback } from './route.ts';

/**
 * The source that MASQUERADE takes for what leaves by `out`. IPv4 goes by the next hop (inet_select_addr), IPv6 by the
 * destination (RFC 6724). Null: there is none, and the packet is dropped.
 */
export function masqueradeSource(
  host: Host,
  out: string,
  nextHop: Address,
  destination: Address,
): Address | null | HostDoubt {
  const device = findInterface(host, out);
  if (
    staysOnLink(destination) &&
    out !== 'lo' &&
    !device?.addresses.some(({ address }) => isLinkLocal(address))
  ) {
    return { code: 'link-local-unknown', interface: out };
  }
  const found =
    host.family === 'ipv4'
      ? selectIPv4(host, device, nextHop)
      : selectIPv6(host, device, destination as bigint);
  if (found !== undefined) return found;
  if (host.addressesKnown) return null;
  return { code: 'addresses-unknown', interface: out };
}

/** To what has no meaning beyond a link, IPv6 sends from addresses of that link alone, which every interface has. */
function staysOnLink(destination: Address): boolean {
  return typeof destination === 'bigint' && scopeOf(destination) === linkScope;
}

/** Of the primary addresses of global scope, the one on whose link the next hop is, else the first. */
function selectIPv4(host: Host, device: Interface | undefined, nextHop: Address): Address | undefined {
  const own = primaries(device);
  const chosen = own.find(({ prefix }) => contains(prefix, nextHop)) ?? own[0];
  if (chosen) return chosen.address;
  // An interface without an address of its own borrows one: of the first interface that has any.
  return host.interfaces.flatMap(primaries)[0]?.address;
}

/** Addresses of a narrower scope than global are never a source elsewhere; a second one of a prefix is not asked. */
function primaries(device: Interface | undefined): readonly InterfaceAddress[] {
  const addresses =
    device?.addresses.filter(({ address, scope }) => !isLoopback(address) && scope === undefined) ?? [];
  return addresses.filter(
    ({ prefix, length }, index) =>
      !addresses
        .slice(0, index)
        .some((before) => before.length === length && contains(before.prefix, prefix.address)),
  );
}

/** RFC 6724, section 5: rules 1, 2, 3, 5, 6, 7 and 8; no address is a home address (4). */
function selectIPv6(host: Host, device: Interface | undefined, destination: bigint): Address | undefined {
  const owners = staysOnLink(destination)
    ? host.interfaces.filter((owner) => owner === device)
    : host.interfaces;
  const candidates = owners.flatMap((owner) =>
    // The kernel keeps the addresses of an interface with the last one first.
    [...owner.addresses].reverse().map((held) => ({ owner, held, address: held.address as bigint })),
  );
  let best: { readonly address: bigint; readonly score: readonly number[] } | undefined;
  const temporaryFirst = prefersTemporary(host, device);
  for (const { owner, held, address } of candidates) {
    const { length, deprecated, temporary } = held;
    const score = [
      address === destination ? 1 : 0,
      scopeScore(address, destination),
      deprecated ? 0 : 1,
      owner === device ? 1 : 0,
      label(address) === label(destination) ? 1 : 0,
      (temporary === true) === temporaryFirst ? 1 : 0,
      Math.min(commonBits(address, destination), length),
    ];
    if (!best || isHigher(score, best.score)) best = { address, score };
  }
  return best?.address;
}

function prefersTemporary({ sysctls }: Host, device: Interface | undefined): boolean {
  return (sysctls.get(`net.ipv6.conf.${device?.name}.use_tempaddr`) ?? 0) >= 2;
}

function isHigher(left: readonly number[], right: readonly number[]): boolean {
  const index = left.findIndex((value, place) => value !== right[place]);
  return index !== -1 && (left[index] as number) > (right[index] as number);
}

/** Rule 2: a scope that reaches the destination, and of those the smallest. Higher is better. */
function scopeScore(address: bigint, destination: bigint): number {
  const scope = scopeOf(address);
  const wanted = scopeOf(destination);
  return scope >= wanted ? -scope : scope - 100;
}

const linkScope = 2;

function scopeOf(address: bigint): number {
  return address === 1n || isLinkLocal(address) ? linkScope : 14;
}

/** RFC 6724, section 2.1; of what is in none of them, the label is 1. */
export const labels: readonly (readonly [Subnet, number])[] = [
  [subnet(1n, 128), 0],
  [subnet(0xffffn << 32n, 96), 4],
  [subnet(0n, 96), 3],
  [subnet(0x20010000n << 96n, 32), 6],
  [subnet(0x2001001n << 100n, 28), 7],
  [subnet(0x2002n << 112n, 16), 2],
  [subnet(0x3ffen << 112n, 16), 12],
  [subnet(0xfec0n << 112n, 10), 11],
  [subnet(0xfc00n << 112n, 7), 5],
];

function subnet(address: bigint, length: number): Subnet {
  return { address, mask: prefixMask('ipv6', length) };
}

function label(address: bigint): number {
  return labels.find(([prefix]) => contains(prefix, address))?.[1] ?? 1;
}

function commonBits(left: bigint, right: bigint): number {
  const different = left ^ right;
  return different === 0n ? addressBits.ipv6 : addressBits.ipv6 - different.toString(2).length;
}
