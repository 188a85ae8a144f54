import type { Instead, PacketFate } from '../../expect/instead.ts';
import type { WordsOf } from './words-of.ts';

/** What is said of expectations that do not hold, in one language. Sentences have no full stop. */
export interface InsteadWords {
  readonly instead: WordsOf<Instead>;
  readonly fates: WordsOf<PacketFate>;
  /** What cannot be told is no pass. */
  readonly notProved: (why: string) => string;
}

/** `33.33 % (1/3)`; the fraction only where it is short. */
export function sayPart({ n, d }: { readonly n: bigint; readonly d: bigint }): string {
  const percent = ((Number(n) / Number(d)) * 100).toFixed(n === d ? 0 : 2);
  return n === d || String(d).length > 5 ? `${percent} %` : `${percent} % (${n}/${d})`;
}

/** So many things are told that happen instead. */
export const mostFates = 4;
