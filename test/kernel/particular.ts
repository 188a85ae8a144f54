import { type Family, families } from '../../src/address/address.ts';
import type { TestCase, TestPacket } from './generate.ts';

const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };

/** `tcp 203.0.113.9:4000 -> 10.180.0.5:80 external 16`: with the flags as a number; without ports they are 1000 and 2000. */
function packet(text: string): TestPacket {
  const [name = '', source = '', , destination = '', from, flags = '2'] = text.split(' ');
  const [src, sport] = endOf(source, 1000);
  const [dst, dport] = endOf(destination, 2000);
  const proto = numbers[name] as number;
  return { proto, src, sport, dst, dport, from: from as TestPacket['from'], flags: Number(flags) };
}

function endOf(text: string, port: number): [address: string, port: number] {
  const [, six, four, given] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return [six ?? four ?? text, given === undefined ? port : Number(given)];
}

const table = (name: string, ...rules: string[]) => [`*${name}`, ...rules, 'COMMIT', ''].join('\n');

type Case = readonly [name: string, rules: string, packets: readonly string[], sequence?: 'sequence'];

// The node is that of `node.ts`, whose interfaces have no link-local addresses: nothing is asked that depends on them.

/** From everywhere to everywhere. */
const ways = {
  ipv4: [
    '203.0.113.9',
    '192.168.0.77',
    '10.180.0.6',
    '192.168.0.2',
    '10.180.0.1',
    '192.168.0.255',
    '127.0.0.1',
  ],
  ipv6: ['2001:db8:113::9', 'fd00:192::77', 'fd00:10:180::6', 'fd00:192::2', 'fd00:10:180::1', '::1'],
} as const satisfies Record<Family, readonly string[]>;

function crossing(family: Family): string[] {
  const destinations = {
    ipv4: ['10.180.0.5', '203.0.113.7', '192.168.0.3', '192.168.0.255', '10.180.0.255'],
    ipv6: ['fd00:10:180::5', '2001:db8:113::7', 'fd00:192::3', 'fd00:192::', 'fd00:10:180::'],
  }[family];
  const print = (address: string) => (family === 'ipv6' ? `[${address}]` : address);
  return ways[family].flatMap((source) =>
    destinations.flatMap((destination) =>
      ['external', 'pod'].map((from) => `udp ${print(source)} -> ${print(destination)} ${from}`),
    ),
  );
}

const reversePaths = ['', '--loose', '--accept-local', '--loose --accept-local', '--invert'];
const types = ['UNICAST', 'LOCAL', 'BROADCAST', 'ANYCAST', 'MULTICAST', 'LOCAL,UNICAST', 'LOCAL,BROADCAST'];
const typesOf = { ipv4: types, ipv6: [...types.filter((type) => !type.includes('BROADCAST')), 'UNSPEC'] };

function crossings(family: Family): Case[] {
  const packets = crossing(family);
  const prefix = family === 'ipv4' ? '192.168.0.0/24' : 'fd00:192::/64';
  return [
    ...reversePaths.map((options): Case => {
      return [`rpfilter ${options}`, table('raw', `-A PREROUTING -m rpfilter ${options} -j DROP`), packets];
    }),
    ...typesOf[family].flatMap((type) =>
      ['--src-type', '! --src-type', '--dst-type', '! --dst-type'].map((option): Case => {
        const match = `-m addrtype ${option} ${type}`;
        return [match, table('mangle', `-A PREROUTING ${match} -j DROP`), packets];
      }),
    ),
    ...['--limit-iface-in', '--limit-iface-out'].map((limit): Case => {
      const chain = limit === '--limit-iface-in' ? 'PREROUTING' : 'POSTROUTING';
      const match = `-m addrtype --src-type LOCAL ${limit}`;
      return [match, table('mangle', `-A ${chain} ${match} -j DROP`), packets];
    }),
    ['source and destination', table('filter', `-A FORWARD -s ${prefix} ! -d ${prefix} -j DROP`), packets],
    [
      'in and out',
      table('filter', '-A FORWARD -i eth0 -o cni0 -j DROP', '-A INPUT -i cni0 -j DROP'),
      packets,
    ],
  ];
}

