import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFlows } from '../../src/engine/flows.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { count } from '../claims.ts';

const root = join(import.meta.dirname, '../../fixtures/conformance');
const cases = ['named', 'random'].flatMap((group) =>
  readdirSync(join(root, group))
    .map((name) => join(group, name))
    .filter((name) => existsSync(join(root, name, 'flows.json'))),
);

type Recorded = Pick<Outcome, 'verdict' | 'dnat' | 'src' | 'delivered'>;

/** What a dropped packet was translated to is not compared. */
function print({ verdict, dnat, src, delivered }: Recorded): string {
  return verdict === 'accept' ? `${delivered} ${dnat ?? 'unchanged'} from ${src}` : verdict;
}

function read(name: string, file: string) {
  return { name: file, text: readFileSync(join(root, name, file), 'utf8') };
}

describe('what the kernel did to packets under the rules of kube-proxy', () => {
  test('there are cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(114);
  });

  test.each(cases)('%s', (name) => {
    const { family } = JSON.parse(read(name, 'case.json').text);
    const { ruleset } = readDump(read(name, 'iptables.save'), { family });
    const { host: fields, packets } = readFlows(read(name, 'flows.json'), family);
    const host = buildHost(family, [fields]);
    const program = buildProgram(ruleset);
    const recorded: { outcomes: Recorded[]; sample?: boolean }[] = JSON.parse(
      read(name, 'flows.json').text,
    ).packets;
    expect(packets.length).toBe(recorded.length);
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
    count('recorded outcomes of packets', packets.length);
  });
});
