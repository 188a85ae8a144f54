import { structuredPatch } from 'diff';
import { writeDump } from '../iptables/dump/write.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';

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
  const [left, right] = [before, after].map((ruleset) => writeDump(ruleset, { counters: 'drop' })) as [
    string,
    string,
  ];
  if (left === right) return [];
  const patch = structuredPatch('', '', left, right, '', '', { context, maxEditLength: mostEdits });
  return patch ? patch.hunks : null;
}
