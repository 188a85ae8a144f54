import { describe, expect, test } from 'vitest';
import { parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { Sequence } from '../../src/engine/sequence.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import { readSets } from '../../src/ipset/set-file.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { sayAssumptions } from '../../src/report/assumptions.ts';
import { want } from '../../src/text/expected.ts';
import { InputError } from '../../src/text/problem.ts';

// Two endpoints, chosen by chance, and a flow stays with its own (Documentation/networking/nf_conntrack: the NAT table is
// asked for the first packet of a connection only).
const rules = `*nat
-A PREROUTING -d 10.96.0.1/32 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.180.0.5
-A PREROUTING -d 10.96.0.1/32 -j DNAT --to-destination 10.180.0.6
COMMIT
`;
const host = buildHost('ipv4', [{ podCIDR: parsePrefix('10.180.0.0/24') as Subnet }]);
const program = buildProgram(readDump({ name: 'rules', text: rules }).ruleset);
const flow = (port: number, flags = '') =>
  parsePacket({ name: 'packet', text: `tcp 203.0.113.9:${port} -> 10.96.0.1:80 from external${flags}` });

const ends = (sequence: Sequence, port: number, at: number) =>
  sequence.next(flow(port), at).outcomes.map(({ dnat, weight }) => `${dnat} ${weight}`);

const halves = ['10.180.0.5:80 1/2', '10.180.0.6:80 1/2'];

test('each of two flows has either endpoint', () => {
  const sequence = new Sequence(program, host);
  expect(ends(sequence, 4001, 0).sort()).toEqual(halves);
  expect(ends(sequence, 4002, 1).sort()).toEqual(halves);
});

test('where the node may remember more than is followed, it is said, and not that it remembers less', () => {
  const sequence = new Sequence(program, host, { limit: 3 });
  expect(ends(sequence, 4001, 0).sort()).toEqual(halves);
  expect(() => sequence.next(flow(4002), 1)).toThrow(InputError);
  expect(() => sequence.next(flow(4002), 1)).toThrow(/more than 3 different things/);
  // Flows that are forgotten are none of them.
  sequence.forgetFlows();
  expect(ends(sequence, 4003, 2).sort()).toEqual(halves);
});

test('what is assumed of the node is told with every packet', () => {
  expect(host.assumed.length).toBeGreaterThan(0);
  expect(new Sequence(program, host).next(flow(4001), 0).assumed).toEqual(
    expect.arrayContaining([...host.assumed]),
  );
});

describe('what differs in what the node remembers is kept apart', () => {
  const pods = [5, 6].map((last) => `10.180.0.${last}`);
  /** As kube-proxy's session affinity: the endpoint that was chosen is asked for first. */
  const affinity = `*nat
:A - [0:0]
:B - [0:0]
-A PREROUTING -m recent --rcheck --seconds 60 --name a -j A
-A PREROUTING -m recent --rcheck --seconds 60 --name b -j B
-A PREROUTING -m statistic --mode random --probability 0.5 -j A
-A PREROUTING -j B
-A A -m recent --set --name a -j DNAT --to-destination ${pods[0]}
-A B -m recent --set --name b -j DNAT --to-destination ${pods[1]}
COMMIT
`;
  const load = (text: string) => buildProgram(readDump({ name: 'rules', text }).ruleset);

  test('lists: a client comes to the endpoint that it came to before', () => {
    const sequence = new Sequence(load(affinity), host);
    expect(ends(sequence, 4001, 0).sort()).toEqual(halves);
    sequence.forgetFlows();
    expect(ends(sequence, 4002, 1).sort()).toEqual(halves);
    sequence.forgetFlows();
    expect(ends(sequence, 4003, 60).sort()).toEqual(halves);
  });

  test('and after a minute, to either', () => {
    const once = (at: number) => {
      const sequence = new Sequence(load(affinity), host, { limit: 4 });
      const [first] = sequence.next(flow(4001), 0).outcomes;
      sequence.forgetFlows();
      return [first?.sticks?.until, ends(sequence, 4002, at).sort()];
    };
    expect(once(60)).toEqual([60, halves]);
    expect(once(61)).toEqual([60, halves]);
  });

  test('counters: what was counted by chance is counted or not', () => {
    const marks = `*mangle
-A PREROUTING -m statistic --mode random --probability 0.5 -m statistic --mode nth --every 2 --packet 0 -j MARK --set-xmark 0x1/0x1
COMMIT
*filter
-A FORWARD -p tcp -m tcp --dport 81 -m mark --mark 0x1/0x1 -j DROP
COMMIT
`;
    const sequence = new Sequence(load(marks), host, { freshCounters: true });
    const weights = (port: number) => {
      const text = `tcp 203.0.113.9:4000 -> 10.180.0.5:${port} from external`;
      const { outcomes } = sequence.next(parsePacket({ name: 'packet', text }), 0);
      sequence.forgetFlows();
      return outcomes.map(({ verdict, weight }) => `${verdict} ${weight}`).sort();
    };
    expect(weights(80)).toEqual(['accept 1/1']);
    // The first packet was counted with 1/2, and then the second one is not the next to match.
    expect(weights(81)).toEqual(['accept 3/4', 'drop 1/4']);
  });

  test('flows: an answer comes from the endpoint that was asked', () => {
    const sequence = new Sequence(program, { ...host, addressesKnown: true });
    sequence.next(flow(4001), 0);
    const text = 'tcp 10.180.0.5:80 -> 203.0.113.9:4001 from pod flags SYN,ACK';
    const { outcomes } = sequence.next(parsePacket({ name: 'packet', text }), 0);
    expect(outcomes.map(({ verdict, src, weight }) => `${verdict} ${src} ${weight}`).sort()).toEqual(
      ['accept 10.96.0.1 1/2', 'accept 10.180.0.5 1/2'].sort(),
    );
  });
});

describe('packets of one flow come to one endpoint', () => {
  const inTurn = `*nat
-A PREROUTING -d 10.96.0.1/32 -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 10.180.0.5
-A PREROUTING -d 10.96.0.1/32 -j DNAT --to-destination 10.180.0.6
COMMIT
`;
  const twice = (text: string, flags = '') => {
    const inOrder = buildProgram(readDump({ name: 'rules', text: inTurn }).ruleset);
    const sequence = new Sequence(inOrder, host, { freshCounters: true });
    return ['', flags].map((more) => {
      const packet = parsePacket({ name: 'packet', text: `${text}${more}` });
      return sequence
        .next(packet, 0)
        .outcomes.map(({ dnat }) => dnat?.split(':')[0])
        .join();
    });
  };

  test.each([
    'tcp 203.0.113.9:4000 -> 10.96.0.1:80 from external',
    'udp 203.0.113.9:4000 -> 10.96.0.1:80 from external',
    '47 203.0.113.9 -> 10.96.0.1 from external',
  ])('%s', (text) => {
    expect(twice(text)).toEqual(['10.180.0.5', '10.180.0.5']);
  });

  test.each([
    'tcp 203.0.113.9 -> 10.96.0.1:80 from external',
    'tcp 203.0.113.9:4000 -> 10.96.0.1 from external',
    'udp 203.0.113.9 -> 10.96.0.1:80 from external',
    'icmp 203.0.113.9 -> 10.96.0.1 from external',
  ])('but whether two are of one flow is not known without both ends: %s', (text) => {
    expect(twice(text)).toEqual(['10.180.0.5', '10.180.0.6']);
  });
});

describe('how long a list remembers', () => {
  const list = (...options: string[]) =>
    buildProgram(
      readDump({
        name: 'rules',
        text: `*filter\n${options.map((option, port) => `-A FORWARD -p tcp -m tcp --dport ${port} -m recent ${option} -j DROP\n`).join('')}COMMIT\n`,
      }).ruleset,
    );
  const lists = list(
    '--set --name x',
    '--rcheck --seconds 60 --name x',
    '--rcheck --seconds 60 --reap --name x',
    '--rcheck --name x',
    '--update --seconds 60 --name x',
    '--rcheck --seconds 60 --hitcount 2 --name x',
  );
  /** Ports and times of packets, and which were dropped: those that the list said yes to. */
  const dropped = (...packets: (readonly [port: number, at: number])[]) => {
    const sequence = new Sequence(lists, host);
    return packets.map(([port, at]) => {
      sequence.forgetFlows();
      const text = `tcp 203.0.113.9:1 -> 10.180.0.5:${port} from external`;
      return sequence.next(parsePacket({ name: 'packet', text }), at).outcomes[0]?.verdict === 'drop';
    });
  };

  test('to the second', () => {
    expect(dropped([0, 0], [1, 60], [1, 61])).toEqual([true, true, false]);
    expect(dropped([0, 0], [5, 0], [0, 30], [5, 60], [5, 61])).toEqual([true, false, true, true, false]);
  });

  test('an update begins anew where it matched, a check does not', () => {
    expect(dropped([0, 0], [4, 50], [1, 110], [1, 111])).toEqual([true, true, true, false]);
    expect(dropped([0, 0], [1, 50], [1, 61])).toEqual([true, true, false]);
    expect(dropped([0, 0], [4, 61], [1, 61])).toEqual([true, false, false]);
  });

  test('what is older is reaped', () => {
    expect(dropped([0, 0], [2, 60], [3, 60])).toEqual([true, true, true]);
    expect(dropped([0, 0], [2, 61], [3, 61])).toEqual([true, false, false]);
  });
});

test('counters stand anywhere, or at their beginning where that is known', () => {
  const text =
    '*filter\n-A FORWARD -m statistic --mode nth --every 3 --packet 0 -j DROP\n-A FORWARD -m statistic --mode random --probability 0.5 -j DROP\nCOMMIT\n';
  const { ruleset } = readDump({ name: 'rules', text });
  const verdicts = (freshCounters: boolean) =>
    new Sequence(buildProgram(ruleset), host, { freshCounters })
      .next(parsePacket({ name: 'packet', text: 'tcp 203.0.113.9:1 -> 10.180.0.5:80 from external' }), 0)
      .outcomes.map(({ verdict, weight }) => `${verdict} ${weight}`)
      .sort();
  expect(verdicts(true)).toEqual(['drop 1/1']);
  expect(verdicts(false)).toEqual(['accept 1/3', 'drop 2/3']);
});

test('where the node may remember too much, it is said what to do', () => {
  const sequence = new Sequence(program, host, { limit: 3 });
  sequence.next(flow(4001), 0);
  try {
    sequence.next(flow(4002), 0);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).problems).toEqual([
      {
        code: 'too-many-ways',
        severity: 'error',
        message: 'after this packet the node may remember more than 3 different things',
        expected: want.thing('fewer-chances'),
        detail: { code: 'ways-too-many', most: 3 },
      },
    ]);
  }
  const roomy = new Sequence(program, host, { limit: 4 });
  roomy.next(flow(4001), 0);
  expect(ends(roomy, 4002, 0).sort()).toEqual(halves);
});

