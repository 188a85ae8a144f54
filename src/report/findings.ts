import type { Finding } from '../lint/finding.ts';
import { findingWords as en } from './words/en/findings.ts';
import { type FindingWords, isOfWay } from './words/findings.ts';
import { findingWords as ko } from './words/ko/findings.ts';
import type { Language } from './words/language.ts';
import { sayOf, type WordsOf } from './words/words-of.ts';

export const findingTables: Readonly<Record<Language, FindingWords>> = { en, ko };

/** What is wrong: a sentence without a full stop. */
export function sayFinding(finding: Finding, language: Language = 'en'): string {
  const w = findingTables[language];
  return isOfWay(finding)
    ? w.way(finding, sayOf(w.ways as WordsOf<Finding>, finding))
    : sayOf(w.others as WordsOf<Finding>, finding);
}

/** A way to a service, and what is said of it: of other ways the same may be said. */
export interface SaidWay {
  readonly at: string;
  readonly from: string;
  readonly says: string;
}

/** Null: the finding is about no way. */
export function sayWay(finding: Finding, language: Language = 'en'): SaidWay | null {
  if (!isOfWay(finding)) return null;
  const w = findingTables[language];
  return {
    at: w.at(finding.front),
    from: w.from(finding),
    says: sayOf(w.ways as WordsOf<Finding>, finding),
  };
}
