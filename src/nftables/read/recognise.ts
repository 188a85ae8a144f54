import { afterPrompt } from '../../text/prompt.ts';
import { respelled, type Source } from '../../text/source.ts';
import { blankDecorations } from '../../text/undecorate.ts';

/** Words with which a command of nft begins; an option behind one is a shell's, as in `set -e`. */
const verbs =
  /^(?:create (?:table|chain|set|map|element|flowtable|counter|quota|ct|limit|secmark|synproxy)|table|add|insert|flush|define|redefine|undefine|delete|destroy|include|replace|rename|list|reset|get|chain|set|map|element|rule|flowtable|counter|quota|limit|secmark|synproxy)\b(?! +-)/;

/** Whether a text is written for nft, or listed by it: by its first line that is no comment and did not ask for it. */
export function isNft(text: string): boolean {
  const first = blankDecorations(text.trimStart().split('\n', 200).join('\n'))
    .split('\n')
    .find((line) => !/^\s*(?:#.*)?$/.test(line) && !asksNft(line));
  return first !== undefined && (verbs.test(first.trimStart()) || isNftJson(text));
}

const asksNft = (line: string): boolean => /\bnft\b/.test(afterPrompt(line.trim()) ?? '');

/** What somebody copied, with blanks instead of what nft did not print: nothing else is anywhere else. */
export function asPrinted(source: Source): Source {
  const text = blankDecorations(source.text);
  return withoutPrompts(text === source.text ? source : respelled(source, text));
}

function withoutPrompts(source: Source): Source {
  const { text } = source;
  const [first = ''] = /\S[^\n]*/.exec(text) ?? [];
  const last = text.slice(text.trimEnd().lastIndexOf('\n') + 1);
  if (![first, last].some(isShells)) return source;
  return respelled(
    source,
    text
      .split('\n')
      .map((line) => (isShells(line) ? ' '.repeat(line.length) : line))
      .join('\n'),
  );
}

/** What begins with `#` is a comment to nft, too. */
const isShells = (line: string): boolean => !line.startsWith('#') && afterPrompt(line.trim()) !== null;

/** Whether it is what `nft -j` prints. */
export function isNftJson(text: string): boolean {
  return /^\s*\{\s*"nftables"\s*:/.test(text);
}
