import type { Address } from '../address/address.ts';
import { has } from '../sets/intervals.ts';
import type { Branch } from './branch.ts';
import type { FieldRef } from './fields.ts';
import type { Instruction } from './ir.ts';
import { judge } from './judge.ts';
import type { Surroundings } from './surroundings.ts';
import type { Question } from './truth.ts';
import { isUnknown, readField } from './values.ts';

type Lookup = Extract<Instruction, { do: 'lookup' }>;

/** Takes the code of the first element that the branch has the keys of; false: none, and the rule ends. */
export function lookUp(lookup: Lookup, branch: Branch, surroundings: Surroundings): boolean | Question {
  const values = lookup.fields.map((field) => readField(field, branch, surroundings));
  if (values.some(isUnknown) || surroundings.guide) return askEach(lookup, branch, surroundings);
  const found = find(lookup, values as readonly Address[]);
  return goOn(lookup, found?.code ?? lookup.otherwise, branch);
}

function goOn(_lookup: Lookup, code: readonly Instruction[] | undefined, branch: Branch): boolean {
  if (!code) return false;
  branch.code = [...code, ...branch.code.slice(branch.at + 1)];
  branch.at = -1;
  return true;
}

/** Element by element, as tests: who looks on sees what decided, and what is not known is asked. */
function askEach(lookup: Lookup, branch: Branch, surroundings: Surroundings): boolean | Question {
  for (const { keys, code } of lookup.elements) {
    const of = lookup.fields.map((field, index) => testOf(field, keys[index] ?? []));
    const truth = judge({ kind: 'all', of }, branch, surroundings);
    if (truth === true) return goOn(lookup, code, branch);
    if (typeof truth === 'object') return truth;
  }
  return goOn(lookup, lookup.otherwise, branch);
}

function testOf({ field, of }: FieldRef, set: readonly Address[]) {
  return { kind: 'test', field, set, ...(of !== undefined && { of }) } as const;
}

type Element = Lookup['elements'][number];

const indexes = new WeakMap<Lookup, ReadonlyMap<string, Element>>();

/** Maps of single values, which are most, are looked up at once. */
function find(lookup: Lookup, values: readonly Address[]): Element | undefined {
  let index = indexes.get(lookup);
  if (!index) {
    index = indexOf(lookup);
    indexes.set(lookup, index);
  }
  const exact = index.get(values.join());
  if (exact || index.size === lookup.elements.length) return exact;
  return lookup.elements.find(({ keys }) => keys.every((key, at) => has(key, values[at] as Address)));
}

function indexOf({ elements }: Lookup): ReadonlyMap<string, Element> {
  const index = new Map<string, Element>();
  for (const element of elements) {
    if (!element.keys.every((key) => key.length === 2 && key[0] === key[1])) continue;
    const values = element.keys.map(([value]) => value).join();
    if (!index.has(values)) index.set(values, element);
  }
  return index;
}
