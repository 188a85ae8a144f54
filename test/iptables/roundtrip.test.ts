import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';

const root = join(import.meta.dirname, '../../fixtures/conformance');
const cases = ['named', 'random'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(root, group, name)),
);

function dumpsOf(file: string): [string, string][] {
  return cases.flatMap((folder) => {
    const path = join(folder, file);
    return existsSync(path) ? [[path.slice(root.length + 1), readFileSync(path, 'utf8')]] : [];
  });
}

/** All that a ruleset says, whatever text it came from: not where its rules stood. */
function meaning({ family, tables }: Ruleset) {
  return {
    family,
    tables: tables.map(({ name, chains }) => ({
      name,
      chains: [...chains.values()].map((chain) => ({
        ...chain,
        rules: chain.rules.map(({ at: _at, ...rule }) => rule),
      })),
    })),
  };
}

describe.each(dumpsOf('iptables.save'))('%s', (_name, text) => {
  it.each(['nft', 'legacy'] as const)('comes back byte for byte with %s', (backend) => {
    expect(writeDump(readDump({ name: 'dump', text }, { backend }).ruleset)).toBe(text);
  });

  it('means the same in the restore spelling', () => {
    const { ruleset } = readDump({ name: 'dump', text });
    const restored = readDump(
      { name: 'restore', text: writeDump(ruleset, { spelling: 'restore' }) },
      { family: ruleset.family },
    );
    expect(meaning(restored.ruleset)).toEqual(meaning(ruleset));
  });
});

describe.each(dumpsOf('kube-proxy.restore'))('%s', (_name, text) => {
  it('comes back in its own spelling, but for prefix lengths of single addresses and a prefix of all', () => {
    const { ruleset } = readDump({ name: 'dump', text });
    const bare = (dump: string) =>
      dump.replaceAll(' -s 0.0.0.0/0', '').replace(/(-[sd] [0-9a-f.:]+)\/(?:32|128) /g, '$1 ');
    expect(bare(writeDump(ruleset, { spelling: 'restore' }))).toBe(bare(text));
  });

  it('means what its own canonical spelling means', () => {
    const { ruleset } = readDump({ name: 'dump', text });
    const again = readDump({ name: 'save', text: writeDump(ruleset) }, { family: ruleset.family }).ruleset;
    expect(writeDump(again)).toBe(writeDump(ruleset));
  });
});
