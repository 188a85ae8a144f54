import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/address/address.ts';
import { portProtocols } from '../../src/address/protocols.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { echoRequest, isIcmp, type Packet, tcpFlags } from '../../src/engine/packet.ts';
import { printPacket } from '../../src/report/trace-text.ts';
import { arrivalStates } from '../../src/sets/box.ts';
import { InputError, printProblem } from '../../src/text/problem.ts';

const parse = (text: string) => parsePacket({ name: 'packet', text });

function complaint(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(printProblem).join('\n');
    throw error;
  }
  return '';
}

describe('a packet in words', () => {
  test.each([
    [
      'tcp 198.51.100.7:40000 -> 192.168.10.11:32213 from external flags SYN,ACK state new',
      { protocol: 6, sourcePort: 40000, destinationPort: 32213, from: 'external', flags: 18, state: 'NEW' },
    ],
    [
      'udp [fd00::9]:53 -> [fd00::a]:54',
      { protocol: 17, source: parseAddress('fd00::9'), sourcePort: 53, destinationPort: 54, from: null },
    ],
    ['tcp fd00::9 -> [fd00::a]:54', { sourcePort: null, source: parseAddress('fd00::9') }],
    ['tcp 10.0.0.1 -> 10.0.0.2:80', { sourcePort: null, flags: 2, state: null }],
    [
      'icmp 10.0.0.1 -> 10.0.0.2',
      { protocol: 1, icmp: { type: 8, code: 0 }, sourcePort: null, destinationPort: null },
    ],
    ['icmp fd00::1 -> fd00::2 type echo-reply', { protocol: 58, icmp: { type: 129, code: 0 } }],
    ['icmp 10.0.0.1 -> 10.0.0.2 type 3/4', { icmp: { type: 3, code: 4 } }],
    ['  SCTP 10.0.0.1:1 -> 10.0.0.2:2 from pod  ', { protocol: 132, from: 'pod' }],
    ['47 10.0.0.1 -> 10.0.0.2 from wg0', { protocol: 47, from: { interface: 'wg0' } }],
    ['tcp 10.0.0.1:1 -> 10.0.0.2:2 flags none', { flags: 0 }],
    ['tcp 10.0.0.1:0 -> 10.0.0.2:65535 flags SA', { flags: 18, sourcePort: 0, destinationPort: 65535 }],
    ['tcp 10.0.0.1:1 -> 10.0.0.2:2 flags syn|ack', { flags: 18 }],
    ['tcp 10.0.0.1:1 -> 10.0.0.2:2 flags FSRPAU', { flags: 63 }],
    ['tcp 10.0.0.1:1 -> 10.0.0.2:2 flags FIN,RST,PSH,URG', { flags: 45 }],
    ['udplite 10.0.0.1:1 -> 10.0.0.2:2', { protocol: 136, sourcePort: 1, destinationPort: 2 }],
    ['dccp 10.0.0.1:1 -> 10.0.0.2:2', { protocol: 33 }],
    ['6 10.0.0.1:1 -> 10.0.0.2:2 flags ACK', { protocol: 6, flags: 16 }],
    ['1 10.0.0.1 -> 10.0.0.2 type 0', { protocol: 1, icmp: { type: 0, code: 0 } }],
    ['255 10.0.0.1 -> 10.0.0.2', { protocol: 255 }],
    ['icmpv6 fd00::1 -> fd00::2', { protocol: 58, icmp: { type: 128, code: 0 } }],
    ['icmp6 fd00::1 -> fd00::2 type redirect', { protocol: 58, icmp: { type: 137, code: 0 } }],
    ['ipv6-icmp fd00::1 -> fd00::2 type Packet-Too-Big', { icmp: { type: 2, code: 0 } }],
    ['icmp 10.0.0.1 -> 10.0.0.2 type redirect', { icmp: { type: 5, code: 0 } }],
    ['icmp 10.0.0.1 -> 10.0.0.2 type 255/255', { icmp: { type: 255, code: 255 } }],
    ['tcp [fd00::9] -> [fd00::a]:80', { sourcePort: null, destinationPort: 80 }],
    ['tcp 10.0.0.1:1 -> 10.0.0.2:2 from host state invalid', { from: 'host', state: 'INVALID' }],
    ['tcp 10.0.0.1:1 -> 10.0.0.2:2 state Established', { state: 'ESTABLISHED' }],
    ['tcp 10.0.0.1:1 -> 10.0.0.2:2 state related', { state: 'RELATED' }],
    ['tcp 10.0.0.1:1 -> 10.0.0.2:2 state untracked', { state: 'UNTRACKED' }],
  ])('%s', (text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });
});