const flags = [0, 1, 2, 3, 4, 16, 17, 18, 20, 24, 34, 41, 63];
const withFlags = flags.flatMap((bits) =>
  ['10.180.0.5', '192.168.0.2'].map((to) => `tcp 203.0.113.9 -> ${to} external ${bits}`),
);
const refusing = (kind: string) => [
  `-A INPUT -p tcp -j REJECT --reject-with ${kind}`,
  `-A FORWARD -p tcp -j REJECT --reject-with ${kind}`,
];
const refused = ['udp', 'tcp', 'sctp', 'icmp'].flatMap((name) => [
  `${name} 203.0.113.9 -> 192.168.0.2 external`,
  `${name} 203.0.113.9 -> 10.180.0.5 external`,
  `${name} 10.180.0.6 -> 203.0.113.9 pod`,
]);
const eaten = (match: string): Case => [
  `answers are eaten by ${match}`,
  table(
    'filter',
    '-A INPUT -p tcp -j REJECT --reject-with tcp-reset',
    '-A FORWARD -p tcp -j REJECT --reject-with tcp-reset',
    '-A INPUT -j REJECT',
    '-A FORWARD -j REJECT --reject-with icmp-host-prohibited',
    `-A OUTPUT ${match} -j DROP`,
  ),
  [...refused, 'tcp 203.0.113.9 -> 192.168.0.2 external 16'],
];

const fillers = Array.from({ length: 20 }, (_, index) => `-A FORWARD -d 10.9.0.${index} -j DROP`);
const ports = [79, 80, 81, 82, 90, 91, 1, 65535];
const toPorts = ports.map((port) => `tcp 203.0.113.9:4000 -> 10.96.0.1:${port} external`);

/** Options of `recent` by the port that asks for them. */
const recent = [
  '--set --name x',
  '--rcheck --name x',
  '! --rcheck --name x',
  '--update --name x',
  '--remove --name x',
  '! --remove --name x',
  '! --set --name x',
  '--rcheck --hitcount 2 --name x',
  '--update --hitcount 3 --name x',
  '! --update --hitcount 4 --name x',
  '--rcheck --seconds 60 --name x',
  '--rcheck --seconds 60 --reap --name x',
  '--rcheck --seconds 60 --hitcount 2 --name x',
  '--set --name y --mask 255.255.255.0',
  '--rcheck --name y --mask 255.255.255.0',
  '--rcheck --name y',
  '--set --name z --rdest',
  '--rcheck --name z --rdest',
  '--rcheck --name z --rsource',
];

/** Packets of sources `a` and `b`, of the network of `a`, and `c`: which option they ask for. */
function asking(text: string): string[] {
  const sources: Readonly<Record<string, string>> = {
    a: '203.0.113.9',
    b: '203.0.113.77',
    c: '198.51.100.7',
  };
  return text.split(' ').map((word, index) => {
    return `udp ${sources[word[0] as string]}:${index} -> 10.180.0.5:${word.slice(1)} external`;
  });
}

