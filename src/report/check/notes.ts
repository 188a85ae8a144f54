import type { CheckNote } from '../../session/note.ts';
import { answerWords as enAssumed } from '../words/en/assumptions.ts';
import { noteWords as en } from '../words/en/notes.ts';
import { answerWords as koAssumed } from '../words/ko/assumptions.ts';
import { noteWords as ko } from '../words/ko/notes.ts';
import type { Language } from '../words/language.ts';
import { sayOf, type WordsOf } from '../words/words-of.ts';

const tables: Readonly<Record<Language, WordsOf<CheckNote>>> = {
  en: { ...enAssumed, ...en },
  ko: { ...koAssumed, ...ko },
};

/** What stands beside the findings of rules: notes, and what was assumed of rules that are not walked. */
export function sayCheckNotes(notes: readonly CheckNote[], language: Language = 'en'): string[] {
  return notes.map((note) => sayOf(tables[language], note));
}
