import { describe, expect, test } from 'vitest';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readSets } from '../../src/ipset/set-file.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { sayExpected } from '../../src/text/detail.ts';
import type { Expected } from '../../src/text/expected.ts';
import { InputError } from '../../src/text/problem.ts';
import { because } from '../said.ts';

// As ipset 7.17 printed it of sets in a namespace.
const saved = `create a hash:ip,port,net family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x3ca72f31
add a 203.0.113.9,icmp:echo-request,10.2.0.0/16
add a 203.0.113.9,tcp:80,10.2.0.0/16 nomatch
add a 203.0.113.9,tcp:80,10.0.0.0/8
create i hash:ip family inet hashsize 1024 maxelem 65536 netmask 24 timeout 100 counters comment bucketsize 12 initval 0x32e255ab
add i 203.0.113.0 timeout 99 packets 0 bytes 0 comment "a nomatch b"
create m hash:mac hashsize 1024 maxelem 65536 bucketsize 12 initval 0x32e255ab
add m 00:11:22:33:44:55
create l list:set size 8
add l a
add l i
`;

function trace(rule: string, packet: string, sets: string | null) {
  const text = `*filter\n:FORWARD DROP [0:0]\n-A FORWARD ${rule} -j ACCEPT\nCOMMIT\n`;
  const family = packet.includes('[') ? 'ipv6' : 'ipv4';
  const { ruleset } = readDump({ name: 'rules', text }, { family });
  const host = buildHost(family, []);
  const contents = sets === null ? null : readSets([{ name: 'sets', text: sets }]);
  const program = buildProgram(ruleset, undefined, contents);
  const known = { ...host, addressesKnown: true, routesKnown: true };
  const { outcomes } = tracePacket(program, known, parsePacket({ name: 'packet', text: packet }));
  return outcomes.map((outcome) => [outcome.verdict, because(outcome)].filter(Boolean).join(': '));
}

const packet = 'tcp 203.0.113.9:4000 -> 10.2.0.7:80 from external';

test.each([
  ['the longest prefix is an exception', '-m set --match-set a src,dst,dst', packet, 'drop'],
  ['another prefix is not', '-m set --match-set a src,dst,dst', packet.replace('10.2', '10.3'), 'accept'],
  ['exceptions are asked for', '-m set --match-set a src,dst,dst --return-nomatch', packet, 'accept'],
  ['negated', '-m set ! --match-set a src,dst,dst', packet, 'accept'],
  ['too few directions never match', '-m set --match-set a src,dst', packet.replace('10.2', '10.3'), 'drop'],
  ['addresses are reduced by netmask', '-m set --match-set i src', packet, 'accept'],
  ['a word in a comment is no option', '-m set --match-set i src', packet, 'accept'],
  ['one of a list is enough', '-m set --match-set l src,dst,dst', packet, 'accept'],
])('%s', (_name, rule, text, expected) => {
  expect(trace(rule, text, saved)).toEqual([expect.stringContaining(expected)]);
});

test.each([
  ['no file', '-m set --match-set i src', packet, null, /contents of the set i .* give --sets/],
  ['no such set', '-m set --match-set x src', packet, saved, /the set x is not in what --sets says/],
  ['a MAC address', '-m set --match-set m src', packet, saved, /is not evaluated \(set m\)/],
  [
    'a port that is not given',
    '-m set --match-set a src,src,dst',
    'tcp 203.0.113.9 -> 10.2.0.7:80 from external',
    saved,
    /source port is not given/,
  ],
  ['what a set has counted', '-m set --match-set i src --packets-gt 5', packet, saved, /has counted/],
])('unknown: %s', (_name, rule, text, sets, because) => {
  expect(trace(rule, text, sets)).toEqual([expect.stringMatching(because)]);
});

const http = 'tcp 203.0.113.9:4000 -> 10.2.0.7:80 from external';
const six = 'tcp [2001:db8::9]:4000 -> [fd00::7]:80 from external';

