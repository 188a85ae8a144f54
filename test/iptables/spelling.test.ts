import { describe, expect, it } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { matchExtensions, matchNames, targetNames } from '../../src/iptables/rule/options.ts';
import { count } from '../claims.ts';
import { expectedOf, formatted, rulesIn, spellingRows, spellingTopics } from './spellings.ts';

const backends = ['nft', 'legacy'] as const;

/** What the recorded rows cannot show, with the reason. */
const unseen = {
  CLUSTERIP: 'the kernel has no module for it any more',
  LED: 'the recording kernel had no module for it',
  SET: 'needs a set',
  ipvs: 'the recording kernel had no module for it',
  nfacct: 'needs an accounting object',
  rateest: 'needs an estimator',
  set: 'needs a set',
};

/** iptables-save prints some names and no days bare that only quotes would keep together, and a mask that iptables refuses. */
function cannotBeReread(line: string): boolean {
  return / -[io] a b | --name a b |days {2}| --cluster-local-nodemask 0x80000000 /.test(line);
}

describe.each(spellingTopics)('%s', (topic) => {
  it.each(backends)('is spelt and refused as %s does', (backend) => {
    const rows = spellingRows(topic);
    const wrong = rows
      .map((row) => ({ ...row, expected: expectedOf(row, backend), got: formatted(row, backend) }))
      .filter(({ expected, got }) => JSON.stringify(expected) !== JSON.stringify(got));
    expect(wrong).toEqual([]);
    count('recorded spellings of rules', rows.length);
  });

  it('is not changed by a second pass', () => {
    for (const row of spellingRows(topic)) {
      const once = formatted(row, 'nft');
      if (once === null || once.length === 0 || once.some(cannotBeReread)) continue;
      const text = `*${row.table}\n:UC - [0:0]\n${once.join('\n')}\nCOMMIT\n`;
      const { ruleset } = readDump({ name: 'row', text }, { family: row.family });
      expect(rulesIn(writeDump(ruleset))).toEqual(once);
    }
  });
});

describe('the recorded rows', () => {
  it('show every match and target that is known', () => {
    const text = spellingTopics
      .flatMap((topic) => spellingRows(topic).map(({ rule }) => ` ${rule} `))
      .join('\n');
    const missing = [
      ...matchNames().filter((name) => !text.includes(` -m ${name} `)),
      ...targetNames().filter((name) => !text.includes(` -j ${name} `)),
    ];
    expect(missing.sort()).toEqual(Object.keys(unseen).sort());
    expect(Object.keys(matchExtensions).length).toBeGreaterThan(20);
  });

  it('have their known differences listed with their reasons, and no others', () => {
    for (const row of spellingRows('differences')) {
      expect(row.why).toMatch(/\w+ \w+/);
      const differs = backends.some(
        (backend) => JSON.stringify(formatted(row, backend)) !== JSON.stringify(expectedOf(row, backend)),
      );
      expect({ ...row, differs }).toEqual({ ...row, differs: true });
    }
  });
});
