import type { Word } from '../../grammar/dump-nodes.ts';
import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { DumpDetail } from '../rule/detail.ts';
import type { Command, Report, Settings } from './command.ts';
import { decode } from './decode.ts';
import type { ForeignPart } from './use.ts';
import { findShort, findWhole } from './vocabulary.ts';

/** Why not all of a rule is understood. Offsets are those in the line. */
export interface Fault extends Pick<Problem, 'code' | 'expected'> {
  readonly detail: DumpDetail;
  readonly start: number;
  readonly end: number;
}

/** What is understood of a rule; `command` is null where nothing is, and `fault` where all is. */
export interface LooseReading {
  readonly command: Command | null;
  readonly fault: Fault | null;
  /** What is read as it was meant, and spelt as nobody spells it now. */
  readonly noted: readonly Fault[];
}

/**
 * Reads a rule that was loaded once, though not all of it is understood: a match or target with options that are not known, or that do not go
 * together, is kept as it came, beside those that are understood. An option of the rule itself that cannot be read, or no target, leaves nothing.
 */
export function decodeLoosely(words: readonly Word[], settings: Settings): LooseReading {
  const foreign = new Map<Word, ForeignPart>();
  let first: Fault | null = null;
  for (;;) {
    const faults: Fault[] = [];
    const noted: Fault[] = [];
    const report: Report = (start, end, code, detail, expected, severity) =>
      (severity === 'warning' ? noted : faults).push({
        start,
        end,
        code,
        detail,
        ...(expected !== undefined && { expected }),
      });
    const command = decode(words, settings, report, foreign);
    const [fault] = faults;
    // Of a rule that leads nowhere the end may be missing.
    const isCut = first !== null && !command?.rules.every(({ target }) => target !== null);
    if (!fault && !isCut)
      return { command, fault: first && toldOf(first, words, partAt(first, words)), noted };
    if (fault) first ??= fault;
    const found = partsOf(words).filter(
      (part) => !foreign.has(part[0]) && faults.some((one) => isWithin(one, part)),
    );
    if (found.length === 0)
      return { command: null, fault: first && toldOf(first, words, undefined), noted: [] };
    for (const part of found) {
      const own = faults.filter((one) => isWithin(one, part));
      // Where an option alone is new, the text says all that it says; else two rules that read alike need not be.
      const isWhole = own.every(({ code }) => code === 'option-unknown');
      const [flag, , ...options] = part;
      foreign.set(flag, { options, isWhole });
    }
  }
}

/** `-m NAME …` or `-j NAME …`. */
type Part = readonly [flag: Word, name: Word, ...options: Word[]];

const partAt = (fault: Fault, words: readonly Word[]) => partsOf(words).find((part) => isWithin(fault, part));

const isWithin = ({ start }: Fault, part: Part) =>
  start >= part[0].start && start < (part.at(-1) as Word).end;

/** Each of them, up to the next option of the rule itself. */
function partsOf(words: readonly Word[]): readonly Part[] {
  const parts: Word[][] = [];
  let isOpen = false;
  words.forEach((word, at) => {
    const option = word.text === '!' ? words[at + 1] : word;
    if (option && isOfRule(option.text)) isOpen = opensPart(word.text);
    if (isOpen && opensPart(word.text)) parts.push([]);
    if (isOpen) parts.at(-1)?.push(word);
  });
  return parts.filter((part): part is [Word, Word] => part.length > 1);
}

const opensPart = (text: string) => /^(?:-m|--match|-j|--jump)$/.test(text);

function isOfRule(text: string): boolean {
  if (text.startsWith('--')) return findWhole(text.slice(2)) !== undefined;
  return /^-[^-]/.test(text) && findShort(text[1] as string) !== undefined;
}

/** What is wrong, and what is not known because of it. Of what a newer iptables made, an older one prints `[unsupported revision]`. */
function toldOf(fault: Fault, words: readonly Word[], part: Part | undefined): Fault {
  const at = words.findIndex(
    ({ text }, index) => text === '[unsupported' && words[index + 1]?.text === 'revision]',
  );
  const [name, mark, end] = [words[at - 1], words[at], words[at + 1]];
  if (part && name && mark && end) {
    const expected = want.thing('iptables-that-made');
    const detail: DumpDetail = { code: 'older-iptables', name: name.text };
    return { code: 'rules-missing', detail, expected, start: mark.start, end: end.end };
  }
  const { detail: of } = fault;
  const detail: DumpDetail = part
    ? { code: 'part-unknown', of, part: part[1].text }
    : { code: 'rule-unknown', of };
  return { ...fault, detail };
}
