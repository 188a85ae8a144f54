import { describe, expect, test } from 'vitest';
import { type Family, parseAddress } from '../../src/address/address.ts';
import { familyOfFlows, readFlows } from '../../src/engine/flows.ts';
import { sayExpected } from '../../src/text/detail.ts';
import { InputError } from '../../src/text/problem.ts';

const packet = { proto: 'tcp', src: '203.0.113.9', dst: '10.96.0.1', dport: 80 };
const six = { proto: 'tcp', src: '2001:db8::9', dst: 'fd00::1', dport: 80 };

function read(packets: unknown, family: Family = 'ipv4', host: object = {}) {
  return readFlows({ name: 'flows', text: JSON.stringify({ host, packets }, null, 1) }, family);
}

/** For each problem its code, the words at its place, and what is said. */
function problemsOf(text: string, family: Family = 'ipv4'): string[] {
  try {
    readFlows({ name: 'flows', text }, family);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(
      ({ code, span, message, expected }) =>
        `${code} at ${text.slice(span?.start, span?.end)}: ${message}${expected ? ` (${sayExpected(expected)})` : ''}`,
    );
  }
  return [];
}

describe('a packet of a list', () => {
  test.each<[fields: object, expected: object]>([
    [
      {},
      {
        protocol: 6,
        source: parseAddress('203.0.113.9'),
        destination: parseAddress('10.96.0.1'),
        sourcePort: null,
        destinationPort: 80,
        from: null,
        flags: 2,
        icmp: { type: 8, code: 0 },
        state: null,
      },
    ],
    [{ sport: 4000 }, { sourcePort: 4000 }],
    [
      { sport: 0, dport: 65535 },
      { sourcePort: 0, destinationPort: 65535 },
    ],
    [
      { sport: null, dport: null, from: null, flags: null },
      { sourcePort: null, destinationPort: null, from: null, flags: 2 },
    ],
    [{ proto: 17 }, { protocol: 17, destinationPort: 80 }],
    [{ proto: 'UDP' }, { protocol: 17 }],
    [
      { proto: 'sctp', sport: 1 },
      { protocol: 132, sourcePort: 1, destinationPort: 80 },
    ],
    // Of ICMP sport is the identifier, and there is no other port; of other protocols there is none at all.
    [
      { proto: 'icmp', sport: 7 },
      { protocol: 1, sourcePort: 7, destinationPort: null },
    ],
    [
      { proto: 50, sport: 7 },
      { protocol: 50, sourcePort: null, destinationPort: null },
    ],
    [{ from: 'external' }, { from: 'external' }],
    [{ from: 'pod' }, { from: 'pod' }],
    [{ from: 'host' }, { from: 'host' }],
    [{ from: 'wg0' }, { from: { interface: 'wg0' } }],
    [{ flags: 'SYN,ACK' }, { flags: 18 }],
    [{ flags: 'SA' }, { flags: 18 }],
    [{ flags: ['SYN', 'ACK'] }, { flags: 18 }],
    [{ flags: 'NONE' }, { flags: 0 }],
    [{ proto: 'icmp', type: 'echo-reply' }, { icmp: { type: 0, code: 0 } }],
    [{ proto: 'icmp', type: '3/1' }, { icmp: { type: 3, code: 1 } }],
    [{ proto: 'icmp', type: 3 }, { icmp: { type: 3, code: 0 } }],
    [{ state: 'established' }, { state: 'ESTABLISHED' }],
    [
      { state: null, type: null },
      { state: null, icmp: { type: 8, code: 0 } },
    ],
  ])('%j', (fields, expected) => {
    expect(read([{ ...packet, ...fields }]).packets[0]?.packet).toMatchObject(expected);
  });

  test('of IPv6', () => {
    expect(read([{ ...six, proto: 'icmp' }], 'ipv6').packets[0]?.packet).toMatchObject({
      protocol: 58,
      source: parseAddress('2001:db8::9'),
      destination: parseAddress('fd00::1'),
      icmp: { type: 128, code: 0 },
    });
  });

  test('has a name and a time, or its number and none', () => {
    const list = [
      packet,
      { ...packet, id: 'second', at: 1.5 },
      { ...packet, id: 3, at: 0 },
      { ...packet, at: null },
    ];
    expect(read(list).packets.map(({ id, at }) => [id, at])).toEqual([
      ['1', null],
      ['second', 1.5],
      ['3', 0],
      ['4', null],
    ]);
  });
});

test('the host stands beside the packets', () => {
  expect(read([], 'ipv4', { uplink: 'bond0' })).toEqual({
    host: { uplink: 'bond0' },
    packets: [],
    problems: [],
  });
  expect(read([packet], 'ipv4', { nonsense: 1 })).toMatchObject({
    packets: [{ id: '1' }],
    problems: [{ code: 'field-unknown', severity: 'warning' }],
  });
});