test('what was assumed of where a packet comes from is told, too', () => {
  const { assumed } = new Sequence(program, host).next(
    parsePacket({ name: 'packet', text: 'tcp 10.180.0.7:1 -> 10.96.0.1:80' }),
    0,
  );
  expect(sayAssumptions(assumed)).toContain('10.180.0.7 is a pod of the node, so the packet comes from cni0');
});

test('what a helper expects sees nat as any first packet, and is RELATED until it is answered', () => {
  const asked = buildProgram(
    readDump({
      name: 'rules',
      text: `*nat
-A PREROUTING -p udp -m conntrack --ctstate RELATED --ctstatus EXPECTED -j DNAT --to-destination 10.180.0.6
COMMIT
*filter
-A FORWARD -m conntrack --ctstate RELATED -j ACCEPT
-A FORWARD -m conntrack --ctstate ESTABLISHED -j DROP
COMMIT
`,
    }).ruleset,
  );
  const own = [parseInterfaceAddress('192.168.0.2/24')].flatMap((one) => one ?? []);
  const known = buildHost('ipv4', [{ addresses: own, podCIDR: parsePrefix('10.180.0.0/24') as Subnet }]);
  const sequence = new Sequence(asked, known);
  const send = (text: string) => sequence.next(parsePacket({ name: 'packet', text }), 0).outcomes[0];
  const first = 'udp 203.0.113.9:4000 -> 10.180.0.5:5000 from external state RELATED';
  const answer = 'udp 10.180.0.6:5000 -> 203.0.113.9:4000 from pod';
  for (const packet of [first, first])
    expect(send(packet)).toMatchObject({ verdict: 'accept', dnat: '10.180.0.6:5000' });
  expect(send(answer)).toMatchObject({ verdict: 'drop' });
  expect(send(first)).toMatchObject({ verdict: 'drop' });
});