/** Of what the node sends to many, it keeps a copy, which passes POSTROUTING, PREROUTING and INPUT. */
const toMany = ['192.168.0.255', '255.255.255.255', '224.0.0.1', '224.0.0.9'].flatMap((to) =>
  ['192.168.0.2:1000', '192.168.0.2:1001', '192.168.0.3'].map((from) => `udp ${from} -> ${to} host`),
);
const manyCases: Case[] = [
  ['the copy is refused', table('filter', '-A INPUT -p udp -j REJECT'), toMany],
  [
    'the copy is dropped on coming back',
    table('raw', '-A PREROUTING -i eth0 -p udp --sport 1000 -j DROP'),
    toMany,
  ],
  [
    'both are translated',
    table('nat', '-A POSTROUTING -p udp --sport 1000 -j SNAT --to-source 192.168.0.9'),
    toMany,
  ],
  [
    'one of three is marked on leaving',
    table(
      'mangle',
      '-A POSTROUTING -m mark --mark 1 -j DROP',
      '-A PREROUTING -m mark --mark 0 -j MARK --set-mark 1',
      '-A INPUT -m mark --mark 1 -m udp -p udp --sport 1001 -j DROP',
    ),
    toMany,
  ],
  [
    'every second passes POSTROUTING',
    table('mangle', '-A POSTROUTING -p udp -m statistic --mode nth --every 2 --packet 0 -j DROP'),
    toMany,
    'sequence',
  ],
  [
    'frames of copies',
    table(
      'filter',
      '-A INPUT -m pkttype --pkt-type broadcast -j DROP',
      '-A INPUT -m pkttype --pkt-type multicast -j DROP',
      '-A OUTPUT -m pkttype --pkt-type unicast -p udp --sport 1001 -j DROP',
    ),
    toMany,
  ],
  [
    'to another destination',
    table('nat', '-A OUTPUT -p udp --sport 1000 -j DNAT --to-destination 10.180.0.5'),
    toMany,
  ],
];

