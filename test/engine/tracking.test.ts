import { describe, expect, test } from 'vitest';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { Sequence } from '../../src/engine/sequence.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { readDump } from '../../src/iptables/dump/read.ts';

// nf_conntrack_proto_tcp.c and its like, and what Linux 6.18 did with these packets in network namespaces.

const node = 'addresses: [192.168.0.2/24]\npodCIDR: 10.180.0.0/24\n';

/** One word for each packet, which come at the times given, else at once. */
function run(rules: string, packets: readonly (string | readonly [number, string])[], more = ''): string[] {
  const program = buildProgram(readDump({ name: 'rules', text: rules }).ruleset);
  const host = buildHost('ipv4', [readHost({ name: 'host', text: node + more }, 'ipv4').fields]);
  const sequence = new Sequence(program, host);
  return packets.map((given) => {
    const [at, text] = typeof given === 'string' ? [0, given] : given;
    const packet = parsePacket({ name: 'packet', text: text.replace(/ id \d+/, '') });
    const id = / id (\d+)/.exec(text)?.[1];
    const { outcomes } = sequence.next(id === undefined ? packet : { ...packet, sourcePort: Number(id) }, at);
    return outcomes
      .map(({ verdict, dnat, src, weight }) => {
        const share = weight === '1/1' ? '' : ` ${weight}`;
        return verdict === 'accept' ? `${src} -> ${dnat ?? '='}${share}` : `${verdict}${share}`;
      })
      .join(' | ');
  });
}

/** Drops by state, so that what passed tells what the packet was. */
const sorting = `*filter
-A FORWARD -m conntrack --ctstate INVALID -j DROP
-A FORWARD -m conntrack --ctstate NEW -j REJECT
COMMIT
`;
const opening = `*filter
-A FORWARD -m conntrack --ctstate INVALID -j DROP
COMMIT
`;

const client = (flags: string) => `tcp 203.0.113.9:1000 -> 10.180.0.5:80 from external flags ${flags}`;
const server = (flags: string) => `tcp 10.180.0.5:80 -> 203.0.113.9:1000 from pod flags ${flags}`;
const forth = '203.0.113.9 -> =';
const back = '10.180.0.5 -> =';

describe('states of TCP', () => {
  test.each([
    ['a handshake, data, and its end', ['S', 's SA', 'A', 's PA', 'FA', 's FA', 'A'], '> < > < > < >'],
    ['an ACK before the answer to the SYN', ['S', 'A'], '> x'],
    ['an answer that nobody asked for', ['s SA'], 'x'],
    ['a bare ACK begins a connection (tcp_loose)', ['A', 's A'], '> <'],
    ['a second SYN while it is open passes', ['S', 's SA', 'A', 'S'], '> < > >'],
    ['flags that no host sends', ['S', 's SA', 'A', 'SF', 'N'], '> < > x x'],
    [
      'after a reset of an opened connection data still fits the entry',
      ['S', 's SA', 'A', 's R', 'A'],
      '> < > < >',
    ],
    ['after a refusal nothing is left', ['S', 's RA', 'A', 's SA'], '> < > <'],
    ['a FIN that begins nothing', ['FA'], 'x'],
    ['a reset that acknowledges an answer which nobody saw', ['S', 'RA', 's SA'], '> x <'],
    ['a reset of the client, and nothing is left', ['S', 'R', 's SA'], '> > x'],
    [
      'its reset after what counted for nothing is past all that is known',
      ['S', 'FA', 'R', 's SA'],
      '> x x <',
    ],
  ])('%s', (_name, packets, expected) => {
    const texts = packets.map((flags) =>
      flags.startsWith('s ') ? server(flags.slice(2)) : client(flags === 'N' ? 'NONE' : flags),
    );
    const signs = run(opening, texts).map((said) => ({ [forth]: '>', [back]: '<', drop: 'x' })[said] ?? said);
    expect(signs.join(' ')).toBe(expected);
  });

  test('without tcp_loose an ACK begins nothing', () => {
    expect(run(opening, [client('A')], 'sysctls: {net.netfilter.nf_conntrack_tcp_loose: 0}\n')).toEqual([
      'drop',
    ]);
  });

  test('what is dropped later has changed the entry all the same', () => {
    const rules =
      '*filter\n-A FORWARD -p tcp --tcp-flags SYN,ACK SYN,ACK -j DROP\n-A FORWARD -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n';
    expect(run(rules, [client('S'), server('SA'), client('A')])).toEqual([forth, 'drop', forth]);
  });
});