describe('a packet that does not parse is shown with a caret', () => {
  test.each([
    ['', '1:1', 'ends too early'],
    ['tcp', '1:4', 'a blank'],
    ['tcp 10.0.0.1:80 > 10.0.0.2:80', '1:17', '->'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 form pod', '1:32', 'from, flags, state or type'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 from', '1:36', 'ends too early'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:70000', '1:20', '70000 is no port'],
    ['tcp 10.0.0.256:80 -> 10.0.0.2:80', '1:5', '10.0.0.256 is not an IP address'],
    ['tpc 10.0.0.1:80 -> 10.0.0.2:80', '1:1', 'tpc is no protocol'],
    ['tcp 10.0.0.1:80 -> [fd00::1]:80', '1:20', 'different families'],
    ['icmp 10.0.0.1:80 -> 10.0.0.2', '1:6', 'icmp has no ports'],
    ['udp 10.0.0.1:80 -> 10.0.0.2:80 flags SYN', '1:32', 'udp has no flags'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 flags SYM', '1:38', 'SYN, perhaps'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 state know', '1:38', 'is not a state'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 from pod from host', '1:41', 'from is there twice'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 from pod from host', '1:41', 'expected: from once'],
    ['  tcp 10.0.0.256:80 -> 10.0.0.2:80', '1:7', '10.0.0.256 is not an IP address'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 flags SYM', '1:38', 'SYM are not TCP flags'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 flags x', '1:38', 'FIN, SYN, RST, PSH, ACK, URG'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 state x', '1:38', 'new, established, related, invalid, untracked'],
    ['icmp 10.0.0.1 -> 10.0.0.2 type echo-replay', '1:32', 'echo-reply, perhaps'],
    ['icmp 10.0.0.1 -> 10.0.0.2 type x', '1:32', 'x is not an ICMP type'],
    [
      'icmp 10.0.0.1 -> 10.0.0.2 type x',
      '1:32',
      'echo-reply, destination-unreachable, redirect, echo-request',
    ],
    ['icmp fd00::1 -> fd00::2 type x', '1:30', 'neighbour-solicitation, neighbour-advertisement'],
    ['icmp 10.0.0.1 -> 10.0.0.2 type 256', '1:32', '256 is not an ICMP type'],
    ['icmp 10.0.0.1 -> 10.0.0.2 type 3/256', '1:32', '3/256 is not an ICMP type'],
    ['icmp 10.0.0.1 -> 10.0.0.2 type 3/x', '1:32', '3/x is not an ICMP type'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 type 8', '1:32', 'tcp has no type'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 type 8', '1:32', 'expected: icmp'],
    ['udp 10.0.0.1:80 -> 10.0.0.2:80 flags SYN', '1:32', 'expected: tcp'],
    ['0 10.0.0.1 -> 10.0.0.2', '1:1', '0 is no protocol'],
    ['6x 10.0.0.1 -> 10.0.0.2', '1:1', '6x is no protocol'],
    ['x6 10.0.0.1 -> 10.0.0.2', '1:1', 'x6 is no protocol'],
    ['256 10.0.0.1 -> 10.0.0.2', '1:1', '256 is no protocol'],
    ['tcp 10.0.0.1: -> 10.0.0.2:80', '1:5', 'nothing is no port'],
    ['tcp [fd00::1]: -> [fd00::2]:80', '1:5', 'nothing is no port'],
    ['tcp :80 -> 10.0.0.2:80', '1:5', ':80 is not an IP address'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:8x', '1:20', '8x is no port'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:70000', '1:20', 'a number from 0 to 65535'],
    ['tcp 10.0.0.256:80 -> 10.0.0.2:80', '1:5', '192.0.2.1, 192.0.2.1:80, 2001:db8::1 or [2001:db8::1]:80'],
    ['tpc 10.0.0.1:80 -> 10.0.0.2:80', '1:1', 'tcp, udp, sctp, icmp or a number from 1 to 255'],
    ['tcp 10.0.0.1:80 -> [fd00::1]:80', '1:20', 'an ipv4 address'],
    ['icmp 10.0.0.1 -> 10.0.0.2:80', '1:18', 'an address alone'],
    ['47 10.0.0.1 -> 10.0.0.2:80', '1:16', '47 has no ports'],
    ['', '1:1', "'tcp 198.51.100.7:40000 -> 192.168.10.11:32213 from external'"],
    ['tcp 10.0.0.1:80 > 10.0.0.2:80', '1:17', 'this cannot stand here'],
    ['tcp 10.0.0.1:80 10.0.0.2:80', '1:17', '->, or as in'],
    [`tcp ${'1'.repeat(1000)}`, '1:1001', 'a packet is not written with so many characters'],
    [`tcp ${'1'.repeat(1000)}`, '1:1001', 'at most 1000 characters'],
  ])('%s', (text, place, words) => {
    const said = complaint(text);
    expect(said).toContain(`packet:${place}: error[packet-syntax]`);
    expect(said).toContain(words);
    expect(said).toMatch(/\^/);
    expect(said).toMatch(/expected: /);
  });

  test('as long as may be', () => {
    expect(complaint(`  tcp ${'1'.repeat(996)}  `)).not.toContain('so many characters');
    expect(complaint(`  tcp ${'1'.repeat(997)}  `)).toContain('so many characters');
  });

  test('where the protocol is none, its options are not judged', () => {
    expect(complaint('tpc 10.0.0.1 -> 10.0.0.2 type 8')).not.toContain('has no type');
  });

  test('everything that is wrong is said at once', () => {
    expect(complaint('tpc 10.0.0.1:99999 -> 10.0.0.300:80').match(/error\[packet-syntax\]/g)).toHaveLength(2);
  });
});

test('what is printed of a packet is read as the same packet', () => {
  const address = { ipv4: fc.nat(), ipv6: fc.bigInt(0n, (1n << 128n) - 1n) };
  const packet = fc.constantFrom('ipv4' as const, 'ipv6' as const).chain((family) =>
    fc.integer({ min: 1, max: 255 }).chain((protocol) => {
      const port = portProtocols.has(protocol) ? fc.integer({ min: 0, max: 65535 }) : fc.constant(null);
      const byte = fc.integer({ min: 0, max: 255 });
      return fc.record({
        protocol: fc.constant(protocol),
        source: address[family],
        destination: address[family],
        sourcePort: port,
        destinationPort: port,
        from: fc.constantFrom<Packet['from']>(null, 'pod', 'host', 'external', { interface: 'eth1' }),
        flags: protocol === 6 ? fc.integer({ min: 0, max: 63 }) : fc.constant(tcpFlags.SYN),
        icmp: isIcmp(protocol) ? fc.record({ type: byte, code: byte }) : fc.constant(echoRequest[family]),
        state: fc.constantFrom<Packet['state']>(null, ...arrivalStates),
      });
    }),
  );
  fc.assert(
    fc.property(packet, (one: Packet) => {
      expect(parse(printPacket(one))).toEqual(one);
    }),
  );
});
