import type { Address } from '../address/address.ts';
import type { IpSet } from '../ipset/sets.ts';
import { dataKey } from '../text/data-key.ts';
import type { Connection } from './connection.ts';
import type { RulePlace, StateUse } from './ir.ts';

/** What the node keeps between packets. Never changed in place: branches of one packet share it. */
export interface Memory {
  /** By the list's name. */
  readonly recent: ReadonlyMap<string, RecentList>;
  /** By `counterKey`: positions at which a nth counter may stand, all of the same weight. Without an entry: any. */
  readonly counters: ReadonlyMap<string, readonly number[]>;
  /** Flows that were let through, the oldest first. */
  readonly connections: readonly Connection[];
  /** By tuple: whether a helper is supposed to expect it; without an entry, nobody asked. */
  readonly expected?: ReadonlyMap<string, boolean>;
  /** What rules wrote or did of which the walk itself takes no notice; kept by who looks on. By what it is. */
  readonly written?: ReadonlyMap<string, string>;
  /** Sets that rules have changed, by name. */
  readonly sets: ReadonlyMap<string, ChangedSet>;
  /** What rules put into sets of nft, by set; `unknown`: something that is not known. */
  readonly elements: ReadonlyMap<string, ChangedElements | 'unknown'>;
}

/** What rules made of a set of nft. */
export interface ChangedElements {
  /** By the element's values: until when it is there, in seconds; null: for good. */
  readonly until: ReadonlyMap<string, number | null>;
  /** When those went that were put in anew since: each of them may take up room still. */
  readonly gone: readonly number[];
}

/** What rules made of a set. */
export interface ChangedSet {
  /** Null: what it held before is not known, or not what was changed. */
  readonly set: IpSet | null;
  /** The changes: equal logs of one set make equal sets. */
  readonly log: readonly string[];
}

export type RecentUse = Extract<StateUse, { kind: 'recent' }>;

/** Sources of a list, the least recently used one first. */
export type RecentList = readonly RecentEntry[];

export interface RecentEntry {
  readonly address: Address;
  /** Seconds, in the order in which they came, the latest last. At most as many as the list keeps. */
  readonly stamps: readonly number[];
}

export const emptyMemory: Memory = {
  recent: new Map(),
  counters: new Map(),
  connections: [],
  sets: new Map(),
  elements: new Map(),
};

export function elementsAsData({ elements }: Memory) {
  return [...elements].map(([name, own]) => [
    name,
    own === 'unknown' ? own : [[...own.gone].sort(), [...own.until].sort()],
  ]);
}

const memoryKeys = new WeakMap<Memory, string>();

/** Equal for memories of equal contents. */
export function memoryKey(memory: Memory): string {
  const known = memoryKeys.get(memory);
  if (known !== undefined) return known;
  const key = dataKey([
    [...memory.recent],
    [...memory.counters].sort(),
    memory.connections,
    [...(memory.written ?? [])].sort(),
    [...(memory.expected ?? [])].sort(),
    [...memory.sets].map(([name, { log }]) => [name, log]),
    elementsAsData(memory),
  ]);
  memoryKeys.set(memory, key);
  return key;
}

/** Every match of every rule has a counter of its own. `index`: of the match in its rule. */
export function counterKey(rule: Omit<RulePlace, 'rule' | 'language'>, index: number): string {
  return `${rule.table}/${rule.chain}/${rule.number}/${index}`;
}

/** A list holds so many sources (xt_recent's ip_list_tot), then the least recently used one goes. */
export const recentSources = 100;

/** Looks at a list and changes it, as xt_recent's recent_mt does. */
export function consultRecent(
  memory: Memory,
  match: RecentUse,
  address: Address,
  now: number,
  stampsKept: number,
): { readonly found: boolean; readonly memory: Memory } {
  const list = memory.recent.get(match.list) ?? [];
  const entry = list.find((candidate) => candidate.address === address);
  const { found, list: changed } = entry
    ? consultEntry(match, list, entry, now, stampsKept)
    : consultStranger(match, list, address, now);
  if (changed === list) return { found, memory };
  return { found, memory: { ...memory, recent: new Map(memory.recent).set(match.list, changed) } };
}

interface Consulted {
  readonly found: boolean;
  readonly list: RecentList;
}

function consultStranger(match: RecentUse, list: RecentList, address: Address, now: number): Consulted {
  if (match.action !== 'set') return { found: false, list };
  const kept = list.length >= recentSources ? list.slice(1) : list;
  return { found: true, list: [...kept, { address, stamps: [now] }] };
}

function consultEntry(
  match: RecentUse,
  list: RecentList,
  entry: RecentEntry,
  now: number,
  stampsKept: number,
): Consulted {
  if (match.action === 'remove') return { found: true, list: list.filter((other) => other !== entry) };
  if (match.action === 'set') return { found: true, list: refresh(list, entry, now, stampsKept) };
  const found = isRecent(match, entry, now);
  const reaped = match.reap ? reap(list, now - (match.seconds ?? 0)) : list;
  // The kernel refreshes when the rule as written matched, `!` included.
  const refreshes = match.action === 'update' && found !== match.negated && reaped.includes(entry);
  return { found, list: refreshes ? refresh(reaped, entry, now, stampsKept) : reaped };
}

function isRecent(match: RecentUse, entry: RecentEntry, now: number): boolean {
  const from = match.seconds ? now - match.seconds : Number.NEGATIVE_INFINITY;
  const hits = entry.stamps.filter((stamp) => stamp >= from).length;
  return hits >= (match.hitcount || 1);
}

function refresh(list: RecentList, entry: RecentEntry, now: number, stampsKept: number): RecentList {
  const stamps = [...entry.stamps, now].slice(-stampsKept);
  return [...list.filter((other) => other !== entry), { address: entry.address, stamps }];
}

/** At most one entry goes: the least recently used one, if it is stale. */
function reap(list: RecentList, before: number): RecentList {
  const [oldest] = list;
  return oldest && (oldest.stamps.at(-1) as number) < before ? list.slice(1) : list;
}
