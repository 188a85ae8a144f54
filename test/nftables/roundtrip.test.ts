import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printRuleset } from '../../src/nftables/print/tables.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { fixtures } from '../cases.ts';

// What nft 1.0.6 listed is read, and printed as it was.

const recorded = join(fixtures, 'conformance/nftables');
const files = readdirSync(recorded, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.nft'))
  .sort();

describe('recorded rulesets', () => {
  test('there are hundreds', () => {
    expect(files.length).toBeGreaterThan(300);
  });

  test.each(files)('%s', (name) => {
    const text = readFileSync(join(recorded, name), 'utf8');
    const { ruleset, problems } = readNft({ name, text });
    expect(problems).toEqual([]);
    expect(printRuleset(ruleset)).toBe(text);
  });
});
