import { type Address, addressBits, familyOf, formatAddress } from '../address/address.ts';
import type { PacketClass } from '../compare/classes/classify.ts';
import type { Fate } from '../compare/explore/fate.ts';
import { arrivalStates, type Box } from '../compare/sets/box.ts';
import { type IntervalSet, union } from '../compare/sets/intervals.ts';
import { add, type Fraction, toNumber, zero } from '../packet/fraction.ts';

const protocolNames: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  58: 'ipv6-icmp',
  132: 'sctp',
  136: 'udplite',
};

/** Longer lists are cut; the whole is in the JSON. */
const mostParts = 4;

/** The addresses of a set as prefixes and ranges, the shortest way to say it. */
export function sayAddresses(set: IntervalSet): string {
  const first = set[0] as Address;
  const bits = addressBits[familyOf(first)];
  const top = bits === 32 ? 0xffffffff : (1n << 128n) - 1n;
  if (set.length === 2 && Number(first) === 0 && set[1] === top) return 'anyone';
  const outside = complement(isWide(set) ? union(set, noSources) : set, top);
  const [own, others] = [parts(set, bits), parts(outside, bits)];
  if (outside.length === 0) return 'anyone';
  if (others.length < own.length) return `all but ${cutShort(others)}`;
  return cutShort(own);
}

/** Addresses that no packet of a network comes from; a wide set is said as if it held them. */
const noSources: IntervalSet = [0, 0x00ffffff, 0x7f000000, 0x7fffffff, 0xe0000000, 0xffffffff];

function isWide(set: IntervalSet): boolean {
  if (typeof set[0] !== 'number') return false;
  let size = 0;
  for (let at = 0; at < set.length; at += 2) size += Number(set[at + 1]) - Number(set[at]) + 1;
  return size > 2 ** 31;
}

function complement(set: IntervalSet, top: Address): IntervalSet {
  const result: Address[] = [];
  const one = (typeof top === 'number' ? 1 : 1n) as number;
  let next = (typeof top === 'number' ? 0 : 0n) as number;
  for (let at = 0; at < set.length; at += 2) {
    const [first, last] = [set[at] as number, set[at + 1] as number];
    if (first > next) result.push(next, first - one);
    next = last + one;
  }
  if (next <= (top as number)) result.push(next, top);
  return result;
}

function cutShort(list: readonly string[]): string {
  const more = list.length - mostParts;
  if (more <= 1) return list.join(', ');
  return `${list.slice(0, mostParts).join(', ')} and ${more} more`;
}

function parts(set: IntervalSet, bits: number): string[] {
  const list: string[] = [];
  for (let at = 0; at < set.length; at += 2)
    list.push(sayRange(set[at] as Address, set[at + 1] as Address, bits));
  return list;
}

function sayRange(first: Address, last: Address, bits: number): string {
  if (first === last) return formatAddress(first);
  const size = BigInt(last) - BigInt(first) + 1n;
  const isPrefix = (size & (size - 1n)) === 0n && BigInt(first) % size === 0n;
  if (isPrefix) return `${formatAddress(first)}/${bits - (size.toString(2).length - 1)}`;
  return `${formatAddress(first)} to ${formatAddress(last)}`;
}

export function sayNumbers(set: IntervalSet): string {
  const list: string[] = [];
  for (let at = 0; at < set.length; at += 2) {
    list.push(set[at] === set[at + 1] ? `${set[at]}` : `${set[at]}-${set[at + 1]}`);
  }
  return cutShort(list);
}

function sayProtocols(set: IntervalSet): string {
  const list: string[] = [];
  for (let at = 0; at < set.length; at += 2) {
    const [first, last] = [Number(set[at]), Number(set[at + 1])];
    if (last - first > 8) list.push(`protocols ${first}-${last}`);
    else for (let one = first; one <= last; one += 1) list.push(protocolNames[one] ?? `protocol ${one}`);
  }
  return list.length > 6 ? 'any protocol' : list.join(', ');
}

const placeNames = ['the node itself', 'outside', 'pods of the node'];

