import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Family, families } from '../../src/address/address.ts';
import { readFlows } from '../../src/engine/flows.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { keptSet } from '../../src/ipset/held.ts';
import { readSets } from '../../src/ipset/set-file.ts';
import { type PartKind, setTypes } from '../../src/ipset/sets.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { withHeld } from '../../src/proof/rules/held-sets.ts';
import { flowOf } from '../kernel/compare.ts';
import { setCase } from '../kernel/generate-sets.ts';
import { nodes } from '../kernel/node.ts';
import { propertySeed } from '../seed.ts';
import { dumpOf } from './lines.ts';
import { load } from './small.ts';

const setsIn = (text: string) => readSets([{ name: 'sets', text }]);

function keeping(ruleset: Ruleset, text: string | null): Ruleset {
  if (text === null) return ruleset;
  const sets = setsIn(text);
  return { ...ruleset, kept: new Map([...sets.keys()].map((name) => [name, keptSet(sets, name)])) };
}

const evaluated = Object.keys(setTypes).filter(
  (type) => !(setTypes[type] as readonly PartKind[]).includes('unevaluated'),
);

/** The walk itself, whose sets are held against the kernel's. */
describe('what a set is asked for, written out, is what the walk finds in it', () => {
  test.each(families)('%s', (family) => {
    let compared = 0;
    fc.assert(
      fc.property(setCase(evaluated, family, 'nft', 12), (one) => {
        const text = one.sets as string;
        const ruleset = load(one.rules, family);
        const side = keeping(ruleset, text);
        // Of sets that both ask, both must know.
        expect(withHeld(side, ruleset).names).toEqual([]);
        const asked = buildProgram(ruleset, undefined, setsIn(text));
        const told = buildProgram(withHeld(side, side).sides[0]);
        const sent = { host: nodes[family].host, packets: one.packets.map(flowOf) };
        const flows = readFlows({ name: 'flows', text: JSON.stringify(sent) }, family);
        const host = buildHost(family, [flows.host]);
        for (const { packet } of flows.packets) {
          const { outcomes } = tracePacket(told, host, packet);
          // Exceptions of several parts are left to the set.
          if (outcomes.some(({ verdict }) => verdict === 'unknown')) continue;
          compared += 1;
          expect(outcomes, `${text}\n${one.rules}`).toEqual(tracePacket(asked, host, packet).outcomes);
        }
      }),
      { numRuns: 40, seed: propertySeed },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

const hash = (name: string, type: string, ...entries: readonly string[]) =>
  [`create ${name} ${type} family inet`, ...entries.map((entry) => `add ${name} ${entry}`), ''].join('\n');
const two = hash('s', 'hash:ip', '198.51.100.7', '198.51.100.9');
const networks = hash('s', 'hash:net', '198.51.100.0/24', '198.51.100.64/26 nomatch', '198.51.100.70');
const services = hash('s', 'hash:ip,port', '10.244.1.9,tcp:80', '10.244.1.9,udp:53', '10.244.1.8,tcp:80');
const ports = 'create s bitmap:port range 0-1024\nadd s 80\nadd s 443\n';
const list = `${two}${hash('n', 'hash:net', '203.0.113.0/24')}create l list:set\nadd l s\nadd l n\n`;
const three = hash('s', 'hash:net,port,net', '198.51.100.0/24,tcp:80,10.244.1.0/28');
const asks = (name: string, ends: string, more = '') =>
  `filter FORWARD -m set --match-set ${name} ${ends}${more} -j DROP`;
const drops = (...matches: readonly string[]) => matches.map((match) => `filter FORWARD ${match} -j DROP`);
const fills = 'filter FORWARD -p tcp -m tcp --dport 22 -j SET --add-set s src';
const each = (protocols: readonly string[]) =>
  protocols.map((name) => `-p ${name} -m multiport --dports 80,443`);

function compare(
  [before, beforeSets]: readonly [readonly string[], string | null],
  [after, afterSets]: readonly [readonly string[], string | null],
  family: Family = 'ipv4',
) {
  const left = keeping(load(dumpOf(before), family), beforeSets);
  const right = keeping(load(dumpOf(after), family), afterSets);
  return comparePackets(left, right, assumeHost(family, [], [left, right]).host);
}

describe('rules that ask a set, and the same written out', () => {
  test.each([
    ['addresses', asks('s', 'src'), two, drops('-s 198.51.100.7', '-s 198.51.100.9'), true],
    ['another address', asks('s', 'src'), two, drops('-s 198.51.100.7', '-s 198.51.100.8'), false],
    ['the other end', asks('s', 'dst'), two, drops('-s 198.51.100.7', '-s 198.51.100.9'), false],
    [
      'a prefix, an exception, an exception of that',
      asks('s', 'src'),
      networks,
      [
        'filter FORWARD -s 198.51.100.70 -j DROP',
        'filter FORWARD -s 198.51.100.64/26 -j ACCEPT',
        'filter FORWARD -s 198.51.100.0/24 -j DROP',
      ],
      true,
    ],
    ['a prefix with all of it', asks('s', 'src'), networks, drops('-s 198.51.100.0/24'), false],
    [
      'the exceptions',
      asks('s', 'src', ' --return-nomatch'),
      networks,
      ['filter FORWARD -s 198.51.100.70 -j ACCEPT', ...drops('-s 198.51.100.64/26')],
      true,
    ],
    [
      'addresses and ports',
      asks('s', 'dst,dst'),
      services,
      drops('-d 10.244.1.8/31 -p tcp -m tcp --dport 80', '-d 10.244.1.9 -p udp -m udp --dport 53'),
      true,
    ],
    [
      'more addresses than have that port',
      asks('s', 'dst,dst'),
      services,
      drops('-d 10.244.1.8/31 -p tcp -m tcp --dport 80', '-d 10.244.1.8/31 -p udp -m udp --dport 53'),
      false,
    ],
    ['ports', asks('s', 'dst'), ports, drops(...each(['tcp', 'udp'])), true],
    ['ports of one protocol', asks('s', 'dst'), ports, drops(...each(['tcp'])), false],
    ['ports of a protocol more', asks('s', 'dst'), ports, drops(...each(['tcp', 'udp', 'sctp'])), false],
    [
      'a list',
      asks('l', 'src'),
      list,
      drops('-s 203.0.113.0/24', '-s 198.51.100.7', '-s 198.51.100.9'),
      true,
    ],
    ['a list without a member', asks('l', 'src'), list, drops('-s 203.0.113.0/24'), false],
    [
      'three parts',
      asks('s', 'src,dst,dst'),
      three,
      drops('-s 198.51.100.0/24 -d 10.244.1.0/28 -p tcp -m tcp --dport 80'),
      true,
    ],
    [
      'too few ends',
      asks('s', 'src,dst'),
      three,
      drops('-s 198.51.100.0/24 -d 10.244.1.0/28 -p tcp -m tcp --dport 80'),
      false,
    ],
    ['a mask', asks('s', 'src'), two.replace('inet', 'inet netmask 28'), drops('-s 198.51.100.0/28'), true],
    [
      'entries that end',
      asks('s', 'src'),
      two.replace('inet', 'inet timeout 60'),
      drops('-s 198.51.100.7', '-s 198.51.100.9'),
      false,
    ],
    [
      'counters',
      asks('s', 'src', ' ! --update-counters --packets-gt 3'),
      two,
      drops('-s 198.51.100.7', '-s 198.51.100.9'),
      false,
    ],
  ] as const)('%s', (_name, asking, sets, written, same) => {
    const found = compare([[asking], sets], [written, null]);
    expect(found.same).toBe(same);
    if (same) expect(compare([written, null], [[asking], sets]).same).toBe(true);
    expect(found.assumed.some(({ code }) => code === 'sets-held')).toBe(
      !asking.includes('packets') && !sets.includes('timeout'),
    );
  });

  test('a set that rules fill is not known', () => {
    const written = [...drops('-s 198.51.100.7', '-s 198.51.100.9'), fills];
    expect(compare([[asks('s', 'src'), fills], two], [written, null]).same).toBe(false);
    const members = [...drops('-s 203.0.113.0/24', '-s 198.51.100.7', '-s 198.51.100.9'), fills];
    expect(compare([[asks('l', 'src'), fills], list], [members, null]).same).toBe(false);
  });

  test('sets of one name that hold others are told apart by what they hold', () => {
    const other = hash('s', 'hash:ip', '198.51.100.7', '198.51.100.8');
    const found = compare([[asks('s', 'src')], two], [[asks('s', 'src')], other]);
    expect(found.unproved).toEqual([]);
    expect(found.classes.length).toBeGreaterThan(0);
    expect(new Set(found.classes.map(({ witness }) => witness.source))).toEqual(
      new Set([0xc6336408, 0xc6336409]),
    );
    const made = [...drops('-s 198.51.100.8'), asks('s', 'src')];
    const mended = [asks('s', 'src'), ...drops('-s 198.51.100.9')];
    expect(compare([made, two], [mended, other]).same).toBe(true);
  });

  test('a set of the other family holds nothing', () => {
    const found = compare([[asks('s', 'src')], two], [[], null], 'ipv6');
    expect(found.same).toBe(true);
  });
});
