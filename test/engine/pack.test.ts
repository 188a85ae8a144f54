import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packProgram } from '../../src/engine/pack.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { unpackProgram } from '../../src/engine/unpack.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { openProgram } from '../../src/session/program.ts';
import { packetsToTry } from '../../src/session/try-packets.ts';
import { fixtures } from '../cases.ts';

const read = (path: string) => ({ name: path, text: readFileSync(join(fixtures, path), 'utf8') });

const rulesets = [
  'conformance/nftables/1.33.5/load-balancer-source-ranges.nft',
  'conformance/nftables/1.36.3/session-affinity.nft',
  'conformance/nftables/1.37.2/node-port-local.nft',
  'nftables/loaded/firewall.nft',
  'nftables/loaded/translation.nft',
];

describe('a program that was packed is the same', () => {
  test.each(rulesets.flatMap((path) => (['ipv4', 'ipv6'] as const).map((family) => [path, family] as const)))(
    '%s, %s',
    (path, family) => {
      const { program } = openProgram({ dumps: [read(path)], objects: [], config: null }, { family });
      const again = unpackProgram(packProgram(program));
      const { host } = assumeHost(family, [], [], [program]);
      expect(packProgram(again) === packProgram(program)).toBe(true);
      for (const packet of packetsToTry([program], host).slice(0, 60)) {
        const [before, after] = [program, again].map(
          (one) => tracePacket(one, host, packet, { trace: true }).outcomes,
        );
        const told = (outcomes: typeof before) =>
          outcomes?.map(({ matched, by, ...rest }) => ({
            ...rest,
            reply: null,
            sticks: null,
            matched: [...matched, ...(by ? [by] : [])].map(
              ({ place: { table, chain, number, rule, text }, mark }) => [
                table,
                chain,
                number,
                rule,
                text,
                mark,
              ],
            ),
          }));
        expect(told(after)).toEqual(told(before));
      }
    },
  );
});
