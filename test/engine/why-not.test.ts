import { describe, expect, test } from 'vitest';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram, chainKey, type ProgramRule } from '../../src/engine/program.ts';
import { type Fate, whyNot } from '../../src/engine/why-not.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { saySeen } from '../../src/report/seen.ts';

const addresses = [parseInterfaceAddress('192.168.0.2/24')].flatMap((one) => one ?? []);
const host = buildHost('ipv4', [{ addresses }]);
const tcp = 'tcp 203.0.113.9:4000 -> 192.168.0.9:80 from external';

function fateOf(rules: string, chain: string, number: number, packet = tcp): Fate {
  const program = buildProgram(readDump({ name: 'rules', text: rules }).ruleset);
  const rule = program.chains.get(chainKey('filter', chain))?.rules[number - 1] as ProgramRule;
  return whyNot(program, host, parsePacket({ name: 'packet', text: packet }), rule);
}

/** What the packet has instead, in words. */
function found(fate: Fate): string | null {
  return fate.kind === 'failed' ? saySeen(fate.found) : null;
}

const filter = (...lines: string[]) => `*filter\n${lines.join('\n')}\nCOMMIT\n`;

describe('the first match that fails is named, with what the packet has instead', () => {
  test.each([
    ['-s 10.0.0.0/8', 'source', 'the source is 203.0.113.9'],
    ['-d 10.0.0.0/8', 'destination', 'the destination is 192.168.0.9'],
    ['-i lo', 'in-interface', `it came in by ${host.uplink}`],
    ['-o lo', 'out-interface', `it leaves by ${host.uplink}`],
    ['-p udp', 'protocol', 'the protocol is 6'],
    ['-p tcp -m tcp --dport 81', 'tcp', 'the source port is 4000, the destination port 80'],
    ['-p tcp -m multiport --dports 81', 'multiport', 'the source port is 4000, the destination port 80'],
    ['-m mark --mark 0x4000/0x4000', 'mark', 'the mark is 0x0'],
    ['-m conntrack --ctstate ESTABLISHED', 'conntrack', 'the state is NEW'],
    ['-m state --state ESTABLISHED', 'state', 'the state is NEW'],
    ['-m addrtype --dst-type LOCAL', 'addrtype', 'the source is 203.0.113.9, the destination is 192.168.0.9'],
    ['-m recent --rcheck --name x --rsource', 'recent', 'the list does not say so of 203.0.113.9'],
    ['-p tcp -m comment --comment a -m tcp --dport 81 -s 10.0.0.0/8', 'source', 'the source is 203.0.113.9'],
  ])('%s', (match, kind, said) => {
    const fate = fateOf(filter(`-A FORWARD ${match} -j DROP`), 'FORWARD', 1);
    expect(fate).toMatchObject({ kind: 'failed', match: { kind } });
    expect(found(fate)).toBe(said);
  });

  test('states that are no connection', () => {
    const rule = filter('-A FORWARD -m conntrack --ctstate NEW -j DROP');
    expect(found(fateOf(rule, 'FORWARD', 1, `${tcp} flags SYN,ACK`))).toBe('the state is INVALID');
    const off = `*raw\n-A PREROUTING -j CT --notrack\nCOMMIT\n${rule}`;
    expect(found(fateOf(off, 'FORWARD', 1))).toBe('the state is UNTRACKED');
  });

  test('in a chain where nothing is known yet of where it leaves', () => {
    const rules = filter(':X - [0:0]', '-A INPUT -j X', '-A X -o lo -j DROP');
    expect(found(fateOf(rules, 'X', 1, 'tcp 203.0.113.9:4000 -> 192.168.0.2:80 from external'))).toBe(
      'it leaves by no interface yet',
    );
    const own = filter(':X - [0:0]', '-A OUTPUT -j X', '-A X -i lo -j DROP');
    expect(found(fateOf(own, 'X', 1, 'tcp 192.168.0.2:4000 -> 192.168.0.9:80 from host'))).toBe(
      'it came in by no interface',
    );
  });

  test('ports that are not given', () => {
    const rule = filter('-A FORWARD -p tcp -m tcp --dport 81 --sport 1 -j DROP');
    expect(found(fateOf(rule, 'FORWARD', 1, 'tcp 203.0.113.9 -> 192.168.0.9:80 from external'))).toContain(
      'not given',
    );
  });
});