test.each<[directions: string, sets: string, packet: string, answer: 'in it' | 'not']>([
  ['dst', 'create x hash:ip\nadd x 10.2.0.7', http, 'in it'],
  ['src', 'create x hash:ip\nadd x 10.2.0.7', http, 'not'],
  ['dst', 'create x hash:ip\nadd x 10.2.0.0/29', http, 'in it'],
  ['dst', 'create x hash:ip\nadd x 10.2.0.1-10.2.0.7', http, 'in it'],
  ['dst', 'create x hash:ip\nadd x 10.2.0.1-10.2.0.6', http, 'not'],
  ['dst', 'create x hash:ip\nadd x 10.2.0.8/29', http, 'not'],
  ['dst', 'create x hash:ip netmask 24\nadd x 10.2.0.0', http, 'in it'],
  ['dst', 'create x hash:ip netmask 24\nadd x 10.2.0.9-10.2.2.3', http, 'in it'],
  ['dst', 'create x hash:ip netmask 24\nadd x 10.2.0.0/23', http.replace('10.2.0', '10.2.1'), 'in it'],
  ['dst', 'create x hash:ip netmask 24\nadd x 10.2.0.0/23', http.replace('10.2.0', '10.2.2'), 'not'],
  [
    'dst',
    'create x hash:ip bitmask 255.255.0.255\nadd x 10.2.0.7',
    http.replace('10.2.0', '10.2.9'),
    'in it',
  ],
  ['dst', 'create x hash:ip bitmask 255.255.0.255\nadd x 10.2.0.7', http.replace('10.2.', '10.3.'), 'not'],
  ['dst', 'create x hash:ip family inet6\nadd x fd00::7', six, 'in it'],
  ['dst', 'create x hash:ip family inet6\nadd x fd00::8', six, 'not'],
  ['dst', 'create x hash:ip family inet6 netmask 64\nadd x fd00::', six, 'in it'],
  ['dst', 'create x hash:net\nadd x 10.2.0.0/16', http, 'in it'],
  ['dst', 'create x hash:net\nadd x 10.3.0.0/16', http, 'not'],
  ['dst', 'create x hash:net\nadd x 10.0.0.0/8 nomatch\nadd x 10.2.0.0/16', http, 'in it'],
  ['dst', 'create x hash:net\nadd x 10.2.0.0/16\nadd x 10.0.0.0/8 nomatch', http, 'in it'],
  ['dst', 'create x hash:net\nadd x 10.0.0.0/8\nadd x 10.2.0.0/16 nomatch', http, 'not'],
  ['dst', 'create x hash:net family inet6\nadd x fd00::/8', six, 'in it'],
  ['dst', 'create x hash:net family inet6\nadd x fd00::7', six, 'in it'],
  ['src,dst', 'create x hash:net,net\nadd x 203.0.113.0/24,10.2.0.0/16', http, 'in it'],
  ['dst,src', 'create x hash:net,net\nadd x 203.0.113.0/24,10.2.0.0/16', http, 'not'],
  // Of another family than the packets of the rules.
  ['dst', 'create x hash:net family inet6\nadd x ::/1', http, 'not'],
  ['dst', 'create x hash:net\nadd x 0.0.0.0/1', six, 'not'],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,tcp:80', http, 'in it'],
  ['dst,src', 'create x hash:ip,port\nadd x 10.2.0.7,tcp:80', http, 'not'],
  ['dst,src', 'create x hash:ip,port\nadd x 10.2.0.7,tcp:4000', http, 'in it'],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,80', http, 'in it'],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,80', http.replace('tcp', 'udp'), 'not'],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,udp:79-81', http.replace('tcp', 'udp'), 'in it'],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,udp:80', http, 'not'],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,sctp:80', http.replace('tcp', 'sctp'), 'in it'],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,sctp:80', http, 'not'],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,udplite:80', http.replace('tcp', 'udplite'), 'in it'],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,udplite:80', http.replace('tcp', 'udp'), 'not'],
  [
    'dst,dst',
    'create x hash:ip,port\nadd x 10.2.0.7,tcp:80',
    'icmp 203.0.113.9 -> 10.2.0.7 from external',
    'not',
  ],
  ['dst,dst', 'create x hash:ip,port\nadd x 10.2.0.7,tcp:80', http.replace('tcp', 'dccp'), 'not'],
  ['dst,dst', 'create x hash:ip,port family inet6\nadd x fd00::7,tcp:80', six, 'in it'],
  ['dst,dst,src', 'create x hash:net,port,net\nadd x 10.2.0.0/16,tcp:80,203.0.113.0/24', http, 'in it'],
  ['dst,dst,src', 'create x hash:net,port,net\nadd x 10.2.0.0/16,tcp:80,203.0.113.0/29', http, 'not'],
  ['dst,dst,src', 'create x hash:ip,port,ip\nadd x 10.2.0.7,tcp:80,203.0.113.9', http, 'in it'],
  ['dst', 'create x bitmap:port range 0-1023\nadd x 80', http, 'in it'],
  ['src', 'create x bitmap:port range 0-1023\nadd x 80', http, 'not'],
  ['dst', 'create x bitmap:port range 0-1023\nadd x 80', http.replace('tcp', 'udp'), 'in it'],
  ['dst', 'create x bitmap:port range 0-1023\nadd x 80', 'icmp 203.0.113.9 -> 10.2.0.7 from external', 'not'],
  ['dst', 'create x bitmap:port range 0-1023\nadd x 80', six, 'in it'],
  ['dst', 'create x bitmap:ip range 10.2.0.0/16\nadd x 10.2.0.7', http, 'in it'],
  // Whatever an empty set would be asked for, nothing is in it.
  ['src', 'create x hash:mac', http, 'not'],
  ['src,src', 'create x hash:ip,port', 'tcp 203.0.113.9 -> 10.2.0.7:80 from external', 'not'],
  ['dst', 'create y hash:ip\nadd y 10.2.0.7\ncreate x list:set size 8\nadd x y', http, 'in it'],
  ['dst', 'create y hash:ip\nadd y 10.2.0.8\ncreate x list:set size 8\nadd x y', http, 'not'],
  [
    'dst',
    'create m hash:mac\nadd m 00:11:22:33:44:55\ncreate y hash:ip\nadd y 10.2.0.7\n' +
      'create x list:set\nadd x m\nadd x y',
    http,
    'in it',
  ],
])('asked for %s, %j: %s is %s', (directions, sets, packet, answer) => {
  const [was] = trace(`-m set --match-set x ${directions}`, packet, sets);
  expect(was?.startsWith('accept')).toBe(answer === 'in it');
  expect(trace(`-m set ! --match-set x ${directions}`, packet, sets)).toEqual([
    expect.stringContaining(answer === 'in it' ? 'drop' : 'accept'),
  ]);
});

