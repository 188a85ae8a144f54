import type { Rule } from './ruleset.ts';
import { notRead, notShown } from './target.ts';

/** Whether it is no rule of the text, and stands for those that the text does not show. */
export function standsForNone({ target }: Rule): boolean {
  return target?.kind === 'other' && target.name === notShown;
}

/** Whether it is a rule whose line could not be read, or not to its end. */
export function isUnread({ matches, target }: Rule): boolean {
  return [...matches, target].some(
    (part) => part?.kind === 'other' && part.obscured === true && part.name !== notShown,
  );
}

/** What a line says, behind the name of its chain, of which nothing could be read; null: it could. */
export function unreadWords({ target }: Rule): string | null {
  return target?.kind === 'other' && target.name === notRead ? target.words.join(' ') : null;
}

/** Whether what it does is not known since the text does not show it, or since it could not be read: any rule may stand there. */
export function isHidden(rule: Rule): boolean {
  return standsForNone(rule) || isUnread(rule);
}

/** Whether it asks by an extension, or an option of one, of which nothing is known. */
export function asksUnknown({ matches }: Rule): boolean {
  return matches.some((match) => match.kind === 'other' && !match.understood && match.name !== notShown);
}
