import type { Address } from '../address/address.ts';
import { findInterface, isDoubt } from '../host/route.ts';
import { masqueradeSource } from '../host/source.ts';
import type { Branch } from './branch.ts';
import type { NatRange, Side, Translation, Verdict } from './ir.ts';
import type { Surroundings } from './surroundings.ts';

/** What a translation comes to on a branch: which end gets what, or another end of the walk. */
export type Translated =
  | { readonly do: 'nat'; readonly side: Side; readonly range: NatRange }
  | Extract<Verdict, { do: 'accept' | 'drop' | 'open' }>;

export function resolve(translation: Translation, branch: Branch, surroundings: Surroundings): Translated {
  switch (translation.do) {
    case 'nat':
      return translation;
    case 'masquerade':
      return masquerade(translation.range, branch, surroundings);
    case 'redirect':
      return redirect(translation.range, branch, surroundings);
    case 'netmap':
      return netmap(translation.address, translation.mask, branch);
  }
}

function to(side: Side, range: NatRange, address: Address): Translated {
  return { do: 'nat', side, range: { ...range, addresses: { first: address, last: address } } };
}

function masquerade(range: NatRange, branch: Branch, { host }: Surroundings): Translated {
  // What IPv4 has no source for yet is not to be masqueraded (nf_nat_masquerade_ipv4); IPv6 makes no such difference.
  if (branch.source === 0) return { do: 'accept' };
  const source = masqueradeSource(host, branch.out, branch.gateway ?? branch.destination, branch.destination);
  if (source === null) return { do: 'drop' };
  if (isDoubt(source)) return { do: 'open', reason: { code: 'host', doubt: source } };
  return to('source', range, source);
}

/** To the first address of the interface that it came in by; what the node sends, to itself by loopback. */
function redirect(range: NatRange, branch: Branch, { host }: Surroundings): Translated {
  const address = branch.hook === 'OUTPUT' ? loopbackOf(branch) : redirectAddress(branch, host);
  if (address !== undefined) return to('destination', range, address);
  if (host.addressesKnown) return { do: 'drop' };
  return { do: 'open', reason: { code: 'interface-addresses-unknown', interface: branch.in } };
}

function loopbackOf({ destination }: Branch): Address {
  return typeof destination === 'number' ? 0x7f000001 : 1n;
}

/** IPv6 keeps the addresses of an interface with the last one first. */
function redirectAddress(branch: Branch, host: Surroundings['host']): Address | undefined {
  const addresses = findInterface(host, branch.in)?.addresses ?? [];
  return host.family === 'ipv4' ? addresses[0]?.address : addresses.at(-1)?.address;
}

function netmap(address: Address, mask: Address, branch: Branch): Translated {
  const side: Side = branch.hook === 'PREROUTING' || branch.hook === 'OUTPUT' ? 'destination' : 'source';
  return to(side, {}, merge(side === 'source' ? branch.source : branch.destination, address, mask));
}

function merge(old: Address, network: Address, mask: Address): Address {
  if (typeof old === 'number') return ((old & ~(mask as number)) | (network as number)) >>> 0;
  return (old & ~(mask as bigint)) | (network as bigint);
}
