import { uniqueData } from '../text/data-key.ts';
import { assumptionTitles } from './answer-assumptions.ts';
import { dataJson } from './data-json.ts';
import type { Assumption } from './words/assumptions.ts';
import { answerWords as en } from './words/en/assumptions.ts';
import { proofWords as enProof } from './words/en/proof-assumptions.ts';
import { answerWords as ko } from './words/ko/assumptions.ts';
import { proofWords as koProof } from './words/ko/proof-assumptions.ts';
import type { Language } from './words/language.ts';
import { sayOf, type WordsOf } from './words/words-of.ts';

const tables: Readonly<Record<Language, WordsOf<Assumption>>> = {
  en: { ...en, ...enProof },
  ko: { ...ko, ...koProof },
};

/** What was assumed, a sentence without a full stop for each, each once. */
export function sayAssumptions(list: Iterable<Assumption>, language: Language = 'en'): string[] {
  return [...new Set(Array.from(list, (one) => sayOf(tables[language], one)))];
}

/** `Assumptions: …; ….`; no line where there are none. */
export function assumptionLines(list: Iterable<Assumption>, language: Language = 'en'): string[] {
  const said = sayAssumptions(list, language);
  return said.length === 0 ? [] : [`${assumptionTitles[language]}: ${said.join('; ')}.`];
}

/** What was assumed for programs, each once: in English, and as data. */
export function assumedJson(list: readonly Assumption[]) {
  return { assumed: sayAssumptions(list), assumptions: uniqueData(list.map(dataJson)) };
}
