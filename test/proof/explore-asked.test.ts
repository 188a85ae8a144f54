import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/address/address.ts';
import { portProtocols } from '../../src/address/protocols.ts';
import type { Branch } from '../../src/engine/branch.ts';
import { addressType } from '../../src/host/route.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import type { Match } from '../../src/iptables/rule/match.ts';
import { type Asked, answeredSets, askedSets } from '../../src/proof/explore/asked.ts';
import { classOf, hostSets, typeOf } from '../../src/proof/explore/host-sets.ts';
import { listOrigins, packetAt, wantedMembers } from '../../src/proof/explore/origins.ts';
import { dimensions } from '../../src/sets/box.ts';
import { has, type IntervalSet, membersOf } from '../../src/sets/intervals.ts';
import { hostOf } from '../kernel/node.ts';

const host = hostOf('ipv4');
const sets = hostSets(host);
const ipv4 = (text: string) => parseAddress(text) as number;

const unchanged: Asked = {
  answer: false,
  source: true,
  destination: true,
  sourcePort: true,
  destinationPort: true,
  code: 0,
};
const translated: Asked = {
  ...unchanged,
  source: false,
  destination: false,
  sourcePort: false,
  destinationPort: false,
};
const answer: Asked = { ...translated, answer: true };

const branch = {
  source: ipv4('203.0.113.9'),
  destination: ipv4('192.168.0.2'),
  protocol: 6,
  packet: { state: null },
} as Branch;

function matchesOf(rule: string): readonly Match[] {
  const text = `*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${rule} -j DROP\nCOMMIT\n`;
  const { ruleset } = readDump({ name: 'a', text }, { family: rule.includes('icmp6') ? 'ipv6' : 'ipv4' });
  return ruleset.tables[0]?.chains.get('PREROUTING')?.rules[0]?.matches ?? [];
}

const asks = (rule: string, asked = unchanged, at = branch) =>
  matchesOf(rule)
    .flatMap((match) => askedSets(match, at, asked, sets))
    .map(({ dimension, set }) => [dimension, set]);

const net = [ipv4('10.0.0.0'), ipv4('10.255.255.255')];
const tcp = ['protocol', [6, 6]];

