import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataKey } from '../../src/text/data-key.ts';

const byTheLanguage = (value: unknown) =>
  JSON.stringify(value, (_name, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? '';

test('data are written as JSON is', () => {
  const data = fc.anything({
    withBigInt: true,
    withSparseArray: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withUnicodeString: true,
  });
  fc.assert(
    fc.property(data, (value) => {
      expect(dataKey(value)).toBe(byTheLanguage(value));
    }),
    { numRuns: 300 },
  );
});

test('with large integers and without, one after the other', () => {
  for (const value of [{ a: 1 }, { a: 2n ** 70n }, { a: 1 }, [1n], [1]])
    expect(dataKey(value)).toBe(byTheLanguage(value));
});

test.each([
  [undefined],
  [-0],
  [Number.NaN],
  [[undefined, () => 1, Symbol('a')]],
  [{ a: undefined, b: { c: 2n ** 70n }, '"': 'é\u2028\ud800' }],
])('%o', (value) => {
  expect(dataKey(value)).toBe(byTheLanguage(value));
});
