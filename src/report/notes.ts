import type { Note, OthersLeftOut } from '../session/note.ts';
import { noteWords as en } from './words/en/notes.ts';
import { noteWords as ko } from './words/ko/notes.ts';
import type { Language } from './words/language.ts';
import type { NoteWords, PlainNote } from './words/notes.ts';
import { sayOf } from './words/words-of.ts';

const tables: Readonly<Record<Language, NoteWords>> = { en, ko };

/** What a reader should know beside an answer, a sentence without a full stop for each. */
export function sayNotes(notes: readonly (Note | PlainNote)[], language: Language = 'en'): string[] {
  return notes.map((note) => sayOf(tables[language], note));
}

/** Of notes, those of rules that nobody looked at. */
export function leftOutOf(notes: readonly Note[]): readonly OthersLeftOut[] {
  return notes.filter((note) => note.code === 'others-left-out').filter(({ places }) => places.length > 0);
}