const ofIPv4: readonly Case[] = [
  ...manyCases,
  [
    'lists of sources and destinations',
    table(
      'filter',
      ...recent.map(
        (options, port) => `-A FORWARD -p udp -m udp --dport ${port} -m recent ${options} -j DROP`,
      ),
    ),
    asking(
      // Before anything is in the list, with one entry, with another, and refreshed.
      'a1 a2 a3 a4 a5 a1 a0 a1 a2 b1 b2 c1 b0 a1 b1 a7 a10 a12 a0 a7 a12 b7 a8 a0 a8 a9 a9 a11 b11 ' +
        // Removed, and another one stays.
        'a4 a1 b1 a4 a5 b5 b1 a6 a1 a3 a7 a3 a7 b3 b1 a13 a14 b14 c14 a15 b15 c13 c14 c15 a16 b17 a17 c17 a18',
    ),
    'sequence',
  ],
  ['a reset', table('filter', ...refusing('tcp-reset')), withFlags],
  ['an error', table('filter', ...refusing('icmp-port-unreachable')), withFlags],
  ...['INVALID', 'NEW', 'UNTRACKED', 'RELATED,ESTABLISHED'].map((state): Case => {
    return [state, table('filter', `-A FORWARD -m conntrack --ctstate ${state} -j DROP`), withFlags];
  }),
  ...[
    '-p tcp -m tcp --tcp-flags RST RST',
    '-p tcp -m tcp --tcp-flags RST,ACK RST',
    '-p tcp -m tcp --sport 2000 --dport 1000',
    '-p tcp -m tcp --sport 1000',
    '-p icmp -m icmp --icmp-type 3/3',
    '-p icmp -m icmp --icmp-type 3/10',
    '-p icmp -m icmp --icmp-type 3/0',
    '-m conntrack --ctstate RELATED',
    '-m conntrack --ctstate INVALID',
    '-m conntrack --ctstate NEW',
    '-m conntrack --ctdir REPLY',
    '-m conntrack --ctdir ORIGINAL',
    '-m conntrack --ctorigdst 10.180.0.5',
    '-m addrtype --src-type LOCAL',
    '-s 192.168.0.2 -o eth0',
    '-s 10.180.0.1 -o cni0',
    '-s 10.180.0.5',
    '-d 203.0.113.9 -o eth0',
    '-m mark ! --mark 0x0',
  ].map(eaten),
  ...[
    '10.180.0.6:80-90',
    '10.180.0.6:8080-8090/80',
    '10.180.0.6:8080-8082/80',
    '10.180.0.6:8080-8082/81',
    '10.180.0.6:81',
    ':81',
    '10.180.0.6',
    '10.180.0.5-10.180.0.6',
  ].map((to): Case => {
    return [`DNAT to ${to}`, table('nat', `-A PREROUTING -p tcp -j DNAT --to-destination ${to}`), toPorts];
  }),
  ...['PREROUTING', 'OUTPUT', 'POSTROUTING', 'INPUT'].map((chain): Case => {
    const to = chain === 'PREROUTING' || chain === 'OUTPUT' ? '10.180.0.4/30' : '192.168.0.0/30';
    return [
      `NETMAP in ${chain}`,
      table('nat', `-A ${chain} -j NETMAP --to ${to}`),
      [
        'udp 203.0.113.9 -> 10.180.0.5 external',
        'udp 203.0.113.9 -> 10.96.0.2 external',
        'icmp 203.0.113.9 -> 10.96.0.2 external',
        'udp 203.0.113.9 -> 192.168.0.2 external',
        'udp 10.180.0.6 -> 203.0.113.9 pod',
        'udp 192.168.0.2 -> 10.96.0.1 host',
        'udp 192.168.0.2 -> 192.168.0.3 host',
      ],
    ];
  }),
  ...['PREROUTING', 'OUTPUT'].map((chain): Case => {
    return [
      `REDIRECT in ${chain}`,
      table('nat', `-A ${chain} -p tcp -j REDIRECT --to-ports 81`, `-A ${chain} -p icmp -j REDIRECT`),
      ['tcp', 'udp', 'icmp'].flatMap((name) => [
        `${name} 203.0.113.9 -> 10.96.0.1 external`,
        `${name} 10.180.0.6 -> 10.96.0.1 pod`,
        `${name} 192.168.0.2 -> 10.96.0.1 host`,
        `${name} 127.0.0.1 -> 10.96.0.1 host`,
      ]),
    ];
  }),
  ...[
    '192.168.0.3',
    '198.51.100.1',
    '192.168.0.3:3000',
    '192.168.0.3:1000-1010',
    '198.51.100.1-198.51.100.9',
  ].map(
    (to): Case => [
      `SNAT to ${to}`,
      table('nat', `-A POSTROUTING -p tcp -j SNAT --to-source ${to}`),
      ['203.0.113.9', '203.0.113.77', '10.180.0.6', '198.51.100.1', '198.51.100.7'].flatMap((source) => [
        `tcp ${source} -> 10.180.0.5 external`,
        `tcp ${source} -> 203.0.113.7 pod`,
      ]),
    ],
  ),
  [
    'MASQUERADE',
    table('nat', '-A POSTROUTING -j MASQUERADE'),
    [
      ...[
        '203.0.113.9 -> 10.180.0.5 external',
        '10.180.0.6 -> 203.0.113.9 pod',
        '10.180.0.6 -> 192.168.0.77 pod',
      ],
      ...[
        '192.168.0.3 -> 203.0.113.9 host',
        '10.180.0.1 -> 203.0.113.9 host',
        '192.168.0.2 -> 10.180.0.5 host',
      ],
      ...['127.0.0.1 -> 192.168.0.2 host', '192.168.0.2 -> 127.0.0.1 host', '127.0.0.1 -> 10.180.0.5 host'],
    ].flatMap((text) => [`udp ${text}`, `icmp ${text}`]),
  ],
  // In a chain so long that kubenat looks up what could match.
  [
    'a list is written before a port is asked for',
    table(
      'filter',
      ...fillers,
      '-A FORWARD -p udp -m recent --set --name x -m udp --dport 81 -j DROP',
      '-A FORWARD -m recent --rcheck --name x -j REJECT',
    ),
    [80, 81, 82].flatMap((port) =>
      ['udp', 'tcp'].map((name) => `${name} 203.0.113.9 -> 10.180.0.5:${port} external`),
    ),
    'sequence',
  ],
  [
    'packets are counted before a port is asked for',
    table(
      'filter',
      ...fillers,
      '-A FORWARD -p udp -m statistic --mode nth --every 3 --packet 1 -m udp --dport 81 -j DROP',
      '-A FORWARD -p udp -m udp --dport 80 -m statistic --mode nth --every 2 --packet 0 -j REJECT',
    ),
    [80, 81, 81, 80, 80, 81, 82, 81, 80].map(
      (port, index) => `udp 203.0.113.9:${index} -> 10.180.0.5:${port} external`,
    ),
    'sequence',
  ],
  [
    'ports of several protocols, one of them, and all but one',
    table(
      'filter',
      ...fillers,
      '-A FORWARD -p udp -m udp --dport 80 -j DROP',
      '-A FORWARD -p tcp -m tcp --dport 81 -j DROP',
      '-A FORWARD -p sctp -m sctp --dport 82 -j DROP',
      '-A FORWARD -p tcp -m tcp ! --dport 80:82 -j REJECT --reject-with icmp-net-prohibited',
      '-A FORWARD -p udp -m udp ! --dport 81 -j REJECT --reject-with icmp-host-prohibited',
      '-A FORWARD ! -d 10.180.0.5/32 -p icmp -j REJECT',
      '-A FORWARD -d 10.180.0.6/32 -j DROP',
    ),
    ['udp', 'tcp', 'sctp', 'icmp'].flatMap((name) =>
      [80, 81, 82, 83].flatMap((port) =>
        [5, 6].map((host) => `${name} 203.0.113.9 -> 10.180.0.${host}:${port} external`),
      ),
    ),
  ],
];

