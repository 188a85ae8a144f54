import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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

const recorded = readFileSync(join(fixtures, 'nftables/manual.txt'), 'utf8');
const lines = recorded.split('\n');

test('the recording is of these rules, and of no others', () => {
  expect(lines.filter((_, index) => index % 2 === 0)).toEqual([...manual.map(({ rule }) => rule), '']);
});

// One test for each, so that none lasts long on a slow machine.
describe.runIf(isNftThere)('the recording of what nft lists is what it lists of', () => {
  test.each(manual.map((row, index) => ({ ...row, index })))('$rule', ({ index, ...row }) => {
    expect(`\t${said(rulesetOf(row))}`).toBe(lines[2 * index + 1]);
  });
});
