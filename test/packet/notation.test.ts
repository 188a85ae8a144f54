import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/address/address.ts';
import { parsePacket } from '../../src/packet/notation.ts';
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
    ['tcp 10.0.0.256:80 -> 10.0.0.2:80', '1:5', '10.0.0.256 is no IP address'],
    ['tpc 10.0.0.1:80 -> 10.0.0.2:80', '1:1', 'tpc is no protocol'],
    ['tcp 10.0.0.1:80 -> [fd00::1]:80', '1:20', 'different families'],
    ['icmp 10.0.0.1:80 -> 10.0.0.2', '1:6', 'icmp has no ports'],
    ['udp 10.0.0.1:80 -> 10.0.0.2:80 flags SYN', '1:32', 'udp has no flags'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 flags SYM', '1:38', 'SYN, perhaps'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 state know', '1:38', 'is not a state'],
    ['tcp 10.0.0.1:80 -> 10.0.0.2:80 from pod from host', '1:41', 'from is there twice'],
  ])('%s', (text, place, words) => {
    const said = complaint(text);
    expect(said).toContain(`packet:${place}: error[packet-syntax]`);
    expect(said).toContain(words);
    expect(said).toMatch(/\^/);
    expect(said).toMatch(/expected: /);
  });

  test('everything that is wrong is said at once', () => {
    expect(complaint('tpc 10.0.0.1:99999 -> 10.0.0.300:80').match(/error\[packet-syntax\]/g)).toHaveLength(2);
  });
});
