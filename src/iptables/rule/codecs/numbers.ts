import { want } from '../../../text/expected.ts';
import { readInteger, readWide } from '../numbers.ts';
import { type Codec, refuseValue } from '../syntax.ts';
import { spelling } from './words.ts';

export function integer(
  first: number,
  last: number,
  print = String as (value: number) => string,
): Codec<number> {
  return {
    read(text) {
      const number = readInteger(text);
      if (number === undefined || number < first || number > last) {
        return refuseValue(text, want.range(first, last));
      }
      return number;
    },
    print,
  };
}

export const uint8 = integer(0, 0xff);
export const uint16 = integer(0, 0xffff);
export const uint32 = integer(0, 0xffffffff);

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

export interface IntegerRange {
  readonly first: number;
  readonly last: number;
}

/** `FIRST:LAST`, either end may be left out; a single number is both ends. */
export function integerRange(
  highest: number,
  print: (range: IntegerRange) => string = printRange,
): Codec<IntegerRange> {
  const one = integer(0, highest);
  return {
    read(text, context) {
      const parts = text.split(':');
      if (parts.length > 2) return refuseValue(text, want.written('FIRST:LAST'));
      const [first = '', last = first] = parts;
      return forwards(text, {
        first: first === '' ? 0 : one.read(first, context),
        last: last === '' ? (parts.length === 2 ? highest : 0) : one.read(last, context),
      });
    },
    print,
  };
}

/**
 * A range that runs backwards holds no number, so no packet is in it. iptables 1.8.9 loads some of them without a word;
 * since 1.8.11 it refuses them all. Ports are taken both ways: see codecs/ports.ts.
 */
export function forwards<R extends IntegerRange>(text: string, range: R): R {
  return range.first > range.last ? refuseValue(text, want.thing('ordered-numbers')) : range;
}

export function printRange({ first, last }: IntegerRange): string {
  return first === last ? String(first) : `${first}:${last}`;
}

/** A number with a fraction, as strtod(3) reads it. */
export function readDecimal(word: string): number | undefined {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(word) ? Number(word) : readInteger(word);
}

/** Numbers of up to 64 bits. */
export const uint64 = spelling((text) => {
  const number = readWide(text);
  if (number === undefined || number > largest64) return refuseValue(text, want.thing('number-of-64-bits'));
  return number.toString();
});

export const largest64 = 0xffffffffffffffffn;

export const paddedHex = (digits: number) => (value: number) =>
  `0x${value.toString(16).padStart(digits, '0')}`;
