import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RulePlace } from '../../src/engine/ir.ts';
import { packProgram } from '../../src/engine/pack.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { unpackProgram } from '../../src/engine/unpack.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { packetsBetween } from '../../src/proof/second/second.ts';
import { openProgram } from '../../src/session/program.ts';
import { fixtures } from '../cases.ts';

const read = (path: string) => ({ name: path, text: readFileSync(join(fixtures, path), 'utf8') });

const rulesets = [
  'conformance/nftables/1.33.5/load-balancer-source-ranges.nft',
  'conformance/nftables/1.36.3/session-affinity.nft',
  'conformance/nftables/1.37.2/node-port-local.nft',
  'nftables/loaded/firewall.nft',
  'nftables/loaded/translation.nft',
];

/** Of a rule, in whatever it is named, what it says and where it stands. */
function plainly(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (name !== 'place' || typeof value !== 'object' || value === null) return value;
  const { table, chain, number, rule, text } = value as RulePlace;
  return [table, chain, number, rule, text];
}

describe('a program that was packed is the same', () => {
  test.each(rulesets.flatMap((path) => (['ipv4', 'ipv6'] as const).map((family) => [path, family] as const)))(
    '%s, %s',
    (path, family) => {
      const { program } = openProgram({ dumps: [read(path)], objects: [], config: null }, { family });
      const again = unpackProgram(packProgram(program));
      const { host } = assumeHost(family, [], [], [program]);
      expect(packProgram(again) === packProgram(program)).toBe(true);
      for (const packet of packetsBetween(program, program, host, 60).packets) {
        const [before, after] = [program, again].map(
          (one) => tracePacket(one, host, packet, { trace: true }).outcomes,
        );
        const told = (outcomes: typeof before) =>
          JSON.stringify(
            outcomes?.map((one) => ({ ...one, reply: null, sticks: null })),
            plainly,
          );
        expect(told(after)).toBe(told(before));
      }
    },
  );
});
