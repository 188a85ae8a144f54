import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildHost } from '../../src/host/build.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { comparePackets, type PacketComparison } from '../../src/proof/compare.ts';
import { sayEffect } from '../../src/report/diff-words.ts';
import { load } from './small.ts';

const folder = new URL('../../fixtures/kernel-diffs/', import.meta.url);
const read = (name: string, file: string) =>
  load(readFileSync(new URL(`${name}/${file}.save`, folder), 'utf8'));

function compare(name: string, before: string, after: string): PacketComparison {
  const [left, right] = [read(name, before), read(name, after)];
  return comparePackets(left, right, assumeHost('ipv4', [], [left, right]).host);
}

/** The kernel treats the same packets otherwise: a proof that it does not would be wrong. */
const differing = {
  'asked-connlimit-order': ['counted by'],
  'asked-hashlimit-order': ['counted by'],
  'asked-limit-and-quota': ['now dropped'],
  'asked-limit-order': ['counted by'],
  'asked-limit-state-order': ['counted by'],
  'asked-nth-jump': ['counted by'],
  'asked-nth-order': ['counted by'],
  'asked-quota-order': ['counted by'],
  'bit-for-policy-routing': ['mark at routing'],
  'connmark-of-dropped': ['gets another mark', 'get another mark', 'the mark 0x2'],
  'copied-with-dscp': ['passed through -j TEE --gateway 192.0.2.77 with tos'],
  'ct-helper-removed': ['tracked with'],
  'drop-before-tracking': ['no longer going past connection tracking'],
  'dscp-set-then-matched': ['now dropped', 'now let through'],
  'hashlimit-first-rule': ['counted by'],
  'hashlimit-first-rule-order': ['counted by'],
  'limit-shared-or-apart': ['counted by'],
  'mark-for-policy-routing': ['mark at routing'],
  'mark-in-output-filter': ['mark at routing'],
  'mark-in-output-raw': ['mark at routing'],
  'masq-random-of-sctp': ['random source port'],
  'notrack-of-one-side': ['now going past connection tracking'],
  'nth-2-vs-random': ['lost more often'],
  'nth-phase': ['now dropped'],
  'nth-split': ['counted by'],
  'nth-twostate': ['lost more often'],
  'original-port-of-sctp': ['now dropped'],
  'ports-where-one-is-taken': ['with another port, where its own is taken, of 80-90'],
  'recent-hits-after-updates': ['another number of times'],
  'recent-hits-of-another-protocol': ['another number of times'],
  'recent-hits-order': ['now dropped', 'now let through'],
  'recent-hits-set-twice': ['another number of times'],
  'recent-mask-of-first-rule': ['now dropped', 'now let through'],
  'related-dnat-removed': ['no longer sent to endpoints'],
  'related-marked-in-nat': ['now let through'],
  'set-target-removed': ['set blocked'],
  'source-port-masq-ports': ['with a source port of 1024-2000'],
  'source-port-masq-random': ['random source port'],
  'source-port-replyport': ['with a source port of 1500'],
  'source-port-snatport': ['with a source port of 5000'],
  'tcpmss-set-then-matched': ['mss'],
  'translated-flows-later-packets': ['now dropped'],
  'ttl-match-moved-past-forwarding': ['now dropped', 'now let through'],
} as const;

describe('a change that the kernel sees', () => {
  test.each(Object.entries(differing))('%s', (name, words) => {
    const { same, classes } = compare(name, 'a', 'b');
    expect(same).toBe(false);
    const effects = classes.flatMap((one) => one.effects.map((effect) => sayEffect(effect))).join('; ');
    expect(
      words.some((word) => effects.includes(word)),
      effects,
    ).toBe(true);
  });

  test.each(['b', 'c', 'd'])('docker0, which rules name and nobody else: %s', (after) => {
    const { classes } = compare('proves-docker-change', 'a', after);
    expect(classes.map(({ effects }) => effects[0] && sayEffect(effects[0]))).toContain('now dropped');
  });
});

/** Its `ip rule` asks for the mark 0x1/0x1, and leads what has it elsewhere. */
const asksMark = {
  rules: [
    { priority: 100, invert: false, mark: { value: 1, mask: 1 }, action: { kind: 'table', table: '100' } },
  ],
} as const;

test('one bit of the mark is as good as another, but not to a node whose routing asks for it', () => {
  const [left, right] = ['a', 'b'].map((side) => read('asked-bit-for-policy-routing', side)) as [
    Ruleset,
    Ruleset,
  ];
  const { host } = assumeHost('ipv4', [], [left, right]);
  const { same, assumed } = comparePackets(left, right, host);
  expect(same).toBe(true);
  expect(assumed).toContainEqual({ code: 'routing-ignores-mark', bits: 0x3 });
  const asking = assumeHost('ipv4', [asksMark], [left, right]).host;
  expect(comparePackets(left, right, asking).same).toBe(false);
});

test.each(['dropped-before-forwarding', 'redirected'])(
  'who drops a packet before it is to be forwarded keeps the node from telling its sender of it: %s',
  (name) => {
    const { same, assumed } = compare(name, 'a', 'b');
    expect(same).toBe(true);
    expect(assumed).toContainEqual({ code: 'fit-to-forward' });
    const unmoved = compare(name, 'b', 'b');
    expect(unmoved.assumed).not.toContainEqual({ code: 'fit-to-forward' });
  },
);

/** A policy of nat drops before that, too. */
test.each([
  ['DROP', true],
  ['ACCEPT', false],
])('of nat its policy counts: %s', (policy, counts) => {
  const nat = (rule: string) => load(`*nat\n:PREROUTING ${policy} [0:0]\n${rule}\nCOMMIT`);
  const [left, right] = [
    nat('-A PREROUTING -p tcp -j ACCEPT'),
    nat('-A PREROUTING -p tcp -m tcp --dport 0:65535 -j ACCEPT'),
  ];
  const { assumed } = comparePackets(left, right, assumeHost('ipv4', [], [left, right]).host);
  expect(assumed.some(({ code }) => code === 'fit-to-forward')).toBe(counts);
});

interface Broken {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly differ: Readonly<Record<string, readonly string[]>>;
}

const brokenFile = new URL('broken-headers/kernel.json', folder);
const broken = JSON.parse(readFileSync(brokenFile, 'utf8')) as readonly Broken[];

test.each(broken)('a proof says where it is of whole headers alone: $name', ({ before, after, differ }) => {
  const [left, right] = [load(before), load(after)];
  const { same, assumed } = comparePackets(left, right, assumeHost('ipv4', [], [left, right]).host);
  expect(same).toBe(true);
  const isSeen = Object.values(differ).some((packets) => packets.length > 0);
  expect(assumed.some(({ code }) => code === 'headers-whole')).toBe(isSeen);
});

describe('equals', () => {
  test.each([
    ['a', 'b'],
    ['c', 'd'],
    ['e', 'f'],
    ['g', 'h'],
    ['i', 'j'],
  ])('%s and %s', (before, after) => {
    expect(compare('claims-change-of-equals', before, after)).toMatchObject({ same: true, classes: [] });
  });
});

test('a host that is known has no other interfaces', () => {
  const rules = read('proves-docker-change', 'a');
  const known = { interfaces: [{ name: 'eth1', addresses: [] }] };
  const { host, assumed } = assumeHost('ipv4', [known], [rules]);
  expect(host.interfaces.map(({ name }) => name)).not.toContain('docker0');
  expect(JSON.stringify(assumed)).not.toContain('docker0');
  expect(buildHost('ipv4', [known]).interfaces.length).toBeGreaterThan(0);
});
