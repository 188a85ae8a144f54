import { expect, test } from 'vitest';
import { readDump } from '../../src/dump/read.ts';
import { buildHost } from '../../src/host/build.ts';
import { parsePacket } from '../../src/packet/notation.ts';
import { buildProgram } from '../../src/packet/program.ts';
import { readSets } from '../../src/packet/set-file.ts';
import { tracePacket } from '../../src/packet/trace.ts';
import { InputError } from '../../src/text/problem.ts';

// As ipset 7.17 printed it of sets in a namespace.
const saved = `create a hash:ip,port,net family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x3ca72f31
add a 203.0.113.9,icmp:echo-request,10.2.0.0/16
add a 203.0.113.9,tcp:80,10.2.0.0/16 nomatch
add a 203.0.113.9,tcp:80,10.0.0.0/8
create i hash:ip family inet hashsize 1024 maxelem 65536 netmask 24 timeout 100 counters comment bucketsize 12 initval 0x32e255ab
add i 203.0.113.0 timeout 99 packets 0 bytes 0 comment "a b nomatch"
create m hash:mac hashsize 1024 maxelem 65536 bucketsize 12 initval 0x32e255ab
add m 00:11:22:33:44:55
create l list:set size 8
add l a
add l i
`;

function trace(rule: string, packet: string, sets: string | null) {
  const text = `*filter\n:FORWARD DROP [0:0]\n-A FORWARD ${rule} -j ACCEPT\nCOMMIT\n`;
  const { ruleset } = readDump({ name: 'rules', text });
  const host = buildHost('ipv4', []);
  const contents = sets === null ? null : readSets([{ name: 'sets', text: sets }]);
  const program = buildProgram(ruleset, undefined, contents);
  const known = { ...host, addressesKnown: true, routesKnown: true };
  const { outcomes } = tracePacket(program, known, parsePacket({ name: 'packet', text: packet }));
  return outcomes.map(({ verdict, because }) => [verdict, because].filter(Boolean).join(': '));
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

test('nfacct only counts', () => {
  expect(trace('-m nfacct --nfacct-name ct_state_invalid_dropped_pkts', packet, null)).toEqual(['accept']);
});

test('every line that is wrong is told', () => {
  const text = 'create a hash:nothing\nadd b 10.0.0.1\ncreate c hash:ip\nadd c 10.0.0\nflush c\n';
  try {
    readSets([{ name: 'sets', text }]);
    expect.unreachable();
  } catch (error) {
    const { problems } = error as InputError;
    expect(error).toBeInstanceOf(InputError);
    expect(problems.map(({ span }) => text.slice(span?.start, span?.end))).toEqual([
      'create a hash:nothing',
      'add b 10.0.0.1',
      'add c 10.0.0',
      'flush c',
    ]);
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
  ['create p hash:ip family inet6', 'add p fd00::1', ['fd00::1']],
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
])('ipset refuses %s, %s', (create, add) => {
  expect(() => readSets([{ name: 'sets', text: `${create}\n${add}\n` }])).toThrow(InputError);
});