/** Each kind of error, and an OUTPUT that eats it, or one with another code. */
function errors(icmp: string, type: number, codes: Readonly<Record<number, string>>, packet: string): Case[] {
  return Object.entries(codes).flatMap(([code, kind]) =>
    [Number(code), Number(code) + 1].map((eatenCode): Case => {
      const match = `-p ${icmp} -m ${icmp === 'icmp' ? 'icmp --icmp-type' : 'icmp6 --icmpv6-type'} ${type}/${eatenCode}`;
      const rules = [`-A FORWARD -j REJECT --reject-with ${kind}`, `-A OUTPUT ${match} -j DROP`];
      return [`${kind}, and ${type}/${eatenCode} is eaten`, table('filter', ...rules), [packet]];
    }),
  );
}

const errorsOfIPv4 = errors(
  'icmp',
  3,
  {
    0: 'icmp-net-unreachable',
    1: 'icmp-host-unreachable',
    2: 'icmp-proto-unreachable',
    3: 'icmp-port-unreachable',
    9: 'icmp-net-prohibited',
    10: 'icmp-host-prohibited',
    13: 'icmp-admin-prohibited',
  },
  'udp 203.0.113.9 -> 10.180.0.5 external',
);
const errorsOfIPv6 = errors(
  'ipv6-icmp',
  1,
  {
    0: 'icmp6-no-route',
    1: 'icmp6-adm-prohibited',
    3: 'icmp6-addr-unreachable',
    4: 'icmp6-port-unreachable',
    5: 'icmp6-policy-fail',
    6: 'icmp6-reject-route',
  },
  'udp [2001:db8:113::9] -> [fd00:10:180::5] external',
);

const sixRefused = ['udp', 'tcp', 'icmpv6'].flatMap((name) => [
  `${name} [2001:db8:113::9] -> [fd00:192::2] external`,
  `${name} [2001:db8:113::9] -> [fd00:10:180::5] external`,
  `${name} [fd00:10:180::6] -> [2001:db8:113::9] pod`,
  `${name} [fe80::9] -> [fd00:10:180::5] external`,
  `${name} [fe80::9] -> [fd00:192::2] external`,
]);

