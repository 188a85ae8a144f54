import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, parseAddress } from '../../src/address/address.ts';
import type { Host } from '../../src/host/model.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { builtInChains, tableNames } from '../../src/iptables/rule/ruleset.ts';
import { hostSets } from '../../src/proof/explore/host-sets.ts';
import { fingerprint } from '../../src/proof/rules/fingerprint.ts';
import { align } from '../../src/proof/suspects/align.ts';
import { Compared } from '../../src/proof/suspects/compared.ts';
import { listSuspects } from '../../src/proof/suspects/suspects.ts';
import { type Dimension, holds, universe, withSide } from '../../src/sets/box.ts';
import { hostOf } from '../kernel/node.ts';

describe('two lists laid side by side', () => {
  const lists = fc.array(fc.nat(5), { maxLength: 7 });

  test('have equal items paired, the first with the first, and the others left over in order', () => {
    fc.assert(
      fc.property(lists, lists, (left, right) => {
        const { pairs, onlyLeft, onlyRight } = align(left, right);
        for (const [from, to] of pairs) {
          expect(left[from]).toBe(right[to]);
          const key = left[from];
          expect(left.slice(0, from).filter((item) => item === key)).toHaveLength(
            right.slice(0, to).filter((item) => item === key).length,
          );
        }
        const ascending = (list: readonly number[]) => [...list].sort((a, b) => a - b);
        expect(onlyLeft).toEqual(ascending(onlyLeft));
        expect(onlyRight).toEqual(ascending(onlyRight));
        expect(ascending([...pairs.map(([from]) => from), ...onlyLeft])).toEqual([...left.keys()]);
        expect(ascending([...pairs.map(([, to]) => to), ...onlyRight])).toEqual([...right.keys()]);
        for (const index of onlyLeft) {
          expect(onlyRight.some((other) => right[other] === left[index])).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('have as few items moved as can be, and the others in one order', () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
    fc.assert(
      fc.property(order, (right) => {
        const { pairs, moved } = align([0, 1, 2, 3, 4, 5], right);
        const stay = pairs.filter((pair) => !moved.includes(pair)).map(([, place]) => place);
        expect(stay).toEqual([...stay].sort((a, b) => a - b));
        const runs = Array.from({ length: 64 }, (_, choice) =>
          pairs.filter((_pair, at) => (choice >> at) & 1).map(([, place]) => place),
        ).filter((run) => run.every((place, at) => at === 0 || place > (run[at - 1] as number)));
        expect(stay).toHaveLength(Math.max(...runs.map((run) => run.length)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('pairs of chains that were compared', () => {
  const all = universe('ipv4', 3);
  const to = (address: number, port: number) =>
    withSide(withSide(all, 'destination', [address, address]), 'destinationPort', [port, port]);

  test('are compared once for the same packets, and for fewer', () => {
    const compared = new Compared(all);
    expect(compared.take(undefined, undefined, to(1, 1))).toEqual(to(1, 1));
    expect(compared.take(undefined, undefined, to(1, 1))).toBeNull();
    expect(compared.take(undefined, undefined, to(1, 2))).toEqual(to(1, 2));
    expect(compared.take(undefined, undefined, all)).toEqual(all);
    expect(compared.take(undefined, undefined, to(3, 3))).toBeNull();
    expect(compared.work).toBe(3);
  });

  test('are compared for all packets of a destination after 64 kinds of them', () => {
    const compared = new Compared(all);
    for (let port = 1; port <= 64; port += 1) {
      expect(compared.take(undefined, undefined, to(1, port))).toEqual(to(1, port));
    }
    expect(compared.take(undefined, undefined, to(1, 65))).toEqual(withSide(all, 'destination', [1, 1]));
    expect(compared.take(undefined, undefined, to(1, 66))).toBeNull();
    expect(compared.take(undefined, undefined, to(2, 1))).toEqual(to(2, 1));
  });

  test('are compared for all packets after 64 kinds of several destinations', () => {
    const compared = new Compared(all);
    for (let port = 1; port <= 64; port += 1) {
      compared.take(undefined, undefined, withSide(all, 'sourcePort', [port, port]));
    }
    expect(compared.take(undefined, undefined, withSide(all, 'sourcePort', [65, 65]))).toEqual(all);
  });
});

const host = hostOf('ipv4');
const sets = hostSets(host);

/** Lines of a dump, each after the name of its table; chains of the user's are X and Y. */
function load(rules: readonly string[]) {
  const tables = tableNames.map((table) => {
    const own = rules
      .filter((rule) => rule.startsWith(`${table} `))
      .map((rule) => rule.slice(table.length + 1));
    const chains = builtInChains[table].map((hook) => `:${hook} ACCEPT [0:0]`);
    return [`*${table}`, ...chains, ':X - [0:0]', ':Y - [0:0]', ...own, 'COMMIT', ''].join('\n');
  });
  return fingerprint(readDump({ name: 'dump', text: tables.join('') }, { family: 'ipv4' }).ruleset);
}

const ask = (before: readonly string[], after: readonly string[], of: Host = host) =>
  listSuspects({
    before: load(before),
    after: load(after),
    host: of,
    sets: of === host ? sets : hostSets(of),
    origins: 3,
  });

const at = (text: string) => parseAddress(text) as Address;
type Point = Readonly<Record<Dimension, Address>>;
/** A new flow's packet from outside. */
const packet: Point = {
  origin: 1,
  state: 1,
  protocol: 6,
  source: at('203.0.113.9'),
  sourcePort: 40000,
  destination: at('10.180.0.5'),
  destinationPort: 80,
  flags: 2,
  icmpType: 0,
  icmpCode: 0,
};
const isSuspect = (before: readonly string[], after: readonly string[], point: Partial<Point>, of?: Host) =>
  ask(before, after, of).boxes.some((box) => holds(box, { ...packet, ...point }));

describe('rules that differ', () => {
  test('are told to be after the first routing decision, or not', () => {
    const told = (table: string, hook: string) =>
      ask([], [`${table} -A ${hook} -j MARK --set-mark 1`]).laterDiffers;
    for (const table of tableNames) {
      for (const hook of builtInChains[table]) {
        const output = table === 'filter' || table === 'security';
        const wire = hook === 'OUTPUT' ? output : hook !== 'PREROUTING';
        expect(told(table, hook), `${table} ${hook}`).toEqual({ wire, host: wire || hook === 'PREROUTING' });
      }
    }
    expect(ask([], [])).toEqual({
      boxes: [],
      flows: [],
      laterDiffers: { wire: false, host: false },
      own: new Set(),
    });
  });

  test('are in base chains that are told, among them those that lead to a state that differs', () => {
    const own = (before: readonly string[], after: readonly string[]) => [
      ...new Set([...(ask(before, after).own ?? [])].map(({ table, name }) => `${table}/${name}`)),
    ];
    for (const table of tableNames)
      for (const hook of builtInChains[table])
        expect(own([], [`${table} -A ${hook} -j MARK --set-mark 1`])).toEqual([`${table}/${hook}`]);
    const called = ['mangle -A INPUT -j X', 'mangle -A OUTPUT -j X'];
    const limit = 'mangle -A X -m limit --limit 5/sec -j MARK --set-mark 1';
    expect(own([...called, limit], [...called, limit])).toEqual([]);
    // One limit, or two of them that are the same in words: what comes by INPUT asks the one that there was.
    const apart = ['mangle -A INPUT -j X', 'mangle -A OUTPUT -j Y', limit, limit.replace('X', 'Y')];
    expect(own([...called, limit], apart)).toEqual(['mangle/OUTPUT']);
    const drops = 'filter -A FORWARD -j DROP';
    expect(own([...called, limit, drops], apart).sort()).toEqual(['filter/FORWARD', 'mangle/OUTPUT']);
  });

  test('are in any base chain where one side lacks a table', () => {
    const mangle = fingerprint(
      readDump({ name: 'dump', text: '*mangle\n:INPUT ACCEPT [0:0]\nCOMMIT\n' }, { family: 'ipv4' }).ruleset,
    );
    expect(listSuspects({ before: load([]), after: mangle, host, sets, origins: 3 }).own).toBeNull();
  });

  test('make those packets suspect that one side alone asks for', () => {
    const rule = ['filter -A FORWARD -s 203.0.113.9/32 -p tcp -m tcp --dport 80 -j DROP'];
    for (const [before, after] of [
      [rule, []],
      [[], rule],
    ] as const) {
      expect(isSuspect(before, after, {})).toBe(true);
      expect(isSuspect(before, after, { destinationPort: 81 })).toBe(false);
      expect(isSuspect(before, after, { origin: 0 })).toBe(false);
    }
  });

  test('make packets suspect that are untracked only since a rule left them so', () => {
    const state = '-m conntrack --ctstate UNTRACKED';
    const notrack = 'raw -A PREROUTING -p tcp -j NOTRACK';
    for (const rule of ['-j DROP', '-m limit --limit 1/sec -j DROP', '-m mark ! --mark 0x1 -j DROP']) {
      expect(isSuspect([notrack], [notrack, `filter -A FORWARD ${state} ${rule}`], {}), rule).toBe(true);
    }
    expect(isSuspect([], ['filter -A FORWARD -m conntrack --ctstate RELATED -j DROP'], {})).toBe(false);
  });

  test('make packets suspect that both of two rules in another order match', () => {
    const [drop, pass] = ['filter -A FORWARD -s 203.0.113.9 -j DROP', 'filter -A FORWARD -p tcp -j ACCEPT'];
    expect(isSuspect([drop, pass], [pass, drop], {})).toBe(true);
    expect(isSuspect([drop, pass], [drop, pass], {})).toBe(false);
    const other = 'filter -A FORWARD -s 203.0.113.77 -j DROP';
    expect(ask([drop, other], [other, drop]).boxes).toEqual([]);
  });

  test('are looked for behind jumps that both sides have', () => {
    const jump = 'filter -A FORWARD -s 203.0.113.9 -j X';
    const rules = (port: number) => [jump, `filter -A X -p tcp -m tcp --dport ${port} -j DROP`];
    expect(isSuspect(rules(80), rules(81), { destinationPort: 81 })).toBe(true);
    expect(isSuspect(rules(80), rules(81), { destinationPort: 82 })).toBe(false);
    expect(isSuspect(rules(80), rules(81), { source: at('203.0.113.77') })).toBe(false);
  });

  test('are not one rule where only one of them jumps', () => {
    const behind = 'filter -A X -p tcp -j DROP';
    const [pass, jump] = [
      'filter -A FORWARD -s 203.0.113.9 -j DROP',
      'filter -A FORWARD -s 203.0.113.9 -g X',
    ];
    expect(isSuspect([pass, behind], [jump, behind], { protocol: 17 })).toBe(true);
    expect(isSuspect([jump, behind], [pass, behind], { protocol: 17 })).toBe(true);
  });

  test('make packets suspect that have the destination only after a translation', () => {
    const vip = { destination: at('10.96.0.1') };
    const nat = [
      'nat -A PREROUTING -d 10.96.0.1 -j DNAT --to-destination 10.180.0.5',
      'nat -A OUTPUT -d 10.96.0.1 -j DNAT --to-destination 10.180.0.5',
    ];
    const drops = (table: string, hook: string) => [
      ...nat,
      `${table} -A ${hook} -d 10.180.0.5 -j MARK --set-mark 1`,
    ];
    for (const table of ['mangle', 'filter', 'security']) {
      expect(isSuspect(nat, drops(table, 'FORWARD'), vip), table).toBe(true);
      expect(isSuspect(nat, drops(table, 'FORWARD'), { destination: at('10.96.0.2') }), table).toBe(false);
    }
    for (const [table, isAfter] of Object.entries({
      raw: false,
      mangle: false,
      nat: false,
      filter: true,
      security: true,
    })) {
      expect(isSuspect(nat, drops(table, 'OUTPUT'), { ...vip, origin: 0 }), table).toBe(isAfter);
      expect(isSuspect(nat, drops(table, 'OUTPUT'), { origin: 0 }), table).toBe(true);
    }
  });
});

describe('rules of a hook that differ', () => {
  const mark = (hook: string) => [`mangle -A ${hook} -j MARK --set-mark 1`];
  const isOf = (hook: string, address: string) => isSuspect([], mark(hook), { destination: at(address) });

  test('concern what the routing decision sends there', () => {
    const sent = ['10.180.0.5', '198.51.100.7'];
    const kept = ['192.168.0.2', '192.168.0.255', '224.0.0.1', '239.1.2.3', '255.255.255.255', '127.0.0.1'];
    for (const address of sent)
      expect([isOf('FORWARD', address), isOf('INPUT', address)]).toEqual([true, false]);
    for (const address of kept)
      expect([isOf('FORWARD', address), isOf('INPUT', address)]).toEqual([false, true]);
  });

  test('and of what the node sends, what comes back to it', () => {
    const own = (address: string) =>
      isSuspect([], mark('PREROUTING'), { origin: 0, destination: at(address) });
    for (const address of ['10.180.0.5', '198.51.100.7']) expect(own(address), address).toBe(false);
    for (const address of ['192.168.0.2', '127.0.0.1', '224.0.0.1', '0.0.0.0'])
      expect(own(address), address).toBe(true);
    const dnat = 'nat -A OUTPUT -d 10.96.0.1 -j DNAT --to-destination 192.168.0.2';
    const vip = { origin: 0, destination: at('10.96.0.1') };
    expect(isSuspect([dnat], [dnat, ...mark('PREROUTING')], vip)).toBe(true);
    expect(isSuspect([], mark('PREROUTING'), vip)).toBe(false);
  });

  test('concern all, where policy routing may decide otherwise', () => {
    const rules: Host['rules'] = [{ priority: 5, invert: false, action: { kind: 'table', table: 'main' } }];
    const own: Host = { ...host, rules };
    expect(isSuspect([], mark('FORWARD'), { destination: at('192.168.0.2') }, own)).toBe(true);
    expect(isSuspect([], mark('INPUT'), { destination: at('10.180.0.5') }, own)).toBe(true);
  });
});

describe("rules of OUTPUT that differ concern the node's own errors", () => {
  const target = '-j MARK --set-mark 1';
  const rejects = ['filter -A FORWARD -p udp -j REJECT'];
  const resets = ['filter -A FORWARD -p tcp -j REJECT --reject-with tcp-reset'];
  const to = (address: string, protocol: string, table = 'filter') =>
    `${table} -A OUTPUT -d ${address} -p ${protocol} ${target}`;
  /** A packet that the node could answer goes to some other place. */
  const refused: Partial<Point> = { protocol: 17, destination: at('198.51.100.7') };
  const isAnswer = (both: readonly string[], rule: string, of?: Host, point = refused) =>
    isSuspect(both, [...both, rule], point, of);

  test('where a rule of either side refuses packets, and not otherwise', () => {
    const icmp = to('203.0.113.9', 'icmp');
    expect(isAnswer([], icmp)).toBe(false);
    expect(isAnswer(rejects, icmp)).toBe(true);
    expect(isSuspect([], [...rejects, icmp], refused)).toBe(true);
    // No rule refuses it.
    expect(isSuspect([], [...rejects, icmp], { ...refused, protocol: 6 })).toBe(false);
    expect(isAnswer(rejects, to('203.0.113.77', 'icmp'))).toBe(false);
  });

  test('where a route refuses packets, or there is none for some', () => {
    const icmp = to('203.0.113.9', 'icmp');
    const some = host.routes.find(({ length }) => length > 0) as Host['routes'][number];
    const refuses: Host = { ...host, routes: [{ ...some, type: 'unreachable' }, ...host.routes] };
    const noDefault: Host = { ...host, routes: host.routes.filter(({ length }) => length !== 0) };
    expect(isAnswer([], icmp, refuses)).toBe(true);
    expect(isAnswer([], icmp, noDefault)).toBe(true);
  });

  test('which are of TCP only where a rule resets', () => {
    const segment = { ...refused, protocol: 6 };
    expect(isAnswer(resets, to('203.0.113.9', 'tcp'), host, segment)).toBe(true);
    expect(isAnswer(resets, to('203.0.113.9', 'icmp'), host, segment)).toBe(true);
    expect(isAnswer(resets, to('203.0.113.9', 'icmp'))).toBe(false);
    expect(isAnswer(rejects, to('203.0.113.9', 'tcp'))).toBe(false);
    expect(isAnswer(resets, to('203.0.113.9', 'udp'), host, segment)).toBe(false);
  });

  test('which nat is asked about only if they are of TCP', () => {
    const nat = (protocol: string) => to('203.0.113.9', protocol, 'nat');
    expect(isAnswer(rejects, nat('icmp'))).toBe(false);
    expect(isAnswer(resets, nat('icmp'))).toBe(false);
    expect(isAnswer(resets, nat('tcp'), host, { ...refused, protocol: 6 })).toBe(true);
  });

  test('and of PREROUTING and INPUT, those to itself alone', () => {
    const rule = (hook: string, address: string) => `mangle -A ${hook} -d ${address} -p icmp ${target}`;
    for (const hook of ['PREROUTING', 'INPUT']) {
      expect(isAnswer(rejects, rule(hook, '203.0.113.9')), hook).toBe(false);
      expect(isAnswer(rejects, rule(hook, '192.168.0.3'), host, { ...refused, origin: 0 }), hook).toBe(true);
      expect(
        isAnswer(rejects, rule(hook, '192.168.0.3'), host, { ...refused, source: at('192.168.0.3') }),
        hook,
      ).toBe(true);
    }
  });

  test('to itself, which may have been given one of its addresses as the source meanwhile', () => {
    const own: Partial<Point> = { ...refused, origin: 0 };
    expect(isAnswer(rejects, to('192.168.0.3', 'icmp'), host, own)).toBe(true);
    expect(isAnswer(rejects, to('127.0.0.1', 'icmp'), host, own)).toBe(false);
    expect(isAnswer(rejects, to('198.51.100.9', 'icmp'), host, own)).toBe(false);
    const snat = 'nat -A POSTROUTING -j SNAT --to-source 198.51.100.9';
    expect(isAnswer([...rejects, snat], to('198.51.100.9', 'icmp'), host, own)).toBe(true);
    expect(isAnswer([...rejects, `${snat}-198.51.100.10`], to('198.51.100.77', 'icmp'), host, own)).toBe(
      true,
    );
  });
});
