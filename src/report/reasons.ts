import { dataJson } from './data-json.ts';
import { sayReason as en } from './words/en/reasons.ts';
import { sayReason as ko } from './words/ko/reasons.ts';
import type { Language } from './words/language.ts';
import type { ToldReason } from './words/reasons.ts';

const tables: Readonly<Record<Language, (reason: ToldReason) => string>> = { en, ko };

/** Why something is not known, does not arrive, or is not answered: a sentence without a full stop. */
export function sayReason(reason: ToldReason, language: Language = 'en'): string {
  return tables[language](reason);
}

/** `{"because", "reason": {"code", …}}`: the English sentence, and the same as data. */
export function reasonJson(reason: ToldReason) {
  return { because: sayReason(reason), reason: dataJson(reason) };
}
