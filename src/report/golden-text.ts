import type { GoldenChange, GoldenFile } from '../expect/golden/judge.ts';
import type { DiffReport } from '../session/comparison.ts';
import { printProblem } from '../text/problem.ts';
import { sayFates } from './diff-review.ts';
import { printDiffText } from './diff-text.ts';
import type { View } from './view.ts';
import { diffWords as en } from './words/en/diff.ts';

/** A golden file, and where it is. */
export interface GoldenEntry {
  readonly path: string;
  readonly result: GoldenFile;
}

/** A change as a report of a comparison. */
export function reportOf({ before, after, packets, services, text, assumed }: GoldenChange): DiffReport {
  return { before, after, packets, services, text, notes: [], assumed, status: 1 };
}

/** What is not as it was, each change by service, by packet and by line, and how many files there are. */
export function printGoldenText(entries: readonly GoldenEntry[], options: View): string {
  const states = entries.flatMap(({ path, result }) => sayState(path, result) ?? []);
  const parts = [
    ...(states.length > 0 ? [`${states.join('\n')}\n`] : []),
    ...printChanges(entries, options),
    `${sayTotal(entries)}\n`,
  ];
  return parts.join('\n');
}

/** Of a change that every node has alike, the first node tells enough. */
function printChanges(entries: readonly GoldenEntry[], options: View): string[] {
  const told = new Map<string, string>();
  return entries.flatMap(({ path, result }) => {
    if (result.status !== 'changed') return [];
    const key = keyOf(result.change);
    const first = told.get(key);
    if (first === undefined) told.set(key, path);
    return first === undefined
      ? [printDiffText(reportOf(result.change), { ...options, verbose: true })]
      : [`${path}: ${verdictOf(result.change)}\n  by the same change of the rules as in ${first}\n`];
  });
}

/** Everything that is said of the change, but for the node's name. */
function keyOf({ text, services }: GoldenChange): string {
  const changed = text?.flatMap(({ lines }) => lines.filter((line) => /^[-+]/.test(line)));
  return JSON.stringify([changed, services.map(({ service, status }) => [service, status])]);
}

const verdictOf = (change: GoldenChange) => sayFates(reportOf(change), en);

function sayState(path: string, result: GoldenFile): string | null {
  const { node, family } = result;
  if (result.status === 'missing')
    return `${path}: there is no such file for ${node}, ${family}; --update writes it`;
  if (result.status === 'stale')
    return `${path}: stale, as nothing is compiled for ${node}, ${family}; --update removes it`;
  return result.status === 'unreadable' ? `${path}: ${result.problems.map(printProblem).join('\n')}` : null;
}

const words = [
  ['same', 'as expected'],
  ['changed', 'changed'],
  ['missing', 'missing'],
  ['stale', 'stale'],
  ['unreadable', 'unreadable'],
] as const;

function sayTotal(entries: readonly GoldenEntry[]): string {
  const counts = words.flatMap(([status, word]) => {
    const number = entries.filter(({ result }) => result.status === status).length;
    return number === 0 ? [] : [`${number} ${word}`];
  });
  return `${entries.length} golden ${entries.length === 1 ? 'file' : 'files'}: ${counts.join(', ')}.`;
}

/** What an update did, a line for each file that it touched. */
export function printGoldenUpdate(entries: readonly GoldenEntry[]): string {
  const lines = entries.flatMap(({ path, result }) => {
    const done = sayUpdate(result);
    return done === null ? [] : [`${path}: ${done}`];
  });
  const same = entries.length - lines.length;
  const rest = same === 0 ? [] : [`${same} golden ${same === 1 ? 'file is' : 'files are'} as expected.`];
  return [...lines, ...rest].map((line) => `${line}\n`).join('');
}

function sayUpdate(result: GoldenFile): string | null {
  if (result.status === 'same') return null;
  if (result.status === 'missing') return 'written';
  if (result.status === 'unreadable') return 'replaced, as it was no dump';
  if (result.status === 'changed') return `updated; ${verdictOf(result.change)}`;
  return `removed, as nothing is compiled for ${result.node}, ${result.family}`;
}
