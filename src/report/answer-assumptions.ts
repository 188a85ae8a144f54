import { uniqueData } from '../text/data-key.ts';
import { dataJson } from './data-json.ts';
import type { AnswerAssumption, AnswerWords } from './words/assumptions.ts';
import { answerWords as en } from './words/en/assumptions.ts';
import { answerWords as ko } from './words/ko/assumptions.ts';
import type { Language } from './words/language.ts';
import { sayOf } from './words/words-of.ts';

const tables: Readonly<Record<Language, AnswerWords>> = { en, ko };

/** What an answer about packets assumed, a sentence without a full stop for each, each once. */
export function sayAnswerAssumptions(list: Iterable<AnswerAssumption>, language: Language = 'en'): string[] {
  return [...new Set(Array.from(list, (one) => sayOf(tables[language], one)))];
}

/** The same for programs: in English, and as data. */
export function answerJson(list: readonly AnswerAssumption[]) {
  return { assumed: sayAnswerAssumptions(list), assumptions: uniqueData(list.map(dataJson)) };
}

export const assumptionTitles: Readonly<Record<Language, string>> = { en: 'Assumptions', ko: '가정' };
