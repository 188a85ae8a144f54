import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { manual, rulesetOf } from '../nftables/manual.ts';
import { askNft, isNftThere } from './nft/nft.ts';

/** What nft says of each rule of the manual's table, in the form of the recording. */
function said(text: string): string {
  const answer = askNft(text);
  if ('listed' in answer) {
    const lines = answer.listed.split('\n');
    return lines[lines.findIndex((line) => / hook .* policy /.test(line)) + 1]?.trim() ?? '';
  }
  return 'refused' in answer
    ? `refused: ${answer.refused.replace(/^\/dev\/stdin:[\d:-]+ Error: /, '')}`
    : 'crashed';
}

test.runIf(isNftThere)('the recording of what nft lists of the manual is what it lists', () => {
  const recorded = readFileSync(join(fixtures, 'nftables/manual.txt'), 'utf8');
  expect(manual.map((row) => `${row.rule}\n\t${said(rulesetOf(row))}\n`).join('')).toBe(recorded);
});