test('whether a helper expects a packet, nobody knows who did not hear what was asked', () => {
  const helped = buildProgram(
    readDump({
      name: 'rules',
      text: `*raw
-A PREROUTING -p udp --dport 69 -j CT --helper tftp
COMMIT
*filter
:FORWARD DROP [0:0]
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -p udp --dport 69 -j ACCEPT
COMMIT
`,
    }).ruleset,
  );
  const own = [parseInterfaceAddress('192.168.0.2/24')].flatMap((one) => one ?? []);
  const known = buildHost('ipv4', [{ addresses: own, podCIDR: parsePrefix('10.180.0.0/24') as Subnet }]);
  const sequence = new Sequence(helped, known);
  const send = (text: string) =>
    sequence.next(parsePacket({ name: 'packet', text }), 0).outcomes.map(({ verdict }) => verdict);
  expect(send('udp 203.0.113.9:4000 -> 10.180.0.5:69 from external')).toEqual(['accept']);
  expect(send('udp 10.180.0.5:69 -> 203.0.113.9:4000 from pod')).toEqual(['accept']);
  // It may be the file, from a port that the server chose.
  expect(send('udp 10.180.0.5:5000 -> 203.0.113.9:4000 from pod')).toEqual(['unknown']);
  for (const other of ['10.180.0.5:5001 -> 203.0.113.9:4001', '10.180.0.6:5000 -> 203.0.113.9:4000'])
    expect(send(`udp ${other} from pod`)).toEqual(['drop']);
  expect(send('udp 10.180.0.5:5002 -> 203.0.113.9:4000 from pod state RELATED')).toEqual(['accept']);
});

