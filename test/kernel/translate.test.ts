import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRules } from '../../src/iptables/pasted/read.ts';
import type { Gap } from '../../src/translate/gap.ts';
import { translateRuleset } from '../../src/translate/translate.ts';
import { cases, readCase } from '../cases.ts';
import { generate } from './campaign.ts';
import { disagreements, interpret } from './compare.ts';
import type { TestCase } from './generate.ts';
import { Instrument, whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';

const reason = whyNot();
const ruleSets = Number(process.env.KERNEL_TRANSLATED ?? (isRequired ? 60 : 12));
const packets = 30;

describe.skipIf(reason !== null && !isRequired)('translations on the kernel itself', () => {
  let instrument: Instrument;
  beforeAll(() => {
    instrument = new Instrument();
  });
  afterAll(() => instrument.close());

  // One test for each, so that none lasts long on a slow machine.
  test.each(cases.filter((_, index) => isRequired || index % 20 === 0))('nft loads that of $id', (case_) => {
    const { ruleset } = readRules(
      { name: case_.id, text: readCase(case_, 'iptables.save') },
      { family: case_.family },
    );
    const input = translateRuleset(ruleset).ruleset ?? '';
    const { status, stderr } = spawnSync('unshare', ['-n', 'nft', '-f', '-'], { input, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  test(
    `packets fare under the translation as under ${ruleSets} generated rule sets of iptables`,
    async () => {
      const found: string[] = [];
      let sent = 0;
      for (const generated of generate(20_264, ruleSets, packets)) {
        const { rules, ruleset } = provedPart(generated);
        const asked = { ...generated, backend: 'nftables', rules: ruleset } as const;
        const observation = await instrument.ask(asked);
        if ('refused' in observation) {
          found.push(observation.refused);
          continue;
        }
        sent += packets;
        for (const { packet, seen, possible } of disagreements(
          asked,
          interpret({ ...generated, rules }),
          observation.outcomes,
        ))
          found.push(JSON.stringify({ packet, seen, possible, rules }));
      }
      expect(found).toEqual([]);
      expect(sent).toBe(ruleSets * packets);
    },
    60_000 + ruleSets * 1000,
  );
});

/** A rule set without the rules that are not proved to do the same, and its translation. */
function provedPart({ rules, family }: TestCase): { readonly rules: string; readonly ruleset: string } {
  const { ruleset } = readRules({ name: 'rules', text: rules }, { family });
  const { ruleset: text, gaps } = translateRuleset(ruleset);
  const isSame = ({ code }: Gap) => code === 'counted-otherwise';
  if (text !== null && gaps.every(isSame)) return { rules, ruleset: text };
  const lines = new Set(gaps.filter((gap) => !isSame(gap)).map(({ at }) => at));
  let at = 0;
  const left = rules.split('\n').filter((line) => {
    const isOut = lines.has(at);
    at += line.length + 1;
    return !isOut;
  });
  return provedPart({ rules: left.join('\n'), family } as TestCase);
}
