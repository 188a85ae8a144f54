import type { Codec, Context } from '../syntax.ts';
import { hex, integer } from './numbers.ts';

// Marks: `value/mask`, 32 bits.

export interface MarkMask {
  readonly value: number;
  readonly mask: number;
}

export const allBits = 0xffffffff;

export const mark32 = integer(0, allBits, hex);

export const markMask: Codec<MarkMask> = {
  read(text, context) {
    const slash = text.indexOf('/');
    if (slash === -1) return { value: mark32.read(text, context), mask: allBits };
    return {
      value: mark32.read(text.slice(0, slash), context),
      mask: mark32.read(text.slice(slash + 1), context),
    };
  },
  print: ({ value, mask }) => `${hex(value)}/${hex(mask)}`,
};

/** The same without the mask where it is full, as the matches print it. */
export const shortMarkMask: Codec<MarkMask> = {
  read: markMask.read,
  print: (mark) => (mark.mask === allBits ? hex(mark.value) : markMask.print(mark)),
};

/** The same, with a name for 0 where the mask is full. */
export const namedMark = (zero: string): Codec<MarkMask> => ({
  read: (text: string, context: Context) =>
    text === zero ? { value: 0, mask: allBits } : markMask.read(text, context),
  print: (mark) => (mark.value === 0 && mark.mask === allBits ? zero : shortMarkMask.print(mark)),
});
