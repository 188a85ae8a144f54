import type { DiffWords } from './diff.ts';
import { diffWords as en } from './en/diff.ts';
import { diffWords as ko } from './ko/diff.ts';
import type { Language } from './language.ts';

/** What a comparison says, by language. */
export const diffTables: Readonly<Record<Language, DiffWords>> = { en, ko };
