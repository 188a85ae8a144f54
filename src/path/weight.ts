import { type Fraction, reduce } from '../sets/fraction.ts';

/** Reads `n/d`, as outcomes carry their weights. */
export function parseWeight(text: string): Fraction {
  const slash = text.indexOf('/');
  return reduce({ n: BigInt(text.slice(0, slash)), d: BigInt(text.slice(slash + 1)) });
}
