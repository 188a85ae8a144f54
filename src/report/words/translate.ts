import type { TranslationNote } from '../../translate/gap.ts';
import type { GapCode } from '../../translate/spell/spelled.ts';

/** What is said of a translation, in one language. */
export interface TranslateWords {
  /** Why a rule is not proved to do the same in nft. */
  readonly gaps: Readonly<Record<GapCode, string>>;
  /** What is another thing in nft, and nothing to packets. */
  readonly notes: Readonly<Record<TranslationNote['code'], (text: string) => string>>;
  readonly rule: (place: string, said: string) => string;
  readonly proved: (rules: number) => string;
  /** `named`: how many rules; `isWritten`: there is a ruleset all the same. */
  readonly unproved: (rules: number, named: number, isWritten: boolean) => string;
}