describe('a match tells apart', () => {
  test.each([
    ['-s 10.0.0.0/8', [['source', net]]],
    ['! -d 10.0.0.0/8', [['destination', net]]],
    ['-p tcp', [tcp]],
    ['! -p udp', [['protocol', [17, 17]]]],
    ['-p tcp -m tcp --sport 5', [tcp, ['sourcePort', [5, 5]]]],
    ['-p tcp -m tcp --dport 5:7', [tcp, ['destinationPort', [5, 7]]]],
    [
      '-p udp -m udp --dport 5',
      [
        ['protocol', [17, 17]],
        ['destinationPort', [5, 5]],
      ],
    ],
    ['-p tcp -m multiport --sports 5,7:9', [tcp, ['sourcePort', [5, 5, 7, 9]]]],
    ['-p tcp -m multiport --dports 5,7:9', [tcp, ['destinationPort', [5, 5, 7, 9]]]],
    ['-p tcp -m multiport --ports 5', [tcp, ['sourcePort', [5, 5]], ['destinationPort', [5, 5]]]],
    ['-m iprange --src-range 10.0.0.0-10.255.255.255', [['source', net]]],
    ['-m iprange --dst-range 10.0.0.0-10.255.255.255', [['destination', net]]],
    [
      '-p icmp -m icmp --icmp-type 8',
      [
        ['protocol', [1, 1]],
        ['icmpType', [8, 8]],
        ['icmpCode', [0, 255]],
      ],
    ],
    [
      '-p icmp -m icmp --icmp-type 3/3',
      [
        ['protocol', [1, 1]],
        ['icmpType', [3, 3]],
        ['icmpCode', [3, 3]],
      ],
    ],
    ['-p icmp -m icmp --icmp-type any', [['protocol', [1, 1]]]],
    ['-m conntrack --ctstate ESTABLISHED', [['state', [3, 3]]]],
    ['-m conntrack --ctstate RELATED,ESTABLISHED', [['state', [2, 3]]]],
    ['-m conntrack ! --ctstate INVALID', [['state', [0, 0]]]],
    ['-m state --state NEW', [['state', [1, 1]]]],
    [
      '-m conntrack --ctproto 17',
      [
        ['state', [1, 1]],
        ['protocol', [17, 17]],
      ],
    ],
    [
      '-m conntrack --ctorigdst 10.0.0.0/8',
      [
        ['state', [1, 1]],
        ['destination', net],
        ['source', net],
      ],
    ],
    [
      '-m conntrack --ctorigsrc 10.0.0.0/8',
      [
        ['state', [1, 1]],
        ['source', net],
        ['destination', net],
      ],
    ],
    [
      '-m conntrack --ctorigsrcport 5',
      [
        ['state', [1, 1]],
        ['sourcePort', [5, 5]],
        ['destinationPort', [5, 5]],
      ],
    ],
    [
      '-m conntrack --ctreplsrcport 5',
      [
        ['state', [1, 1]],
        ['destinationPort', [5, 5]],
        ['sourcePort', [5, 5]],
      ],
    ],
    ['-m mark --mark 0x1', []],
  ] as const)('%s', (rule, expected) => expect(asks(rule)).toEqual(expected));

  test('addrtype by what one end is to the host', () => {
    const asked = (rule: string) =>
      matchesOf(rule).flatMap((match) => askedSets(match, branch, unchanged, sets));
    const local = asked('-m addrtype --dst-type LOCAL');
    expect(local.map(({ dimension }) => dimension)).toEqual(['destination']);
    for (const address of [
      '192.168.1.2',
      '10.0.0.1',
      '127.0.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '0.0.0.0',
    ]) {
      const value = ipv4(address);
      const isAlike = addressType(host, value) === addressType(host, branch.destination);
      expect([address, has(local[0]?.set as IntervalSet, value)]).toEqual([address, isAlike && value !== 0]);
    }
    expect(asked('-m addrtype --src-type LOCAL')).toEqual([
      { dimension: 'source', set: typeOf(sets, branch.source) },
    ]);
    // Of one interface is another question.
    expect(asked('-m addrtype --dst-type LOCAL --limit-iface-in')).toEqual([
      { dimension: 'destination', set: classOf(sets, branch.destination) },
    ]);
  });

  test.each([
    ['-m pkttype --pkt-type broadcast', []],
    // Of 0.0.0.0/8, to all of a link, no way back is asked (rpfilter_mt).
    ['-m rpfilter', [{ dimension: 'source', set: [0, 0xffffff] }]],
  ])('by what the host makes of both ends: %s', (rule, further) =>
    expect(matchesOf(rule).flatMap((match) => askedSets(match, branch, unchanged, sets))).toEqual([
      { dimension: 'source', set: classOf(sets, branch.source) },
      { dimension: 'destination', set: classOf(sets, branch.destination) },
      ...further,
    ]),
  );

  test.each([
    ['INVALID', 0],
    ['NEW', 1],
    ['RELATED', 2],
    ['ESTABLISHED', 3],
    ['UNTRACKED', 4],
  ] as const)('of more of the entry, the state that the packet has: %s', (state, number) => {
    const at = { ...branch, packet: { state } } as Branch;
    for (const asked of [
      '--ctstate DNAT',
      '--ctstate NEW --ctstatus ASSURED',
      '--ctdir REPLY',
      '--ctexpire 1',
    ])
      expect(asks(`-m conntrack ${asked}`, unchanged, at)).toEqual([['state', [number, number]]]);
  });
});

const ofEnds = [
  ['-s 10.0.0.0/8', 'source', 'destination'],
  ['-d 10.0.0.0/8', 'destination', 'source'],
  ['-p tcp -m tcp --sport 5', 'sourcePort', 'destinationPort'],
  ['-p tcp -m tcp --dport 5', 'destinationPort', 'sourcePort'],
  ['-p tcp -m multiport --sports 5', 'sourcePort', 'destinationPort'],
  ['-p tcp -m multiport --dports 5', 'destinationPort', 'sourcePort'],
  ['-m iprange --src-range 10.0.0.0-10.0.0.9', 'source', 'destination'],
  ['-m iprange --dst-range 10.0.0.0-10.0.0.9', 'destination', 'source'],
] as const;

describe.each(ofEnds)('%s', (rule, end, other) => {
  const ends = (asked: Asked) =>
    asks(rule, asked)
      .map(([dimension]) => dimension)
      .filter((dimension) => dimension !== 'protocol');

  test('asks nothing of what the packet came with where that end was translated', () => {
    expect(ends(translated)).toEqual([]);
    expect(ends({ ...unchanged, [end]: false })).toEqual([]);
    expect(ends({ ...translated, [end]: true })).toEqual([end]);
  });

  test("asks of either end in the node's own answer", () => {
    expect(ends(answer)).toEqual([end, other]);
  });
});

