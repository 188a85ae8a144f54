import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtures } from '../cases.ts';

/** A ruleset in the shape that some program writes, and what nft 1.0.6 listed of it. */
export interface Program {
  readonly name: string;
  readonly text: string;
  readonly listed: string;
}

const parts = readFileSync(join(fixtures, 'nftables/programs.txt'), 'utf8')
  .split(/^### (.*)\n/m)
  .slice(1);

export const programs: readonly Program[] = Array.from({ length: parts.length / 4 }, (_, at) => {
  const [name, text, , listed] = parts.slice(4 * at, 4 * at + 4) as [string, string, string, string];
  return { name, text, listed };
});
