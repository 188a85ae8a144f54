import { type PastedLine, recognise, warningOf } from './lines.ts';
import { type Layout, layoutOf, spellRow } from './listing.ts';

/** Recognises the lines of a text, of which the rows of a listing depend on what stands above them. */
export function recogniseAll(lines: readonly string[]): readonly PastedLine[] {
  let layout: Layout | null = null;
  let chain: string | null = null;
  return lines.map((text): PastedLine => {
    const head = layoutOf(text.trim());
    if (head) {
      layout = head;
      return { kind: 'blank' };
    }
    const said = warningOf(text.trim());
    if (said) return said;
    const row = layout && chain !== null ? spellRow(text, layout, chain) : undefined;
    if (row !== undefined) return { kind: 'rule', chain: chain as string, text: row };
    const line = recognise(text.trim());
    if (line.kind === 'chain') {
      layout = null;
      chain = line.listed ? line.name : null;
    } else if (line.kind === 'command' || line.kind === 'next') chain = null;
    return line;
  });
}
