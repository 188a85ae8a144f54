import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../../src/iptables/rule/syntax.ts';

/** A text and what iptables 1.8.9 printed once it was loaded; null: refused. See fixtures/commands/README.md. */
export interface CommandRow {
  readonly text: string;
  readonly nft: string | null;
  readonly legacy?: string | null;
}

const file = join(import.meta.dirname, '../../fixtures/commands/commands.jsonl');

export const commandRows: readonly CommandRow[] = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as CommandRow);

export function savedOf(row: CommandRow, backend: Backend): string | null {
  return backend === 'legacy' && row.legacy !== undefined ? row.legacy : row.nft;
}