test.each<[directions: string, sets: string, packet: string, because: RegExp]>([
  [
    'dst,dst',
    'create x hash:ip,port\nadd x 10.2.0.8,icmp:echo-request',
    'icmp 203.0.113.9 -> 10.2.0.7 from external',
    /entries for protocols without ports are not evaluated \(set x\)/,
  ],
  [
    'src',
    'create m hash:mac\nadd m 00:11:22:33:44:55\ncreate y hash:ip\nadd y 10.2.0.7\ncreate x list:set\nadd x m\nadd x y',
    http,
    /beside addresses and ports is not evaluated \(set m\)/,
  ],
  ['src', 'create x list:set\nadd x gone', http, /the set gone is not in what --sets says/],
  ['src,src', 'create x bitmap:ip,mac\nadd x 203.0.113.8', http, /not evaluated \(set x\)/],
  ['src,src', 'create x hash:ip,mac\nadd x 203.0.113.8,00:11:22:33:44:55', http, /not evaluated \(set x\)/],
  ['src,src', 'create x hash:ip,mark\nadd x 203.0.113.8,0x1', http, /not evaluated \(set x\)/],
  ['src,src', 'create x hash:net,iface\nadd x 203.0.113.0/24,eth0', http, /not evaluated \(set x\)/],
  // A set of MAC addresses is of no family.
  ['src', 'create x hash:mac\nadd x 00:11:22:33:44:55', six, /not evaluated \(set x\)/],
  [
    'dst',
    'create x bitmap:port range 0-9\nadd x 8',
    'tcp 203.0.113.9:1 -> 10.2.0.7 from external',
    /destination port/,
  ],
  [
    'dst,dst',
    'create x hash:ip,port\nadd x 10.2.0.7,tcp:80',
    'tcp 203.0.113.9:1 -> 10.2.0.7 from external',
    /destination port is not given, and a set is asked for it \(set x\)/,
  ],
])('asked for %s, %j: of %s it is not known', (directions, sets, packet, because) => {
  for (const not of ['', '! '])
    expect(trace(`-m set ${not}--match-set x ${directions}`, packet, sets)).toEqual([
      expect.stringMatching(because),
    ]);
});