describe('flags', () => {
  const flags = (asked: Asked) =>
    membersOf(asks('-p tcp -m tcp --tcp-flags SYN,RST SYN', asked)[1]?.[1] as never);
  const all = Array.from({ length: 64 }, (_, value) => value);

  test('are looked at under their mask', () =>
    expect(flags(unchanged)).toEqual(all.filter((value) => (value & 6) === 2)));
  test('of a reset follow from whether the packet has an ACK', () =>
    expect(flags(answer)).toEqual(all.filter((value) => (value & 16) !== 0)));
});

describe('whether a packet is answered', () => {
  const told = (protocol: number, kind: string) =>
    answeredSets({ protocol } as Branch, kind).map(({ dimension, set }) => [dimension, membersOf(set ?? [])]);
  const withReset = Array.from({ length: 64 }, (_, value) => value).filter((value) => (value & 4) !== 0);

  test('with a reset depends on its being one', () => {
    expect(told(6, 'tcp-reset')).toEqual([['flags', withReset]]);
    expect(told(6, 'icmp-port-unreachable')).toEqual([]);
  });
  test('depends on its being an error', () => {
    // nf_reject_ipv4.c and icmp.c: no error answers an error.
    const [[dimension, types] = []] = told(1, 'icmp-port-unreachable') as [string, number[]][];
    expect(dimension).toBe('icmpType');
    for (const error of [3, 11, 12]) expect(types).toContain(error);
    for (const request of [0, 8]) expect(types).not.toContain(request);
  });
  test('depends on nothing else', () => expect(told(17, 'icmp-port-unreachable')).toEqual([]));
});

describe('packets come', () => {
  test('from the node first, then from outside, from pods, and from each further interface', () => {
    const names = ['lo', host.uplink, String(host.podInterface), 'vpn0', 'docker0'];
    const interfaces = names.map((name) => ({ name, addresses: [] }));
    const further = [{ interface: 'vpn0' }, { interface: 'docker0' }];
    expect(listOrigins({ ...host, interfaces })).toEqual(['host', 'external', 'pod', ...further]);
    expect(listOrigins(host)).toEqual(['host', 'external', 'pod']);
  });

  const zero = Object.fromEntries(dimensions.map((dimension) => [dimension, 0])) as never;
  const at = (sides: object) =>
    packetAt({ ...(zero as object), ...sides } as never, ['host', 'pod'], (number) =>
      portProtocols.has(number),
    );

  test('with the fields that a point names', () => {
    expect(
      at({ protocol: 6, sourcePort: 5, destinationPort: 7, origin: 1, state: 3, flags: 2 }),
    ).toMatchObject({
      protocol: 6,
      sourcePort: 5,
      destinationPort: 7,
      from: 'pod',
      state: 'ESTABLISHED',
      flags: 2,
    });
    expect(at({ protocol: 47, state: 1 })).toMatchObject({
      sourcePort: null,
      destinationPort: null,
      state: null,
    });
    expect(at({ protocol: 1, icmpType: 3, icmpCode: 4 })).toMatchObject({ icmp: { type: 3, code: 4 } });
  });

  test('preferably as ones that a reader knows', () => {
    const pod = wantedMembers(host, 'pod');
    const outside = ipv4('198.51.100.7');
    expect(pod.source).toEqual([ipv4('10.180.0.77'), outside]);
    expect(wantedMembers(host, 'external').source).toEqual([outside]);
    const own = [ipv4('192.168.0.2'), ipv4('192.168.0.3')];
    expect(wantedMembers(host, 'host').source).toEqual([...own, outside]);
    // A new flow of TCP to port 80 begins with a SYN; other protocols have no flags.
    expect(pod).toMatchObject({
      destination: own,
      state: [1],
      protocol: [6, 17],
      destinationPort: [80],
      flags: [2, 0],
    });
    expect(pod).toMatchObject({ icmpType: [8], icmpCode: [0] });
    expect(wantedMembers(hostOf('ipv6'), 'pod')).toMatchObject({
      source: [parseAddress('fd00:10:180::4d'), parseAddress('2001:db8::7')],
      icmpType: [128],
      icmpCode: [0],
    });
  });
});