describe('a connection is opened anew', () => {
  const balanced = `*nat
-A PREROUTING -d 10.96.0.1/32 -p tcp -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 10.180.0.5:80
-A PREROUTING -d 10.96.0.1/32 -p tcp -j DNAT --to-destination 10.180.0.6:80
COMMIT
`;
  const ask = (flags: string) => `tcp 203.0.113.9:1000 -> 10.96.0.1:80 from external flags ${flags}`;
  const first = '203.0.113.9 -> 10.180.0.5:80';

  test('by a SYN after it was closed: it is a connection of its own, and may come elsewhere', () => {
    const program = buildProgram(readDump({ name: 'rules', text: balanced }).ruleset);
    const host = buildHost('ipv4', [readHost({ name: 'host', text: node }, 'ipv4').fields]);
    const sequence = new Sequence(program, host, { freshCounters: true });
    const from = (text: string) =>
      sequence.next(parsePacket({ name: 'packet', text }), 0).outcomes.map(({ dnat }) => dnat)[0];
    const answer = (flags: string) => `tcp 10.180.0.5:80 -> 203.0.113.9:1000 from pod flags ${flags}`;
    expect(from(ask('S'))).toBe('10.180.0.5:80');
    from(answer('SA'));
    expect(from(ask('A'))).toBe('10.180.0.5:80');
    expect(from(ask('S'))).toBe('10.180.0.5:80');
    expect(from(ask('FA'))).toBe('10.180.0.5:80');
    from(answer('FA'));
    expect(from(ask('A'))).toBe('10.180.0.5:80');
    expect(from(ask('S'))).toBe('10.180.0.6:80');
  });

  // Seed 5000003 of the conversations with Linux 6.18: the entry stayed open, for ten seconds.
  test.each([
    ['right after its own data', [], '10.180.0.6:80'],
    ['past data that nobody acknowledged', ['SA'], '10.180.0.5:80'],
    ['after data that was acknowledged', ['SA', 'A'], '10.180.0.6:80'],
  ] as const)('by a SYN after a reset, where that ended it: %s', (_name, between, server) => {
    const answers = between.map((flags) => `tcp 10.180.0.5:80 -> 203.0.113.9:1000 from pod flags ${flags}`);
    const packets = [
      ask('S'),
      'tcp 10.180.0.5:80 -> 203.0.113.9:1000 from pod flags SA',
      ask('A'),
      ask('PA'),
      ...answers,
      ask('RA'),
    ];
    const program = buildProgram(readDump({ name: 'rules', text: balanced }).ruleset);
    const host = buildHost('ipv4', [readHost({ name: 'host', text: node }, 'ipv4').fields]);
    const sequence = new Sequence(program, host, { freshCounters: true });
    for (const text of packets) sequence.next(parsePacket({ name: 'packet', text }), 0);
    const [entry] = sequence.connections;
    expect(entry?.expires).toBe(10);
    const again = sequence.next(parsePacket({ name: 'packet', text: ask('S') }), 1);
    expect(again.outcomes.map(({ dnat }) => dnat)).toEqual([server]);
  });

  test('not by one that comes at once', () => {
    expect(
      run(balanced.replace('nth --every 2 --packet 0', 'random --probability 1'), [ask('S'), ask('S')]),
    ).toEqual([first, first]);
  });
});

