import type { CheckNote, Note } from '../session/note.ts';
import { assumptionWords as enAssumed } from './words/en/assumptions.ts';
import { noteWords as en } from './words/en/notes.ts';
import { assumptionWords as koAssumed } from './words/ko/assumptions.ts';
import { noteWords as ko } from './words/ko/notes.ts';
import type { Language } from './words/language.ts';
import { sayOf, type WordsOf } from './words/words-of.ts';

const tables: Readonly<Record<Language, WordsOf<Note | CheckNote>>> = {
  en: { ...enAssumed, ...en },
  ko: { ...koAssumed, ...ko },
};

/** What a reader should know beside an answer, a sentence without a full stop for each. */
export function sayNotes(notes: readonly (Note | CheckNote)[], language: Language = 'en'): string[] {
  return notes.map((note) => sayOf(tables[language], note));
}
