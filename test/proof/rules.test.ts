import { describe, expect, test } from 'vitest';
import { type Address, parseAddress } from '../../src/address/address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import type { Match } from '../../src/iptables/rule/match.ts';
import type { Rule, Ruleset } from '../../src/iptables/rule/ruleset.ts';
import type { Target } from '../../src/iptables/rule/target.ts';
import { hostSets } from '../../src/proof/explore/host-sets.ts';
import { fingerprint } from '../../src/proof/rules/fingerprint.ts';
import {
  bitsNamed,
  bitsOfFlows,
  bitsToExchange,
  type ExchangedBits,
  type MarkUse,
  mayWatchMarks,
  withBitsOf,
} from '../../src/proof/rules/mark-bits.ts';
import { ruleBox } from '../../src/proof/rules/rule-box.ts';
import { isParticular } from '../../src/proof/rules/survey.ts';
import { type Dimension, universe, withSide } from '../../src/sets/box.ts';
import { type IntervalSet, subtract } from '../../src/sets/intervals.ts';
import { hostOf } from '../kernel/node.ts';

/** Rules of mangle (the first ones) and of nat, chains of the user's among them. */
function load(mangle: readonly string[], nat: readonly string[] = []): Ruleset {
  const table = (name: string, hooks: readonly string[], rules: readonly string[]) =>
    [
      `*${name}`,
      ...hooks.map((hook) => `:${hook} ACCEPT [0:0]`),
      ':X - [0:0]',
      ':Y - [0:0]',
      ...rules,
      'COMMIT',
      '',
    ].join('\n');
  const text =
    table('mangle', ['PREROUTING', 'FORWARD'], mangle) + table('nat', ['PREROUTING', 'POSTROUTING'], nat);
  return readDump({ name: 'dump', text }, { family: 'ipv4' }).ruleset;
}

const forward = (ruleset: Ruleset) =>
  ruleset.tables.find(({ name }) => name === 'mangle')?.chains.get('FORWARD')?.rules as readonly Rule[];
const ruleOf = (words: string) => forward(load([`-A FORWARD ${words}`]))[0] as Rule;
const matchOf = (words: string) => ruleOf(words).matches.at(-1) as Match;
const targetOf = (words: string) => ruleOf(words).target as Target;

describe('of the mark, a rule', () => {
  test.each([
    ['-m mark --mark 0x1/0x3', 3, 0],
    ['-m mark --mark 0x4', 4, 0],
    ['-m mark --mark 0x4/0x1', 5, 0],
    ['-m connmark --mark 0x1/0x3', 3, 3],
    ['-m connmark --mark 0x1', 1, 0xffffffff],
    ['-p tcp', 0, 0],
  ])('with %s names its bits', (words, bits, flows) => {
    expect(bitsNamed(matchOf(words)) >>> 0).toBe(bits);
    expect(bitsOfFlows(matchOf(words)) >>> 0).toBe(flows);
  });

  test.each([
    ['-j MARK --set-xmark 0x1/0x2', 3, 0],
    ['-j MARK --set-xmark 0x1/0xffffffff', 1, 0],
    // xt_connmark.c: what is outside of the mask is flipped.
    ['-j CONNMARK --set-xmark 0x1/0x2', 3, 3],
    ['-j CONNMARK --save-mark --nfmask 0x4 --ctmask 0x8', 12, 12],
    ['-j CONNMARK --restore-mark --nfmask 0x4 --ctmask 0x8', 12, 8],
    ['-j CONNMARK --restore-mark', 0, 0xffffffff],
    ['-j ACCEPT', 0, 0],
  ])('with %s names its bits', (words, bits, flows) => {
    expect(bitsNamed(targetOf(words)) >>> 0).toBe(bits);
    expect(bitsOfFlows(targetOf(words)) >>> 0).toBe(flows);
  });

  test.each([
    ['-m limit --limit 1/sec', true],
    ['-m mark --mark 0x1', false],
    ['-p tcp', false],
  ])('with %s may show it to somebody, or not: %s', (words, expected) => {
    expect(mayWatchMarks(matchOf(words))).toBe(expected);
  });

  test('may show it by a look at the way back, a socket, a proxy, and what is not known', () => {
    const parts: readonly (Match | Target)[] = [
      { kind: 'rpfilter', loose: false, validMark: true, acceptLocal: false, invert: false },
      { kind: 'socket', transparent: false, nowildcard: false, restoreMark: true },
      { kind: 'tproxy', port: 1, address: 0, value: 0, mask: 0 },
      { kind: 'other', name: 'X', words: [], understood: false },
    ];
    for (const part of parts) expect(mayWatchMarks(part)).toBe(true);
    expect(mayWatchMarks({ kind: 'verdict', verdict: 'DROP' })).toBe(false);
  });
});

