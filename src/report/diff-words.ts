import { type Address, addressBits, type Family, familyOf, formatAddress } from '../address/address.ts';
import { linkAsked, listens, sentBy } from '../engine/routing.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import type { Effect } from '../proof/classes/effect.ts';
import type { ProofDoubt } from '../proof/doubt.ts';
import { type Fate, type FateItem, listName } from '../proof/explore/fate.ts';
import { arrivalStates, type Box } from '../sets/box.ts';
import { add, type Fraction, toNumber, zero } from '../sets/fraction.ts';
import { type IntervalSet, isWithin, sizeOf, union } from '../sets/intervals.ts';
import type { DiffWords } from './words/diff.ts';
import { fateWords as en } from './words/en/fates.ts';
import type { FateWords } from './words/fates.ts';
import { sayOf } from './words/words-of.ts';

export { count } from './words/en/count.ts';

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
export function sayAddresses(set: IntervalSet, w: FateWords = en): string {
  const family = familyOf(set[0] as Address);
  const bits = addressBits[family];
  if (!isWide(set, bits)) return cutShort(parts(set, bits, w), mostParts, w);
  const outside = complement(union(set, noSources[family]), bits === 32 ? 0xffffffff : (1n << 128n) - 1n);
  if (outside.length === 0) return w.anyone;
  const [own, others] = [parts(set, bits, w), parts(outside, bits, w)];
  return others.length < own.length ? w.allBut(cutShort(others, mostParts, w)) : cutShort(own, mostParts, w);
}

/** Addresses that no packet of a network comes from; a wide set is said as if it held them. */
const noSources: Readonly<Record<Family, IntervalSet>> = {
  ipv4: [0, 0, 0x7f000000, 0x7fffffff, 0xe0000000, 0xffffffff],
  ipv6: [0n, 1n, 0xffn << 120n, (1n << 128n) - 1n],
};

/** Whether all sources are such addresses: what only a raw socket can send. */
function isForged({ sides: { source } }: Box): boolean {
  return isWithin(source, noSources[familyOf(source[0] as Address)]);
}

/** Sets of a class that a reader should see, and how many others there are. */
export function chooseBoxes(boxes: readonly Box[]): {
  readonly shown: readonly Box[];
  readonly more: number;
} {
  const real = boxes.filter((box) => !isForged(box));
  const shown = (real.length > 0 ? real : boxes).slice(0, 2);
  return { shown, more: boxes.length - shown.length };
}

/** More than half of all addresses. */
const isWide = (set: IntervalSet, bits: number): boolean => sizeOf(set) > 1n << BigInt(bits - 1);

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

/** `a, b and 3 more`: what is left out is more than one. */
export function cutShort(list: readonly unknown[], most = mostParts, w: FateWords = en): string {
  const more = list.length - most;
  return more > 1 ? w.more(list.slice(0, most).join(', '), more) : list.join(', ');
}

function parts(set: IntervalSet, bits: number, w: FateWords): string[] {
  const list: string[] = [];
  for (let at = 0; at < set.length; at += 2)
    list.push(sayRange(set[at] as Address, set[at + 1] as Address, bits, w));
  return list;
}

function sayRange(first: Address, last: Address, bits: number, w: FateWords): string {
  if (first === last) return formatAddress(first);
  const size = BigInt(last) - BigInt(first) + 1n;
  const isPrefix = (size & (size - 1n)) === 0n && BigInt(first) % size === 0n;
  if (isPrefix) return `${formatAddress(first)}/${bits - (size.toString(2).length - 1)}`;
  return w.range(formatAddress(first), formatAddress(last));
}

export function sayNumbers(set: IntervalSet, w: FateWords = en): string {
  const list: string[] = [];
  for (let at = 0; at < set.length; at += 2) {
    list.push(set[at] === set[at + 1] ? `${set[at]}` : `${set[at]}-${set[at + 1]}`);
  }
  return cutShort(list, mostParts, w);
}

function sayProtocols(set: IntervalSet, w: FateWords): string {
  const list: string[] = [];
  for (let at = 0; at < set.length; at += 2) {
    const [first, last] = [Number(set[at]), Number(set[at + 1])];
    if (last - first > 8) list.push(w.protocols(first, last));
    else for (let one = first; one <= last; one += 1) list.push(protocolNames[one] ?? w.protocol(one));
  }
  return list.length > 6 ? w.anyProtocol : list.join(', ');
}

function sayPlaces(set: IntervalSet, w: FateWords): string {
  const list: string[] = [];
  for (let at = 0; at < set.length; at += 2) {
    for (let one = Number(set[at]); one <= Number(set[at + 1]); one += 1) {
      list.push(w.places[one] ?? w.otherPlace);
    }
  }
  return list.length >= 3 ? w.allPlaces : w.and(list.reverse());
}

/** `tcp to 10.96.0.10 port 80, from outside and pods of the node, of 10.244.0.0/16`. */
export function sayBox({ sides }: Box, w: FateWords = en): string {
  const { protocol, destination, destinationPort, sourcePort, state, origin, source } = sides;
  const numbers = (set: IntervalSet) => (isAll(set) || isNone(set) ? null : sayNumbers(set, w));
  const goal = sayAddresses(destination, w);
  return w.box({
    protocols: sayProtocols(protocol, w),
    destination: goal === w.anyone ? null : goal,
    ports: numbers(destinationPort),
    sourcePorts: numbers(sourcePort),
    states: statesOf(state),
    places: sayPlaces(origin, w),
    source: sayAddresses(source, w),
  });
}

