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

/** `findings/iptables-nft-makes-one-comparison-of-two-negated-ports.sh`: by the back end, one of four datagrams meets the rule, or three. */
test('two negated ports are asked apart, or at once: which of them, no text tells', () => {
  const both = '-A FORWARD -p udp -m udp ! --sport 80 ! --dport 80 -j DROP';
  const either = (rest: string) =>
    `*filter\n-A FORWARD -p udp -m multiport --ports 80 -j ACCEPT\n-A FORWARD -p udp ${rest} -j DROP\nCOMMIT`;
  const apart = `*filter\n-A FORWARD -p udp -m multiport ! --ports 80 -j DROP\nCOMMIT`;
  expect(compare(`*filter\n${both}\nCOMMIT`, apart).same).toBe(false);
  expect(compare(either('-m udp ! --sport 80 ! --dport 80'), either('')).same).toBe(true);
});

/** What the new list holds at first is another matter, which is said. */
test('what a list of recent is called is nothing to packets', () => {
  const knocking = (list: string, other = list) =>
    [
      '*filter',
      `-A FORWARD -p tcp -m tcp --dport 22 -m recent --rcheck --seconds 60 --name ${other} --mask 255.255.255.255 --rsource -j ACCEPT`,
      `-A FORWARD -p tcp -m tcp --dport 7000 -m recent --set --name ${list} --mask 255.255.255.255 --rsource -j DROP`,
      '-A FORWARD -p tcp -m tcp --dport 22 -j DROP',
      'COMMIT',
    ].join('\n');
  const { same, assumed } = compare(knocking('KNOCK'), knocking('OTHER'));
  expect(same).toBe(true);
  expect(assumed).toContainEqual({ code: 'lists-renamed', lists: [{ before: 'KNOCK', after: 'OTHER' }] });
  expect(compare(knocking('KNOCK'), knocking('OTHER', 'KNOCK')).same).toBe(false);
  expect(compare(knocking('KNOCK'), knocking('KNOCK', 'OTHER')).same).toBe(false);
  expect(compare(knocking('KNOCK'), knocking('KNOCK')).assumed).not.toContainEqual(
    expect.objectContaining({ code: 'lists-renamed' }),
  );
});