describe('what is forgotten', () => {
  const once = `*nat
-A PREROUTING -d 10.96.0.1/32 -p udp -m recent --name seen ! --rcheck --rsource -m recent --set --name seen --rsource -j DNAT --to-destination 10.180.0.5:80
-A PREROUTING -d 10.96.0.1/32 -p udp -j DNAT --to-destination 10.180.0.6:80
COMMIT
`;
  const ask = 'udp 203.0.113.9:1000 -> 10.96.0.1:80 from external';
  const answer = 'udp 10.180.0.5:80 -> 203.0.113.9:1000 from pod';
  const first = '203.0.113.9 -> 10.180.0.5:80';
  const second = '203.0.113.9 -> 10.180.0.6:80';
  const reply = '10.96.0.1 -> =';

  test.each([
    [
      [
        [0, ask],
        [29, ask],
        [58, ask],
      ],
      [first, first, first],
      '',
    ],
    [
      [
        [0, ask],
        [30, ask],
      ],
      [first, second],
      '',
    ],
    // An answer at once is no stream yet; one after two seconds is.
    [
      [
        [0, ask],
        [1, answer],
        [32, ask],
      ],
      [first, reply, second],
      '',
    ],
    [
      [
        [0, ask],
        [3, answer],
        [34, ask],
      ],
      [first, reply, second],
      '',
    ],
    [
      [
        [0, ask],
        [3, answer],
        [4, ask],
        [122, ask],
      ],
      [first, reply, first, first],
      '',
    ],
    [
      [
        [0, ask],
        [3, answer],
        [4, ask],
        [125, ask],
      ],
      [first, reply, first, second],
      '',
    ],
    [
      [
        [0, ask],
        [6, ask],
      ],
      [first, second],
      'sysctls: {net.netfilter.nf_conntrack_udp_timeout: 5}\n',
    ],
  ] as const)('UDP %#', (packets, expected, more) => {
    expect(run(once, packets, more)).toEqual(expected);
  });

  test('of a policy that nobody shows, nobody knows (CT --timeout)', () => {
    const late =
      '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp -m tcp ! --syn -m conntrack --ctstate NEW -j DROP\nCOMMIT\n';
    const own = `*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j CT --timeout short\nCOMMIT\n${late}`;
    const open = [client('S'), server('SA'), client('A')];
    expect(run(own, [...open, [0.5, server('A')]]).at(-1)).toBe(back);
    expect(run(own, [...open, [20, server('A')]]).at(-1)).toBe('unknown');
    expect(run(own, [...open, [500_000, server('A')]]).at(-1)).toBe('unknown');
    const other = own.replace('-p tcp', '-p udp');
    expect(run(other, [...open, [20, server('A')]]).at(-1)).toBe(back);
  });

  test('TCP: an attempt after two minutes, a connection after five days', () => {
    const open = [client('S'), server('SA'), client('A')];
    const rules = sorting.replace(
      '--ctstate NEW -j REJECT',
      '--ctstate NEW -p tcp --tcp-flags SYN SYN -j ACCEPT',
    );
    const strict = rules.replace('COMMIT', '-A FORWARD -m conntrack --ctstate NEW -j REJECT\nCOMMIT');
    expect(run(strict, [...open, [431_999, client('A')]]).at(-1)).toBe(forth);
    expect(run(strict, [...open, [432_001, client('A')]]).at(-1)).toBe('reject');
    expect(run(strict, [client('S'), [119, server('SA')]]).at(-1)).toBe(back);
    expect(run(strict, [client('S'), [121, server('SA')]]).at(-1)).toBe('drop');
  });

  test('TCP: a SYN that comes again gives an attempt no more time', () => {
    expect(run(opening, [client('S'), [60, client('S')], [119, server('SA')]]).at(-1)).toBe(back);
    expect(run(opening, [client('S'), [60, client('S')], [121, server('SA')]]).at(-1)).toBe('drop');
  });

  // Linux 6.18, with 20 s for an attempt: the entry was in SYN_SENT2 then, and had 19 s left, not the 120 s of that state.
  test('TCP: nor does a SYN of the other side that crosses it', () => {
    expect(run(opening, [client('S'), [60, server('S')], [119, server('SA')]]).at(-1)).toBe(back);
    expect(run(opening, [client('S'), [60, server('S')], [121, server('SA')]]).at(-1)).toBe('drop');
  });

  test('TCP: data that nobody is known to have acknowledged leaves five minutes, or five days', () => {
    const open = [client('S'), server('SA'), client('A'), client('PA')];
    const later = (seconds: number) =>
      run(sorting.replace('NEW -j REJECT', 'NEW -p tcp ! --syn -j REJECT'), [
        ...open,
        [seconds, client('A')],
      ]).at(-1);
    expect([299, 301, 431_999, 432_001].map(later)).toEqual([forth, 'unknown', 'unknown', 'reject']);
    // Where it makes no difference, it is told.
    expect(run(opening, [...open, [301, client('A')]]).at(-1)).toBe(forth);
    expect(run(opening, [...open, [301, server('A')], [602, client('A')]]).slice(-2)).toEqual([back, forth]);
  });

  test('TCP: of a connection that was picked up, nothing is known to be acknowledged', () => {
    const marking =
      '*mangle\n-A PREROUTING -i eth0 -m conntrack --ctstate NEW -m recent --name n --set\n-A PREROUTING -i eth0 -m conntrack --ctstate NEW -m recent --name n --rcheck --hitcount 2 -j DROP\nCOMMIT\n';
    expect(run(marking, [client('PA'), server('A'), client('A'), [299, client('A')]]).at(-1)).toBe(forth);
    expect(run(marking, [client('PA'), server('A'), client('A'), [301, client('A')]]).at(-1)).toBe('unknown');
    expect(run(marking, [client('A'), server('A'), client('A'), [301, client('A')]]).at(-1)).toBe(forth);
  });

  test('TCP: the same packet three times more leaves five minutes, or it was another one', () => {
    const again = (times: number) => [
      client('S'),
      server('SA'),
      ...Array<string>(times).fill(client('A')),
      [301, client('A')] as const,
    ];
    const last = (times: number) =>
      run(sorting.replace('NEW -j REJECT', 'NEW -p tcp ! --syn -j REJECT'), again(times)).at(-1);
    expect([last(3), last(4)]).toEqual([forth, 'unknown']);
  });

  test('TCP: a reset that the node itself sends ends the connection', () => {
    const rules =
      '*filter\n-A FORWARD -p tcp --tcp-flags FIN FIN -j REJECT --reject-with tcp-reset\n-A FORWARD -p tcp -m conntrack --ctstate NEW -m tcp ! --syn -j DROP\nCOMMIT\n';
    const open = [client('S'), server('SA'), client('A')];
    expect(run(rules, [...open, client('FA'), [9, client('A')]]).slice(-2)).toEqual(['reject', forth]);
    expect(run(rules, [...open, client('FA'), [11, client('A')]]).slice(-2)).toEqual(['reject', 'drop']);
    expect(run(rules, [...open, client('FA'), client('S')]).at(-1)).toBe(forth);
  });
});