function isAll(set: IntervalSet): boolean {
  return set.length === 2 && set[0] === 0 && set[1] === 65535;
}

function isNone(set: IntervalSet): boolean {
  return set.length === 2 && set[0] === 0 && set[1] === 0;
}

/** Where they are more than new connections, those that a helper expects among them. */
function statesOf(set: IntervalSet): readonly string[] {
  const names = arrivalStates.filter((_, number) => inside(set, number));
  const isNew = names.includes('NEW') && names.every((name) => name === 'NEW' || name === 'RELATED');
  return isNew ? [] : names;
}

function inside(set: IntervalSet, value: number): boolean {
  return union(set, [value, value]).join() === set.join();
}

export function percent(share: Fraction): string {
  const value = toNumber(share) * 100;
  return `${Number(value.toFixed(value < 1 ? 3 : 1))} %`;
}

/** Where the packets go, one part for each end that differs in more than the endpoint. */
export function sayFate({ items }: Fate, w: FateWords = en): string {
  const groups = new Map<string, { share: Fraction; goals: Map<string, Fraction> }>();
  for (const { end, weight } of items) {
    const key = sayEnd(end, w);
    const group = groups.get(key) ?? { share: zero, goals: new Map<string, Fraction>() };
    group.share = add(group.share, weight);
    if (end.verdict === 'accept') {
      const goal = end.dnat ?? (end.delivered === 'local' ? w.toNode : w.unchanged);
      group.goals.set(goal, add(group.goals.get(goal) ?? zero, weight));
    }
    groups.set(key, group);
  }
  return [...groups]
    .map(([key, { share, goals }]) => {
      const whole = share.n === share.d;
      if (goals.size === 0) return whole ? key : `${key} ${percent(share)}`;
      return `${sayGoals(goals, w)}; ${key}`;
    })
    .join(' | ');
}

/** How a packet ends: `masqueraded`, `dropped`. */
export function sayEnd(end: FateItem['end'], w: FateWords): string {
  const { copy } = end;
  return copy ? `${sayOwnEnd(end, w)}; ${w.copied(copy.verdict)}` : sayOwnEnd(end, w);
}

function sayOwnEnd({ verdict, masqueraded, rejectWith, reason }: FateItem['end'], w: FateWords): string {
  if (verdict === 'accept') return masqueraded ? w.masqueraded : w.preserved;
  if (verdict === 'reject') return w.rejected(rejectWith);
  const why = reason && w.reason(reason);
  return verdict === 'drop' ? w.dropped(why) : w.unknown(why);
}

/** Why nothing is proved of packets. */
export function sayDoubt(doubt: ProofDoubt | null, w: FateWords = en): string {
  return doubt === null ? '' : sayOf(w.doubts, doubt);
}

const mostGoals = 6;

function sayGoals(goals: ReadonlyMap<string, Fraction>, w: FateWords): string {
  const list = [...goals].map(([goal, share]) => (share.n === share.d ? goal : `${goal} ${percent(share)}`));
  return list.length <= mostGoals ? list.join(', ') : cutShort(list, mostGoals - 1, w);
}

/** What of a fate is worth saying of the memory that it leaves. */
export function sayMemory({ items }: Fate, w: DiffWords): string | null {
  const lists = [...new Set(items.flatMap((item) => item.lists.map(listName)))];
  const marks = [...new Set(items.flatMap(({ flowMark }) => flowMark ?? []))];
  const parts = [
    ...(lists.length > 0 ? [w.remembered(lists.length === 1 ? (lists[0] as string) : lists.length)] : []),
    ...(marks.length > 0 ? [w.flowMark(marks)] : []),
  ];
  return parts.join('; ') || null;
}

/**
 * What is supposed of a match that has no answer: that it holds, or not. `name` says what a chain of a hashed name is. Of a match
 * that is asked more than once, each time is a question of its own.
 */
export function saySupposed(
  symbol: string,
  holds: boolean,
  name: (chain: string) => string,
  w: DiffWords,
): string {
  const [, text = symbol, time = '1'] = /^(.*) #(\d+)$/.exec(symbol) ?? [];
  const nth = Number(time);
  const link = linkAsked(text);
  if (link !== null) return w.supposed.linkLocal(link, holds, nth);
  if (!holds) return w.supposed.fails(text, nth);
  const recall = /^-m recent --(?:rcheck|update) .*--name (\S+)/.exec(text);
  if (recall) return w.supposed.remembered(name(recall[1] as string), nth);
  if (text === listens) return w.groupHeard;
  if (text.startsWith(sentBy(''))) return w.supposed.sentBy(text.slice(sentBy('').length), nth);
  return text.startsWith('-') ? w.supposed.notEvaluated(text, nth) : w.supposed.notKnown(text, nth);
}

export function sayEffects({ effects }: Pick<PacketClass, 'effects'>, w: FateWords = en): string {
  return effects.map((effect) => sayEffect(effect, w)).join('; ');
}

export function sayEffect(effect: Effect, w: FateWords = en): string {
  return (w.effects[effect.kind] as (effect: Effect) => string)(effect);
}
