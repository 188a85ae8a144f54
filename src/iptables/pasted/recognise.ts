import { type LineSaid, type PastedLine, recognise, warningOf } from './lines.ts';
import { type Layout, layoutOf, spellRow } from './listing.ts';
import { behindStump, stumpOf } from './stump.ts';

/** Recognises the lines of a text, of which the rows of a listing depend on what stands above them. The last one may not be ended. */
export function recogniseAll(lines: readonly string[]): readonly PastedLine[] {
  let layout: Layout | null = null;
  let chain: string | null = null;
  const said = lines.map((text): PastedLine => {
    const head = layoutOf(text.trim());
    if (head) {
      layout = head;
      return { kind: 'blank' };
    }
    const warned = warningOf(text.trim());
    if (warned) return warned;
    const row = layout && chain !== null ? spellRow(text, layout, chain) : undefined;
    if (row !== undefined) return { kind: 'rule', chain: chain as string, text: row };
    const line = recogniseGlued(text.trim());
    if (line.kind === 'chain') {
      layout = null;
      chain = line.listed ? line.name : null;
    } else if (line.kind === 'command' || line.kind === 'next') chain = null;
    return line;
  });
  return said.map((line, at) => {
    if (line.kind === 'blank' || !isLast(said, at)) return line;
    const text = (lines[at] as string).trim();
    const listed = line.kind === 'rule' && line.text !== text ? line.chain : null;
    return { ...line, stump: stumpOf(text, listed) };
  });
}

/** Whether a line is the last of a text that does not end in an empty one. */
function isLast(lines: readonly PastedLine[], at: number): boolean {
  return at === lines.length - 1 || lines[at + 1]?.kind === 'unended';
}

/** A line, or the one that stands behind another without an end. */
function recogniseGlued(text: string): PastedLine {
  const glued = behindStump(text);
  const line: LineSaid = recognise(glued?.rest ?? text);
  const begins = line.kind === 'table' || line.kind === 'generated';
  return glued && begins ? { ...line, behind: stumpOf(glued.stump, null) } : recognise(text);
}
