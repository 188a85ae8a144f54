import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalRuleset } from '../../src/nftables/canonical/ruleset.ts';
import { printRuleset } from '../../src/nftables/print/tables.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { fixtures } from '../cases.ts';

// Texts that people load, and what nft 1.0.6 listed of them in an empty namespace.

const folder = join(fixtures, 'nftables/loaded');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.nft'))
  .sort();

const listed = (text: string) => {
  const { ruleset, problems } = readNft({ name: 'text', text });
  expect(problems).toEqual([]);
  return printRuleset(canonicalRuleset(ruleset));
};

describe('what was loaded is listed as nft lists it', () => {
  test.each(names)('%s', (name) => {
    const expected = readFileSync(join(folder, name.replace('.nft', '.listed')), 'utf8');
    expect(listed(readFileSync(join(folder, name), 'utf8'))).toBe(expected);
  });
});
