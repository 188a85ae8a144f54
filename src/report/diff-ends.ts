import type { Fate } from '../proof/explore/fate.ts';
import { add, type Fraction, zero } from '../sets/fraction.ts';
import { sayEnd } from './diff-words.ts';
import type { FateWords } from './words/fates.ts';

/** Where packets end, in words, with the share of each: `10.244.1.5:8080, masqueraded`. */
export function sharesOfEnds({ items }: Fate, w: FateWords): ReadonlyMap<string, Fraction> {
  const shares = new Map<string, Fraction>();
  for (const { end, weight } of items) {
    const how = sayEnd(end, w);
    const goal = end.dnat ?? (end.delivered === 'local' ? w.toNode : w.unchanged);
    const name = end.verdict === 'accept' ? `${goal}, ${how}` : how;
    shares.set(name, add(shares.get(name) ?? zero, weight));
  }
  return shares;
}
