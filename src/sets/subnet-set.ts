import { type Address, addressBits, familyOf } from '../address/address.ts';
import { prefixLength, type Subnet } from '../address/subnet.ts';
import type { IntervalSet } from './intervals.ts';

/** Masks with holes fall into that many stretches at most; what has more is not worth it. */
const mostStretches = 4096;

/** The addresses of a subnet, or null where its mask has so many holes that they cannot be listed. */
export function subnetSet(subnet: Subnet): IntervalSet | null {
  const made = known.get(subnet);
  if (made !== undefined) return made;
  const length = prefixLength(subnet);
  const set = length === undefined ? scattered(subnet) : prefixSet(subnet, length);
  known.set(subnet, set);
  return set;
}

const known = new WeakMap<Subnet, IntervalSet | null>();

function prefixSet({ address }: Subnet, length: number): IntervalSet {
  const free = addressBits[familyOf(address)] - length;
  if (typeof address === 'number') return [address, address + 2 ** free - 1];
  return [address, address + (1n << BigInt(free)) - 1n];
}

function scattered({ address, mask }: Subnet): IntervalSet | null {
  const bits = addressBits[familyOf(address)];
  const wide = BigInt(mask);
  const free = Array.from({ length: bits }, (_, bit) => BigInt(bit)).filter((bit) => !((wide >> bit) & 1n));
  const trailing = free.findIndex((bit, at) => bit !== BigInt(at));
  const holes = free.slice(trailing);
  if (2 ** holes.length > mostStretches) return null;
  const size = 1n << BigInt(trailing);
  const narrow = (value: bigint): Address => (typeof address === 'number' ? Number(value) : value);
  const starts = Array.from({ length: 2 ** holes.length }, (_, choice) =>
    holes.reduce((start, bit, at) => ((choice >> at) & 1 ? start | (1n << bit) : start), BigInt(address)),
  );
  return starts.flatMap((start) => [narrow(start), narrow(start + size - 1n)]);
}
