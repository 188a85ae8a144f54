import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/address/address.ts';
import { emptyMemory } from '../../src/engine/memory.ts';
import type { OutcomeEnd } from '../../src/engine/outcome.ts';
import type { Packet } from '../../src/engine/packet.ts';
import type { Reason } from '../../src/engine/reasons.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { type Cell, explore } from '../../src/proof/explore/explore.ts';
import { fateOf, goSameWay, metAlone } from '../../src/proof/explore/fate.ts';
import { fatesOf } from '../../src/proof/explore/fates.ts';
import { hostSets } from '../../src/proof/explore/host-sets.ts';
import { listOrigins } from '../../src/proof/explore/origins.ts';
import { fingerprint } from '../../src/proof/rules/fingerprint.ts';
import { type Box, universe, withSide } from '../../src/sets/box.ts';
import { fraction } from '../../src/sets/fraction.ts';
import { has } from '../../src/sets/intervals.ts';
import { hostOf } from '../kernel/node.ts';

const ipv4 = (text: string) => parseAddress(text) as number;
const packet = {
  source: ipv4('203.0.113.9'),
  destination: ipv4('10.96.0.1'),
  destinationPort: 80,
  state: null,
} as Packet;

interface Told {
  readonly dnat?: string | null;
  readonly src?: string;
  readonly [other: string]: unknown;
}

const end = ({ dnat = null, src = '203.0.113.9', ...fields }: Told = {}) => {
  const [to = '10.96.0.1', port = '80'] = dnat?.split(':') ?? [];
  const left = { source: ipv4(src), destination: ipv4(to), destinationPort: Number(port) };
  return {
    verdict: 'accept',
    dnat,
    src,
    left,
    delivered: 'pod',
    rejectWith: null,
    last: null,
    memory: emptyMemory,
    ...fields,
  } as unknown as OutcomeEnd;
};
const fate = (...ends: readonly Told[]) =>
  fateOf(
    ends.map((fields) => ({ end: end(fields), weight: fraction(1, ends.length) })),
    packet,
  );
const of = (fields: Told, by: Partial<Packet>) =>
  fateOf([{ end: end(fields), weight: fraction(1, 1) }], { ...packet, ...by }).key;

const remembering = (mark: number) => ({ memory: { ...emptyMemory, connections: [{ mark: 0 }, { mark }] } });
const listing = (...names: readonly string[]) => ({
  memory: { ...emptyMemory, recent: new Map(names.map((name) => [name, []])) },
});

describe('fates are equal', () => {
  test('where packets keep what is their own', () => {
    const other = ipv4('203.0.113.77');
    expect(of({ src: '203.0.113.77' }, { source: other })).toBe(of({}, {}));
    const kept = of({ dnat: '10.96.0.1:8080' }, {});
    expect(of({ dnat: '10.96.0.2:8080' }, { destination: ipv4('10.96.0.2') })).toBe(kept);
    expect(of({ dnat: '10.1.1.1:81' }, { destinationPort: 81 })).toBe(of({ dnat: '10.1.1.1:80' }, {}));
    const why = (address: string) => {
      const reason = { code: 'host', doubt: { code: 'pod-address-unknown', address: ipv4(address) } };
      return { verdict: 'unknown', reason };
    };
    expect(of(why('10.96.0.2'), { destination: ipv4('10.96.0.2') })).toBe(of(why('10.96.0.1'), {}));
    expect(of(why('10.96.0.3'), {})).not.toBe(of(why('10.96.0.1'), {}));
  });

  test('whatever the order of what can happen, and in however many parts', () => {
    const drop = { verdict: 'drop' };
    expect(fate({}, drop).key).toBe(fate(drop, {}).key);
    expect(fate({}, {}, drop, drop).key).toBe(fate({}, drop).key);
    expect(fate({}, {}).items).toHaveLength(1);
  });

  test.each([
    ['the verdict', { verdict: 'drop' }],
    ['the destination', { dnat: '10.1.1.1:80' }],
    ['no new destination', { dnat: '10.96.0.1:8080' }],
    ['the source', { src: '192.168.0.2' }],
    ['where it went', { delivered: 'local' }],
    ['the answer', { rejectWith: 'tcp-reset' }],
    ['the mark of the flow', remembering(1)],
    ['a list', listing('a')],
  ])('but not where %s differs', (_what, fields) => expect(fate(fields).key).not.toBe(fate().key));

  test('but not where other reasons, lists or marks are left', () => {
    const why = (reason: Reason) => fate({ verdict: 'unknown', reason });
    const [one, other] = ['one', 'other'].map((name) => ({ code: 'match-unevaluated', name }) as const);
    const at = (number: number, chain: string, reason: Reason): Reason => ({
      code: 'at-rule',
      place: {
        language: 'iptables',
        table: 'nat',
        chain,
        number,
        rule: { matches: [], target: null, at: 0 },
      },
      reason,
    });
    expect(why(one as Reason).key).not.toBe(why(other as Reason).key);
    expect(why(at(3, 'A', one as Reason)).key).toBe(why(at(4, 'A', one as Reason)).key);
    expect(why(at(3, 'A', one as Reason)).key).not.toBe(why(at(3, 'B', one as Reason)).key);
    expect(why(at(3, 'A', one as Reason)).key).not.toBe(why(at(3, 'A', other as Reason)).key);
    expect(why(one as Reason).unknown).toEqual(one);
    expect(fate().unknown).toBeNull();
    expect(fate(listing('a')).key).not.toBe(fate(listing('b')).key);
    expect(fate(listing('b', 'a')).key).toBe(fate(listing('a', 'b')).key);
    expect(fate(listing('a b')).key).not.toBe(fate(listing('a', 'b')).key);
    expect(fate(listing('ab')).key).not.toBe(fate(listing('a', 'b')).key);
    expect(fate(remembering(1)).key).not.toBe(fate(remembering(2)).key);
  });
});

