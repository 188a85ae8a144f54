import { describe, expect, test } from 'vitest';
import { beyondScope, cutPlacesOf, inScope, placesOf } from '../../src/diff/scope.ts';
import { compareTexts } from '../../src/diff/text.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import { dumpSide } from '../../src/session/side.ts';
import { load, table } from './small.ts';

const write = (ruleset: ReturnType<typeof load>) => writeDump(ruleset, { counters: 'drop' });
const mine = table(
  'filter',
  ':INPUT DROP [0:0]',
  ':FORWARD DROP [0:0]',
  ':KUBE-FORWARD - [0:0]',
  ':DOCKER - [0:0]',
  '-A INPUT -p tcp -j ACCEPT',
  '-A FORWARD -j DOCKER',
  '-A FORWARD -j KUBE-FORWARD',
  '-A DOCKER -j DROP',
  '-A KUBE-FORWARD -j ACCEPT',
);
const foreign = table('mangle', ':INPUT DROP [0:0]', ':DOCKER - [0:0]', '-A INPUT -j DOCKER');

describe('the scope of a comparison', () => {
  test('may be all that there is', () => {
    const all = load(mine + foreign);
    expect(inScope(all, 'all')).toBe(all);
  });

  test("may be kube-proxy's chains and what leads to them, where every policy is to accept", () => {
    const own = table(
      'filter',
      ':INPUT ACCEPT [0:0]',
      ':FORWARD ACCEPT [0:0]',
      ':KUBE-FORWARD - [0:0]',
      '-A FORWARD -j KUBE-FORWARD',
      '-A KUBE-FORWARD -j ACCEPT',
    );
    const found = inScope(load(mine + foreign), 'kube-proxy');
    expect(write(found)).toBe(write(load(own)));
    const policies = found.tables.flatMap(({ chains }) =>
      [...chains].map(([name, { policy }]) => [name, policy]),
    );
    expect(policies).toEqual([
      ['INPUT', 'ACCEPT'],
      ['FORWARD', 'ACCEPT'],
      ['KUBE-FORWARD', null],
    ]);
  });

  test('keeps open where a text breaks off, if kube-proxy jumps from there', () => {
    const openIn = (...lines: string[]) => {
      const text = `${lines.join('\n')}\n`;
      const { ruleset } = dumpSide('cut', { name: 'cut', text }, 'ipv4');
      return cutPlacesOf(inScope(ruleset, 'kube-proxy')).map(({ table: one, chain }) => `${one} ${chain}`);
    };
    const ofFilter = ['*filter', ':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', '-A INPUT -p tcp -j ACCEPT'];
    expect(openIn(...ofFilter)).toEqual(expect.arrayContaining(['filter INPUT', 'filter FORWARD']));
    const ofNat = [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':INPUT ACCEPT [0:0]',
      '-A PREROUTING -p tcp -j ACCEPT',
    ];
    expect(openIn(...ofNat)).toContain('nat PREROUTING');
    expect(openIn(...ofNat)).not.toContain('nat INPUT');
  });

  test('leaves out what is beyond it: every rule and policy is on one side', () => {
    expect(placesOf(beyondScope(load(mine + foreign), 'kube-proxy'))).toEqual([
      { table: 'filter', chain: 'INPUT', rules: 1, policy: 'DROP' },
      { table: 'filter', chain: 'FORWARD', rules: 1, policy: 'DROP' },
      { table: 'filter', chain: 'DOCKER', rules: 1 },
      { table: 'mangle', chain: 'INPUT', rules: 1, policy: 'DROP' },
    ]);
    expect(placesOf(beyondScope(load(mine + foreign), 'all'))).toEqual([]);
    const rulesIn = (ruleset: Ruleset) =>
      ruleset.tables.flatMap(({ chains }) => [...chains.values()].flatMap(({ rules }) => rules)).length;
    const all = load(mine + foreign);
    expect(rulesIn(inScope(all, 'kube-proxy')) + rulesIn(beyondScope(all, 'kube-proxy'))).toBe(rulesIn(all));
  });

  test('keeps a chain of kube-proxy that nothing leads to', () => {
    const idle = table('nat', ':OUTPUT ACCEPT [0:0]', ':KUBE-SERVICES - [0:0]');
    expect(inScope(load(idle), 'kube-proxy').tables.map(({ name }) => name)).toEqual(['nat']);
  });
});

test('texts are compared line by line, and equal ones have no changes', () => {
  const other = load(mine.replace('-p tcp -j ACCEPT', '-p udp -j ACCEPT'));
  expect(compareTexts(load(mine), load(mine))).toEqual([]);
  const hunks = compareTexts(load(mine), other, 0);
  expect(hunks?.flatMap(({ lines }) => lines)).toEqual([
    '-' + '-A INPUT -p tcp -j ACCEPT',
    '+' + '-A INPUT -p udp -j ACCEPT',
  ]);
});
