import type { FamilyTranslation } from '../session/translation.ts';
import type { Problem } from '../text/problem.ts';
import { positionAt, type Source } from '../text/source.ts';
import type { Gap, TranslationNote } from '../translate/gap.ts';
import { gapWords, noteWords } from './words/translate-en.ts';

/** The ruleset that stands for the rules, as `nft -f` loads it; nothing where a rule could not be written. */
export function printTranslation(translations: readonly FamilyTranslation[]): string {
  const rulesets = translations.map(({ ruleset }) => ruleset);
  return rulesets.includes(null) ? '' : rulesets.join('');
}

/** One line for each family. */
export function sayTranslation(translations: readonly FamilyTranslation[]): string {
  return translations
    .map((one) => `${translations.length > 1 ? `${one.family}: ` : ''}${say(one)}`)
    .join('\n');
}

function say({ rules, gaps, ruleset }: FamilyTranslation): string {
  const count = (number: number) => (number === 1 ? '1 rule' : `${number} rules`);
  if (gaps.length === 0) return `Proved: the ruleset does what the ${count(rules)} of iptables do.`;
  const named = new Set(gaps.map(({ table, chain, number }) => `${table}/${chain}/${number}`)).size;
  const head = `Of ${count(rules)} ${named} ${named === 1 ? 'is' : 'are'} not proved to do the same`;
  return ruleset === null ? `${head}, some have no form in nft: there is no ruleset.` : `${head}.`;
}

/** What stands beside the ruleset: a warning for each rule that is not proved, a note for what is nothing to packets. */
export function translationProblems(translations: readonly FamilyTranslation[]): readonly Problem[] {
  return translations.flatMap(({ source, gaps, notes }) => [
    ...gaps.map(
      (gap): Problem => ({
        code: 'not-translated',
        severity: 'warning',
        message: `rule ${placeOf(gap)}: ${sayGap(gap)}`,
        span: lineOf(source, gap),
      }),
    ),
    ...notes.map(
      (note): Problem => ({
        code: 'translated-otherwise',
        severity: 'note',
        message: `rule ${placeOf(note)}: ${noteWords[note.code](note.text)}`,
        span: lineOf(source, note),
      }),
    ),
  ]);
}

type Place = Pick<Gap | TranslationNote, 'table' | 'chain' | 'number' | 'at'>;

const placeOf = ({ table, chain, number }: Place): string => `${table}/${chain}/${number}`;

function sayGap({ code, part }: Gap): string {
  return part === '' ? gapWords[code] : `${part}: ${gapWords[code]}`;
}

function lineOf(source: Source, { at }: Place) {
  const end = source.text.indexOf('\n', at);
  return { source, start: at, end: end === -1 ? source.text.length : end };
}

/**
 * `{"families": [{"family", "rules", "proved", "ruleset", "gaps": [{"code", "table", "chain", "number", "line", "rule", "part", "written",
 * "message"}], "notes": [{"code", "table", "chain", "number", "line", "message"}]}]}`; `proved`: whether all is; `ruleset`: null where a rule
 * is not in it.
 */
export function printTranslationJson(translations: readonly FamilyTranslation[]): string {
  const families = translations.map(({ family, rules, ruleset, gaps, notes, source }) => {
    const place = (one: Place) => ({
      table: one.table,
      chain: one.chain,
      number: one.number,
      line: positionAt(source, one.at).line,
    });
    return {
      family,
      rules,
      proved: gaps.length === 0,
      ruleset,
      gaps: gaps.map((gap) => {
        const { start, end } = lineOf(source, gap);
        return {
          code: gap.code,
          ...place(gap),
          rule: source.text.slice(start, end),
          part: gap.part,
          written: gap.written,
          message: sayGap(gap),
        };
      }),
      notes: notes.map((note) => ({
        code: note.code,
        ...place(note),
        message: noteWords[note.code](note.text),
      })),
    };
  });
  return `${JSON.stringify({ families }, null, 2)}\n`;
}
