import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFlows } from '../../src/engine/flows.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { count } from '../claims.ts';

const root = join(import.meta.dirname, '../../fixtures/conformance/nftables');
const cases = readdirSync(join(root, 'flows')).map((name) => name.replace('.json', ''));

type Recorded = Pick<Outcome, 'verdict' | 'dnat' | 'src' | 'delivered'>;

/** What a dropped packet was translated to is not compared. */
function print({ verdict, dnat, src, delivered }: Recorded): string {
  return verdict === 'accept' ? `${delivered} ${dnat ?? 'unchanged'} from ${src}` : verdict;
}

function read(name: string) {
  return { name, text: readFileSync(join(root, name), 'utf8') };
}

describe("what the kernel did to packets under kube-proxy's nftables rules", () => {
  test('there are cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(100);
  });

  test.each(cases)('%s', (name) => {
    const flows = read(`flows/${name}.json`);
    const recorded: { src: string; outcomes: Recorded[]; sample?: boolean }[] = JSON.parse(
      flows.text,
    ).packets;
    const family = recorded[0]?.src.includes(':') ? 'ipv6' : 'ipv4';
    const { ruleset, problems } = readNft(read(`1.37.2/${name}.nft`));
    expect(problems).toEqual([]);
    const { host: fields, packets } = readFlows(flows, family);
    const host = buildHost(family, [fields]);
    const program = new NftProgram(ruleset, family);
    packets.forEach(({ id, packet }, index) => {
      const { outcomes, sample } = recorded[index] as (typeof recorded)[number];
      const computed = tracePacket(program, host, packet).outcomes;
      const possible = [...new Set(computed.map(print))].sort();
      const seen = [...new Set(outcomes.map(print))].sort();
      if (sample) expect(possible, `packet ${id}`).toEqual(expect.arrayContaining(seen));
      else expect(possible, `packet ${id}`).toEqual(seen);
      const total = computed.reduce((sum, { probability }) => sum + probability, 0);
      expect(Math.abs(total - 1), `probabilities of ${id}`).toBeLessThan(1e-9);
    });
    count('recorded outcomes of packets in nftables mode', packets.length);
  });
});
