import type { CheckNote, Note } from '../../session/note.ts';
import type { Assumption } from './assumptions.ts';
import type { WordsOf } from './words-of.ts';

/** What is told beside answers, and is no assumption. */
export type PlainNote = Exclude<Note | CheckNote, Assumption>;

export type NoteWords = WordsOf<PlainNote>;
