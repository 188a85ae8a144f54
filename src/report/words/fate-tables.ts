import { fateWords as en } from './en/fates.ts';
import type { FateWords } from './fates.ts';
import { fateWords as ko } from './ko/fates.ts';
import type { Language } from './language.ts';

/** What is said of classes of packets, by language. */
export const fateTables: Readonly<Record<Language, FateWords>> = { en, ko };
