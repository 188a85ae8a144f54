import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, parseAddress } from '../../src/address/address.ts';
import type { Packet } from '../../src/engine/packet.ts';
import { chainKey } from '../../src/engine/program.ts';
import { sideBySide } from '../../src/proof/decisions/side-by-side.ts';
import { fingerprint, treeKey } from '../../src/proof/rules/fingerprint.ts';
import { hostOf } from '../kernel/node.ts';
import { tracerOf } from './dense.ts';
import { load } from './small.ts';

const sources = ['198.51.100.0/25', '198.51.100.128/25', '198.51.100.0/24', '198.51.100.7/32'];
const asked = fc.tuple(
  fc.constantFrom('', ...sources.flatMap((subnet) => [`-s ${subnet}`, `! -s ${subnet}`])),
  fc.constantFrom('', '-p tcp', '-p tcp -m tcp --dport 80', '-p tcp -m tcp --dport 80:443', '! -p udp'),
  fc.constantFrom('', '-m mark --mark 0x1/0x1', '-i eth0'),
);
const rule = (ends: readonly string[]) =>
  fc.tuple(asked, fc.constantFrom(...ends)).map(([parts, end]) => [...parts, end].filter(Boolean).join(' '));
const chains = fc.record({
  policy: fc.constantFrom('ACCEPT', 'DROP'),
  forward: fc.array(rule(['-j ACCEPT', '-j DROP', '-j RETURN', '-j X', '-g X', '-j REJECT', '']), {
    maxLength: 4,
  }),
  x: fc.array(rule(['-j ACCEPT', '-j DROP', '-j RETURN', '']), { maxLength: 3 }),
});
type Chains = typeof chains extends fc.Arbitrary<infer T> ? T : never;

const host = hostOf('ipv4');
const textOf = ({ policy, forward, x }: Chains) =>
  [
    '*filter\n:INPUT ACCEPT [0:0]',
    `:FORWARD ${policy} [0:0]\n:OUTPUT ACCEPT [0:0]\n:X - [0:0]`,
    ...forward.map((one) => `-A FORWARD ${one}`),
    ...x.map((one) => `-A X ${one}`),
    'COMMIT\n',
  ].join('\n');

const packets: readonly Packet[] = ['198.51.100.7', '198.51.100.9', '198.51.100.200', '203.0.113.9'].flatMap(
  (source) =>
    [
      [6, 80],
      [6, 443],
      [6, 22],
      [17, 80],
    ].map(([protocol, port]) => ({
      protocol: protocol as number,
      source: parseAddress(source) as Address,
      sourcePort: 40000,
      destination: parseAddress('10.244.1.5') as Address,
      destinationPort: port as number,
      from: 'external' as const,
      flags: protocol === 6 ? 2 : 0,
      icmp: { type: 0, code: 0 },
      state: null,
    })),
);

function differ(before: string, after: string): boolean | null {
  const [left, right] = [before, after].map((text) => {
    const print = fingerprint(load(text, 'ipv4'));
    const chain = print.program.entries.get(chainKey('filter', 'FORWARD'));
    const key = (one: Parameters<typeof treeKey>[0]) => treeKey(one, print.chains);
    return { rules: chain?.rules ?? [], policy: chain?.policy ?? null, wholeKey: key, markKey: key };
  });
  const found = sideBySide(left as never, right as never, 'ipv4');
  return found && found.cubes.length > 0;
}

test('lists that are decided to be equal treat every packet alike', () => {
  let equal = 0;
  fc.assert(
    fc.property(chains, chains, (one, other) => {
      const texts = [textOf(one), textOf(other)] as const;
      if (differ(...texts) !== false) return;
      equal += 1;
      const [was, is] = texts.map((text) => tracerOf(load(text, 'ipv4'), host));
      for (const packet of packets) expect(is?.(packet)).toBe(was?.(packet));
    }),
    { numRuns: 600 },
  );
  expect(equal).toBeGreaterThan(5);
});

test.each([
  ['twice', ['-s 10.0.0.0/8 -j DROP'], ['-s 10.0.0.0/8 -j DROP', '-s 10.0.0.0/8 -j DROP']],
  [
    'the complement, in order',
    ['! -s 10.0.0.0/8 -j DROP', '-j ACCEPT'],
    ['-s 10.0.0.0/8 -j ACCEPT', '-j DROP'],
  ],
  ['the policy', ['-s 10.0.0.0/8 -j ACCEPT'], []],
  ['joined', ['-s 10.0.0.0/9 -j DROP', '-s 10.128.0.0/9 -j DROP'], ['-s 10.0.0.0/8 -j DROP']],
  ['what can never match', ['-i eth0 -j DROP'], ['-i eth0 -j DROP', '-s 10.0.0.0/8 -i eth0 -j REJECT']],
  [
    'a mark, in two steps',
    ['-m mark --mark 0x1/0x1 -j DROP', '-j ACCEPT'],
    ['-m mark ! --mark 0x1/0x1 -j RETURN', '-j DROP'],
  ],
])('equal: %s', (_, forward, others) => {
  const [before, after] = [forward, others].map((rules) =>
    textOf({ policy: 'ACCEPT', forward: rules, x: [] }),
  );
  expect(differ(before as string, after as string)).toBe(false);
});

test.each([
  ['a rule more', ['-s 10.0.0.0/8 -j DROP'], ['-s 10.0.0.0/8 -j DROP', '-s 11.0.0.0/8 -j DROP'], true],
  ['two queues', ['-j NFQUEUE --queue-num 1'], ['-j NFQUEUE --queue-num 2'], null],
  [
    'a limit in two rules',
    ['-m limit --limit 1/sec -j DROP'],
    Array(2).fill('-m limit --limit 1/sec -j DROP'),
    null,
  ],
  [
    'another answer',
    ['-j REJECT --reject-with icmp-port-unreachable'],
    ['-j REJECT --reject-with icmp-host-unreachable'],
    true,
  ],
])('not equal: %s', (_, forward, others, told) => {
  const [before, after] = [forward, others].map((rules) =>
    textOf({ policy: 'ACCEPT', forward: rules, x: [] }),
  );
  expect(differ(before as string, after as string)).toBe(told);
});
