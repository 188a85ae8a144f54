import type { Part } from '../path/url.ts';
import { partWords as en } from './words/en/parts.ts';
import { partWords as ko } from './words/ko/parts.ts';
import type { Language } from './words/language.ts';
import { type PartWords, partNames } from './words/parts.ts';
import { sayOf } from './words/words-of.ts';

const tables: Readonly<Record<Language, PartWords>> = { en, ko };

/** What a cloud calls a part of its balancer, and what that is. */
export function sayPart(part: Part, language: Language = 'en') {
  const name =
    part.code === 'target-proxy' ? `target ${part.scheme.toUpperCase()} proxy` : partNames[part.code];
  return { name, text: sayOf(tables[language], part) };
}
