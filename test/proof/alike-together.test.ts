import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { compareAlike } from '../../src/proof/alike/programs.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { lookAgain } from '../../src/proof/second/second.ts';
import { propertySeed } from '../seed.ts';

interface Chains {
  readonly policy?: 'accept' | 'drop';
  readonly forward: readonly string[];
  readonly a?: readonly string[];
}

const chain = (name: string, ...rules: readonly string[]) => `chain ${name} {\n${rules.join('\n')}\n}`;

function program({ policy = 'accept', forward, a = ['ip saddr 10.0.0.1 drop'] }: Chains) {
  const base = `type filter hook forward priority 0; policy ${policy};`;
  const text = `table ip t {\n${chain('a', ...a)}\n${chain('f', base, ...forward)}\n}\n`;
  const { ruleset, problems } = readNft({ name: 'nft', text });
  expect(problems).toEqual([]);
  return new NftProgram(ruleset, 'ipv4');
}

const map = 'tcp dport vmap { 80 : drop, 443 : accept }';
const pairs: readonly (readonly [what: string, left: Chains, right: Chains, same: boolean])[] = [
  [
    'a map and its rules',
    { forward: [map, 'drop'] },
    { forward: ['tcp dport 80 drop', 'tcp dport 443 accept', 'drop'] },
    true,
  ],
  [
    'a map and other rules',
    { forward: [map, 'drop'] },
    { forward: ['tcp dport 80 drop', 'tcp dport 444 accept', 'drop'] },
    false,
  ],
  ['a map of one protocol', { forward: [map] }, { forward: ['th dport 80 drop'] }, false],
  [
    'values beside each other',
    { forward: ['ip daddr . tcp dport { 10.0.0.1 . 80, 10.0.0.2 . 443 } drop'] },
    { forward: ['ip daddr 10.0.0.1 tcp dport 80 drop', 'ip daddr 10.0.0.2 tcp dport 443 drop'] },
    true,
  ],
  [
    'values crossed',
    { forward: ['ip daddr . tcp dport { 10.0.0.1 . 80, 10.0.0.2 . 443 } drop'] },
    { forward: ['ip daddr { 10.0.0.1, 10.0.0.2 } tcp dport { 80, 443 } drop'] },
    false,
  ],
  [
    'a chain written where it is called',
    { forward: ['tcp dport 80 jump a'] },
    { forward: ['tcp dport 80 ip saddr 10.0.0.1 drop'] },
    true,
  ],
  [
    'a chain that returns',
    { forward: ['tcp dport 80 jump a', 'ip daddr 10.9.9.9 drop'], a: ['ip saddr 10.0.0.1 return', 'drop'] },
    { forward: ['tcp dport 80 ip saddr != 10.0.0.1 drop', 'ip daddr 10.9.9.9 drop'] },
    true,
  ],
  [
    'a chain that lets through what it returned',
    { forward: ['tcp dport 80 jump a', 'ip daddr 10.9.9.9 drop'], a: ['ip saddr 10.0.0.1 accept', 'drop'] },
    { forward: ['tcp dport 80 ip saddr != 10.0.0.1 drop', 'ip daddr 10.9.9.9 drop'] },
    false,
  ],
  [
    'goto for jump',
    { forward: ['tcp dport vmap { 80 : goto a }', 'drop'] },
    { forward: ['tcp dport 80 jump a', 'drop'] },
    false,
  ],
  [
    'goto at the end',
    { forward: ['tcp dport vmap { 80 : goto a }'] },
    { forward: ['tcp dport 80 jump a'] },
    true,
  ],
  [
    'rules that do not overlap',
    { forward: ['tcp dport 80 drop', 'udp dport 53 accept', 'drop'] },
    { forward: ['udp dport 53 accept', 'tcp dport 80 drop', 'drop'] },
    true,
  ],
  [
    'rules that do',
    { forward: ['tcp dport 80 drop', 'ip saddr 10.0.0.1 accept', 'drop'] },
    { forward: ['ip saddr 10.0.0.1 accept', 'tcp dport 80 drop', 'drop'] },
    false,
  ],
  ['the policy', { policy: 'drop', forward: [] }, { policy: 'drop', forward: ['tcp dport 80 drop'] }, true],
  [
    'past a mark',
    { forward: ['tcp dport 80 drop', 'meta mark set 1', 'meta mark 1 drop'] },
    { forward: ['meta mark 1 drop', 'meta mark set 1', 'tcp dport 80 drop'] },
    false,
  ],
  [
    'before a limit',
    { forward: ['udp dport 53 drop', 'tcp dport 22 drop', 'limit rate 3/second drop', 'drop'] },
    { forward: ['tcp dport 22 drop', 'udp dport 53 drop', 'limit rate 3/second drop', 'drop'] },
    true,
  ],
  [
    'past a limit',
    { forward: ['tcp dport 80 limit rate 3/second drop', 'tcp dport 80 accept', 'drop'] },
    { forward: ['tcp dport 80 accept', 'tcp dport 80 limit rate 3/second drop', 'drop'] },
    false,
  ],
];

describe('rules that are decided together', () => {
  test.each(pairs)('%s', (_what, left, right, same) => {
    expect(compareAlike(program(left), program(right)).same).toBe(same);
    expect(compareAlike(program(right), program(left)).same).toBe(same);
  });

  const rule = fc
    .tuple(
      fc.constantFrom('', 'ip saddr 10.0.0.1', 'ip saddr != 10.0.0.0/24', 'ip daddr 10.9.9.9'),
      fc.constantFrom(
        '',
        'tcp dport 80',
        'tcp dport { 80, 443 }',
        'udp dport != 53',
        'ct state established',
        'meta mark 1',
      ),
      fc.constantFrom('accept', 'drop', 'return', 'jump a', 'goto a', 'meta mark set 1', 'reject'),
    )
    .map((parts) => parts.join(' ').trim());
  const any = fc.oneof(
    { weight: 4, arbitrary: rule },
    fc.constantFrom(
      map,
      'ip saddr . tcp dport { 10.0.0.1 . 80, 10.0.0.9 . 443 } drop',
      'tcp dport vmap { 80 : jump a, 443 : return }',
    ),
  );
  const own = fc.constantFrom(
    'ip saddr 10.0.0.1 drop',
    'tcp dport 80 return',
    'meta mark 1 accept',
    'udp dport 53 drop',
    map,
  );
  const side = fc.record({
    forward: fc.array(any, { maxLength: 4 }),
    a: fc.array(own, { minLength: 1, maxLength: 2 }),
  });

  /** The same rules in another order, or one less: about half are the same to all packets. */
  test('no packet refutes that they are the same', () => {
    const runs = Number(process.env.KUBENAT_RUNS ?? 3) * 40;
    let proved = 0;
    const pair = fc.tuple(side, fc.nat(), fc.nat(), fc.constantFrom<'accept' | 'drop'>('accept', 'drop'));
    const property = fc.property(pair, ([left, from, to, policy]) => {
      const forward = [...left.forward];
      const [moved] = forward.splice(from % Math.max(1, forward.length), 1);
      if (moved && to % 3 > 0) forward.splice(to % (forward.length + 1), 0, moved);
      const [one, other] = [program({ ...left, policy }), program({ ...left, policy, forward })];
      if (!compareAlike(one, other).same) return;
      proved += 1;
      const { host } = assumeHost('ipv4', [], [], [one, other]);
      expect(lookAgain(one, other, host, { limit: 60 }).differing).toEqual([]);
    });
    fc.assert(property, { numRuns: runs, seed: propertySeed });
    expect(proved).toBeGreaterThan(runs / 8);
  });
});
