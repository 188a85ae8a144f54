import fc from 'fast-check';
import { IPv6 as Known } from 'ip-num';
import { expect, test } from 'vitest';
import { IPv6 } from '../../src/web/page/platform/ip-num.ts';

const numberOf = (parser: { fromString(text: string): { readonly value: bigint } }, text: string) => {
  try {
    return parser.fromString(text).value;
  } catch {
    return null;
  }
};

/** What src/address asks of no parser: it has no such form. */
const isAsked = (text: string) =>
  /^(?:[0-9a-fA-F]*:)+(?:[0-9a-fA-F]*|\d+\.\d+\.\d+\.\d+)$/.test(text) && text.length <= 45;

const part = fc.oneof(
  fc.constantFrom(':', '::', '0', 'f', 'ffff', '12345', '1.2.3.4', '01.2.3.4', '256.1.1.1', 'A0'),
  fc.integer({ min: 0, max: 0xffff }).map((group) => group.toString(16)),
);
const texts = fc.oneof(
  fc.ipV6(),
  fc.array(part, { maxLength: 9 }).map((parts) => parts.join('')),
  fc.array(part, { maxLength: 9 }).map((parts) => parts.join(':')),
);

test('what stands in for ip-num on the page reads what it reads', () => {
  fc.assert(
    fc.property(texts, (text) => {
      fc.pre(isAsked(text));
      expect(numberOf(IPv6, text)).toBe(numberOf(Known, text));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  '::',
  '::1',
  '1::',
  '::ffff:10.0.0.1',
  '2001:db8::1',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:1.2.3.4',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '::1:2:3:4:5:6:7:8',
  ':1::',
  '1:',
])('%s', (text) => {
  expect(numberOf(IPv6, text)).toBe(numberOf(Known, text));
});
