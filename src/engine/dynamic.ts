import type { Address } from '../address/address.ts';
import { has } from '../sets/intervals.ts';
import type { Branch } from './branch.ts';
import type { DynamicSet, StateUse } from './ir.ts';
import { valuesOf } from './lookup.ts';
import type { ChangedElements } from './memory.ts';
import type { Surroundings } from './surroundings.ts';
import type { Question } from './truth.ts';

type Use = Extract<StateUse, { kind: 'dynamic' }>;

/**
 * A set of nft that rules change. False: it is not in the set; or the set is full, and then the rule ends (as
 * nft_dynset_eval).
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
    if (present) keep(branch, use.set, values, { until: now }, changes);
    return true;
  }
  if (present && use.action === 'add') return true;
  if (!present && countOf(set, changes ?? noChanges, now) >= set.size) return false;
  const timeout = use.timeout === undefined ? set.timeout : use.timeout;
  keep(branch, use.set, values, { until: timeout === null ? null : now + timeout }, changes);
  return true;
}

const noChanges: ChangedElements = new Map();

function isAlive(until: number | null, now: number): boolean {
  return until === null || until > now;
}

function isIn(set: DynamicSet, changes: ChangedElements, values: readonly Address[], now: number): boolean {
  const changed = changes.get(values.join());
  if (changed) return isAlive(changed.until, now);
  return set.elements.some(
    ({ keys, expires }) =>
      isAlive(expires, now) && keys.every((key, index) => has(key, values[index] as Address)),
  );
}

function countOf({ elements }: DynamicSet, changes: ChangedElements, now: number): number {
  const left = elements.filter(
    ({ keys, expires }) => isAlive(expires, now) && !changes.has(keys.map(([value]) => value).join()),
  );
  return left.length + [...changes.values()].filter(({ until }) => isAlive(until, now)).length;
}

function keep(
  branch: Branch,
  set: string,
  values: readonly Address[],
  element: { readonly until: number | null },
  changes: ChangedElements | undefined,
): void {
  const changed = new Map(changes).set(values.join(), element);
  branch.memory = { ...branch.memory, elements: new Map(branch.memory.elements).set(set, changed) };
}

/** What is asked is not known; what is put in, neither, and then the set is not from now on. */
function doubt(use: Use, values: readonly Address[] | null, branch: Branch, { guide }: Surroundings) {
  if (use.action !== 'test') {
    branch.memory = { ...branch.memory, elements: new Map(branch.memory.elements).set(use.set, 'unknown') };
    return true;
  }
  const key = values === null ? null : `set ${use.set} ${values.join()}`;
  const reason = { code: 'set-changed', set: use.set } as const;
  const known = key === null ? undefined : branch.supposed.get(key);
  if (typeof known === 'boolean') return known;
  const answer = guide?.answerOpen?.({ key, reason, asked: null }, branch);
  return answer ?? ({ kind: 'question', key, reason } as const);
}
