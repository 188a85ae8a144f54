import { describe, expect, test } from 'vitest';
import { parseSubnet, type Subnet } from '../../src/address/subnet.ts';
import { emptyMemory } from '../../src/engine/memory.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { drawOutcomes } from '../../src/engine/sample.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { Walk, type WalkOptions } from '../../src/engine/walk.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import type { HostFields } from '../../src/host/model.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import type { Chain, Rule } from '../../src/iptables/rule/ruleset.ts';
import type { Target } from '../../src/iptables/rule/target.ts';
import type { InputError } from '../../src/text/problem.ts';
import { because } from '../said.ts';

const fields: HostFields = {
  addresses: [parseInterfaceAddress('192.168.0.2/24')].flatMap((address) => address ?? []),
  podCIDR: parseSubnet('10.180.0.0/24') as Subnet,
};

function trace(rules: string, packet: string, options: WalkOptions = {}, host: HostFields = fields) {
  const program = buildProgram(readDump({ name: 'rules', text: rules }).ruleset);
  return tracePacket(
    program,
    buildHost('ipv4', [host]),
    parsePacket({ name: 'packet', text: packet }),
    options,
  );
}

const print = (...given: Parameters<typeof trace>): string[] =>
  trace(...given)
    .outcomes.map(({ verdict, weight }) => `${verdict} ${weight}`)
    .sort();

const forward = (...rules: string[]): string =>
  `*filter\n${rules.map((rule) => `-A FORWARD ${rule}\n`).join('')}COMMIT\n`;
const packet = 'tcp 203.0.113.9:4000 -> 10.180.0.5:80 from external';