describe('another bit in place of one', () => {
  const use = (bits: number, further: Partial<MarkUse> = {}): MarkUse => ({
    bits,
    bitsAsked: bits,
    ofFlows: 0,
    watched: false,
    ...further,
  });
  const rules = (bit: string) =>
    load([
      `-A FORWARD -p tcp -m tcp --dport 4 -m mark --mark ${bit}/${bit} -j ACCEPT`,
      `-A FORWARD -p tcp -j MARK --set-xmark ${bit}/${bit}`,
      `-A FORWARD -j CONNMARK --save-mark --nfmask ${bit} --ctmask 0x100`,
      '-A FORWARD -p tcp -m tcp --dport 8 -j ACCEPT',
      '-A X -p udp -j DROP',
    ]);
  const bare = (ruleset: Ruleset) => forward(ruleset).map(({ matches, target }) => ({ matches, target }));
  const exchanged = (before: MarkUse, after: MarkUse, ruleset: Ruleset) =>
    withBitsOf(bitsToExchange(before, after) as ExchangedBits, ruleset);

  test('is renamed wherever rules name it, and nothing else is', () => {
    const [four, eight] = [rules('0x4'), rules('0x8')];
    expect(bare(exchanged(use(4), use(8), eight))).toEqual(bare(four));
    expect(bare(exchanged(use(8), use(4), four))).toEqual(bare(eight));
    expect(bare(exchanged(use(4 | 32), use(8 | 32), eight))).toEqual(bare(four));
  });

  test('is the highest of the mark as well', () => {
    const renamed = exchanged(use(4), use(0x80000000), rules('0x80000000'));
    expect(bare(renamed)).toEqual(bare(rules('0x4')));
  });

  test.each<[string, MarkUse, MarkUse]>([
    ['both use the same', use(8), use(8)],
    ['one side uses more', use(4 | 16), use(8)],
    ['what watches stands on the one side', use(4, { watched: true }), use(8)],
    ['what watches stands on the other', use(4), use(8, { watched: true })],
    ['flows keep it on the one side', use(4, { ofFlows: 8 }), use(8)],
    ['flows keep it on the other', use(4), use(8, { ofFlows: 4 })],
    ['no rule asks for it on the one side', use(4, { bitsAsked: 0 }), use(8)],
    ['no rule asks for it on the other', use(4), use(8, { bitsAsked: 4 })],
  ])('is left where %s', (_, before, after) => {
    expect(bitsToExchange(before, after)).toBeNull();
  });
});

