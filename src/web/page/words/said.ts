import type { Reason } from '../../../engine/reasons.ts';
import { sayReason } from '../../../report/words/ko.ts';
import { language } from '../words.ts';
import { koreanSentences } from './ko-said.ts';

/** A sentence of the library, as the reader is told it. */
export interface Said {
  readonly text: string;
  /** Null: the page's own language. What nobody has translated stays English, and says so. */
  readonly lang: 'en' | null;
}

type Rendering = (text: string) => string | null;

/** Longer ones are nobody's sentence, but what was in the input. */
const longest = 1000;

/** Names in the table that stand for one word: an address, a port, a name. */
const isWord =
  /^(?:address|prefix|number|count|seconds|ports?|end|node|from|to|client|server|gateway|line|table)$/;

const renderings: Rendering[] = koreanSentences.map(([english, korean]) => {
  const names: string[] = [];
  const pattern = english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    if (name === 'protocols') return '([a-z][a-z\\d, -]*)';
    return isWord.test(name) ? '([^\\s;]+)' : '(.+?)';
  });
  const sentence = new RegExp(`^${pattern}$`, 's');
  return (text) => {
    const found = sentence.exec(text);
    if (!found) return null;
    const parts = new Map(names.map((name, index) => [name, found[index + 1] as string]));
    return korean.replace(
      /\{(\w+)\}/g,
      (_, name: string) => inKorean(parts.get(name) ?? '') ?? parts.get(name) ?? '',
    );
  };
});

/** What joins sentences and parts of them, the widest first, and what does so in Korean. */
const joints = [
  [' | ', ' | '],
  ['; ', '; '],
  [', ', ', '],
  [' and ', '·'],
  [' or ', '·'],
] as const;

function inKorean(text: string): string | null {
  for (const render of renderings) {
    const said = render(text);
    if (said !== null) return said;
  }
  for (const [joint, korean] of joints) {
    const parts = text.split(joint);
    if (parts.length === 1) continue;
    const said = parts.map(inKorean);
    const isWhole = parts.every((part, index) => said[index] !== null || !isEnglish(part));
    if (isWhole && said.some((part) => part !== null))
      return parts.map((part, index) => said[index] ?? part).join(korean);
  }
  return null;
}

/** Addresses, names and numbers are of no language. */
const isEnglish = (text: string): boolean => /[a-z]{2} [a-z]{2}/.test(text);

/** Says a reason in the language of the page, by its code where it has one. `text` is the library's sentence for it. */
export function sayWhy(reason: Reason | null, text: string): string {
  return language.value === 'ko' && reason ? sayReason(reason) : say(text).text;
}

/** Says a sentence of the library in the language of the page. */
export function say(text: string): Said {
  if (language.value === 'en') return { text, lang: null };
  const said = text.length > longest ? null : inKorean(text.trim());
  if (said !== null) return { text: said, lang: null };
  return { text, lang: isEnglish(text) ? 'en' : null };
}