const ofIPv6: readonly Case[] = [
  ['nothing', table('filter'), sixRefused],
  ...errorsOfIPv6,
  [
    // What has no source yet gets one here, other than in IPv4.
    'MASQUERADE',
    table('nat', '-A POSTROUTING -j MASQUERADE'),
    [
      ...[
        '[::] -> [2001:db8:113::7] external',
        '[::] -> [2001:db8:113::7] host',
        '[::] -> [fd00:10:180::5] host',
      ],
      ...['[2001:db8:113::9] -> [fd00:10:180::5] external', '[fd00:10:180::6] -> [2001:db8:113::9] pod'],
      ...['[fd00:192::2] -> [fd00:10:180::5] host', '[::1] -> [fd00:192::2] host'],
    ].map((text) => `udp ${text}`),
  ],
  ...[
    '-p tcp -m tcp --tcp-flags RST RST',
    '-p ipv6-icmp -m icmp6 --icmpv6-type 1/4',
    '-p ipv6-icmp -m icmp6 --icmpv6-type 1/3',
    '-p ipv6-icmp -m icmp6 --icmpv6-type 1/2',
    '-m conntrack --ctstate RELATED',
    '-s fd00:192::2 -o eth0',
    '-s fd00:10:180::1 -o cni0',
  ].map((match): Case => {
    const rules = [
      '-A INPUT -p tcp -j REJECT --reject-with tcp-reset',
      '-A INPUT -j REJECT',
      '-A FORWARD -j REJECT --reject-with icmp6-addr-unreachable',
      `-A OUTPUT ${match} -j DROP`,
    ];
    return [`answers are eaten by ${match}`, table('filter', ...rules), sixRefused];
  }),
  ...['PREROUTING', 'OUTPUT'].map((chain): Case => {
    return [
      `REDIRECT in ${chain}`,
      table('nat', `-A ${chain} -p tcp -j REDIRECT --to-ports 81`),
      ['tcp', 'udp'].flatMap((name) => [
        `${name} [2001:db8:113::9] -> [fd00:10:96::1] external`,
        `${name} [fd00:10:180::6] -> [fd00:10:96::1] pod`,
        `${name} [fd00:192::2] -> [fd00:10:96::1] host`,
      ]),
    ];
  }),
  ...['PREROUTING', 'POSTROUTING'].map((chain): Case => {
    const to = chain === 'PREROUTING' ? 'fd00:10:180::4/126' : 'fd00:192::/126';
    return [
      `NETMAP in ${chain}`,
      table('nat', `-A ${chain} -j NETMAP --to ${to}`),
      ['udp [2001:db8:113::9] -> [fd00:10:96::1] external', 'tcp [fd00:10:180::6] -> [2001:db8:113::9] pod'],
    ];
  }),
  ...['fd00:192::2-fd00:192::9', 'fd00:192::fffe-fd00:192::1:3', 'fd00:192::1:0:0-fd00:192::5:0:0'].map(
    (to): Case => {
      return [
        `SNAT to ${to}`,
        table('nat', `-A POSTROUTING -p udp -j SNAT --to-source ${to}`),
        ['9', '77', 'ffff', '1:2:3:4'].flatMap((end) =>
          ['113::5', '114::7'].map((to_) => `udp [2001:db8:113::${end}] -> [2001:db8:${to_}] pod`),
        ),
      ];
    },
  ),
  ...['fd00:10:180::2-fd00:10:180::9', 'fd00:10:180::1:0:0-fd00:10:180::5:0:0'].map((to): Case => {
    return [
      `DNAT to ${to}`,
      table('nat', `-A PREROUTING -p udp -j DNAT --to-destination ${to}`),
      ['9', '77', 'ffff', '1:2:3:4'].flatMap((end) =>
        ['1', '2'].map((last) => `udp [2001:db8:113::${end}] -> [fd00:10:96::${last}] external`),
      ),
    ];
  }),
];

/** What is seldom generated, by name. Packets are one sequence where rules remember. */
export const particularCases: readonly (readonly [name: string, TestCase])[] = families.flatMap((family) =>
  [...crossings(family), ...(family === 'ipv4' ? [...ofIPv4, ...errorsOfIPv4] : ofIPv6)].map(
    ([name, rules, packets, sequence]) => [
      `${family}, ${name}`,
      { family, backend: 'nft', rules, packets: packets.map(packet), sequence: sequence !== undefined },
    ],
  ),
);
