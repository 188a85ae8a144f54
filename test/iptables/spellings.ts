import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '../../src/address/address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import type { Backend } from '../../src/iptables/rule/syntax.ts';
import { InputError } from '../../src/text/problem.ts';

/** A rule line and what iptables 1.8.9 printed of it; null: refused. See fixtures/spellings/README.md. */
export interface SpellingRow {
  readonly family: Family;
  readonly table: string;
  readonly rule: string;
  readonly nft: readonly string[] | null;
  readonly legacy?: readonly string[] | null;
  /** Of a known difference: the reason for it. */
  readonly why?: string;
}

const folder = join(import.meta.dirname, '../../fixtures/spellings');

export const spellingTopics = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl') && name !== 'differences.jsonl')
  .map((name) => name.replace('.jsonl', ''));

export function spellingRows(topic: string): SpellingRow[] {
  const lines = readFileSync(join(folder, `${topic}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as SpellingRow);
}

export function expectedOf(row: SpellingRow, backend: Backend): readonly string[] | null {
  return backend === 'legacy' && row.legacy !== undefined ? row.legacy : row.nft;
}

/** The text in which a row's rule was loaded. */
export function textOf({ table, rule }: SpellingRow): string {
  return `*${table}\n:UC - [0:0]\n${rule}\nCOMMIT\n`;
}

/** What `kubenat fmt` makes of a row: the rules it prints, or null where it refuses. */
export function formatted(row: SpellingRow, backend: Backend): string[] | null {
  try {
    const { ruleset } = readDump({ name: 'row', text: textOf(row) }, { family: row.family, backend });
    return rulesIn(writeDump(ruleset, { counters: 'drop' }));
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

export function rulesIn(dump: string): string[] {
  return dump.split('\n').filter((line) => line.startsWith('-A'));
}
