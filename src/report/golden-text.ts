import type { GoldenChange, GoldenFile } from '../expect/golden/judge.ts';
import type { DiffReport } from '../session/comparison.ts';
import { type Problem, tellProblem } from '../text/problem.ts';
import { sayFates } from './diff-review.ts';
import { printDiffText } from './diff-text.ts';
import { problemTables } from './problems.ts';
import type { View } from './view.ts';
import { diffTables } from './words/diff-tables.ts';
import { goldenWords as en } from './words/en/golden.ts';
import type { GoldenStatus, GoldenWords } from './words/golden.ts';
import { goldenWords as ko } from './words/ko/golden.ts';
import type { Language } from './words/language.ts';

/** A golden file, and where it is. */
export interface GoldenEntry {
  readonly path: string;
  readonly result: GoldenFile;
}

/** A change as a report of a comparison. */
export function reportOf({ before, after, packets, services, text, assumed }: GoldenChange): DiffReport {
  return { before, after, packets, services, text, notes: [], assumed, status: 1 };
}

export const goldenTables: Readonly<Record<Language, GoldenWords>> = { en, ko };

/** What is not as it was, each change by service, by packet and by line, and how many files there are. */
export function printGoldenText(entries: readonly GoldenEntry[], options: View): string {
  const { language = 'en' } = options;
  const w = goldenTables[language];
  const states = entries.flatMap(({ path, result }) => sayState(path, result, language) ?? []);
  const parts = [
    ...(states.length > 0 ? [`${states.join('\n')}\n`] : []),
    ...printChanges(entries, options),
    `${w.total(entries.length, countsOf(entries))}\n`,
  ];
  return parts.join('\n');
}

/** Of a change that every node has alike, the first node tells enough. */
function printChanges(entries: readonly GoldenEntry[], options: View): string[] {
  const { language = 'en' } = options;
  const told = new Map<string, string>();
  return entries.flatMap(({ path, result }) => {
    if (result.status !== 'changed') return [];
    const key = keyOf(result.change);
    const first = told.get(key);
    if (first === undefined) told.set(key, path);
    if (first === undefined) return [printDiffText(reportOf(result.change), { ...options, verbose: true })];
    const verdict = verdictOf(result.change, language);
    return [`${path}: ${verdict}\n  ${goldenTables[language].sameChange(first)}\n`];
  });
}

/** Everything that is said of the change, but for the node's name. */
function keyOf({ text, services }: GoldenChange): string {
  const changed = text?.flatMap(({ lines }) => lines.filter((line) => /^[-+]/.test(line)));
  return JSON.stringify([changed, services.map(({ service, status }) => [service, status])]);
}

const verdictOf = (change: GoldenChange, language: Language) =>
  sayFates(reportOf(change), diffTables[language]);

function sayState(path: string, result: GoldenFile, language: Language): string | null {
  const w = goldenTables[language];
  const { node, family } = result;
  if (result.status === 'missing' || result.status === 'stale') return w[result.status](path, node, family);
  const say = (problem: Problem) => tellProblem(problem, problemTables[language]);
  return result.status === 'unreadable' ? `${path}: ${result.problems.map(say).join('\n')}` : null;
}

const statuses = ['same', 'changed', 'missing', 'stale', 'unreadable'] as const;

function countsOf(entries: readonly GoldenEntry[]) {
  return statuses.flatMap((status): (readonly [GoldenStatus, number])[] => {
    const number = entries.filter(({ result }) => result.status === status).length;
    return number === 0 ? [] : [[status, number]];
  });
}

/** What an update did, a line for each file that it touched. */
export function printGoldenUpdate(entries: readonly GoldenEntry[], language: Language = 'en'): string {
  const lines = entries.flatMap(({ path, result }) => {
    const done = sayUpdate(result, language);
    return done === null ? [] : [`${path}: ${done}`];
  });
  const same = entries.length - lines.length;
  const rest = same === 0 ? [] : [goldenTables[language].rest(same)];
  return [...lines, ...rest].map((line) => `${line}\n`).join('');
}

function sayUpdate(result: GoldenFile, language: Language): string | null {
  const w = goldenTables[language];
  switch (result.status) {
    case 'same':
      return null;
    case 'missing':
      return w.written;
    case 'unreadable':
      return w.replaced;
    case 'changed':
      return w.updated(verdictOf(result.change, language));
    case 'stale':
      return w.removed(result.node, result.family);
  }
}
