import { formatEndpoint } from '../address/address.ts';
import { type FateBy, type Front, isLeftAlone, type RolloutRow } from '../diff/rollout.ts';
import { rolloutWords as en } from './words/en/rollout.ts';
import { rolloutWords as ko } from './words/ko/rollout.ts';
import type { Language } from './words/language.ts';
import type { RolloutWords } from './words/rollout.ts';

/** What open connections meet, of two sides by name. */
export interface RolloutReport {
  readonly before: string;
  readonly after: string;
  readonly rows: readonly RolloutRow[];
}

/** `{"rows": [{"service", "protocol", "endpoint", "fronts", "fates"}]}`, those that are left alone included. */
export function printRolloutJson({ rows }: RolloutReport): string {
  const lines = rows.map((row) =>
    JSON.stringify({ ...row, fronts: row.fronts.map((front) => sayFront(front, en)) }),
  );
  return `{"rows": [\n${lines.join(',\n')}\n]}\n`;
}

const tables: Readonly<Record<Language, RolloutWords>> = { en, ko };

/** The connections that a change does not leave alone, for people. */
export function printRolloutText({ before, after, rows }: RolloutReport, language: Language = 'en'): string {
  const w = tables[language];
  const touched = rows.filter((row) => !isLeftAlone(row));
  const dead = touched.filter(({ fates }) => fates.some(({ fate }) => fate === 'dead'));
  const head = touched.length === 0 ? w.untouched : w.touched(touched.length, rows.length, dead.length);
  return [
    `${before} → ${after}: ${head}`,
    '',
    ...touched.flatMap((row) => printRow(row, w)),
    ...w.assumed,
    '',
  ].join('\n');
}

function printRow(
  { service, port, protocol, endpoint, fronts, fates }: RolloutRow,
  w: RolloutWords,
): string[] {
  const name = `${service}${port === '' ? '' : `:${port}`}`;
  const opened = fronts.map((front) => sayFront(front, w));
  return [
    w.row(name, protocol, endpoint, opened),
    ...fates.map((one) => `  ${sayReleases(one, w)}: ${w.fates[one.fate]}`),
    '',
  ];
}

function sayReleases({ releases }: FateBy, w: RolloutWords): string {
  return w.releases(releases[0] ?? '', releases.at(-1) ?? '');
}

function sayFront(front: Front, w: RolloutWords): string {
  return front.kind === 'address' ? formatEndpoint(front.address, front.port) : w.nodePort(front.port);
}
