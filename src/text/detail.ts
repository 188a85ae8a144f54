import { dataKey } from './data-key.ts';
import type { Expected } from './expected.ts';

/** What is wrong, as data: a code of a room's closed union, and its parts. Whoever tells it has a table of words for each language. */
export interface Detail {
  readonly code: string;
}

type Sentence = (detail: never) => string;
type Sentences = Readonly<Record<string, Sentence>>;

let english: Sentences = {};
let englishExpected: (expected: Expected) => string = dataKey;

/**
 * Gives details their sentences in English, of which the messages of problems and errors are made: the rooms that find them know
 * no words. Each face does it once, when it is loaded.
 */
export function speakEnglish(details: object, expected: (expected: Expected) => string): void {
  english = details as Sentences;
  englishExpected = expected;
}

/** What would have been right, in English. */
export const sayExpected = (expected: Expected): string => englishExpected(expected);

/** What `told` gives. */
export type Said = ReturnType<typeof told<Detail>>;

/** A problem's message, and the data that it is made of: of the union that is named, which no call infers. */
export function told<D extends Detail = never>(
  detail: NoInfer<D>,
): { readonly message: string; readonly detail: D } {
  const say = english[detail.code] as ((detail: D) => string) | undefined;
  return { message: say?.(detail) ?? dataKey(detail), detail };
}
