import { expect, test } from 'vitest';
import { readFlows } from '../../src/engine/flows.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readRules } from '../../src/iptables/pasted/read.ts';
import { loadNft } from '../../src/nftables/check/load.ts';
import { translateRuleset } from '../../src/translate/translate.ts';
import { cases, readCase } from '../cases.ts';

// What the kernel did to packets under the recorded rules of iptables, against a walk through their translation.

const translated = cases.map((case_) => {
  const { ruleset } = readRules(
    { name: case_.id, text: readCase(case_, 'iptables.save') },
    { family: case_.family },
  );
  return { ...case_, ...translateRuleset(ruleset) };
});

test('of all recorded rules, those with lists of recent alone are not proved to be the same in nft', () => {
  for (const case_ of translated) {
    const codes = new Set(case_.gaps.map(({ code }) => code));
    const hasLists = readCase(case_, 'iptables.save').includes('-m recent');
    expect([...codes], case_.id).toEqual(hasLists ? ['remembered-otherwise'] : []);
    expect(case_.ruleset, case_.id).not.toBeNull();
  }
});

test('packets fare in the translation as the kernel recorded them under the rules', () => {
  let packets = 0;
  for (const case_ of translated.filter((_, index) => index % 3 === 0)) {
    const { ruleset, problems } = loadNft({ name: case_.id, text: case_.ruleset as string });
    expect(problems, case_.id).toEqual([]);
    const program = new NftProgram(ruleset, case_.family);
    const text = readCase(case_, 'flows.json');
    const flows = readFlows({ name: 'flows.json', text }, case_.family);
    const host = buildHost(case_.family, [flows.host]);
    const recorded = JSON.parse(text).packets as { id: string; sample?: true; outcomes: Seen[] }[];
    for (const { id, packet } of flows.packets) {
      const seen = recorded.find((one) => one.id === id);
      const told = tracePacket(program, host, packet).outcomes.map(fateOf);
      const kernel = (seen?.outcomes ?? []).map(fateOf);
      const isSame = seen?.sample
        ? kernel.every((one) => told.includes(one))
        : [...new Set(told)].sort().join() === kernel.sort().join();
      expect(isSame, `${case_.id} ${id}: ${told} for ${kernel}`).toBe(true);
      packets += 1;
    }
  }
  expect(packets).toBeGreaterThan(500);
});

interface Seen {
  readonly verdict: string;
  readonly dnat: string | null;
  readonly src: string | null;
  readonly delivered?: string;
}

/** What became of a dropped packet's destination is not recorded. */
function fateOf({ verdict, dnat, src, delivered }: Seen): string {
  return verdict === 'accept' ? [verdict, dnat, src, delivered].join(' ') : verdict;
}
