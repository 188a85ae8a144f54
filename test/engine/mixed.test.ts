import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFlows } from '../../src/engine/flows.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { openProgram } from '../../src/session/program.ts';

const root = join(import.meta.dirname, '../../fixtures/conformance/mixed');
const cases = readdirSync(root);

type Recorded = Pick<Outcome, 'verdict' | 'dnat' | 'src' | 'delivered'>;

/** What a dropped packet was translated to is not compared. */
function print({ verdict, dnat, src, delivered }: Recorded): string {
  return verdict === 'accept' ? `${delivered} ${dnat ?? 'unchanged'} from ${src}` : verdict;
}

/** What an outcome may be: itself, where it does not depend on which chain was made last. */
function possible(outcome: Outcome): readonly Recorded[] {
  return outcome.possible ?? [outcome];
}

function read(name: string) {
  return { name, text: readFileSync(join(root, name), 'utf8') };
}

describe('what the kernel did on nodes with rules of several makers', () => {
  test('there are cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(6);
  });

  test.each(cases)('%s', (name) => {
    const files = ['ruleset.nft', 'iptables.save'].filter((file) => existsSync(join(root, name, file)));
    // In either order.
    for (const dumps of [files, files.toReversed()].map((order) =>
      order.map((file) => read(`${name}/${file}`)),
    )) {
      const { program, family } = openProgram({ dumps, objects: [], config: null }, { family: 'ipv4' });
      const flows = read(`${name}/flows.json`);
      const recorded: { outcomes: Recorded[] }[] = JSON.parse(flows.text).packets;
      const { host: fields, packets } = readFlows(flows, family);
      const host = buildHost(family, [fields]);
      packets.forEach(({ id, packet }, index) => {
        const { outcomes } = tracePacket(program, host, packet);
        const computed = [...new Set(outcomes.flatMap(possible).map(print))].sort();
        const seen = [...new Set((recorded[index]?.outcomes ?? []).map(print))].sort();
        expect(computed, `packet ${id}`).not.toContain('unknown');
        if (outcomes.some((outcome) => outcome.possible))
          expect(computed, `packet ${id}`).toEqual(expect.arrayContaining(seen));
        else expect(computed, `packet ${id}`).toEqual(seen);
      });
    }
  });
});