function sayPlaces(set: IntervalSet): string {
  const list: string[] = [];
  for (let at = 0; at < set.length; at += 2) {
    for (let one = Number(set[at]); one <= Number(set[at + 1]); one += 1) {
      list.push(placeNames[one] ?? 'another interface');
    }
  }
  return list.length >= 3 ? 'anywhere' : list.reverse().join(' and ');
}

/** `tcp to 10.96.0.10 port 80, from outside and pods of the node, of 10.244.0.0/16`. */
export function sayBox({ sides }: Box): string {
  const port =
    isAll(sides.destinationPort) || isNone(sides.destinationPort)
      ? ''
      : ` port ${sayNumbers(sides.destinationPort)}`;
  const sourcePort =
    isAll(sides.sourcePort) || isNone(sides.sourcePort) ? '' : ` from port ${sayNumbers(sides.sourcePort)}`;
  const destination = sayAddresses(sides.destination);
  const states = sayStates(sides.state);
  return `${sayProtocols(sides.protocol)} to ${destination === 'anyone' ? 'anything' : destination}${port}${sourcePort}${states}, from ${sayPlaces(sides.origin)}, source ${sayAddresses(sides.source)}`;
}

function isAll(set: IntervalSet): boolean {
  return set.length === 2 && set[0] === 0 && set[1] === 65535;
}

function isNone(set: IntervalSet): boolean {
  return set.length === 2 && set[0] === 0 && set[1] === 0;
}

function sayStates(set: IntervalSet): string {
  const names = arrivalStates.filter((_, number) => inside(set, number));
  return names.length === 1 && names[0] === 'NEW' ? '' : ` (${names.join(', ')})`;
}

function inside(set: IntervalSet, value: number): boolean {
  return union(set, [value, value]).join() === set.join();
}

export function percent(share: Fraction): string {
  const value = toNumber(share) * 100;
  return `${Number(value.toFixed(value < 1 ? 3 : 1))} %`;
}

/** Where the packets go, one line for each end that differs in more than the endpoint. */
export function sayFate({ items }: Fate): string {
  const groups = new Map<string, { share: Fraction; goals: Map<string, Fraction> }>();
  for (const { end, weight } of items) {
    const key =
      end.verdict === 'accept'
        ? end.masqueraded
          ? 'source hidden'
          : 'source seen'
        : end.verdict === 'reject'
          ? `rejected (${end.rejectWith})`
          : end.verdict === 'drop'
            ? `dropped${end.because === null ? '' : ` (${end.because})`}`
            : `unknown: ${end.because}`;
    const group = groups.get(key) ?? { share: zero, goals: new Map<string, Fraction>() };
    group.share = add(group.share, weight);
    if (end.verdict === 'accept') {
      const goal = end.dnat ?? (end.delivered === 'local' ? 'the node itself' : 'its destination');
      group.goals.set(goal, add(group.goals.get(goal) ?? zero, weight));
    }
    groups.set(key, group);
  }
  return [...groups]
    .map(([key, { share, goals }]) => {
      const whole = share.n === share.d;
      if (goals.size === 0) return whole ? key : `${key} ${percent(share)}`;
      return `${sayGoals(goals)}; ${key}`;
    })
    .join(' | ');
}

function sayGoals(goals: ReadonlyMap<string, Fraction>): string {
  const list = [...goals].map(([goal, share]) => (share.n === share.d ? goal : `${goal} ${percent(share)}`));
  return list.length <= 6 ? list.join(', ') : `${list.slice(0, 5).join(', ')} and ${list.length - 5} more`;
}

/** What of a fate is worth saying of the memory that it leaves. */
export function sayMemory({ items }: Fate): string | null {
  const lists = new Set(items.flatMap(({ remembers }) => remembers));
  return lists.size === 0
    ? null
    : `clients are remembered in ${lists.size === 1 ? [...lists][0] : `${lists.size} lists`}`;
}

export function sayEffects({ effects }: PacketClass): string {
  return effects.map(({ says }) => says).join('; ');
}
