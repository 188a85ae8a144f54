import type { FamilyTranslation } from '../session/translation.ts';
import type { Problem } from '../text/problem.ts';
import { positionAt, type Source } from '../text/source.ts';
import type { Gap, TranslationNote } from '../translate/gap.ts';
import { translateWords as en } from './words/en/translate.ts';
import { translateWords as ko } from './words/ko/translate.ts';
import type { Language } from './words/language.ts';
import type { TranslateWords } from './words/translate.ts';

const tables: Readonly<Record<Language, TranslateWords>> = { en, ko };

/** The ruleset that stands for the rules, as `nft -f` loads it; nothing where a rule could not be written. */
export function printTranslation(translations: readonly FamilyTranslation[]): string {
  const rulesets = translations.map(({ ruleset }) => ruleset);
  return rulesets.includes(null) ? '' : rulesets.join('');
}

/** One line for each family. */
export function sayTranslation(
  translations: readonly FamilyTranslation[],
  language: Language = 'en',
): string {
  return translations
    .map((one) => `${translations.length > 1 ? `${one.family}: ` : ''}${say(one, tables[language])}`)
    .join('\n');
}

function say({ rules, gaps, ruleset }: FamilyTranslation, w: TranslateWords): string {
  if (gaps.length === 0) return w.proved(rules);
  return w.unproved(rules, new Set(gaps.map(placeOf)).size, ruleset !== null);
}

/** What stands beside the ruleset: a warning for each rule that is not proved, a note for what is nothing to packets. */
export function translationProblems(
  translations: readonly FamilyTranslation[],
  language: Language = 'en',
): readonly Problem[] {
  const w = tables[language];
  return translations.flatMap(({ source, gaps, notes }) => [
    ...gaps.map(
      (gap): Problem => ({
        code: 'not-translated',
        severity: 'warning',
        message: w.rule(placeOf(gap), sayGap(gap, w)),
        language,
        span: lineOf(source, gap),
      }),
    ),
    ...notes.map(
      (note): Problem => ({
        code: 'translated-otherwise',
        severity: 'note',
        message: w.rule(placeOf(note), w.notes[note.code](note.text)),
        language,
        span: lineOf(source, note),
      }),
    ),
  ]);
}

type Place = Pick<Gap | TranslationNote, 'table' | 'chain' | 'number' | 'at'>;

const placeOf = ({ table, chain, number }: Place): string => `${table}/${chain}/${number}`;

function sayGap({ code, part }: Gap, { gaps }: TranslateWords): string {
  return part === '' ? gaps[code] : `${part}: ${gaps[code]}`;
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
          message: sayGap(gap, en),
        };
      }),
      notes: notes.map((note) => ({
        code: note.code,
        ...place(note),
        message: en.notes[note.code](note.text),
      })),
    };
  });
  return `${JSON.stringify({ families }, null, 2)}\n`;
}
