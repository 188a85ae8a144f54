import type { Address } from '../address/address.ts';
import { has } from '../sets/intervals.ts';
import type { Branch } from './branch.ts';
import type { DynamicSet, StateUse } from './ir.ts';
import { valuesOf } from './lookup.ts';
import type { ChangedElements } from './memory.ts';
import type { Reason } from './reasons.ts';
import type { Surroundings } from './surroundings.ts';
import type { Question } from './truth.ts';

type Use = Extract<StateUse, { kind: 'dynamic' }>;

/**
 * A set of nft that rules change. False: it is not in the set; or the set is full, and then the rule ends (as
 * nft_dynset_eval). What was deleted or is over takes up room until the kernel has swept the set (nft_rhash_delete,
 * nft_rhash_gc): when that is, nobody knows, but that it takes time.
 */
export function askDynamic(use: Use, branch: Branch, surroundings: Surroundings): boolean | Question {
  const values = valuesOf(use.fields, branch, surroundings);
  const set = surroundings.program.states.dynamic?.get(use.set);
  const changes = branch.memory.elements.get(use.set);
  if (!set || values === null || changes === 'unknown') return doubt(use, values, branch, surroundings);
  const { now } = surroundings;
  const present = isIn(set, changes ?? noChanges, values, now);
  if (use.action === 'test') return present;
  if (use.action === 'delete') {
    if (present) keep(branch, use.set, values, now, changes);
    return true;
  }
  if (present && use.action === 'add') return true;
  const room = present || hasRoom(use.set, set, changes ?? noChanges, branch, surroundings);
  if (room !== true) return room;
  const timeout = use.timeout === undefined ? set.timeout : use.timeout;
  const until = timeout === null ? null : now + timeout;
  const before = present ? null : endOf(set, changes ?? noChanges, values.join());
  keep(branch, use.set, values, until, changes, before);
  return true;
}

const noChanges: ChangedElements = { until: new Map(), gone: [] };

function isAlive(until: number | null, now: number): boolean {
  return until === null || until > now;
}

function isIn(set: DynamicSet, changes: ChangedElements, values: readonly Address[], now: number): boolean {
  const changed = changes.until.get(values.join());
  if (changed !== undefined) return isAlive(changed, now);
  return set.elements.some(
    ({ keys, expires }) =>
      isAlive(expires, now) && keys.every((key, index) => has(key, values[index] as Address)),
  );
}

/** Elements of a set that rules change are single values. */
function keyOf({ keys }: DynamicSet['elements'][number]): string {
  return keys.map(([value]) => value).join();
}

/** When an element goes, or went; null: not at all, or it was never there. */
function endOf({ elements }: DynamicSet, { until }: ChangedElements, key: string): number | null {
  return until.get(key) ?? elements.find((element) => keyOf(element) === key)?.expires ?? null;
}

/** Elements that take up room, and those that may. */
function countOf({ elements }: DynamicSet, { until, gone }: ChangedElements, now: number) {
  const untouched = elements.filter((element) => !until.has(keyOf(element)));
  const ends = [...until.values(), ...untouched.map(({ expires }) => expires)];
  const held = [...ends, ...gone].filter((end) => end === null || end >= now).length;
  return { held, perhaps: ends.length + gone.length - held };
}

function hasRoom(
  name: string,
  set: DynamicSet,
  changes: ChangedElements,
  branch: Branch,
  surroundings: Surroundings,
): boolean | Question {
  const { held, perhaps } = countOf(set, changes, surroundings.now);
  if (held >= set.size) return false;
  if (held + perhaps < set.size) return true;
  const key = `set ${name} ${held}+${perhaps}`;
  return supposed(key, { code: 'set-unswept', set: name }, branch, surroundings);
}

function keep(
  branch: Branch,
  set: string,
  values: readonly Address[],
  until: number | null,
  changes: ChangedElements = noChanges,
  before: number | null = null,
): void {
  const changed = {
    until: new Map(changes.until).set(values.join(), until),
    gone: before === null ? changes.gone : [...changes.gone, before],
  };
  branch.memory = { ...branch.memory, elements: new Map(branch.memory.elements).set(set, changed) };
}

/** What is asked is not known; what is put in, neither, and then the set is not from now on. */
function doubt(use: Use, values: readonly Address[] | null, branch: Branch, surroundings: Surroundings) {
  if (use.action !== 'test') {
    branch.memory = { ...branch.memory, elements: new Map(branch.memory.elements).set(use.set, 'unknown') };
    return true;
  }
  const key = values === null ? null : `set ${use.set} ${values.join()}`;
  return supposed(key, { code: 'set-changed', set: use.set }, branch, surroundings);
}

/** What is supposed already, or whoever looks on answers. */
function supposed(key: string | null, reason: Reason, branch: Branch, { guide }: Surroundings) {
  const known = key === null ? undefined : branch.supposed.get(key);
  if (typeof known === 'boolean') return known;
  const answer = guide?.answerOpen?.({ key, reason, asked: null }, branch);
  return answer ?? ({ kind: 'question', key, reason } as const);
}
