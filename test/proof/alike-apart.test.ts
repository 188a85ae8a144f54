import { describe, expect, test } from 'vitest';
import { prepareNft, proveNft } from '../../src/session/nft-comparison.ts';
import { openProgram } from '../../src/session/program.ts';

function compare(before: string, after: string, family: 'ipv4' | 'ipv6' = 'ipv4') {
  const [left, right] = [before, after].map((text, at) =>
    openProgram({ dumps: [{ name: `${at}.nft`, text }], objects: [], config: null }, { family }),
  ) as [ReturnType<typeof openProgram>, ReturnType<typeof openProgram>];
  const sides = prepareNft(left, right, []);
  return { ...proveNft(sides), assumed: sides.granted };
}

const table = (
  rules: string,
  head = '',
  chain = 'type filter hook forward priority filter; policy accept;',
) =>
  `table inet t {
	${head}
	chain x {
		meta mark set 1
	}
	chain y {
		meta mark set 2
	}
	chain c {
		${chain}
		${rules}
	}
}
`;
const set = (body: string) => `set s { ${body}; }\n`;

/** Slips of a hand that the kernel tells apart. */
const apart: readonly (readonly [what: string, one: string, other: string])[] = [
  [
    'a set of what is not evaluated',
    table('ip id @s drop', set('typeof ip id; elements = { 1, 2 }')),
    table('ip id @s drop', set('typeof ip id; elements = { 1, 3 }')),
  ],
  [
    'the same negated',
    table('ip id != @s drop', set('typeof ip id; elements = { 1, 2 }')),
    table('ip id != @s drop', set('typeof ip id; elements = { 1, 3 }')),
  ],
  [
    'the same in a concatenation',
    table('ip id . tcp dport @s drop', set('typeof ip id . tcp dport; elements = { 1 . 80 }')),
    table('ip id . tcp dport @s drop', set('typeof ip id . tcp dport; elements = { 1 . 81 }')),
  ],
  // Each jhash without a seed draws one of its own.
  [
    'a hash without a seed, asked once and twice',
    table('jhash ip saddr mod 4 { 0, 1 } drop'),
    table('jhash ip saddr mod 4 0 drop\n\t\tjhash ip saddr mod 4 1 drop'),
  ],
  [
    'hashes of other seeds',
    table('jhash ip saddr mod 2 seed 0x1 0 drop'),
    table('jhash ip saddr mod 2 seed 0x2 0 drop'),
  ],
  [
    'hashes of other fields',
    table('jhash ip saddr mod 2 seed 0x1 0 drop'),
    table('jhash ip daddr mod 2 seed 0x1 0 drop'),
  ],
  [
    'the zone of one direction',
    table('ct zone set 1', '', 'type filter hook prerouting priority raw; policy accept;'),
    table('ct original zone set 1', '', 'type filter hook prerouting priority raw; policy accept;'),
  ],
  ['the zone that is asked', table('ct original zone 1 drop'), table('ct reply zone 1 drop')],
  // The first rule may lead into the second one.
  [
    'a question of bytes that the rule changes',
    table('ip ttl set 5'),
    table('@nh,8,1 0 ip ttl set 5\n\t\t@nh,8,1 1 ip ttl set 5'),
  ],
  [
    'a priority',
    table('drop', '', 'type filter hook forward priority filter; policy accept;'),
    table('drop', '', 'type filter hook forward priority filter + 1; policy accept;'),
  ],
  [
    'a policy',
    table('ip saddr 10.0.0.1 accept', '', 'type filter hook forward priority filter; policy accept;'),
    table('ip saddr 10.0.0.1 accept', '', 'type filter hook forward priority filter; policy drop;'),
  ],
  [
    'a hook',
    table('tcp dport 80 drop', '', 'type filter hook forward priority filter; policy accept;'),
    table('tcp dport 80 drop', '', 'type filter hook input priority filter; policy accept;'),
  ],
  [
    'a type',
    table('tcp dport 80 meta mark set 3', '', 'type filter hook output priority mangle; policy accept;'),
    table('tcp dport 80 meta mark set 3', '', 'type route hook output priority mangle; policy accept;'),
  ],
  [
    'an order of jumps',
    table('tcp dport 80 jump x\n\t\ttcp dport 80 jump y'),
    table('tcp dport 80 jump y\n\t\ttcp dport 80 jump x'),
  ],
  ['jump and goto', table('tcp dport 80 jump x'), table('tcp dport 80 goto x')],
  [
    'what other elements lead to',
    table('tcp dport vmap { 80 : jump x, * : drop }'),
    table('tcp dport vmap { 80 : jump x }'),
  ],
  [
    'a concatenation in another order',
    table('ip saddr . ip daddr { 10.0.0.1 . 10.0.0.2 } drop'),
    table('ip daddr . ip saddr { 10.0.0.1 . 10.0.0.2 } drop'),
  ],
  [
    'a mark written and read',
    table('ct mark set meta mark\n\t\tct mark 1 drop'),
    table('ct mark 1 drop\n\t\tct mark set meta mark'),
  ],
  [
    'an offset of numbers in turn',
    table('numgen inc mod 4 offset 1 1 drop'),
    table('numgen inc mod 4 offset 0 1 drop'),
  ],
  ['numbers in turn and of chance', table('numgen inc mod 2 0 drop'), table('numgen random mod 2 0 drop')],
  [
    'a default of a map',
    table('meta mark set tcp dport map { 80 : 1, * : 2 }'),
    table('meta mark set tcp dport map { 80 : 1 }'),
  ],
  ['another byte of a mark', table('meta mark 0x01000000 drop'), table('meta mark 0x1 drop')],
  [
    'a limit shared',
    table('limit name l accept\n\t\tlimit name l accept', 'limit l { rate 1/second; }\n'),
    table(
      'limit name l accept\n\t\tlimit name m accept',
      'limit l { rate 1/second; }\n\tlimit m { rate 1/second; }\n',
    ),
  ],
  [
    'a limit named and its own',
    table('limit name l accept', 'limit l { rate 1/second; }\n'),
    table('limit rate 1/second accept'),
  ],
  [
    'a set that rules fill, shared',
    table('add @s { ip saddr }\n\t\tip saddr @s drop', set('type ipv4_addr; flags dynamic; size 9')),
    table(
      'add @r { ip saddr }\n\t\tip saddr @s drop',
      `${set('type ipv4_addr; flags dynamic; size 9')}\tset r { type ipv4_addr; flags dynamic; size 9; }\n`,
    ),
  ],
  [
    'the size of a set that rules fill',
    table('add @s { ip saddr } drop', set('type ipv4_addr; flags dynamic; size 9')),
    table('add @s { ip saddr } drop', set('type ipv4_addr; flags dynamic; size 8')),
  ],
  [
    'how long it keeps them',
    table('add @s { ip saddr } drop', set('type ipv4_addr; flags dynamic,timeout; timeout 5s; size 9')),
    table('add @s { ip saddr } drop', set('type ipv4_addr; flags dynamic,timeout; timeout 6s; size 9')),
  ],
  [
    'the same in the rule',
    table('add @s { ip saddr timeout 5s } drop', set('type ipv4_addr; flags dynamic,timeout; size 9')),
    table('add @s { ip saddr timeout 6s } drop', set('type ipv4_addr; flags dynamic,timeout; size 9')),
  ],
  [
    'add and update',
    table('add @s { ip saddr } drop', set('type ipv4_addr; flags dynamic,timeout; timeout 5s; size 9')),
    table('update @s { ip saddr } drop', set('type ipv4_addr; flags dynamic,timeout; timeout 5s; size 9')),
  ],
  [
    'a limit of each and of all',
    table('add @s { ip saddr limit rate over 1/second } drop', set('type ipv4_addr; flags dynamic; size 9')),
    table('limit rate over 1/second drop', set('type ipv4_addr; flags dynamic; size 9')),
  ],
  [
    'a burst',
    table('limit rate 1/second burst 5 packets accept'),
    table('limit rate 1/second burst 6 packets accept'),
  ],
  ['over a rate', table('limit rate over 1/second drop'), table('limit rate 1/second drop')],
  [
    'a timeout',
    table('ip saddr @s drop', set('type ipv4_addr; flags timeout; elements = { 10.0.0.1 timeout 5s }')),
    table('ip saddr @s drop', set('type ipv4_addr; elements = { 10.0.0.1 }')),
  ],
  [
    'what is tracked no more',
    table('tcp dport 80 notrack', '', 'type filter hook prerouting priority raw; policy accept;'),
    table('tcp dport 80 counter', '', 'type filter hook prerouting priority raw; policy accept;'),
  ],
  [
    'the family of a table',
    table('meta l4proto tcp drop'),
    table('meta l4proto tcp drop').replace('inet', 'ip6'),
  ],
  ['a dormant table', table('tcp dport 80 drop'), table('tcp dport 80 drop', 'flags dormant\n')],
  ['an answer', table('tcp dport 80 reject'), table('tcp dport 80 reject with tcp reset')],
  [
    'how ports are chosen',
    table('masquerade random', '', 'type nat hook postrouting priority srcnat;'),
    table('masquerade fully-random', '', 'type nat hook postrouting priority srcnat;'),
  ],
  // Linux 6.18 dropped the first packet of UDP under the one, and let it through under the other.
  [
    'what a quota has used when it is loaded',
    table('quota over 1 mbytes used 1 mbytes drop'),
    table('quota over 1 mbytes used 0 bytes drop'),
  ],
  [
    'what a named quota has used',
    table('quota name q drop', 'quota q {\n\t\tover 1 mbytes used 1 mbytes\n\t}\n'),
    table('quota name q drop', 'quota q {\n\t\tover 1 mbytes used 1 kbytes\n\t}\n'),
  ],
  [
    'what the quota of an element has used',
    table(
      'ip saddr @s drop',
      set('type ipv4_addr; elements = { 10.0.0.1 quota over 1 mbytes used 1 mbytes }'),
    ),
    table('ip saddr @s drop', set('type ipv4_addr; elements = { 10.0.0.1 quota over 1 mbytes }')),
  ],
  [
    'a helper',
    table('ct helper set "h"', 'ct helper h {\n\t\ttype "ftp" protocol tcp\n\t}\n'),
    table('', 'ct helper h {\n\t\ttype "ftp" protocol tcp\n\t}\n'),
  ],
];

