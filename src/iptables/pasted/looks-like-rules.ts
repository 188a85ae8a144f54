import { undecorate } from '../../text/undecorate.ts';
import { recognise } from './lines.ts';
import { layoutOf } from './listing.ts';
import { addsRule } from './typed.ts';
import { asTyped } from './typeset.ts';

/** So far into a text prompts and prose may go before its first rule. */
const mostBefore = 50;

/** Whether a text is one that `readRules` reads: an empty one is, too, since git shows a file that is not there as one. */
export function looksLikeRules(text: string): boolean {
  const head = { name: '', text: text.slice(0, 20_000).replaceAll('\\\n', ' ') };
  const lines = undecorate((asTyped(head)?.source ?? head).text).map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (said.length === 0) return true;
  // A manifest may have a script in it.
  const isScript = !/^(?:apiVersion|kind):/m.test(head.text);
  return said.slice(0, mostBefore).some((line, index) => {
    if (index === 0 && line.startsWith('*')) return true;
    if (isScript && addsRule(line)) return true;
    const { kind } = recognise(line);
    return kind === 'rule' || kind === 'chain' || kind === 'table' || layoutOf(line) !== null;
  });
}
