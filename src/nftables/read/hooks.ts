import { want } from '../../text/expected.ts';
import type { Source } from '../../text/source.ts';
import { NftSyntaxError } from './error.ts';

/** Something that the kernel calls at a hook, in the order of the listing. */
export interface Hooked {
  readonly family: string;
  readonly hook: string;
  readonly priority: number;
  /** `ip filter/input`; null: a function of the kernel. */
  readonly chain: string | null;
}

const familyLine = /^family (?:ip|ip6|inet|arp|bridge|netdev) /;

/** Whether a text is what `nft list hooks` prints. */
export function isHooks(text: string): boolean {
  const first = text.split('\n', 200).find((line) => !/^\s*(?:#.*)?$/.test(line));
  return first !== undefined && familyLine.test(first);
}

/** What `nft list hooks` prints. Throws an `NftSyntaxError` at a line that is none of it. */
export function readHooks(source: Source): readonly Hooked[] {
  const found: Hooked[] = [];
  let family = '';
  let hook = '';
  let offset = 0;
  for (const line of source.text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const [first = '', second = ''] = words;
    if (first === 'family' && words.at(-1) === '{') family = second;
    else if (first === 'hook' && words.at(-1) === '{') hook = second;
    else if (/^[+-]?\d+$/.test(first) && family !== '' && hook !== '')
      found.push({ family, hook, priority: Number(first), chain: chainOf(words.slice(1)) });
    else if (first !== '' && first !== '}' && !first.startsWith('#'))
      throw new NftSyntaxError(
        `unexpected ${first}`,
        { source, start: offset, end: offset + line.length },
        want.thing('line-of-hooks'),
      );
    offset += line.length + 1;
  }
  return found;
}

/** `chain ip filter input [nf_tables]`. */
function chainOf([word, family, table, chain]: readonly string[]): string | null {
  return word === 'chain' && chain !== undefined && !chain.startsWith('[')
    ? `${family} ${table}/${chain}`
    : null;
}