describe('what the kernel tells apart is not proved to be the same', () => {
  test.each(apart)('%s', (_what, one, other) => {
    expect(compare(one, other).same).toBe(false);
    expect(compare(other, one).same).toBe(false);
    expect(compare(one, one).same).toBe(true);
  });
});

/** As `nft list hooks` prints them: which of two chains of one priority comes first. */
const hooks = (first: string, second: string) =>
  `family ip {\n\thook forward {\n\t\t 0000000000 chain ip ${first} c [nf_tables]\n\t\t 0000000000 chain ip ${second} c [nf_tables]\n\t}\n}\n`;

test('who was made first is not the same', () => {
  const one = (name: string, verdict: string) =>
    table(`tcp dport 80 ${verdict}`).replace('inet t', `ip ${name}`);
  const rules = { name: 'rules.nft', text: one('a', 'meta mark set 1') + one('b', 'meta mark 1 drop') };
  const opened = (first: string, second: string) =>
    openProgram(
      { dumps: [rules, { name: 'hooks', text: hooks(first, second) }], objects: [], config: null },
      { family: 'ipv4' },
    );
  const [left, right] = [opened('a', 'b'), opened('b', 'a')];
  expect(left.program.baseChains.FORWARD.map(({ registered }) => registered)).not.toContain(undefined);
  expect(proveNft(prepareNft(left, right, [])).same).toBe(false);
  expect(proveNft(prepareNft(left, opened('a', 'b'), [])).same).toBe(true);
});