describe('the packets that a rule can match', () => {
  const host = hostSets(hostOf('ipv4'));
  const all = universe('ipv4', 3);
  const at = (text: string) => parseAddress(text) as Address;
  const box = (...sides: readonly (readonly [Dimension, IntervalSet])[]) =>
    sides.reduce((made, [dimension, set]) => withSide(made, dimension, set), all);
  const without = (dimension: Dimension, set: IntervalSet) =>
    [dimension, subtract(all.sides[dimension], set)] as const;
  const icmp: readonly [Dimension, IntervalSet] = ['protocol', [1, 1]];
  const tcp: readonly [Dimension, IntervalSet] = ['protocol', [6, 6]];

  test.each<[string, readonly (readonly [Dimension, IntervalSet])[]]>([
    ['-s 10.0.0.0/8', [['source', [at('10.0.0.0'), at('10.255.255.255')]]]],
    ['! -d 10.0.0.1', [without('destination', [at('10.0.0.1'), at('10.0.0.1')])]],
    ['-p tcp -m tcp --sport 5 --dport 80:90', [tcp, ['sourcePort', [5, 5]], ['destinationPort', [80, 90]]]],
    ['-p tcp -m tcp ! --dport 80', [tcp, without('destinationPort', [80, 80])]],
    ['-p tcp -m multiport --dports 80,90:91', [tcp, ['destinationPort', [80, 80, 90, 91]]]],
    ['-p tcp -m multiport ! --sports 80', [tcp, without('sourcePort', [80, 80])]],
    ['-p tcp -m multiport --ports 80', [tcp]],
    ['-p icmp -m icmp --icmp-type 8', [icmp, ['icmpType', [8, 8]]]],
    ['-p icmp -m icmp ! --icmp-type 8', [icmp]],
    ['-p icmp -m icmp --icmp-type any', [icmp]],
    ['-m iprange --src-range 10.0.0.1-10.0.0.3', [['source', [at('10.0.0.1'), at('10.0.0.3')]]]],
    [
      '-m iprange ! --dst-range 10.0.0.1-10.0.0.3',
      [without('destination', [at('10.0.0.1'), at('10.0.0.3')])],
    ],
    ['-m conntrack --ctstate NEW,ESTABLISHED', [['state', [1, 1, 3, 3]]]],
    // A rule of the raw table may have left untracked what arrived as new.
    ['-m conntrack ! --ctstate NEW', []],
    ['-m conntrack --ctstate UNTRACKED', []],
    ['-m conntrack ! --ctstate NEW,UNTRACKED', [without('state', [1, 1, 4, 4])]],
    ['-m conntrack --ctstate NEW,DNAT', []],
    ['-m conntrack ! --ctstate NEW,DNAT', []],
    ['-m conntrack ! --ctstate DNAT', []],
    ['-m state --state INVALID', [['state', [0, 0]]]],
    ['-m addrtype --dst-type LOCAL', [['destination', host.local as IntervalSet]]],
    ['-m addrtype --src-type LOCAL', [['source', host.local as IntervalSet]]],
    ['-m addrtype ! --dst-type LOCAL', []],
    ['-m addrtype --dst-type LOCAL,UNICAST', []],
    ['-m addrtype --dst-type LOCAL --limit-iface-in', []],
    ['-m mark --mark 0x1', []],
    ['-m recent --set --name A -m conntrack --ctstate NEW', []],
  ])('with %s are those that it asks for, or more', (words, sides) => {
    expect(ruleBox(ruleOf(words).matches, all, host)).toEqual(box(...sides));
  });

  test('are all those whose type cannot be read', () => {
    const match: Match = { kind: 'icmp', negated: false, type: 8, code: { first: 0, last: 255 } };
    expect(ruleBox([match], all, host)).toEqual(all);
    expect(ruleBox([match], box(['protocol', [58, 58]]), host)).toEqual(
      box(['protocol', [58, 58]], ['icmpType', [8, 8]]),
    );
    const any: Match = { ...match, type: 255 };
    expect(ruleBox([any], box(icmp), host)).toEqual(box(icmp));
  });

  test('are all those whose ports cannot be read', () => {
    const match: Match = { kind: 'tcp', destinationPort: { value: { first: 1, last: 2 }, negated: false } };
    expect(ruleBox([match], box(icmp), host)).toEqual(box(icmp));
  });

  test('are not fewer where the addresses of the node are not known', () => {
    const { matches } = ruleOf('-m addrtype --dst-type LOCAL');
    expect(ruleBox(matches, all, { ...host, local: null })).toEqual(all);
  });
});

