import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseSubnet, type Subnet } from '../../src/address/subnet.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import { readNft } from '../../src/nftables/read/read.ts';

type Table = 'ip' | 'ip6';

interface Recorded {
  readonly family: Table;
  readonly rule: string;
  readonly verdicts: readonly ('accept' | 'drop')[];
}

interface Node {
  readonly addresses: readonly string[];
  readonly podCIDR: string;
}

const file = new URL('../../fixtures/nftables/one-rule.json', import.meta.url);
const {
  node,
  packets,
  rules,
}: { node: Record<Table, Node>; packets: Record<Table, string[]>; rules: Recorded[] } = JSON.parse(
  readFileSync(file, 'utf8'),
);

const families = { ip: 'ipv4', ip6: 'ipv6' } as const;

function hostOf(table: Table) {
  const { addresses, podCIDR } = node[table];
  return buildHost(families[table], [
    {
      addresses: addresses.flatMap((text) => parseInterfaceAddress(text) ?? []),
      podCIDR: parseSubnet(podCIDR) as Subnet,
    },
  ]);
}

/** Of each packet what becomes of it, `unknown` where that is left open. */
function judge({ family, rule }: Recorded): string[] {
  const text = `table ${family} n {\n\tchain p {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\t${rule}\n\t}\n}\n`;
  const { ruleset, problems } = readNft({ name: 'rules.nft', text });
  expect(problems).toEqual([]);
  const program = new NftProgram(ruleset, families[family]);
  return packets[family].map((one) => {
    const { outcomes } = tracePacket(program, hostOf(family), parsePacket({ name: 'packet', text: one }));
    expect(outcomes).toHaveLength(1);
    return outcomes[0]?.verdict ?? '';
  });
}

/** What packets carry beside what the notation says of them. */
const isUntold = (rule: string) => /\b(option|chunk|exthdr|ah spi)\b/.test(rule);

describe('what the kernel did with one rule', () => {
  test('most is known', () => {
    expect(rules.filter(({ rule }) => !isUntold(rule)).length).toBeGreaterThan(40);
  });

  test.each(rules.map((one) => [`${one.family}: ${one.rule}`, one] as const))('%s', (_, one) => {
    const judged = judge(one);
    if (isUntold(one.rule))
      expect(judged.map((own, at) => (own === 'unknown' ? one.verdicts[at] : own))).toEqual(one.verdicts);
    else expect(judged).toEqual(one.verdicts);
  });

  test.each(['tcp option sack-perm missing drop', 'sctp chunk data missing drop'])(
    'of other protocols it is known to be missing: %s',
    (rule) => {
      const one = rules.find((own) => own.rule === rule && own.family === 'ip') as Recorded;
      expect(judge(one).slice(3)).toEqual(one.verdicts.slice(3));
    },
  );
});
