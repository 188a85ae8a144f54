import { describe, expect, it } from 'vitest';
import { groupedBy } from '../../src/text/lists.ts';
import { count } from '../claims.ts';
import {
  expectedOf,
  rulesIn,
  type SpellingRow,
  spellingRows,
  spellingTopics,
  textOf,
} from '../iptables/spellings.ts';
import { areRefused, type Backend, backends, isRequired, loadAndSave, whyNoKernel } from './iptables.ts';

// The recorded spellings are still what iptables and the kernel do: all of them where CI asks for it, else some of each.

const reason = whyNoKernel();
const most = isRequired ? Number.POSITIVE_INFINITY : 12;

describe.skipIf(reason !== null)(`recorded spellings${reason ? ` (${reason})` : ''}`, () => {
  it.each(spellingTopics)('%s', { timeout: 300_000 }, (topic) => {
    const rows = spellingRows(topic);
    const step = Math.max(1, Math.floor(rows.length / most));
    const some = rows.filter((_row, index) => index % step === 0);
    for (const backend of backends) {
      for (const group of groupsOf(some, backend)) {
        if (!holdTogether(group, backend)) for (const row of group) expectRow(row, backend);
        for (const _ of group) count('spellings of rules');
      }
    }
  });
});

const mostTogether = 30;

/** Rows that can be asked in one go: of one family and table, all of them loaded or all of them refused. */
function groupsOf(rows: readonly SpellingRow[], backend: Backend): SpellingRow[][] {
  const kinds = groupedBy(rows, (row) => `${row.family} ${row.table} ${expectedOf(row, backend) === null}`);
  return [...kinds.values()].flatMap((kind) => {
    const starts = kind.flatMap((_row, index) => (index % mostTogether === 0 ? index : []));
    return starts.map((start) => kind.slice(start, start + mostTogether));
  });
}

/**
 * Whether iptables does with all of a group what was recorded of each. If not, one of them may only be in another's way: then
 * each is asked alone.
 */
function holdTogether(group: readonly SpellingRow[], backend: Backend): boolean {
  const [{ family, table }] = group as [SpellingRow];
  const expected = group.map((row) => expectedOf(row, backend));
  if (expected[0] === null) return areRefused(backend, family, group.map(textOf));
  const text = `*${table}\n:UC - [0:0]\n${group.map(({ rule }) => `${rule}\n`).join('')}COMMIT\n`;
  const printed = load(text, group[0] as SpellingRow, backend);
  return printed !== null && byChain(printed) === byChain(expected.flatMap((lines) => lines ?? []));
}

/** Lines as they are printed, chain by chain; within a chain in their order. */
function byChain(lines: readonly string[]): string {
  const chainOf = (line: string) => line.split(' ')[1] as string;
  return JSON.stringify([...groupedBy(lines, chainOf)].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function expectRow(row: SpellingRow, backend: Backend): void {
  const printed = load(textOf(row), row, backend);
  expect({ ...row, backend, printed }).toEqual({ ...row, backend, printed: expectedOf(row, backend) });
}

/** Null: refused, which is an answer, too. */
function load(text: string, { family, table }: SpellingRow, backend: Backend): string[] | null {
  try {
    return rulesIn(loadAndSave(backend, family, text, [table]));
  } catch {
    return null;
  }
}
