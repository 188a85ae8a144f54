import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadNft } from '../../src/nftables/check/load.ts';
import type { NftRuleset } from '../../src/nftables/model.ts';
import { printRuleset } from '../../src/nftables/print/tables.ts';
import { nftVersions } from '../../src/nftables/version.ts';
import { fixtures } from '../cases.ts';

// What nft of several versions, built from their releases, listed of the texts in `loaded` in an empty namespace.

const recorded = join(fixtures, 'nftables/versions');
const versions = readdirSync(recorded);
const cases = versions.flatMap((version) =>
  readdirSync(join(recorded, version)).map((file) => [version, file.replace('.listed', '')] as const),
);

/** Where more is otherwise than the spelling: `docs/reference/inputs.md` says what. */
const unlike: Readonly<Record<string, (version: string) => boolean>> = {
  // Meters are sets that rules update.
  objects: (version) => version.startsWith('1.1.'),
  // A range of one value is that value.
  spellings: (version) => ['1.0.6.1', '1.1.3', '1.1.6'].includes(version),
};

function load(text: string): NftRuleset {
  const { ruleset, problems } = loadNft({ name: 'text', text });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return ruleset;
}

describe('rulesets are printed as that version of nft lists them', () => {
  test.each(cases)('%s: %s', (version, name) => {
    const known = nftVersions.get(version);
    if (!known) throw new Error(`${version} is not known`);
    const listed = readFileSync(join(recorded, version, `${name}.listed`), 'utf8');
    const text = readFileSync(join(fixtures, 'nftables/loaded', `${name}.nft`), 'utf8');
    const isUnlike = unlike[name]?.(version) ?? false;
    expect(printRuleset(load(text), { version: known }) === listed).toBe(!isUnlike);
    // Of a set of one that two made nft lists something else the second time.
    if (name === 'translation' || name === 'objects')
      expect(printRuleset(load(listed), { version: known })).toBe(listed);
  });
});

test('versions differ, and each is there that the command takes', () => {
  expect(versions.length).toBeGreaterThan(6);
  for (const version of versions) expect([...nftVersions.keys()]).toContain(version);
  const firewalls = versions.map((version) =>
    readFileSync(join(recorded, version, 'firewall.listed'), 'utf8'),
  );
  expect(new Set(firewalls).size).toBeGreaterThan(2);
});