// nf_nat_core's get_unique_tuple: what an answer looks like is one of its kind. Seen of Linux 6.18 with conversation.py: of 423 flows
// from all ports from which the second flow's was chosen, just the one from that port is given another.
describe('a port that translation chose is nobody else’s', () => {
  const clashing = buildProgram(
    readDump({
      name: 'rules',
      text: `*nat
-A PREROUTING -d 10.96.0.1/32 -p udp -j DNAT --to-destination 10.180.0.5:8080
-A POSTROUTING -s 203.0.113.0/24 -p udp -j SNAT --to-source 10.180.0.6
COMMIT
*filter
-A FORWARD -p udp -m udp --dport 9 -m conntrack --ctstate SNAT -j DROP
COMMIT
`,
    }).ruleset,
  );
  const udp = (text: string) => parsePacket({ name: 'packet', text: `udp ${text}` });
  const ports = (sequence: Sequence, text: string, at: number) =>
    sequence
      .next(udp(text), at)
      .outcomes.map(
        ({ verdict, left }) => `${verdict} ${left.sourcePort ?? '*'} -> ${left.destinationPort ?? '*'}`,
      );

  test('whether a flow from the very port keeps it, nobody knows, and its answer tells', () => {
    const sequence = new Sequence(clashing, host);
    expect(ports(sequence, '10.180.0.6:1000 -> 10.96.0.1:80', 0)).toEqual(['accept 1000 -> 8080']);
    expect(ports(sequence, '10.180.0.6:1000 -> 10.180.0.5:8080', 1)).toEqual(['accept * -> 8080']);
    expect(ports(sequence, '10.180.0.6:634 -> 10.180.0.5:8080', 2)).toEqual(['accept * -> 8080']);
    // Of none of the two ranges, or to another end: there is nothing to clash with.
    expect(ports(sequence, '10.180.0.6:500 -> 10.180.0.5:8080', 3)).toEqual(['accept 500 -> 8080']);
    expect(ports(sequence, '10.180.0.6:634 -> 10.180.0.5:8081', 4)).toEqual(['accept 634 -> 8081']);
    // What is answered is taken for the flow whose port is the likeliest, and that is told.
    for (const [port, client] of [
      [634, 634],
      [700, 1000],
    ]) {
      const text = `10.180.0.5:8080 -> 10.180.0.6:${port}`;
      const { outcomes, assumed } = sequence.next(udp(text), 5);
      expect(outcomes.map(({ left }) => left.destinationPort)).toEqual([client]);
      expect(assumed).toContainEqual({ code: 'to-chosen-port' });
    }
    const changed = ({ original, sourceChanged }: (typeof sequence.connections)[number]) =>
      `${original.sourcePort} ${original.destinationPort} ${sourceChanged}`;
    expect(sequence.connections.map(changed)).toContain('634 8080 false');
    // So is what comes after it on the same connection, in either direction, and of no other one.
    const later = (text: string) => {
      const codes = sequence.next(udp(text), 6).assumed.map(({ code }) => code);
      return codes.filter((code) => code.endsWith('to-chosen-port'));
    };
    expect(later('10.180.0.5:8080 -> 10.180.0.6:700')).toEqual(['answer-to-chosen-port']);
    expect(later('10.180.0.6:1000 -> 10.180.0.5:8080')).toEqual(['answer-to-chosen-port']);
    expect(later('10.180.0.6:1000 -> 10.96.0.1:80')).toEqual([]);
    expect(later('10.180.0.6:500 -> 10.180.0.5:8080')).toEqual([]);
  });

  test('a source that was mapped to a port that nobody knows has that one again', () => {
    const sequence = new Sequence(clashing, host);
    expect(ports(sequence, '203.0.113.9:5000 -> 10.180.0.5:80', 0)).toEqual(['accept 5000 -> 80']);
    expect(ports(sequence, '203.0.113.77:5000 -> 10.180.0.5:80', 1)).toEqual(['accept * -> 80']);
    expect(ports(sequence, '203.0.113.77:5000 -> 10.180.0.5:81', 2)).toEqual(['accept * -> 81']);
    // The first answer tells the port, which is kept from then on.
    sequence.next(udp('10.180.0.5:81 -> 10.180.0.6:2761'), 3);
    expect(ports(sequence, '203.0.113.77:5000 -> 10.180.0.5:82', 4)).toEqual(['accept 2761 -> 82']);
  });
});