describe('other fates', () => {
  test('it matched, or nobody knows', () => {
    expect(fateOf(filter('-A FORWARD -p tcp -j DROP'), 'FORWARD', 1)).toEqual({ kind: 'matched' });
    expect(fateOf(filter('-A FORWARD -j DROP'), 'FORWARD', 1)).toEqual({ kind: 'matched' });
    expect(fateOf(filter('-A FORWARD -m limit --limit 5/min -j DROP'), 'FORWARD', 1)).toMatchObject({
      kind: 'unknown',
      reason: { code: 'match-unevaluated', name: 'limit' },
    });
  });

  test('where ways end alike, every rule on each of them matched', () => {
    const rules = filter(
      '-A FORWARD -m statistic --mode random --probability 0.5 -j MARK --set-xmark 0x1/0x1',
      '-A FORWARD -p tcp -m mark --mark 0x1/0x1 -j DROP',
      '-A FORWARD -j DROP',
      '-A FORWARD -p tcp -j DROP',
    );
    expect([1, 2, 3].map((number) => fateOf(rules, 'FORWARD', number))).toEqual([
      { kind: 'matched' },
      { kind: 'matched' },
      { kind: 'matched' },
    ]);
    expect(fateOf(rules, 'FORWARD', 4)).toMatchObject({ kind: 'not-reached', left: { number: 3 } });
  });

  test('chance is asked, and a later match fails', () => {
    const coin = '-m statistic --mode random --probability 0.5';
    expect(fateOf(filter(`-A FORWARD ${coin} -m mark --mark 0x1 -j DROP`), 'FORWARD', 1)).toMatchObject({
      kind: 'failed',
      match: { kind: 'mark' },
    });
    expect(
      fateOf(filter(`-A FORWARD -m statistic --mode random --probability 0 -j DROP`), 'FORWARD', 1),
    ).toMatchObject({ kind: 'failed', found: [] });
  });

  test('what matched once matched, though it is asked again and fails', () => {
    const rules = filter(
      ':X - [0:0]',
      '-A FORWARD -j X',
      '-A FORWARD -j X',
      '-A X -m mark --mark 0x0 -j MARK --set-xmark 0x1/0xffffffff',
      '-A X -m mark --mark 0x1 -j LOG',
    );
    expect(fateOf(rules, 'X', 1)).toEqual({ kind: 'matched' });
    expect(fateOf(rules, 'X', 2)).toEqual({ kind: 'matched' });
  });

  test('what failed at first may match later', () => {
    const rules = filter(
      ':X - [0:0]',
      '-A FORWARD -j X',
      '-A FORWARD -j MARK --set-xmark 0x1/0x1',
      '-A FORWARD -j X',
      '-A X -m mark --mark 0x1 -j DROP',
    );
    expect(fateOf(rules, 'X', 1)).toEqual({ kind: 'matched' });
  });

  test('of many rules that lead to a chain some are named, those first that were tried', () => {
    const leading = Array.from({ length: 8 }, (_, index) => `-A FORWARD -p udp -m udp --dport ${index} -j X`);
    const others = Array.from({ length: 8 }, (_, index) => `-A INPUT -p udp -m udp --dport ${index} -j X`);
    const fate = fateOf(filter(':X - [0:0]', ...others, ...leading, '-A X -j DROP'), 'X', 1);
    expect(fate.kind === 'not-entered' ? fate.callers.map(({ rule }) => rule.chain) : []).toEqual(
      Array(5).fill('FORWARD'),
    );
    const untried = fateOf(filter(':X - [0:0]', ...others, '-A X -j DROP'), 'X', 1);
    expect(untried.kind === 'not-entered' ? untried.callers.map(({ fate: own }) => own.kind) : []).toEqual(
      Array(5).fill('not-entered'),
    );
  });

  test('nobody knows, though all ways end alike', () => {
    const rules = filter('-A FORWARD -m limit --limit 5/min -j DROP', '-A FORWARD -p tcp -j DROP');
    expect(fateOf(rules, 'FORWARD', 1)).toMatchObject({ kind: 'unknown' });
    expect(fateOf(rules, 'FORWARD', 2)).toEqual({ kind: 'matched' });
  });

  test('an earlier rule led it away', () => {
    const fate = fateOf(
      filter('-A FORWARD -p udp -j DROP', '-A FORWARD -j DROP', '-A FORWARD -j ACCEPT'),
      'FORWARD',
      3,
    );
    expect(fate).toMatchObject({ kind: 'not-reached', left: { number: 2 } });
  });

  test('its chain was not entered: the rules that lead there say why', () => {
    const rules = filter(
      ':X - [0:0]',
      ':Y - [0:0]',
      '-A FORWARD -p udp -j X',
      '-A INPUT -j X',
      '-A X -j Y',
      '-A Y -j DROP',
    );
    expect(fateOf(rules, 'Y', 1)).toMatchObject({
      kind: 'not-entered',
      callers: [
        {
          rule: { chain: 'X', number: 1 },
          fate: {
            kind: 'not-entered',
            callers: [
              {
                rule: { chain: 'FORWARD' },
                fate: { kind: 'failed', found: [{ code: 'protocol', number: 6 }] },
              },
            ],
          },
        },
      ],
    });
  });

  test('a chain that nothing leads to', () => {
    expect(fateOf(filter(':X - [0:0]', '-A X -j DROP'), 'X', 1)).toEqual({
      kind: 'not-entered',
      callers: [],
    });
  });
});
