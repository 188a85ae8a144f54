import type { Expected, Ranged, Unit } from '../../text/expected.ts';
import type { Thing, ThingOf } from '../../text/things.ts';
import { sayOf, type WordsOf } from './words-of.ts';

/** A thing has a name, or one that is made of its parts. */
export type ThingWords<Plain extends Thing, Of extends ThingOf = never> = Readonly<Record<Plain, string>> &
  Readonly<Record<Of, (one: string, other: string) => string>>;

/** How a language says what would have been right, whatever the things are called. */
export type ExpectedWords = WordsOf<Exclude<Expected, { readonly code: 'thing' | 'thing-of' }>>;

export type UnitWords = Readonly<Record<Unit, string>>;
export type RangeWords = Readonly<Record<Ranged, (from: string, to: string) => string>>;

type Named = string | ((one: string, other: string) => string);

/** Says what would have been right with a language's words, and the names of the things that a face tells of. */
export function expectedWith(
  words: (say: (one: Expected) => string) => ExpectedWords,
  things: Readonly<Record<string, Named>>,
): (one: Expected) => string {
  const say = (one: Expected): string => {
    if (one.code === 'thing') return nameOf(one.thing, []);
    return one.code === 'thing-of' ? nameOf(one.thing, one.of) : sayOf(own, one);
  };
  const nameOf = (thing: string, [one = '', other = '']: readonly string[]): string => {
    const name = things[thing] ?? thing;
    return typeof name === 'string' ? name : name(one, other);
  };
  const own = words(say);
  return say;
}