describe('what was deleted from a set of nft takes up room until the kernel sweeps it (findings/nft-deleted-element-still-takes-up-room.sh)', () => {
  const text = `table ip t {
  set s { type ipv4_addr; size 1; flags dynamic,timeout; }
  chain p {
    type filter hook prerouting priority 0
    udp dport 8 ip saddr @s drop
    udp dport 9 add @s { ip saddr }
    udp dport 10 delete @s { ip saddr }
  }
}
`;
  const outcomes = (packets: readonly (readonly [at: number, source: string, port: number])[]) => {
    const node = new Sequence(new NftProgram(readNft({ name: 'rules', text }).ruleset, 'ipv4'), host);
    const told = packets.map(([at, source, port]) =>
      node.next(
        parsePacket({ name: 'packet', text: `udp ${source} -> 10.180.0.5:${port} from external` }),
        at,
      ),
    );
    return told.at(-1)?.outcomes.map(({ verdict }) => verdict);
  };
  const deleted = [
    [0, '203.0.113.1:1', 9],
    [0, '203.0.113.1:1', 10],
  ] as const;

  test.each([
    [
      'room that nobody took',
      [
        [0, '203.0.113.2:1', 9],
        [0, '203.0.113.2:1', 8],
      ],
      ['drop'],
    ],
    ['at once there is none', [...deleted, [0, '203.0.113.2:1', 9], [0, '203.0.113.2:1', 8]], ['accept']],
    ['nor for the same one', [...deleted, [0, '203.0.113.1:1', 9], [0, '203.0.113.1:1', 8]], ['accept']],
    ['later nobody knows', [...deleted, [1, '203.0.113.2:1', 9], [1, '203.0.113.2:1', 8]], ['unknown']],
    ['nor when others do', [...deleted, [1, '203.0.113.2:1', 9], [1, '203.0.113.3:1', 8]], ['accept']],
  ] as const)('%s', (_name, packets, expected) => {
    expect(outcomes(packets)).toEqual(expected);
  });
});