describe('a survey of the rules', () => {
  const of = (mangle: readonly string[], nat: readonly string[] = []) =>
    fingerprint(load(mangle, nat)).survey;
  const at = (text: string) => parseAddress(text) as Address;

  test('knows the bits of all rules together', () => {
    const found = of([
      '-A FORWARD -m connmark --mark 0x1/0x1 -j MARK --set-xmark 0x10/0x10',
      '-A FORWARD -m connmark --mark 0x2/0x2',
      '-A FORWARD -p tcp -j ACCEPT',
    ]);
    expect(found).toMatchObject({ bits: 0x13, ofFlows: 3, watched: false, remembers: false });
    expect(of(['-A PREROUTING -m socket -j ACCEPT', '-A PREROUTING -j ACCEPT']).watched).toBe(true);
  });

  test('knows what rules remember of packets', () => {
    expect(of(['-A FORWARD -m recent --set --name A']).remembers).toBe(true);
    expect(of(['-A FORWARD -j CONNMARK --save-mark'])).toMatchObject({
      remembers: true,
      restoresMarks: false,
    });
    expect(of(['-A FORWARD -j CONNMARK --restore-mark'])).toMatchObject({
      remembers: false,
      restoresMarks: true,
    });
  });

  test('finds the rules that give a destination', () => {
    const found = of(
      [],
      [
        '-A PREROUTING -j X',
        '-A X -p tcp -j DNAT --to-destination 10.0.0.1:80',
        '-A PREROUTING -p udp -j DNAT --to-destination 10.0.0.5-10.0.0.7',
        '-A PREROUTING -p tcp -j DNAT --to-destination :81-83',
        '-A PREROUTING -p tcp -j REDIRECT --to-ports 90',
        '-A PREROUTING -j DNAT --to-destination 10.0.0.1',
        '-A Y -j DNAT --to-destination 10.0.0.9',
      ],
    );
    expect(found.produced).toEqual([at('10.0.0.1'), at('10.0.0.1')]);
    expect(
      found
        .producersWithin([at('10.0.0.0'), at('10.0.0.9')])
        .map(({ chain }) => chain.name)
        .sort(),
    ).toEqual(['PREROUTING', 'X']);
    expect(found.producersWithin([at('10.0.0.2'), at('10.0.0.9')])).toEqual([]);
    expect(found.looseProducers.map(({ rule }) => rule.rule.target?.kind)).toEqual([
      'dnat',
      'dnat',
      'redirect',
    ]);
    expect([...found.ports].map(Number).sort((a, b) => a - b)).toEqual([80, 81, 83, 90]);
    expect([...found.callers].map(([chain, list]) => [chain.name, list.length])).toEqual([['X', 1]]);
    expect(found.looseSources).toBe(false);
  });

  test('finds the sources that rules give', () => {
    const snat = (words: string) => of([], [`-A POSTROUTING -p tcp -j ${words}`]);
    const one = snat('SNAT --to-source 10.0.0.1:7-9');
    expect([[...one.sources], [...one.ports], one.looseSources]).toEqual([[at('10.0.0.1')], [7, 9], false]);
    const range = snat('SNAT --to-source 10.0.0.1-10.0.0.2');
    expect([[...range.sources], range.looseSources]).toEqual([[at('10.0.0.1'), at('10.0.0.2')], true]);
    for (const words of ['SNAT --to-source :7', 'MASQUERADE', 'ACCEPT']) {
      expect([[...snat(words).sources], snat(words).looseSources]).toEqual([[], false]);
    }
    expect(snat('NETMAP --to 10.0.0.0/24').looseSources).toBe(true);
  });

  test.each<[string, boolean]>([
    ['DNAT --to-destination 10.0.0.1', false],
    ['DNAT --to-destination 10.0.0.1-10.0.0.2', true],
    ['DNAT --to-destination :80', false],
    ['DNAT --to-destination :5000-5010/80', true],
    ['SNAT --to-source 10.0.0.1', false],
    ['SNAT --to-source 10.0.0.1-10.0.0.2', true],
    ['NETMAP --to 10.0.0.0/24', true],
    ['MASQUERADE', false],
    ['ACCEPT', false],
  ])('takes %s to speak of one packet alone, or not: %s', (words, expected) => {
    const chain = words.startsWith('SNAT') || words === 'MASQUERADE' ? 'POSTROUTING' : 'PREROUTING';
    const ruleset = load([], [`-A ${chain} -p tcp -j ${words}`]);
    const nat = ruleset.tables.find(({ name }) => name === 'nat');
    const rule = nat?.chains.get(chain)?.rules[0] as Rule | undefined;
    expect(isParticular(rule?.target ?? null)).toBe(expected);
    expect(isParticular(null)).toBe(false);
  });
});

describe('chains have the same number', () => {
  const numberOf = (ruleset: Ruleset) => {
    const { program, chains } = fingerprint(ruleset);
    const entry = program.entries.get('mangle/FORWARD');
    return entry && chains.get(entry);
  };

  test('where they do the same, whatever is called or commented how', () => {
    const one = numberOf(load(['-A FORWARD -p tcp -j X', '-A X -j DROP']));
    expect(numberOf(load(['-A FORWARD -p tcp -m comment --comment A -j Y', '-A Y -j DROP']))).toBe(one);
    expect(numberOf(load(['-A FORWARD -p tcp -j X', '-A X -j ACCEPT']))).not.toBe(one);
    expect(numberOf(load(['-A FORWARD -p tcp -g X', '-A X -j DROP']))).not.toBe(one);
    expect(numberOf(load(['-A FORWARD -p udp -j X', '-A X -j DROP']))).not.toBe(one);
  });

  test('which is found once for each rule set', () => {
    const ruleset = load(['-A FORWARD -j DROP']);
    expect(fingerprint(ruleset)).toBe(fingerprint(ruleset));
    expect(fingerprint(ruleset)).not.toBe(fingerprint(load(['-A FORWARD -j DROP'])));
  });
});
