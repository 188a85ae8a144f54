import type { Seen } from '../engine/why-not.ts';
import { seenWords as en } from './words/en/seen.ts';
import { seenWords as ko } from './words/ko/seen.ts';
import type { Language } from './words/language.ts';
import type { SeenWords } from './words/seen.ts';
import { sayOf } from './words/words-of.ts';

const tables: Readonly<Record<Language, SeenWords>> = { en, ko };

/** What a packet shows where a rule does not match it: sentences, joined, without a full stop. */
export function saySeen(found: readonly Seen[], language: Language = 'en'): string {
  const { seen, notSo } = tables[language];
  return found.length === 0 ? notSo : found.map((one) => sayOf(seen, one)).join(', ');
}
