import type { PacketClass } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import { toNumber, zero } from '../sets/fraction.ts';
import { changesOf, type ToldGroup } from './diff-changes.ts';
import { sharesOfEnds } from './diff-ends.ts';
import { sayEntry, sayServices } from './diff-services.ts';
import { percent } from './diff-words.ts';
import { quoted } from './graph-mermaid.ts';
import type { DiffWords } from './words/diff.ts';

const mostChanges = 6;
const mostEnds = 10;

/**
 * What moved, as a flowchart of Mermaid: entries to where their packets end. Thick: only after the change; dotted: only before
 * it; each with its share before and after. Empty where nothing moved.
 */
export function printDiffMermaid({ services }: DiffReport, w: DiffWords): string {
  const changes = changesOf(services)
    .flatMap((group) => group.changes.filter(({ isMain }) => isMain).map((change) => ({ group, change })))
    .slice(0, mostChanges);
  if (changes.length === 0) return '';
  const ends = new Map<string, string>();
  const idOf = (end: string) => {
    const known = ends.get(end) ?? `e${ends.size}`;
    ends.set(end, known);
    return known;
  };
  const lines = changes.flatMap(({ group, change }, index) => [
    `  s${index}[${quoted(`${nameOf(group, w)}\n${sayEntry(change.entries, w)}`)}]`,
    ...arrowsOf(change.classes[0], w).map(
      ([end, arrow, label]) => `  s${index} ${arrow}|${quoted(label)}| ${idOf(end)}`,
    ),
  ]);
  const nodes = [...ends].map(([end, id]) => `  ${id}(${quoted(end)})`);
  return `${['flowchart LR', ...nodes, ...lines].join('\n')}\n`;
}

const nameOf = ({ services }: ToldGroup, w: DiffWords): string => sayServices(services, w);

/** Each end that packets had or have, with its arrow and its shares. */
function arrowsOf(
  { before, after }: PacketClass,
  w: DiffWords,
): (readonly [end: string, arrow: string, label: string])[] {
  const [was, is] = [sharesOfEnds(before, w), sharesOfEnds(after, w)];
  const all = [...new Set([...was.keys(), ...is.keys()])];
  const arrows = all.slice(0, mostEnds).map((end) => {
    const [then, now] = [was.get(end) ?? zero, is.get(end) ?? zero];
    const arrow = toNumber(then) === 0 ? '==>' : toNumber(now) === 0 ? '-.->' : '-->';
    const [from, to] = [percent(then), percent(now)];
    return [end, arrow, from === to ? from : `${from} → ${to}`] as const;
  });
  const rest = all.length - mostEnds;
  return rest > 0 ? [...arrows, [w.more('…', rest), '-->', '…'] as const] : arrows;
}