test('the mark that a flow gets is that of the flow that has one', () => {
  expect(fate(remembering(0x10)).items[0]?.flowMark).toBe('0x10');
  expect(fate(remembering(0)).items[0]?.flowMark).toBeNull();
  expect(fate({}).items[0]?.flowMark).toBeNull();
});

describe('the same way', () => {
  const rule = { matches: [], target: { kind: 'verdict', verdict: 'DROP' } };
  const other = { matches: [], target: { kind: 'verdict', verdict: 'RETURN' } };
  const met = (by: object = {}, as: object = rule) => ({
    place: { table: 'filter', chain: 'A', number: 1, rule: as },
    hook: 'INPUT',
    mark: 0,
    before: null,
    ...by,
  });
  const way = (by: object = {}, as: object = rule) => fate({ last: met(by, as) });

  test.each([
    ['another hook', { hook: 'FORWARD' }, rule],
    ['another mark', { mark: 1 }, rule],
    ['another rule', {}, other],
    ['another table', { place: { table: 'raw', rule } }, rule],
  ])('is not %s', (_what, by, as) => {
    expect(goSameWay(way(), way(by, as))).toBe(false);
    expect(metAlone(way(), way(by, as))).toHaveLength(1);
  });

  test('is that of equal rules at one hook', () => {
    expect(goSameWay(way(), way())).toBe(true);
    expect(goSameWay(way(), way({}, { ...rule }))).toBe(true);
    expect(goSameWay(way(), fate())).toBe(false);
    expect(metAlone(way(), way({}, { ...rule }))).toEqual([]);
  });

  test('and what is chosen there is hidden only where no item shows it', () => {
    const shown = met();
    const chosen = (last: object | null) =>
      fateOf([{ end: end({ last }), weight: fraction(1, 1) }], packet, new Set([shown as never]));
    expect(chosen(shown)).toMatchObject({ particular: true, hidden: false });
    expect(chosen(null)).toMatchObject({ particular: true, hidden: true });
    expect(fate()).toMatchObject({ particular: false, hidden: false });
  });
});

const host = hostOf('ipv4');
const sets = hostSets(host);
const origins = listOrigins(host);
const rulesetOf = (...rules: readonly string[]) =>
  readDump(
    {
      name: 'a',
      text: `*nat\n:PREROUTING ACCEPT [0:0]\n${rules.filter((rule) => rule.includes('DNAT')).join('\n')}\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n${rules.filter((rule) => !rule.includes('DNAT')).join('\n')}\nCOMMIT\n`,
    },
    { family: 'ipv4' },
  ).ruleset;

/** New flows of UDP from outside to one address that pods of other nodes have. */
const target = ipv4('10.180.1.6');
const some: Box = [
  ['origin', 1],
  ['state', 1],
  ['protocol', 17],
  ['destination', target],
  ['source', ipv4('198.51.100.7')],
].reduce((box, [side, value]) => withSide(box, side as never, [value, value] as never), universe('ipv4', 3));

describe('of all ports of one destination', () => {
  const drop = '-A FORWARD -p udp -m udp --dport 53 -j DROP';
  const run = (limit: number) => {
    const cells: Cell[] = [];
    const { looked, left } = explore(
      [some],
      {
        before: fingerprint(rulesetOf()),
        after: fingerprint(rulesetOf(drop)),
        host,
        sets,
        origins,
        laterDiffers: { wire: true, host: false },
        limit,
      },
      (cell) => cells.push(cell),
    );
    return { cells, looked, left };
  };

  test('the one that is dropped is found', () => {
    const { cells, left } = run(1000);
    expect(left).toEqual([]);
    expect(cells.map(({ box, doubt }) => [box.sides.destinationPort, doubt])).toEqual([[[53, 53], null]]);
  });

  test('as many cells are looked at as may be, and the others left', () => {
    const { looked } = run(1000);
    expect(looked).toBe(2);
    expect(run(2)).toMatchObject({ looked: 2, left: [] });
    for (const limit of [0, 1]) {
      const { looked: few, left } = run(limit);
      expect(few).toBe(limit);
      expect(left).toHaveLength(1);
      expect(has((left[0] as Box).sides.destinationPort, 53)).toBe(true);
    }
  });
});

describe('one packet does not speak for others where an address is chosen from a range', () => {
  const dnat = (to: string) => rulesetOf(`-A PREROUTING -p udp -j DNAT --to-destination ${to}`);
  const doubts = (to: string) => new Set([...fatesOf(dnat(to), host, [some])].map(({ doubt }) => doubt));

  test('for each flow', () => {
    expect([...doubts('10.180.2.1-10.180.2.9')]).toContainEqual({ code: 'chosen-from-range' });
    expect(doubts('10.180.2.1')).toEqual(new Set([null]));
  });
});