describe('weights', () => {
  test('chance in steps of 2^-31, exactly', () => {
    const rules = forward('-m statistic --mode random --probability 0.33333333349 -j DROP');
    expect(print(rules, packet)).toEqual(['accept 1431655765/2147483648', 'drop 715827883/2147483648']);
  });

  test('a counter of unknown position stands anywhere', () => {
    expect(print(forward('-m statistic --mode nth --every 5 --packet 3 -j DROP'), packet)).toEqual([
      'accept 4/5',
      'drop 1/5',
    ]);
  });

  test('two rules have two counters, and the same rule asked twice has one', () => {
    const rule = '-m statistic --mode nth --every 2 --packet 0';
    expect(print(forward(`${rule} -j DROP`, `${rule} -j REJECT`), packet)).toEqual([
      'accept 1/4',
      'drop 1/2',
      'reject 1/4',
    ]);
    const twice = `*filter\n:X - [0:0]\n-A FORWARD -j X\n-A FORWARD -j X\n-A FORWARD -m mark --mark 0x1 -j DROP\n-A X ${rule} -j MARK --set-xmark 0x1/0x0\nCOMMIT\n`;
    // Once at position 0 and once at position 1: the mark is always turned exactly once.
    expect(print(twice, packet)).toEqual(['drop 1/1']);
  });

  test('equal ways are joined: forty coins are no million million ways', () => {
    const coin = (table: string, chain: string) =>
      `*${table}\n${`-A ${chain} -m statistic --mode random --probability 0.5 -j MARK --set-xmark 0x1/0x0\n`.repeat(10)}COMMIT\n`;
    const rules = `${coin('mangle', 'PREROUTING')}${coin('nat', 'PREROUTING')}${coin('raw', 'PREROUTING')}${forward('-m mark --mark 0x1 -j DROP')}`;
    expect(print(rules, packet)).toEqual(['accept 1/2', 'drop 1/2']);
  });

  test('and so are those of IPv6', () => {
    const coin = '-m statistic --mode random --probability 0.5 -j MARK --set-xmark 0x1/0x0\n';
    const text = `*mangle\n${`-A PREROUTING ${coin}`.repeat(7)}COMMIT\n*filter\n-A FORWARD -m mark --mark 0x1 -j DROP\nCOMMIT\n`;
    const program = buildProgram(readDump({ name: 'rules', text }, { family: 'ipv6' }).ruleset);
    const six = parsePacket({
      name: 'packet',
      text: 'tcp [2001:db8::9]:4000 -> [2001:db8::7]:80 from external',
    });
    const { outcomes } = tracePacket(
      program,
      { ...buildHost('ipv6', []), addressesKnown: true, routesKnown: true },
      six,
    );
    expect(outcomes.map(({ verdict, weight }) => `${verdict} ${weight}`).sort()).toEqual([
      'accept 1/2',
      'drop 1/2',
    ]);
  });

  test('beyond the limit it says so', () => {
    const rules = forward(
      ...Array<string>(30).fill('-m statistic --mode random --probability 0.5 -j MARK --or-mark 0x1'),
    );
    const { outcomes } = trace(rules, packet, { limit: 1000 });
    expect(outcomes.some((outcome) => because(outcome)?.includes('more than 1000 ways'))).toBe(true);
    expect(outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
  });
});

describe('what is not known', () => {
  test('makes an outcome unknown, and names the rule', () => {
    const { outcomes } = trace(forward('-m limit --limit 5/min -j ACCEPT', '-j DROP'), packet);
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({
      verdict: 'unknown',
      reason: {
        code: 'at-rule',
        place: { table: 'filter', chain: 'FORWARD', number: 1 },
        reason: { code: 'match-unevaluated', name: 'limit' },
      },
    });
  });

  test('does not matter where both ways end alike', () => {
    expect(print(forward('-m limit --limit 5/min -j LOG', '-j DROP'), packet)).toEqual(['drop 1/1']);
    expect(print(forward('-m limit --limit 5/min -j DROP', '-j DROP'), packet)).toEqual(['drop 1/1']);
  });

  test('takes only its share', () => {
    const rules = forward(
      '-m statistic --mode random --probability 0.5 -j DROP',
      '-m limit --limit 5/min -j ACCEPT',
      '-j DROP',
    );
    expect(print(rules, packet)).toEqual(['drop 1/2', 'unknown 1/2']);
  });

  test('has one answer, however often it is asked', () => {
    const set = '-m set --match-set blocked src';
    expect(
      print(forward(`${set} -j MARK --or-mark 0x1`, `${set} -m mark --mark 0x0 -j DROP`), packet),
    ).toEqual(['accept 1/1']);
    expect(
      print(
        forward(
          `${set} -j MARK --or-mark 0x1`,
          `-m set ! --match-set blocked src -m mark --mark 0x1 -j DROP`,
        ),
        packet,
      ),
    ).toEqual(['accept 1/1']);
  });

  test('a source port that is not given', () => {
    const rules = forward(
      '-p tcp -m tcp --sport 4000 -j DROP',
      '-p tcp -m tcp --sport 0:65535 -j ACCEPT',
      '-j DROP',
    );
    const { outcomes } = trace(rules, 'tcp 203.0.113.9 -> 10.180.0.5:80 from external');
    expect(outcomes[0]?.verdict).toBe('unknown');
    expect(because(outcomes[0])).toContain('source port');
    expect(print(rules, packet)).toEqual(['drop 1/1']);
  });

  test('an unknown target is never passed over', () => {
    expect(print(forward('-j NFQUEUE --queue-num 0'), packet)).toEqual(['unknown 1/1']);
  });

  test('a host without addresses names what to supply', () => {
    const { outcomes } = trace('*filter\nCOMMIT\n', packet, {}, {});
    expect(because(outcomes[0])).toContain('--host');
  });
});

describe('a rule that does nothing, if it matches at all', () => {
  const unknown = '-m limit --limit 5/min';

  test.each(['LOG', 'NFLOG', 'TRACE', 'SET --add-set x src', null])('%s, however often', (target) => {
    const rule = `${unknown}${target === null ? '' : ` -j ${target}`}`;
    const table = target === 'TRACE' ? 'raw' : 'mangle';
    const rules = `*${table}\n${`-A PREROUTING ${rule}\n`.repeat(20)}COMMIT\n`;
    expect(print(rules, packet)).toEqual(['accept 1/1']);
  });

  test('may remember the packet', () => {
    const listed = '-m recent --rcheck --name x -j DROP';
    expect(print(forward(`${unknown} -m recent --set --name x -j LOG`, listed), packet)).toEqual([
      'unknown 1/1',
    ]);
    expect(print(forward(`-m recent --set --name x ${unknown} -j LOG`, listed), packet)).toEqual([
      'drop 1/1',
    ]);
  });
});

describe('a host of which no address is known', () => {
  const ask = (...rules: string[]) =>
    trace(forward(...rules), packet, {}, { podCIDR: fields.podCIDR as Subnet });

  test.each(['--src-type LOCAL', '! --src-type LOCAL', '--src-type UNICAST'])('%s', (match) => {
    const { outcomes } = ask(`-m addrtype ${match} -j DROP`);
    expect(outcomes).toMatchObject([{ verdict: 'unknown' }]);
    expect(because(outcomes[0])).toContain('it is not known whether 203.0.113.9 is an address of the node');
    expect(because(outcomes[0])).toContain('rule 1 of filter/FORWARD');
  });

  test('has one answer to the same question, and one type whatever is asked', () => {
    const mark = '-m addrtype --src-type LOCAL -j MARK --or-mark 0x1';
    const verdicts = (...rules: string[]) => ask(mark, ...rules).outcomes.map(({ verdict }) => verdict);
    expect(
      verdicts(
        '-m mark --mark 0x1 -m addrtype ! --src-type LOCAL -j DROP',
        '-m mark --mark 0x0 -m addrtype --src-type LOCAL -j DROP',
      ),
    ).toEqual(['accept']);
    expect(verdicts('-m mark --mark 0x1 -m addrtype --src-type UNICAST -j DROP')).toEqual(['accept']);
    expect(verdicts('-m mark --mark 0x0 -m addrtype --src-type UNICAST -j DROP')).toEqual(['unknown']);
  });

  test('knows its pods all the same', () => {
    expect(ask('-m addrtype --dst-type UNICAST -j DROP').outcomes).toMatchObject([{ verdict: 'drop' }]);
    expect(ask('-m addrtype --dst-type LOCAL -j DROP').outcomes).toMatchObject([{ verdict: 'accept' }]);
  });
});

test('the rules that matched are told in their order, where they are asked for', () => {
  const rules = `*filter\n:X - [0:0]\n-A FORWARD -j X\n-A FORWARD -j DROP\n-A X -p udp -j DROP\n-A X -j LOG\n-A X -j RETURN\n-A X -j ACCEPT\nCOMMIT\n`;
  const matched = (options: WalkOptions) =>
    trace(rules, packet, options).outcomes.map((outcome) =>
      outcome.matched.map(({ place, hook }) => `${hook}: ${place.table}/${place.chain}/${place.number}`),
    );
  expect(matched({ trace: true })).toEqual([
    ['FORWARD: filter/FORWARD/1', 'FORWARD: filter/X/2', 'FORWARD: filter/X/3', 'FORWARD: filter/FORWARD/2'],
  ]);
  expect(matched({})).toEqual([[]]);
});

test('a rule of which nobody knows whether it matched is told as one that perhaps did', () => {
  const { outcomes } = trace(forward('-m limit --limit 5/min -j LOG', '-j DROP'), packet, { trace: true });
  const told = outcomes.map(({ matched }) =>
    matched.map(({ place, perhaps }) => [place.number, perhaps === true]),
  );
  expect(told).toEqual([
    [
      [1, true],
      [2, false],
    ],
  ]);
});

test('ways that differ in what the node remembers are not joined, however many they are', () => {
  const coin = (list: number) =>
    `-A PREROUTING -m statistic --mode random --probability 0.5 -m recent --set --name l${list}\n`;
  const rules = `*mangle\n${[0, 1, 2, 3, 4, 5, 6].map(coin).join('')}COMMIT\n`;
  expect(print(`${rules}${forward('-m recent --rcheck --name l6 -j DROP')}`, packet)).toEqual([
    'accept 1/2',
    'drop 1/2',
  ]);
});

describe('without connection tracking nat is not asked, unless a rule switches it on', () => {
  // A chain that nothing leads to is enough.
  const asked = (table: string, rule: string) => {
    const own = `:X - [0:0]\n-A X ${rule}\n`;
    const nat = `*nat\n${table === 'nat' ? own : ''}-A PREROUTING -j MARK --set-xmark 0x1/0x1\nCOMMIT\n`;
    const filter = `*filter\n${table === 'filter' ? own : ''}-A FORWARD -m mark --mark 0x1/0x1 -j DROP\nCOMMIT\n`;
    const others = table === 'mangle' ? `*mangle\n${own}COMMIT\n` : '';
    const { outcomes } = trace(nat + filter + others, packet, {}, { ...fields, conntrack: false });
    return outcomes.map(({ verdict }) => verdict).join() === 'drop';
  };
  test.each([
    ['filter', '-j ACCEPT', false],
    ['filter', '-m mark --mark 0x2 -j ACCEPT', false],
    ['nat', '-p tcp -j DNAT --to-destination 10.180.0.6', true],
    ['nat', '-j SNAT --to-source 192.168.0.2', true],
    ['nat', '-j MASQUERADE', true],
    ['nat', '-p tcp -j REDIRECT', true],
    ['nat', '-j NETMAP --to 10.180.0.0/24', true],
    ['mangle', '-j CONNMARK --set-xmark 0x1/0x1', true],
    ['filter', '-m conntrack --ctstate NEW -j ACCEPT', true],
    ['filter', '-m state --state NEW -j ACCEPT', true],
    ['filter', '-m connmark --mark 0x1 -j ACCEPT', true],
  ])('%s: %s', (table, rule, on) => {
    expect(asked(table, rule)).toBe(on);
  });
});

describe('where a chain leads at its end', () => {
  const chains = (...rules: string[]) =>
    `*filter\n:FORWARD DROP [0:0]\n:X - [0:0]\n:Y - [0:0]\n${rules.map((rule) => `-A ${rule}\n`).join('')}COMMIT\n`;
  test.each<[rules: string[], verdict: string]>([
    [[], 'drop'],
    [['FORWARD -j RETURN', 'FORWARD -j ACCEPT'], 'drop'],
    [['FORWARD -j X', 'FORWARD -j ACCEPT'], 'accept'],
    [['FORWARD -j X', 'FORWARD -j ACCEPT', 'X -j RETURN', 'X -j REJECT'], 'accept'],
    [['FORWARD -g X', 'FORWARD -j ACCEPT'], 'drop'],
    [['FORWARD -j X', 'FORWARD -j ACCEPT', 'X -g Y', 'X -j REJECT'], 'accept'],
    [['FORWARD -j X', 'FORWARD -j ACCEPT', 'X -j Y', 'X -j REJECT'], 'reject'],
    [['FORWARD -g X', 'FORWARD -j ACCEPT', 'X -j Y', 'X -j REJECT'], 'reject'],
  ])('%j', (rules, verdict) => {
    expect(print(chains(...rules), packet)).toEqual([`${verdict} 1/1`]);
    const { outcomes } = trace(chains(...rules), packet);
    expect(because(outcomes[0])).toBe(verdict === 'drop' ? 'the policy of filter/FORWARD is DROP' : null);
  });
});

describe('too much to follow', () => {
  const doubling = (depth: number) =>
    `*filter\n${Array.from({ length: depth }, (_, index) => `:C${index} - [0:0]\n`).join('')}` +
    `-A FORWARD -j C0\n${Array.from({ length: depth - 1 }, (_, index) => `-A C${index} -j C${index + 1}\n`.repeat(2)).join('')}` +
    `-A C${depth - 1} -j LOG\nCOMMIT\n`;

  test('chains that call the next one twice, and again and again', () => {
    expect(print(doubling(5), packet, { mostRules: 50 })).toEqual(['accept 1/1']);
    const { outcomes } = trace(doubling(8), packet, { mostRules: 50 });
    expect(outcomes).toMatchObject([
      {
        verdict: 'unknown',
        reason: { code: 'too-many-rules', most: 50 },
      },
    ]);
  });

  const walk = (rules: string, options: WalkOptions) => {
    const program = buildProgram(readDump({ name: 'rules', text: rules }).ruleset);
    const one = new Walk(program, buildHost('ipv4', [fields]), options);
    one.run(parsePacket({ name: 'packet', text: packet }), 'eth0', emptyMemory);
    return one;
  };
  const coins = (count: number) =>
    forward(
      ...Array<string>(count).fill('-m statistic --mode random --probability 0.5 -j MARK --or-mark 0x1'),
    );

  test('is told by the walk, to the last rule and way', () => {
    expect(walk(forward('-j LOG', '-j LOG'), { mostRules: 2 }).exhausted).toBe(false);
    expect(walk(forward('-j LOG', '-j LOG'), { mostRules: 1 }).exhausted).toBe(true);
    // Beside the way that it began with there are two for every coin.
    expect(walk(coins(1), { limit: 3 }).exhausted).toBe(false);
    expect(walk(coins(1), { limit: 2 }).exhausted).toBe(true);
  });

  test('a way more is more work than a rule more', () => {
    const work = (rules: string) => walk(rules, {}).work;
    expect(work(forward('-j LOG', '-j LOG')) - work(forward('-j LOG'))).toBe(1);
    expect(work(coins(4)) - work(coins(3))).toBeGreaterThan(2 ** 4);
    expect(work(coins(4))).toBeGreaterThan(work(forward(...Array<string>(100).fill('-j LOG'))));
  });
});

describe('rules that no kernel loads', () => {
  const load = (text: string) => () =>
    buildProgram(readDump({ name: 'rules', text }).ruleset, { name: 'rules', text });

  test('a loop that a built-in chain reaches', () => {
    const loop = ':A - [0:0]\n:B - [0:0]\n-A A -j B\n-A B -j A\n';
    expect(load(`*filter\n${loop}-A FORWARD -j A\nCOMMIT\n`)).toThrow(/circle|loop/);
    // Nobody walks it.
    expect(load(`*filter\n${loop}COMMIT\n`)).not.toThrow();
  });

  test('a chain that is not there', () => {
    expect(load('*filter\n-A FORWARD -j NOPE\nCOMMIT\n')).toThrow(/NOPE/);
  });

  describe('nor made of objects', () => {
    const source = { name: 'rules', text: 'rule 0\nrule 1\nrule 2' };
    /** The chains by name, and where each of their rules jumps to; `at` is the beginning of a line of the source. */
    const build = (jumps: Readonly<Record<string, readonly string[]>>, from?: typeof source) => {
      let line = 0;
      const ruleTo = (chain: string): Rule => {
        const target: Target = chain.startsWith('-g ')
          ? { kind: 'jump', chain: chain.slice(3), returns: false }
          : { kind: 'jump', chain, returns: true };
        line += 1;
        return { matches: [], target, at: 7 * (line - 1) };
      };
      const chains = Object.entries(jumps).map(([name, to]): [string, Chain] => [
        name,
        { name, policy: /^[A-Z]{2,}$/.test(name) ? 'ACCEPT' : null, rules: to.map(ruleTo) },
      ]);
      return () =>
        buildProgram({ family: 'ipv4', tables: [{ name: 'filter', chains: new Map(chains) }] }, from);
    };
    const problemsOf = (...given: Parameters<typeof build>) => {
      try {
        build(...given)();
      } catch (error) {
        return (error as InputError).problems.map(({ code, span, message, expected }) => {
          expect(expected).toBeTruthy();
          return `${code} at ${span?.source.text.slice(span.start, span.end)}: ${message}`;
        });
      }
      return [];
    };

    test('chains that are not there', () => {
      expect(problemsOf({ FORWARD: ['x', '-g y'], INPUT: ['x'] }, source)).toEqual([
        'chain-missing at rule 0: table filter has no chain x',
        'chain-missing at rule 1: table filter has no chain y',
        'chain-missing at rule 2: table filter has no chain x',
      ]);
      expect(problemsOf({ FORWARD: ['x'] })).toEqual([
        'chain-missing at undefined: table filter has no chain x',
      ]);
    });

    test('a loop that a built-in chain reaches', () => {
      expect(problemsOf({ FORWARD: ['x'], x: ['y'], y: ['x'] }, source)).toEqual([
        'chain-loop at rule 2: rule 1 of filter/y closes a loop of chains at x',
      ]);
      expect(problemsOf({ FORWARD: ['x'], x: ['-g x'] })).toEqual([
        'chain-loop at undefined: rule 1 of filter/x closes a loop of chains at x',
      ]);
      expect(problemsOf({ INPUT: ['x'], FORWARD: ['y', 'y'], x: ['y'], y: [] })).toEqual([]);
      expect(problemsOf({ FORWARD: [], x: ['y'], y: ['x'] })).toEqual([]);
    });
  });

  test('thousands of chains in a row need no stack', () => {
    const count = 20_000;
    const rule = (target: Target): Rule => ({ matches: [], target, at: 0 });
    const jump = (chain: string) => rule({ kind: 'jump', chain, returns: true });
    const chains = new Map<string, Chain>([
      ['FORWARD', { name: 'FORWARD', policy: 'ACCEPT', rules: [jump('C1')] }],
    ]);
    for (let index = 1; index <= count; index += 1) {
      const next = index < count ? jump(`C${index + 1}`) : rule({ kind: 'verdict', verdict: 'DROP' });
      chains.set(`C${index}`, { name: `C${index}`, policy: null, rules: [next] });
    }
    const program = buildProgram({ family: 'ipv4', tables: [{ name: 'filter', chains }] });
    const parsed = parsePacket({ name: 'packet', text: packet });
    expect(tracePacket(program, buildHost('ipv4', [fields]), parsed).outcomes).toMatchObject([
      { verdict: 'drop' },
    ]);
  });
});

describe('a packet must fit', () => {
  test('the family of the rules', () => {
    expect(() => trace('*filter\nCOMMIT\n', 'tcp [fd00::1]:1 -> [fd00::2]:2')).toThrow(/packet-family/);
  });

  test('the interfaces of the host', () => {
    expect(() => trace('*filter\nCOMMIT\n', 'tcp 1.1.1.1:1 -> 2.2.2.2:2 from eth7')).toThrow(
      /no interface eth7\n.*one of lo, eth0, cni0, or external, pod, host/,
    );
  });
});

describe('drawing', () => {
  const outcomes = [{ probability: 0.5 }, { probability: 0.25 }, { probability: 0.25 }];

  test('follows the probabilities, and the seed alone', () => {
    const counts = drawOutcomes(outcomes, 100_000, 7);
    expect(drawOutcomes(outcomes, 100_000, 7)).toEqual(counts);
    expect(drawOutcomes(outcomes, 100_000, 8)).not.toEqual(counts);
    // Four standard deviations are 632.
    expect(Math.abs((counts[0] ?? 0) - 50_000)).toBeLessThan(632);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100_000);
  });
});
