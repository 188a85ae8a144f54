import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseSubnet, type Subnet } from '../../src/address/subnet.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import { readNft } from '../../src/nftables/read/read.ts';

interface Recorded {
  readonly hook: string;
  readonly rules: readonly string[];
  readonly verdict: 'accept' | 'drop';
}

const file = new URL('../../fixtures/nftables/breaks.json', import.meta.url);
const { node, packets, chains }: { node: Node; packets: Record<string, string>; chains: Recorded[] } =
  JSON.parse(readFileSync(file, 'utf8'));

interface Node {
  readonly addresses: readonly string[];
  readonly podCIDR: string;
}

const host = buildHost('ipv4', [
  {
    addresses: node.addresses.flatMap((text) => parseInterfaceAddress(text) ?? []),
    podCIDR: parseSubnet(node.podCIDR) as Subnet,
  },
]);

/** What becomes of the packet, and what is possible where that is not known. */
function judge({ hook, rules }: Recorded) {
  const text = `table ip n {\n\tchain p {\n\t\ttype filter hook ${hook} priority 0; policy accept;\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n}\n`;
  const { ruleset, problems } = readNft({ name: 'rules.nft', text });
  expect(problems).toEqual([]);
  const packet = parsePacket({ name: 'packet', text: packets[hook] as string });
  return tracePacket(new NftProgram(ruleset, 'ipv4'), host, packet).outcomes;
}

describe('what is not there ends the rule, whatever is asked of it', () => {
  test.each(chains.map((one) => [`${one.hook}: ${one.rules.join('; ')}`, one] as const))('%s', (_, one) => {
    const outcomes = judge(one);
    for (const { verdict, possible } of outcomes) {
      if (verdict === 'unknown')
        expect(possible?.map((own) => own.verdict) ?? [one.verdict]).toContain(one.verdict);
      else expect(verdict).toBe(one.verdict);
    }
  });

  test.each(['meta skuid != 5 drop', 'meta skuid vmap { 0-4294967295 : drop }', 'meta cgroup != 5 drop'])(
    'a packet that is carried on has no socket: %s',
    (rule) => {
      const one = chains.find(({ hook, rules }) => hook === 'forward' && rules.join() === rule) as Recorded;
      expect(judge(one).map(({ verdict }) => verdict)).toEqual([one.verdict]);
    },
  );
});
