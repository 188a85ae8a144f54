import { structuredPatch } from 'diff';
import { writeDump } from '../iptables/dump/write.ts';
import { writtenText } from '../iptables/dump/written.ts';
import type { Chain, Ruleset } from '../iptables/rule/ruleset.ts';
import { standsForNone } from '../iptables/rule/shown.ts';

/** A stretch of changed lines, as in a unified diff: each begins with a blank, `-` or `+`. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

/** More changed lines than this are not laid side by side. */
const mostEdits = 5000;

/** The canonical texts of two rule sets, line by line; null where they have too little in common to be worth it. */
export function compareTexts(before: Ruleset, after: Ruleset, context = 2): readonly Hunk[] | null {
  return compareLines(canonicalText(before), canonicalText(after), context);
}

/** The same of texts. */
export function compareLines(left: string, right: string, context = 2): readonly Hunk[] | null {
  if (left === right) return [];
  const { first, last } = commonEnds(left, right);
  const start = linesBack(left, first, context);
  // Of large rule sets nearly everything is the same: a change is looked for in between.
  const [own, other] = [left, right].map((text) =>
    text.slice(start, linesOn(text, text.length - last, context)),
  );
  const patch = structuredPatch('', '', own as string, other as string, '', '', {
    context,
    maxEditLength: mostEdits,
  });
  if (!patch) return null;
  const skipped = countLines(left, start);
  return patch.hunks.map((hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + skipped,
    newStart: hunk.newStart + skipped,
  }));
}

/** How many characters two texts, which differ, have in common at their beginning, and behind that at their end: whole lines. */
function commonEnds(left: string, right: string): { readonly first: number; readonly last: number } {
  const most = Math.min(left.length, right.length);
  const same = longest(most, (length) => left.slice(0, length) === right.slice(0, length));
  const first = left.slice(0, same).lastIndexOf('\n') + 1;
  const alike = longest(
    most - first,
    (length) => left.slice(left.length - length) === right.slice(right.length - length),
  );
  const line = left.indexOf('\n', left.length - alike);
  return { first, last: alike === 0 || line === -1 ? 0 : left.length - line - 1 };
}

/** The greatest length for which a test holds that holds for all shorter ones. */
function longest(most: number, holds: (length: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The beginning of a line, and of the line so many before it. */
function linesBack(text: string, at: number, lines: number): number {
  let start = at;
  for (let line = 0; line < lines && start > 0; line += 1) start = text.lastIndexOf('\n', start - 2) + 1;
  return start;
}

/** The end of so many lines more. */
function linesOn(text: string, at: number, lines: number): number {
  let end = at;
  for (let line = 0; line < lines && end < text.length; line += 1) end = text.indexOf('\n', end) + 1;
  return end;
}

function countLines(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Without what stands for rules that are not shown: those are in no text. */
function shownOf(ruleset: Ruleset): Ruleset {
  const tables = ruleset.tables.map(({ name, chains }) => {
    const all = [...chains].map(([key, chain]): [string, Chain] => [
      key,
      { ...chain, rules: chain.rules.filter((rule) => !standsForNone(rule)) },
    ]);
    return { name, chains: new Map(all) };
  });
  return { ...ruleset, tables };
}

function canonicalText(ruleset: Ruleset): string {
  return writtenText(ruleset) ?? writeDump(shownOf(ruleset), { counters: 'drop' });
}