test('of extensions only the name is listed, which is said', () => {
  const { same, assumed } = compare(table('xt match "recent" drop'), table('xt match "recent" drop'));
  expect(same).toBe(true);
  expect(assumed).toContainEqual({ code: 'extensions-alike', names: ['match recent'] });
});

// Linux 6.18 dropped what the element names for half an hour, and for a second.
test('elements that expire at other times are taken for still there, which is said', () => {
  const expiring = (expires: string) =>
    table(
      'ip saddr @s drop',
      set(`type ipv4_addr; flags timeout; elements = { 10.0.0.1 timeout 1h${expires} }`),
    );
  const alive = { code: 'elements-alive', sets: ['inet t s'] };
  for (const other of [expiring(' expires 1s'), expiring('')]) {
    const { same, assumed } = compare(expiring(' expires 30m'), other);
    expect(same).toBe(true);
    expect(assumed).toContainEqual(alive);
  }
  expect(compare(expiring(' expires 1s'), expiring(' expires 1s')).assumed).not.toContainEqual(alive);
});

// Linux 6.18 let pass a packet of TCP without a header where ports are asked, and dropped it where they are not.
test('where rules that read headers are written otherwise, the proof is of whole ones, which is said', () => {
  const codes = (one: string, other: string, chain?: string) => {
    const { same, assumed } = compare(table(one, '', chain), table(other, '', chain));
    expect(same).toBe(true);
    return assumed.map(({ code }) => code);
  };
  const split = 'tcp dport 0-79 drop\n\t\ttcp dport 80-65535 drop';
  expect(codes(split, 'meta l4proto tcp drop')).toContain('headers-whole');
  expect(codes('tcp dport 80 counter drop', 'tcp dport 80 drop')).not.toContain('headers-whole');
  expect(codes(split, split)).not.toContain('headers-whole');
  expect(codes('ip saddr 10.0.0.0/8 drop', 'ip saddr { 10.0.0.0/8 } drop')).not.toContain('headers-whole');
  // Without ports there is no connection, and so no nat.
  const nat = 'type nat hook prerouting priority dstnat; policy accept;';
  const accepted = split.replaceAll('drop', 'accept');
  expect(codes(accepted, 'meta l4proto tcp accept', nat)).not.toContain('headers-whole');
});