describe('what is wrong with a packet is told at its place', () => {
  test.each<[fields: object, said: string]>([
    [{ proto: 'tpc' }, 'field-value at "tpc": not a protocol (tcp, udp, sctp or icmp)'],
    [{ proto: undefined }, 'field-value at'],
    [{ src: '1.2.3' }, 'address-syntax at "1.2.3": "1.2.3" is not an IP address'],
    [{ src: 7 }, 'address-syntax at 7: 7 is not an IP address'],
    [{ dst: undefined }, 'address-syntax at'],
    [{ dst: 'fd00::1' }, 'packet-family at "fd00::1": fd00::1 is no ipv4 address (ipv4, or --family)'],
    [{ sport: 65536 }, 'port-range at 65536: 65536 is no port (a number from 0 to 65535)'],
    [{ dport: -1 }, 'port-range at -1: -1 is no port (a number from 0 to 65535)'],
    [{ dport: '80' }, 'port-range at "80": "80" is no port (a number from 0 to 65535)'],
    [{ dport: 80.5 }, 'port-range at 80.5: 80.5 is no port (a number from 0 to 65535)'],
    [{ from: '' }, 'field-type at "": not an origin (external, pod or host)'],
    [{ from: 1 }, 'field-type at 1: not an origin (external, pod or host)'],
    [{ flags: 'SYM' }, 'field-value at "SYM": SYM are not TCP flags (SYN,ACK or SA)'],
    [
      { proto: 'icmp', type: 'echo-replies' },
      'field-value at "echo-replies": echo-replies is not an ICMP type (echo-reply, perhaps)',
    ],
    [{ type: 8 }, 'field-value at 8: tcp has no type (icmp)'],
    [{ state: 'opened' }, 'field-value at "opened": opened is not a state ('],
    [
      { at: 1, state: 'new' },
      'field-value at "new": of packets with times, the state is what those before them make of it',
    ],
    [{ at: '1' }, 'field-type at "1": not a time (seconds)'],
  ])('%j', (fields, said) => {
    const [first, ...others] = problemsOf(JSON.stringify({ packets: [packet, { ...packet, ...fields }] }));
    expect(others).toEqual([]);
    expect(first?.startsWith(said)).toBe(true);
  });

  test('all of it at once', () => {
    const wrong = {
      ...packet,
      proto: 'tpc',
      src: 'x',
      dst: 'y',
      sport: -1,
      dport: -1,
      from: 1,
      flags: 'x',
      at: 'z',
    };
    expect(problemsOf(JSON.stringify({ packets: [wrong, 7, packet] }))).toHaveLength(9);
    expect(problemsOf(JSON.stringify({ packets: [7] }))).toEqual([
      'field-type at 7: not a packet ({"id", "proto", "src", "dst", "dport", "from"})',
    ]);
  });

  test('there are no packets', () => {
    for (const text of ['{}', '[]', '7', '{"packets": {}}', '{"host": {}}']) {
      const [said, ...others] = problemsOf(text);
      expect(others).toEqual([]);
      expect(said).toContain('there is no list of packets ({"host": {…}, "packets": […]})');
    }
    expect(problemsOf('{"host": {"podCIDR": "10.0.0.0/33"}}').map((said) => said.split(' ')[0])).toEqual([
      'address-syntax',
      'field-missing',
    ]);
  });
});

test.each([
  [[packet], 'ipv4'],
  [[six, six], 'ipv6'],
  [[packet, six], undefined],
  [[{ ...six, src: 'nobody' }], undefined],
  [[], undefined],
])('the family of packets %#', (packets, family) => {
  expect(familyOfFlows({ name: 'flows', text: JSON.stringify({ packets }) })).toBe(family);
});

test('fields that are not known are warned of, each name once, at its place', () => {
  const packets = [
    { ...packet, flag: 'SYN,ACK', stat: 'invalid', mark: 1 },
    { ...packet, flag: 'ACK' },
    { ...packet, at: 1, id: 'x', sport: 1, from: 'external', flags: 'S' },
  ];
  const text = JSON.stringify({ packets, hosts: {} });
  const { problems } = readFlows({ name: 'flows', text }, 'ipv4');
  const said = problems.map(({ code, severity, span, message, expected }) =>
    [code, severity, text.slice(span?.start, span?.end), message, expected && sayExpected(expected)].join(
      ' | ',
    ),
  );
  const known = 'one of id, proto, src, dst, sport, dport, from, flags, type, state, at';
  expect(said).toEqual([
    'field-unknown | warning | "hosts" | a list of packets has no field hosts; it is passed over | host, perhaps',
    'field-unknown | warning | "flag" | a packet has no field flag; it is passed over | flags, perhaps',
    'field-unknown | warning | "stat" | a packet has no field stat; it is passed over | state, perhaps',
    `field-unknown | warning | "mark" | a packet has no field mark; it is passed over | ${known}`,
  ]);
});
