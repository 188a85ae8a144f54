import { allBits, mark32, markMask } from '../codecs/marks.ts';
import { integer } from '../codecs/numbers.ts';
import { type Extension, extension, flag, lastOf, plain, Refusal, value, when } from '../syntax.ts';
import type { ConnmarkTarget, MarkTarget, OtherTarget } from '../target.ts';

/** Marks that set bits, clear them, or turn them are all `--set-xmark VALUE/MASK`. */
const setMarks = {
  xmark: value('set-xmark', markMask),
  mark: value('set-mark', markMask, { excludes: ['xmark', 'and', 'or', 'xor'] }),
  and: value('and-mark', mark32, { excludes: ['xmark', 'or', 'xor'] }),
  or: value('or-mark', mark32, { excludes: ['xmark', 'xor'] }),
  xor: value('xor-mark', mark32, { excludes: ['xmark'] }),
};

type GivenMarks = Readonly<
  Partial<Record<'xmark' | 'mark', { value: { value: number; mask: number } } | undefined>> &
    Partial<Record<'and' | 'or' | 'xor', { value: number } | undefined>>
>;

function xmarkOf({ xmark, mark, and, or, xor }: GivenMarks): { value: number; mask: number } | undefined {
  if (xmark) return { value: xmark.value.value, mask: xmark.value.mask };
  if (mark) return { value: mark.value.value, mask: (mark.value.mask | mark.value.value) >>> 0 };
  if (and) return { value: 0, mask: ~and.value >>> 0 };
  if (or) return { value: or.value, mask: or.value };
  return xor && { value: xor.value, mask: 0 };
}

export const markTarget = extension({
  name: 'MARK',
  options: setMarks,
  build(given): MarkTarget {
    const mark = xmarkOf(given);
    if (!mark)
      throw new Refusal('option-missing', { code: 'needs-or-another', name: 'MARK', option: '--set-xmark' });
    return { kind: 'mark', ...mark };
  },
  take: (target) => ({ xmark: { value: target, negated: false } }),
});

const shift = (side: string) => ({
  ...value(`${side}-shift-mark`, integer(0, 31)),
  hides: (bits: number) => bits === 0,
});

export const connmarkTarget: Extension<ConnmarkTarget | OtherTarget> = extension({
  name: 'CONNMARK',
  options: {
    ...setMarks,
    save: flag('save-mark', { excludes: ['xmark', 'mark', 'and', 'or', 'xor', 'restore'] }),
    restore: flag('restore-mark', { excludes: ['xmark', 'mark', 'and', 'or', 'xor'] }),
    nfmask: value('nfmask', mark32),
    ctmask: value('ctmask', mark32),
    mask: value('mask', mark32, { excludes: ['nfmask', 'ctmask'] }),
  },
  further: { left: shift('left'), right: shift('right') },
  build(given, _context, words): ConnmarkTarget | OtherTarget {
    const target = connmarkOf(given);
    // The kernel has one number of bits and one direction: those that came last.
    const at = words.indexOf(`--${lastOf(given, ['left', 'right'])}-shift-mark`);
    return at === -1 ? target : shifted(target, words.slice(at, at + 2));
  },
  take: (target) =>
    target.kind === 'other'
      ? {}
      : target.action === 'set'
        ? { xmark: { value: target, negated: false } }
        : {
            save: when(target.action === 'save'),
            restore: when(target.action === 'restore'),
            nfmask: plain(target.packetMask),
            ctmask: plain(target.connectionMask),
          },
  words: (target) => (target.kind === 'other' ? target.words : []),
});

function connmarkOf(
  given: GivenMarks &
    Partial<Record<'nfmask' | 'ctmask' | 'mask', { value: number } | undefined>> & {
      readonly save?: unknown;
      readonly restore?: unknown;
    },
): ConnmarkTarget {
  const mark = xmarkOf(given);
  if (mark)
    return { kind: 'connmark', action: 'set', ...mark, ...(given.mask && { mask: given.mask.value }) };
  if (!given.save && !given.restore)
    throw new Refusal('option-missing', { code: 'needs-option', name: 'CONNMARK' });
  const both = given.mask?.value ?? allBits;
  return {
    kind: 'connmark',
    action: given.save ? 'save' : 'restore',
    packetMask: given.nfmask?.value ?? both,
    connectionMask: given.ctmask?.value ?? both,
  };
}

/** One that shifts bits is understood, and not carried out. */
function shifted(target: ConnmarkTarget, words: readonly string[]): OtherTarget {
  const marks = connmarkTarget.print(target).slice(1).split(' ');
  return { kind: 'other', name: 'CONNMARK', words: [...marks, ...words], understood: true };
}
