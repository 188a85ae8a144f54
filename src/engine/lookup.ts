import type { Address } from '../address/address.ts';
import { has } from '../sets/intervals.ts';
import type { Branch } from './branch.ts';
import { bitsOf } from './content.ts';
import type { Instruction, LookupField } from './ir.ts';
import { judge } from './judge.ts';
import type { Surroundings } from './surroundings.ts';
import type { Question } from './truth.ts';
import { isUnknown, readField } from './values.ts';

type Lookup = Extract<Instruction, { do: 'lookup' }>;

/** Takes the code of the first element that the branch has the keys of; false: none, and the rule ends. */
export function lookUp(lookup: Lookup, branch: Branch, surroundings: Surroundings): boolean | Question {
  const values = valuesOf(lookup.fields, branch, surroundings);
  if (values === null || surroundings.guide) return askEach(lookup, branch, surroundings);
  const found = find(lookup, values);
  return goOn(lookup, found?.code ?? lookup.otherwise, branch);
}

/** What a branch has at some fields; null where one of them is not known. */
export function valuesOf(
  fields: readonly LookupField[],
  branch: Branch,
  surroundings: Surroundings,
): readonly Address[] | null {
  const values: Address[] = [];
  for (const field of fields) {
    const value = readField(field, branch, surroundings, field.mask);
    if (isUnknown(value)) return null;
    values.push(field.mask === undefined ? value : bitsOf(value, field.mask));
  }
  return values;
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

export function testOf({ field, of, mask }: LookupField, set: readonly Address[]) {
  return {
    kind: 'test',
    field,
    set,
    ...(of !== undefined && { of }),
    ...(mask !== undefined && { mask }),
  } as const;
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