describe('a set of which nothing is known', () => {
  /** Whether the packet is dropped where the second question is not answered as the first one. */
  const differ = (first: string, second: string, between = '') => {
    const text =
      `*mangle\n-A PREROUTING -m set --match-set x ${first} -j MARK --or-mark 0x1\n${between}COMMIT\n` +
      `*filter\n-A FORWARD -m mark --mark 0x1 -m set ! --match-set x ${second} -j DROP\n` +
      `-A FORWARD -m mark --mark 0x0 -m set --match-set x ${second} -j DROP\nCOMMIT\n`;
    const host = { ...buildHost('ipv4', []), addressesKnown: true, routesKnown: true };
    const program = buildProgram(readDump({ name: 'rules', text }).ruleset);
    const { outcomes } = tracePacket(program, host, parsePacket({ name: 'packet', text: http }));
    return outcomes.map(({ verdict }) => verdict).join();
  };

  test('answers the same question alike', () => {
    expect(differ('src', 'src')).toBe('accept');
    expect(differ('src,dst', 'src,dst')).toBe('accept');
  });

  test('may answer another question otherwise', () => {
    expect(differ('src', 'dst')).toBe('unknown');
    expect(differ('src', 'src --return-nomatch')).toBe('unknown');
  });
});

test('nfacct only counts', () => {
  expect(trace('-m nfacct --nfacct-name ct_state_invalid_dropped_pkts', packet, null)).toEqual(['accept']);
});

test('every line that is wrong is told', () => {
  const text =
    'create a hash:nothing\nadd b 10.0.0.1\n  create c hash:ip\nadd c 10.0.0\n  # add\n  \ndel c 10.0.0.1\ncreate c list:set\n' +
    'create\nadd c\nadd c 10.0.0.1,80\n';
  try {
    readSets([{ name: 'sets', text }]);
    expect.unreachable();
  } catch (error) {
    const { problems } = error as InputError;
    expect(error).toBeInstanceOf(InputError);
    expect(problems.map(({ span, message }) => `${text.slice(span?.start, span?.end)}: ${message}`)).toEqual([
      'create a hash:nothing: hash:nothing is no type of a set',
      'add b 10.0.0.1: no set b was created before',
      'add c 10.0.0: 10.0.0 cannot be in the set c',
      'del c 10.0.0.1: del is no line of saved sets',
      'create c list:set: there are two sets c',
      'create: create is no line of saved sets',
      'add c: add is no line of saved sets',
      'add c 10.0.0.1,80: 80 cannot be in the set c',
    ]);
    expect(sayExpected(problems[0]?.expected as Expected)).toContain('hash:ip,port,net');
    expect(problems.every((problem) => problem.code === 'set-syntax' && problem.expected)).toBe(true);
  }
});

