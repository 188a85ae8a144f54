import type { GoldenWords } from '../golden.ts';
import { count } from './count.ts';

const statuses = {
  same: 'as expected',
  changed: 'changed',
  missing: 'missing',
  stale: 'stale',
  unreadable: 'unreadable',
} as const;

export const goldenWords: GoldenWords = {
  statuses,
  missing: (path, node, family) =>
    `${path}: there is no such file for ${node}, ${family}; --update writes it`,
  stale: (path, node, family) =>
    `${path}: stale, as nothing is compiled for ${node}, ${family}; --update removes it`,
  sameChange: (first) => `by the same change of the rules as in ${first}`,
  total: (files, counts) =>
    `${count(files, 'golden file', 'golden files')}: ${counts.map(([status, number]) => `${number} ${statuses[status]}`).join(', ')}.`,
  written: 'written',
  replaced: 'replaced, as it was no dump',
  updated: (verdict) => `updated; ${verdict}`,
  removed: (node, family) => `removed, as nothing is compiled for ${node}, ${family}`,
  rest: (number) => `${count(number, 'golden file is', 'golden files are')} as expected.`,
  asExpected: (number, all) => `${number} of ${all} golden files are as expected.`,
  file: 'file',
};
