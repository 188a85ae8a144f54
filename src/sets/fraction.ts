/** An exact fraction, not always in lowest terms. The denominator is above zero. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const zero: Fraction = { n: 0n, d: 1n };
export const one: Fraction = { n: 1n, d: 1n };

export function fraction(n: number | bigint, d: number | bigint): Fraction {
  return reduce({ n: BigInt(n), d: BigInt(d) });
}

export function multiply(left: Fraction, right: Fraction): Fraction {
  if (left.n === left.d) return right;
  return reduce({ n: left.n * right.n, d: left.d * right.d });
}

export function add(left: Fraction, right: Fraction): Fraction {
  if (left.n === 0n) return right;
  if (left.d === right.d) return reduce({ n: left.n + right.n, d: left.d });
  return reduce({ n: left.n * right.d + right.n * left.d, d: left.d * right.d });
}

export function subtract(left: Fraction, right: Fraction): Fraction {
  return add(left, { n: -right.n, d: right.d });
}

export function isLess(left: Fraction, right: Fraction): boolean {
  return left.n * right.d < right.n * left.d;
}

export function reduce({ n, d }: Fraction): Fraction {
  // Chance in rules is in parts of 2^31, so most denominators are powers of two: of thousands of bits in long chains.
  if ((d & (d - 1n)) === 0n) return reduceByTwos(n, d);
  let a = n < 0n ? -n : n;
  let b = d;
  while (b !== 0n) [a, b] = [b, a % b];
  return a <= 1n ? { n, d } : { n: n / a, d: d / a };
}

function reduceByTwos(n: bigint, d: bigint): Fraction {
  const low = n & -n;
  const divisor = low === 0n || low > d ? d : low;
  return divisor === 1n ? { n, d } : { n: n / divisor, d: d / divisor };
}

export function formatFraction({ n, d }: Fraction): string {
  return `${n}/${d}`;
}

/** What `formatFraction` wrote. */
export function parseFraction(text: string): Fraction {
  const [n, d] = text.split('/') as [string, string];
  return { n: BigInt(n), d: BigInt(d) };
}

/** The nearest number, also where numerator and denominator are beyond what a number holds. */
export function toNumber({ n, d }: Fraction): number {
  const shift = BigInt(Math.max(0, d.toString(2).length - 900));
  return Number(n >> shift) / Number(d >> shift);
}