/** As ipset 7.17 took them by `ipset restore`, and then printed the entries. */
test.each([
  ['create p bitmap:port range 0-65535', 'add p 80-82', ['80', '81', '82']],
  ['create p bitmap:port range 0-65535', 'add p 82-80', ['80', '81', '82']],
  ['create p bitmap:port range 0-65535', 'add p 65535', ['65535']],
  [
    'create p hash:ip,port',
    'add p 10.0.0.1,tcp:80-82',
    ['10.0.0.1,tcp:80', '10.0.0.1,tcp:81', '10.0.0.1,tcp:82'],
  ],
  ['create p hash:ip,port', 'add p 10.0.0.1,81', ['10.0.0.1,tcp:81']],
  ['create p hash:ip', 'add p 10.0.0.0/30', ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3']],
  ['create p hash:ip', 'add p 10.0.0.1-10.0.0.3', ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
  ['create p hash:ip', 'add p 10.0.0.3-10.0.0.1', ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
  ['create p hash:ip', 'add p 255.255.255.254-255.255.255.255', ['255.255.255.254', '255.255.255.255']],
  ['create p hash:ip netmask 24', 'add p 10.0.0.9-10.0.2.3', ['10.0.0.0', '10.0.1.0', '10.0.2.0']],
  ['create p hash:ip family inet6', 'add p fd00::1', ['fd00::1']],
  [
    'create p hash:ip,port',
    'add p 10.0.0.1-10.0.0.2,udp:80-81',
    ['10.0.0.1,udp:80', '10.0.0.1,udp:81', '10.0.0.2,udp:80', '10.0.0.2,udp:81'],
  ],
  ['create p hash:ip,port', 'add p 10.0.0.0/31,tcp:65535', ['10.0.0.0,tcp:65535', '10.0.0.1,tcp:65535']],
  ['create p hash:ip,port', 'add p 10.0.0.1,icmp:echo-request', ['10.0.0.1,icmp:echo-request']],
  ['create p hash:ip,port family inet6', 'add p fd00::1,tcp:81-80', ['fd00::1,tcp:80', 'fd00::1,tcp:81']],
  ['create p hash:net', 'add p 10.0.0.1/8', ['10.0.0.0/8']],
  ['create p hash:net', 'add p 10.0.0.1', ['10.0.0.1']],
  ['# remark', 'create p hash:ip', []],
])('ipset takes %s, %s', (create, add, entries) => {
  const contents = (lines: readonly string[]) => {
    const set = readSets([{ name: 'sets', text: `${lines.join('\n')}\n` }]).get('p');
    return set && 'entries' in set ? [...set.entries.keys()].sort() : null;
  };
  const one = entries.map((entry) => `add p ${entry}`);
  expect(contents([create, add])).toEqual(
    contents([create, ...one].filter((line) => line !== '# remark')) ?? [],
  );
  expect(contents([create, add])).toHaveLength(entries.length);
});

test.each([
  ['create p bitmap:port range 0-65535', 'add p 65536'],
  ['create p bitmap:port range 0-65535', 'add p 65536-80'],
  ['create p hash:ip,port', 'add p 10.0.0.1'],
  ['create p hash:ip family inet6', 'add p 10.0.0.1'],
  ['create p hash:ip', 'add p fd00::1'],
  ['create p hash:ip family inet6', 'add p 10.0.0.1-10.0.0.2'],
  ['create p hash:ip family inet6', 'add p fd00::1-fd00::3'],
  ['create p hash:ip family inet6', 'add p fd00::/126'],
  ['create p hash:ip', 'add p 10.0.0.1-10.0.0.3-10.0.0.5'],
  ['create p hash:ip', 'add p 10.0.0.0/33'],
  ['create p hash:ip', 'add p 10.0.0.0/15'],
  ['create p hash:ip', 'add p 0.0.0.0/0'],
  ['create p hash:ip,port', 'add p 10.0.0.1,tcp:x80'],
  ['create p hash:ip', 'add p 10.0.0.0/255.255.0.255'],
  ['create p hash:net', 'add p 10.0.0.0/255.0.255.0'],
  ['create p hash:ip', 'add p 10.0.0.1,80'],
  ['create p hash:ip,port', 'add p 10.0.0.1,tcp:80,10.0.0.2'],
  ['create p hash:ip,port', 'add p 10.0.0.0/24,tcp:0-65535'],
  ['create p hash:ip,port', 'add p 10.0.0.1,tcp:65536'],
  ['create p hash:ip,port', 'add p 10.0.0.1,tcp:'],
  ['create p hash:ip,port', 'add p 10.0.0.1,tcp:8x'],
  ['create p bitmap:port range 0-65535', 'add p 80,81'],
  ['create p hash:net', 'add p fd00::/8'],
  ['create p hash:net family inet6', 'add p 10.0.0.0/8'],
  ['create p hash:net', 'add p 10.0.0.0/8,eth0'],
])('ipset refuses %s, %s', (create, add) => {
  expect(() => readSets([{ name: 'sets', text: `${create}\n${add}\n` }])).toThrow(InputError);
});

test('ipset takes as many entries as a set has room for', () => {
  const size = (lines: string) => {
    const set = readSets([{ name: 'sets', text: lines }]).get('p');
    return set && 'entries' in set ? set.entries.size : null;
  };
  expect(size('create p bitmap:port range 0-65535\nadd p 0-65535')).toBe(65_536);
  expect(size('create p hash:ip\nadd p 10.0.0.0/16')).toBe(65_536);
});
