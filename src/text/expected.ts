import { nearest } from './nearest.ts';
import type { Thing, ThingOf } from './things.ts';

/** What is counted, or lies in a range. */
export type Unit =
  | 'characters'
  | 'bytes'
  | 'bits'
  | 'words'
  | 'options'
  | 'addresses'
  | 'directions'
  | 'levels'
  | 'aliased'
  | 'ports';
export type Ranged = 'number' | 'integer' | 'port' | 'type' | 'protocol' | 'days';

/**
 * What would have been right, as data. A notation is what a user writes, the same in every language; all else is a thing that
 * languages have words for, or a few of those together.
 */
export type Expected =
  | { readonly code: 'written'; readonly text: string }
  | { readonly code: 'thing'; readonly thing: Thing }
  | { readonly code: 'thing-of'; readonly thing: ThingOf; readonly of: readonly string[] }
  | { readonly code: 'one-of' | 'some-of'; readonly names: readonly string[] }
  | { readonly code: 'either' | 'or-else' | 'listed'; readonly of: readonly Expected[] }
  | { readonly code: 'such-as'; readonly example: string; readonly what: Expected | null }
  | { readonly code: 'list-of'; readonly of: Expected }
  | { readonly code: 'perhaps'; readonly name: string }
  | { readonly code: 'range'; readonly what: Ranged; readonly from: string; readonly to: string }
  | { readonly code: 'at-most' | 'at-least'; readonly count: number; readonly unit: Unit | null }
  | { readonly code: 'counted'; readonly from: number; readonly to: number; readonly unit: Unit }
  | { readonly code: 'printed'; readonly by: readonly string[] };

type Part = Expected | string;

const partOf = (part: Part): Expected => (typeof part === 'string' ? written(part) : part);
const written = (text: string): Expected => ({ code: 'written', text });

function thing(name: Thing): Expected;
function thing(name: ThingOf, ...of: readonly [string, ...string[]]): Expected;
function thing(name: Thing | ThingOf, ...of: readonly string[]): Expected {
  return of.length === 0
    ? { code: 'thing', thing: name as Thing }
    : { code: 'thing-of', thing: name as ThingOf, of };
}

/** How readers say what they want. A string among parts is a notation. */
export const want = {
  written,
  thing,
  oneOf: (names: readonly string[]): Expected => ({ code: 'one-of', names }),
  someOf: (names: readonly string[]): Expected => ({ code: 'some-of', names }),
  either: (...of: readonly Part[]): Expected => ({ code: 'either', of: of.map(partOf) }),
  orElse: (...of: readonly Part[]): Expected => ({ code: 'or-else', of: of.map(partOf) }),
  listed: (...of: readonly Part[]): Expected => ({ code: 'listed', of: of.map(partOf) }),
  suchAs: (example: string, what: Expected | null = null): Expected => ({ code: 'such-as', example, what }),
  perhaps: (name: string): Expected => ({ code: 'perhaps', name }),
  range: (from: number | bigint, to: number | bigint, what: Ranged = 'number'): Expected => ({
    code: 'range',
    what,
    from: `${from}`,
    to: `${to}`,
  }),
  atMost: (count: number, unit: Unit | null = null): Expected => ({ code: 'at-most', count, unit }),
  atLeast: (count: number, unit: Unit | null = null): Expected => ({ code: 'at-least', count, unit }),
  counted: (from: number, to: number, unit: Unit): Expected => ({ code: 'counted', from, to, unit }),
  printed: (...by: readonly string[]): Expected => ({ code: 'printed', by }),
  nearestOf: (name: string, names: readonly string[]): Expected | undefined => {
    const close = nearest(name, names);
    return close === undefined ? undefined : written(close);
  },
};