describe('entries of ipset are over after their time (ipset(8), timeout; iptables-extensions(8), SET)', () => {
  const text = (options: string) => `*mangle
-A PREROUTING -p tcp -j SET --add-set s src${options}
-A PREROUTING -p udp -m set --match-set s src -j DROP
COMMIT
`;
  const sets =
    'create s hash:ip family inet hashsize 64 maxelem 9 timeout 10\nadd s 203.0.113.1 timeout 5\nadd s 203.0.113.2 timeout 0\n';
  const verdictAt = (options: string, packets: readonly string[]) => {
    const known = readSets([{ name: 'sets', text: sets }]);
    const rules = readDump({ name: 'rules', text: text(options) }).ruleset;
    const node = new Sequence(buildProgram(rules, undefined, known), host);
    const told = packets.map((packet) => {
      const [at, protocol, source] = packet.split(' ');
      const line = `${protocol} ${source}:1 -> 10.180.0.5:8 from external`;
      return node.next(parsePacket({ name: 'packet', text: line }), Number(at));
    });
    return told
      .at(-1)
      ?.outcomes.map(({ verdict }) => verdict)
      .join();
  };

  test.each([
    ['', ['4 udp 203.0.113.1'], 'drop'],
    ['', ['6 udp 203.0.113.1'], 'accept'],
    ['', ['900 udp 203.0.113.2'], 'drop'],
    ['', ['1 tcp 203.0.113.3', '10 udp 203.0.113.3'], 'drop'],
    ['', ['1 tcp 203.0.113.3', '12 udp 203.0.113.3'], 'accept'],
    ['', ['1 tcp 203.0.113.3', '9 tcp 203.0.113.3', '12 udp 203.0.113.3'], 'accept'],
    [' --exist', ['1 tcp 203.0.113.3', '9 tcp 203.0.113.3', '12 udp 203.0.113.3'], 'drop'],
    [' --timeout 30', ['1 tcp 203.0.113.3', '12 udp 203.0.113.3'], 'drop'],
    [' --timeout 30', ['6 tcp 203.0.113.1', '12 udp 203.0.113.1'], 'drop'],
  ])('SET%s: %s', (options, packets, expected) => {
    expect(verdictAt(options, packets)).toBe(expected);
  });
});