// Linux 6.18, connections tracked: of a datagram in three fragments three met a chain of priority -450, and one a chain of priority 0.
test('where fragments are not put together, the proof is of packets without, which is said', () => {
  const split = 'tcp dport 0-79 drop\n\t\ttcp dport 80-65535 drop';
  const of = (chain: string, further = '') => {
    const [one, other] = [split, 'meta l4proto tcp drop'].map((rules) =>
      table(`${further}\n\t\t${rules}`, '', `type filter hook ${chain}; policy accept;`),
    ) as [string, string];
    const { same, assumed } = compare(one, other);
    expect(same).toBe(true);
    return assumed.filter(({ code }) => code === 'no-fragments' || code === 'conntrack-on');
  };
  const on = { code: 'conntrack-on', missing: 'both' };
  const early = { code: 'no-fragments', tracked: true };
  expect(of('forward priority filter')).toEqual([on]);
  expect(of('forward priority filter', 'ct state invalid drop')).toEqual([]);
  expect(of('prerouting priority -450')).toEqual([on, early]);
  expect(of('prerouting priority -450', 'ct state invalid drop')).toEqual([early]);
  expect(of('output priority -400', 'ct state invalid drop')).toEqual([early]);
  expect(of('forward priority -450', 'ct state invalid drop')).toEqual([]);
});

test('an interface by index and by name are one as long as it stays, which is said', () => {
  const kept = { code: 'interfaces-kept', names: ['eth0'] };
  const [index, name] = [table('iif "eth0" drop'), table('iifname "eth0" drop')];
  const { same, assumed } = compare(index, name);
  expect(same).toBe(true);
  expect(assumed).toContainEqual(kept);
  for (const one of [index, name]) expect(compare(one, one).assumed).not.toContainEqual(kept);
});

// Linux 6.18 let the same packets pass at 60/minute and at 1/second, and others at 60 kbytes/minute and at 1 kbytes/second.
test('a rate of packets is the same in any unit, and one of bytes is not', () => {
  const same = (one: string, other: string) =>
    compare(table(`limit rate ${one} accept`), table(`limit rate ${other} accept`)).same;
  expect(same('60/minute', '1/second')).toBe(true);
  expect(same('over 1/day burst 3 packets', 'over 7/week burst 3 packets')).toBe(true);
  expect(same('60/minute', '2/second')).toBe(false);
  expect(same('60/minute', 'over 1/second')).toBe(false);
  expect(same('60/minute', '1/second burst 6 packets')).toBe(false);
  expect(same('60 kbytes/minute', '1 kbytes/second')).toBe(false);
});
