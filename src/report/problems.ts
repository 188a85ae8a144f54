import './words/en/details.ts';
import { type ProblemCode, problemCodes } from '../text/codes.ts';
import { englishProblems, type ProblemWords } from '../text/problem.ts';
import { problemWords as ko, problemMeanings as meanings } from './words/ko/problems.ts';
import type { Language } from './words/language.ts';

/** Problems in each language. */
export const problemTables: Readonly<Record<Language, ProblemWords>> = { en: englishProblems, ko };

/** What each code means, in each language. */
export const problemMeanings: Readonly<Record<Language, Readonly<Record<ProblemCode, string>>>> = {
  en: problemCodes,
  ko: meanings,
};
