import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { load } from './small.ts';

interface Pair {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly differing: number;
}

const file = new URL('../../fixtures/kernel-diffs/by-packets/kernel.json', import.meta.url);
const pairs = JSON.parse(readFileSync(file, 'utf8')) as readonly Pair[];

function compare(before: string, after: string) {
  const [left, right] = [load(before), load(after)];
  return comparePackets(left, right, assumeHost('ipv4', [], [left, right]).host);
}

test.each(pairs)('what the kernel saw of $name', ({ before, after, differing }) => {
  expect(compare(before, after).same).toBe(differing === 0);
});

// Linux 6.18 forgot the flow of the one, and not that of the other, when eth0 had got another address.
test('MASQUERADE is SNAT to the address of the interface as long as that stays, which is said', () => {
  const { before, after } = pairs.find(({ name }) => name === 'masq-snat') as Pair;
  expect(compare(before, after).assumed).toContainEqual({ code: 'addresses-kept' });
  expect(compare(before, before).assumed).not.toContainEqual({ code: 'addresses-kept' });
});

/** What has no policy has not any (policy_mt). */
test('no policy of IPsec is the contrary of one', () => {
  const rules = (...policies: readonly string[]) =>
    `*filter\n${policies.map((one) => `-A FORWARD -m policy --dir in --pol ${one}`).join('\n')}\nCOMMIT`;
  expect(compare(rules('none -j DROP', 'ipsec -j ACCEPT'), rules('none -j DROP')).same).toBe(true);
  expect(compare(rules('none -j DROP', 'ipsec -j DROP'), rules('none -j DROP')).same).toBe(false);
  expect(compare(rules('ipsec -j DROP'), rules('none -j DROP')).same).toBe(false);
});