describe('translation', () => {
  test('a port chosen at random is a set, and the first answer to it tells which', () => {
    const rules = `*filter
:INPUT DROP [0:0]
COMMIT
*nat
-A PREROUTING -d 10.96.0.1/32 -p tcp -j DNAT --to-destination 10.180.0.5:8080
-A POSTROUTING -j MASQUERADE --random-fully
COMMIT
`;
    const ask = 'tcp 203.0.113.9:1000 -> 10.96.0.1:80 from external';
    const answer = (port: number) => `tcp 10.180.0.5:8080 -> 10.180.0.1:${port} from pod flags SA`;
    const told = '10.96.0.1 -> 203.0.113.9:1000';
    expect(run(rules, [ask, answer(822)])).toEqual(['10.180.0.1 -> 10.180.0.5:8080', told]);
    // A port below 1024 stays below, and above 599.
    expect(run(rules, [ask, answer(1024)]).at(-1)).toBe('drop');
    expect(run(rules, [ask, answer(822), answer(823)]).at(-1)).toBe('drop');
  });

  test('an answer to a port that may have been chosen for several connections is an answer to one of them', () => {
    const rules = '*nat\n-A POSTROUTING -o eth0 -j MASQUERADE --random-fully\nCOMMIT\n';
    const ask = (port: number) => `tcp 10.180.0.5:${port} -> 203.0.113.9:80 from pod`;
    const answer = 'tcp 203.0.113.9:80 -> 192.168.0.2:2000 from external flags SA';
    expect(run(rules, [ask(1500), answer]).at(-1)).toBe('203.0.113.9 -> 10.180.0.5:1500');
    expect(run(rules, [ask(1500), ask(1501), answer]).at(-1)).toBe('unknown');
    // What a privileged port becomes is another set.
    expect(run(rules, [ask(1500), ask(800), answer]).at(-1)).toBe('203.0.113.9 -> 10.180.0.5:1500');
  });

  test('a source that is translated keeps its translation towards others', () => {
    const rules = '*nat\n-A POSTROUTING -o eth0 -j SNAT --to-source 192.168.0.130-192.168.0.200\nCOMMIT\n';
    const to = (last: number) => `udp 10.180.0.6:1000 -> 203.0.113.${last}:80 from pod`;
    const [one, ...others] = run(rules, [to(1), to(2), to(3)]);
    expect(others).toEqual([one, one]);
  });

  test('a reset of the node itself stays one where rules keep the mark of its connection', () => {
    const rules =
      '*mangle\n-A OUTPUT -j CONNMARK --save-mark\nCOMMIT\n*filter\n-A FORWARD -p tcp --tcp-flags FIN FIN -j REJECT --reject-with tcp-reset\n-A FORWARD -m conntrack --ctstate NEW -p tcp ! --syn -j DROP\nCOMMIT\n';
    expect(
      run(rules, [client('S'), server('SA'), client('A'), client('FA'), [11, client('A')]]).slice(-2),
    ).toEqual(['reject', 'drop']);
  });

  test('an echo request the other way is a flow of its own, its answer is not', () => {
    const rules = '*filter\n-A FORWARD -i cni0 -m conntrack --ctstate ESTABLISHED -j DROP\nCOMMIT\n';
    const ask = 'icmp 203.0.113.9 -> 10.180.0.5 from external type echo-request id 7';
    const other = (type: string) => `icmp 10.180.0.5 -> 203.0.113.9 from pod type ${type} id 7`;
    expect(run(rules, [ask, other('echo-request')])).toEqual([forth, back]);
    expect(run(rules, [ask, other('echo-reply')])).toEqual([forth, 'drop']);
  });

  test('DCCP is translated by its address alone (Linux 6.18)', () => {
    const rules =
      '*nat\n-A PREROUTING -d 10.96.0.1/32 -p dccp -j DNAT --to-destination 10.180.0.5:8080\nCOMMIT\n';
    expect(run(rules, ['dccp 203.0.113.9:1000 -> 10.96.0.1:80 from external'])).toEqual([
      '203.0.113.9 -> 10.180.0.5:80',
    ]);
  });
});

describe('what became of an earlier packet is not known', () => {
  const rules = `*nat
-A PREROUTING -d 10.96.0.1/32 -p udp -m mac --mac-source 02:00:00:00:00:01 -j DNAT --to-destination 10.180.0.5:80
-A PREROUTING -d 10.96.0.1/32 -p udp -j DNAT --to-destination 10.180.0.6:80
COMMIT
`;
  const ask = 'udp 203.0.113.9:1000 -> 10.96.0.1:80 from external';

  test('nor is that of what depends on it; the rest is', () => {
    expect(
      run(rules, [
        ask,
        'udp 10.180.0.5:80 -> 203.0.113.9:1000 from pod',
        ask,
        'udp 10.180.0.7:80 -> 203.0.113.9:1000 from pod',
      ]),
    ).toEqual(['unknown', 'unknown', 'unknown', '10.180.0.7 -> =']);
  });
});
