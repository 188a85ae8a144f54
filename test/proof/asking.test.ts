import { describe, expect, test } from 'vitest';
import { otherMatches } from '../../src/engine/lower/iptables/other-matches.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { askingOf } from '../../src/proof/open/asking.ts';
import { sayEffect } from '../../src/report/diff-words.ts';
import { load } from './small.ts';

function compare(before: string, after: string) {
  const [left, right] = [before, after].map((text) => load(text)) as [
    ReturnType<typeof load>,
    ReturnType<typeof load>,
  ];
  const { same, classes, unproved } = comparePackets(left, right, assumeHost('ipv4', [], [left, right]).host);
  const effects = classes.flatMap((one) => one.effects.map((effect) => sayEffect(effect)));
  return { same, unproved, effects: effects.join('; ') };
}

/** So few packets that all is looked at at once. */
const ends = '-s 198.51.100.7/32 -d 10.244.1.5/32';

const filter = (...rules: readonly string[]) =>
  [
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ...rules.map((rule) => `-A FORWARD ${ends} ${rule}`),
    'COMMIT',
    '',
  ].join('\n');
const mangle = (...rules: readonly string[]) =>
  [
    '*mangle',
    ':PREROUTING ACCEPT [0:0]',
    ...rules.map((rule) => `-A PREROUTING ${ends} ${rule}`),
    'COMMIT',
    '',
  ].join('\n');

/** A rule that ends nothing, in front of one that asks what the first one wrote when it was asked. */
const asked = [
  ['-m set --match-set s src -j LOG', '-m set --match-set s src --packets-gt 3 -j DROP', 'counted by set s'],
  ['-m set --match-set s src', '-m set --match-set s src --bytes-gt 3000 -j DROP', 'counted by set s'],
  [
    '-m set ! --match-set s src -j LOG',
    '-m set --match-set s src --packets-gt 3 -j DROP',
    'counted by set s',
  ],
  ['-m recent --name k --rcheck --seconds 1 --reap', '-m recent --name k --rcheck -j DROP', 'remembered'],
  ['-m recent --name k --update', '-m recent --name k --rcheck --seconds 9 -j DROP', 'remembered'],
  ['-m recent --name k --remove', '-m recent --name k --rcheck -j DROP', 'remembered'],
  ['-m nfacct --nfacct-name x -j LOG', '-m nfacct --nfacct-name x -j DROP', 'counted by nfacct x'],
  [
    '-m hashlimit --hashlimit-upto 1/sec --hashlimit-name h -j LOG',
    '-m hashlimit --hashlimit-upto 1/sec --hashlimit-name h -j DROP',
    'counted by hashlimit h',
  ],
] as const;

describe('who asks is part of what is counted', () => {
  test.each(asked)('%s', (first, then, words) => {
    const { same, effects } = compare(filter(first, then), filter(then));
    expect(same).toBe(false);
    expect(effects).toContain(words);
  });

  test.each([
    ['-m set --match-set s src -j LOG', '-m set --match-set s src -j DROP'],
    [
      '-m set --match-set s src ! --update-counters -j LOG',
      '-m set --match-set s src --packets-gt 3 -j DROP',
    ],
    ['-m set --match-set other src -j LOG', '-m set --match-set s src --packets-gt 3 -j DROP'],
    [
      '-m nfacct --nfacct-name localhost_nps_accepted_pkts -j LOG',
      '-m nfacct --nfacct-name localhost_nps_accepted_pkts -j DROP',
    ],
  ])('%s is nothing to %s', (first, then) => {
    expect(compare(filter(first, then), filter(then)).same).toBe(true);
  });
});

test("a socket's mark is there when routing asks", () => {
  const { same, effects } = compare(mangle('-p tcp -m socket --restore-skmark'), mangle());
  expect(same).toBe(false);
  expect(effects).toContain('mark at routing (socket)');
});

test('what ECN writes is read as part of the same byte', () => {
  const rules = ['-p tcp -j ECN --ecn-ip-ect 1', '-p tcp -m tos --tos 0x01/0x03 -j DROP'] as const;
  expect(compare(mangle(...rules), mangle(...rules.toReversed())).same).toBe(false);
});

const translating = (raw: string) => `${raw}*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.1/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.244.1.5:53
COMMIT
`;
const untracked = (protocol: string) =>
  `*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p ${protocol} -j CT --notrack\nCOMMIT\n`;

/** They are translated back with the flow that they quote, unless they go untracked (nf_nat_icmp_reply_translation). */
test('ICMP that goes untracked is open where flows are translated', () => {
  const { same, unproved } = compare(translating(untracked('icmp')), translating(''));
  expect(same).toBe(false);
  expect(unproved.length).toBeGreaterThan(0);
  expect(compare(`${untracked('icmp')}`, '*raw\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n').same).toBe(true);
});

test.each([
  ['-m quota --quota 0 -j ACCEPT', null],
  ['-m connlimit --connlimit-upto 0 -j ACCEPT', null],
  ['-p tcp -m connlimit --connlimit-above 0 -j DROP', '-p tcp -j DROP'],
])('%s decides what is known before', (rule, same) => {
  const rest = ['-p udp -j DROP'];
  expect(compare(filter(rule, ...rest), filter(...(same ? [same] : []), ...rest)).same).toBe(true);
});

/** Of all that iptables knows: these keep something of being asked, and all others do not. */
test('every extension that the lowering knows keeps what it is said to keep', () => {
  const kept = Object.keys(otherMatches).flatMap((name) => {
    const asking = askingOf({
      kind: 'other',
      name,
      words: name === 'connlabel' ? ['--set'] : [],
      understood: true,
    });
    return asking === null ? [] : [`${name}: ${asking}`];
  });
  expect(kept).toEqual([
    'connlabel: label',
    'connlimit: own',
    'hashlimit: shared',
    'limit: own',
    'nfacct: shared',
    'quota: own',
    'rateest: own',
  ]);
});

/** A later fragment has no header of its own (xt_tcpudp.c, xt_multiport.c). */
test.each([
  ['-p tcp -m tcp --dport 80 -j DROP', '-p tcp ! -f -m tcp --dport 80 -j DROP', true],
  ['-p udp -m multiport --dports 53,54 -j DROP', '-p udp ! -f -m multiport --dports 53,54 -j DROP', true],
  ['-f -j DROP', '! -f -j DROP', false],
  ['-p tcp -j DROP', '-p tcp ! -f -j DROP', false],
])('%s and %s: %s', (before, after, same) => {
  expect(compare(filter(before), filter(after)).same).toBe(same);
});
