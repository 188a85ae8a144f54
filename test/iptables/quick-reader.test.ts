import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Family } from '../../src/address/address.ts';
import type { DecodedRule, Settings } from '../../src/iptables/dump/command.ts';
import { decode } from '../../src/iptables/dump/decode.ts';
import { guessFamily } from '../../src/iptables/dump/family.ts';
import { bitOf, everyHook } from '../../src/iptables/dump/hooks.ts';
import { QuickReader } from '../../src/iptables/dump/quick.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { scanWords } from '../../src/iptables/dump/scan.ts';
import { type Draft, TableBuilder } from '../../src/iptables/dump/table.ts';
import type { TableName } from '../../src/iptables/rule/ruleset.ts';
import { fixtures } from '../cases.ts';
import { expectedOf, spellingRows, spellingTopics } from './spellings.ts';

// What the reader by parts takes and what it leaves to `decode`. It is there for speed: a line that it leaves is read all
// the same (quick.test.ts), so that only here is seen that it takes what dumps consist of, and twice the work for none.

/** A table that counts how often a chain is looked up by its name. */
class CountingTable extends TableBuilder {
  lookups = 0;

  override find(chain: string): Draft | undefined {
    this.lookups += 1;
    return super.find(chain);
  }
}

interface Given {
  readonly table?: TableName;
  readonly family?: Family;
}

/** A reader with the user's chains A, AB and B. */
function begin({ table: name = 'filter', family = 'ipv4' }: Given = {}) {
  const table = new CountingTable(name, 'nft');
  for (const chain of ['A', 'AB', 'B']) table.declareNew(chain);
  const settings: Settings = {
    family,
    backend: 'nft',
    table: name,
    open: false,
    isChain: (chain) => table.has(chain),
  };
  return { table, settings, quick: new QuickReader(settings, table) };
}

const head = '# -j B\n*filter\n';

/** Whether the line is taken, somewhere in a text that goes on. */
function takes(quick: QuickReader, line: string): boolean {
  const text = `${head}${line}\n-A A -m udp -m multiport --dports 53 -p udp -j B\n`;
  return quick.read(text, head.length, head.length + line.length);
}

/** The rules that the reader gave a chain. */
function rulesOf({ quick, table }: ReturnType<typeof begin>, chain = 'A'): DecodedRule[] | undefined {
  quick.flush();
  return table.find(chain)?.rules.map(({ matches, target }) => ({ matches, target }));
}

/** What `decode` says of the line. */
function decoded(line: string, settings: Settings): readonly DecodedRule[] {
  const problems: unknown[] = [];
  const words = scanWords(line, 0, line.length, 0) ?? [];
  const command = decode(words, settings, (_start, _end, _code, detail) => problems.push(detail));
  expect(problems).toEqual([]);
  return command?.rules ?? [];
}

const nat = { table: 'nat' } as const;
const ipv6 = { family: 'ipv6' } as const;

describe('a line is taken, and means what decode says', () => {
  it.each<[rule: string, given?: Given]>([
    [''],
    [' -j B'],
    [' -j ACCEPT'],
    [' -j RETURN'],
    [' -j LOG'],
    [' -j LOG --log-prefix "a -j B "'],
    [' -j LOG --log-prefix x --log-level 4'],
    [' -j REJECT --reject-with icmp-port-unreachable'],
    [' -p tcp -j REJECT --reject-with icmp-port-unreachable'],
    [' -j REJECT --reject-with icmp6-port-unreachable', ipv6],
    [' -j MARK --set-xmark 0x4000/0x4000'],
    [' -p tcp -m tcp -j DNAT --to-destination 10.0.0.1:80', nat],
    [' -j MASQUERADE', nat],
    [' -j MASQUERADE --random-fully', nat],
    [' -s 10.0.0.1/32'],
    [' ! -s 10.0.0.1/32'],
    [' -s 10.0.0.0/8 -d 10.0.0.1/32 -i eth0 -o eth+ -p tcp'],
    [' ! -s 10.0.0.0/8 ! -d 10.0.0.1/32 ! -i eth0 ! -o eth+ ! -p tcp'],
    [' -p tcp -o a -i b -d 10.0.0.1 -s 10.0.0.2'],
    [' -s fd00::/8 -d fd00::1/128 -p ipv6-icmp', ipv6],
    [' -s 0.0.0.0/0 -i + -p all -j B'],
    [' -p tcp -m tcp'],
    [' -p tcp -m tcp --dport 80 -j B'],
    [' -p tcp -m tcp ! --dport 80 -j B'],
    [' -p tcp -m tcp --sport 1:2 --dport 80'],
    [' -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN'],
    [' -p udp -m udp --dport 53 -s 10.0.0.1/32'],
    [' -p tcp -m comment --comment "a b" -m tcp --dport 80 -m mark --mark 0x1/0x1 -j B'],
    [' -m comment --comment a'],
    [' -m comment --comment ""'],
    [' -m comment --comment "a -j ACCEPT ! -s x --foo" -s 10.0.0.1/32 -j B'],
    [' -m comment --comment "a" ! -s 10.0.0.1/32'],
    [' -m mark --mark 0x4000/0x4000 -j B'],
    [' -m mark ! --mark 0x4000/0x4000 -j B'],
    [' -m addrtype --dst-type LOCAL -j B'],
    [' -m addrtype ! --src-type LOCAL --dst-type LOCAL'],
    [' -m statistic --mode random --probability 0.50000000000 -j B'],
    [' -m recent --rcheck --seconds 10 --reap --name x --mask 255.255.255.255 --rsource -j B'],
    [' -m conntrack --ctstate INVALID -j DROP'],
    [' -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP'],
    [' -m string --string "a b" --algo bm'],
    [' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'],
    [' -p tcp -m multiport --dports 80,443:445 -j B'],
    [' -p tcp -m tcp -j DNAT --to-destination [fd00::1]:80', { ...nat, ...ipv6 }],
    // kube-proxy writes -p behind -m tcp.
    [' -m comment --comment "x y" -m tcp -p tcp -j B'],
    [' -m comment --comment x -m tcp -p tcp -s 10.0.0.1/32 -j DNAT --to-destination 10.0.0.1:80', nat],
    [' -m udp -p udp -d 10.0.0.1/32 -j B'],
    [' -m comment --comment x -p tcp -j B'],
  ])('-A A%s', (rule, given) => {
    const one = begin(given);
    const line = `-A A${rule}`;
    expect(takes(one.quick, line)).toBe(true);
    const expected = decoded(line, one.settings);
    expect(rulesOf(one)).toEqual(expected);
    // What is known from the first time says the same.
    expect([takes(one.quick, line), takes(one.quick, line)]).toEqual([true, true]);
    expect(rulesOf(one)).toEqual([...expected, ...expected, ...expected]);
  });
});

describe('a line is left to decode', () => {
  it.each<[line: string, given?: Given]>([
    ['--append A -j B'],
    ['-I A -j B'],
    ['-AA -j B'],
    ['-A  A -j B'],
    ['-A NOPE -j B'],
    ['-A AC -j B'],
    ['-A'],
    ['-A A -j NOPE'],
    ['-A A -j INPUT'],
    ['-A A -j B x'],
    ['-A A -j B -s 10.0.0.1/32'],
    ['-A A -j ACCEPT -s 10.0.0.1/32'],
    ['-A A -j MARK --set-xmark 0x1/0x1 -s 10.0.0.1/32'],
    ['-A A -j LOG --log-prefix "a" b'],
    ['-A A -j DROP', nat],
    ['-A A -j DNAT --to-destination 10.0.0.1:80', nat],
    ['-A A -g B'],
    ['-A A -f -j B'],
    ['-A A -4 -j B'],
    ['-A A -c 1 2 -j B'],
    ['-A A -k x'],
    ['-A A ! -j B'],
    ['-A A ! -m comment --comment x'],
    ['-A A ! ! -s 10.0.0.1/32'],
    ['-A A  -j B'],
    ['-A A -j  B'],
    ['-A A -j B '],
    ['-A A -s  10.0.0.1/32 -j B'],
    ['-A A\t-j B'],
    ['-A A -s10.0.0.0/8 -j B'],
    ['-A A -s110.0.0.0/8 -j B'],
    ['-A A --source 10.0.0.1/32 -j B'],
    ['-A A -s 10.0.0.1,10.0.0.2 -j B'],
    ['-A A -s 10.0.0.1/33 -j B'],
    ['-A A -s fd00::1/128 -j B'],
    ['-A A -s "10.0.0.1" -j B'],
    ['-A A -s ! 10.0.0.1 -j B'],
    ['-A A -i "a b" -j B'],
    ['-A A -i -j -j B'],
    ['-A A -s 10.0.0.1/32 -s 10.0.0.2/32'],
    ['-A A -p tcp -p tcp'],
    ['-A A -s 0.0.0.0/0 -s 10.0.0.1/32'],
    ['-A A -p tcp -m tcp -m tcp --dport 1'],
    ['-A A -m tcp --dport 1'],
    ['-A A -p udp -m tcp --dport 1'],
    ['-A A -m tcp --dport 1 -p tcp'],
    ['-A A -m tcp ! --dport 1 -p tcp'],
    ['-A A -m sctp --dport 1 -p sctp'],
    ['-A A -m multiport --dports 1 -p tcp'],
    ['-A A -i a -m tcp -p tcp'],
    ['-A A -m comment --comment "x -p udp y" -m tcp -p tcp -j B'],
    ['-A A -m comment --comment x --comment y'],
    ['-A A -m comment --comment "a\\"b" -j B'],
    ['-A A -m comment --comment "a\\\\" -j B'],
    ['-A A -m comment --comment "a"b -j B'],
    ['-A A -m comment --comment "a" b -j B'],
    ['-A A -m comment --comment "a -j B'],
    ['-A A -m comment --comment -j B'],
    ['-A A -m comment --comment a"b -j B'],
    ['-A A -m mark'],
    ['-A A -m mark --mark'],
    ['-A A -m mark --mark 0x1/0x1 x'],
    ['-A A --dport 80'],
    ['-A A -m'],
    ['-A A -j'],
    ['-A A -s'],
    ['-A INPUT -i eth0 -j B'],
    ['-A FORWARD -o eth0 -j B'],
    ['COMMIT'],
    ['# -A A -j B'],
    [' -A A -j B'],
  ])('%s', (line, given) => {
    const one = begin(given);
    for (const chain of ['INPUT', 'FORWARD']) one.table.declare(chain, 'ACCEPT', undefined);
    // Once anew, and once when its parts are known from the lines before.
    expect(takes(one.quick, line)).toBe(false);
    const usual = ['-p tcp -m tcp --dport 1', '-m comment --comment "x"', '-s 10.0.0.9/32', '-j B'];
    for (const rule of usual) expect(takes(one.quick, `-A A ${rule}`)).toBe(true);
    expect(takes(one.quick, line)).toBe(false);
    expect(rulesOf(one)).toEqual(usual.flatMap((rule) => decoded(`-A A ${rule}`, one.settings)));
  });

  it('where a chain has the name of a target, or one with a quote', () => {
    for (const name of ['DNAT', '"x"', 'x"']) {
      const { quick, table } = begin();
      expect(takes(quick, '-A A -j B')).toBe(true);
      table.declare(name, null, undefined);
      expect(takes(quick, '-A A -j B')).toBe(false);
    }
  });
});

describe('the line of a chain', () => {
  it.each([':C - [0:0]', ':KUBE-SVC-ABC_1 - [0:0]', `:${'x'.repeat(28)} - [0:0]`, ':1 - [0:0]'])(
    '%s is taken, and makes the chain once',
    (line) => {
      const { quick, table } = begin();
      const name = line.slice(1, -' - [0:0]'.length);
      expect(takes(quick, line)).toBe(true);
      expect(table.find(name)).toMatchObject({ name, policy: null, rules: [] });
      expect(takes(quick, line)).toBe(false);
    },
  );

  it.each([
    ':A - [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':INPUT - [0:0]',
    ':C ACCEPT [0:0]',
    ':C - [1:2]',
    ':C - [0:0] ',
    ':C -  [0:0]',
    ': C - [0:0]',
    ':C\t- [0:0]',
    ':ACCEPT - [0:0]',
    ':QUEUE - [0:0]',
    ': - [0:0]',
    ':-C - [0:0]',
    ':"C" - [0:0]',
    ':é - [0:0]',
    `:${'x'.repeat(29)} - [0:0]`,
    ':',
    ' - [0:0]',
  ])('%j is left', (line) => {
    expect(takes(begin().quick, line)).toBe(false);
  });

  it('of the next table has no chains of this one', () => {
    const { quick, table } = begin();
    expect(takes(quick, ':C - [0:0]')).toBe(true);
    expect(takes(quick, '-A C -j A')).toBe(true);
    expect(table.allNames()).toEqual(['A', 'AB', 'B', 'C']);
  });
});

describe('a part that comes again', () => {
  it.each([
    '-s 10.0.0.1/32',
    '! -d 10.0.0.1/32',
    '-p tcp',
    '-m comment --comment "a b"',
    '-m comment --comment a',
    '-m mark --mark 0x1/0x1',
    '-m mark ! --mark 0x1/0x1',
    '-m addrtype ! --src-type LOCAL --dst-type LOCAL',
    '-m statistic --mode random --probability 0.5',
    '-j MARK --set-xmark 0x1/0x1',
    '-j LOG --log-prefix x --log-level 4',
    '-j REJECT --reject-with icmp-port-unreachable',
    '-j ACCEPT',
    '-j B',
  ])('%s is not made again', (part) => {
    const one = begin();
    for (const chain of ['A', 'B', 'A']) expect(takes(one.quick, `-A ${chain} ${part}`)).toBe(true);
    const [first, second, third] = [rulesOf(one)?.[0], rulesOf(one, 'B')?.[0], rulesOf(one)?.[1]];
    const meant = first?.matches[0] ?? first?.target;
    expect(meant).toBeDefined();
    expect([second?.matches[0] ?? second?.target, third?.matches[0] ?? third?.target]).toEqual([
      meant,
      meant,
    ]);
    expect(second?.matches[0] ?? second?.target).toBe(meant);
    expect(third?.matches[0] ?? third?.target).toBe(meant);
  });

  it('is read anew behind another -p', () => {
    const one = begin();
    const lines = ['tcp', 'udp', 'tcp'].flatMap((protocol) =>
      ['-m multiport --dports 80', '-m multiport ! --dports 80 -m mark --mark 0x1'].map(
        (match) => `-A A -p ${protocol} ${match}`,
      ),
    );
    expect(lines.map((line) => takes(one.quick, line))).toEqual(lines.map(() => true));
    expect(takes(one.quick, '-A A ! -p tcp -m multiport --dports 80')).toBe(false);
    expect(takes(one.quick, '-A A -p icmp -m multiport --dports 80')).toBe(false);
    expect(rulesOf(one)).toEqual(lines.flatMap((line) => decoded(line, one.settings)));
  });

  it('with another value has the other value', () => {
    const one = begin();
    const lines = [1, 2, 1, 10, 1, 100].flatMap((number) => [
      `-A A -s 10.0.0.${number}/32 -m comment --comment "${number}" -j MARK --set-xmark 0x${number}/0x1ff`,
      `-A A -p tcp -m tcp --dport ${number}`,
      `-A A -p tcp -m tcp --sport ${number} --dport ${number}`,
      `-A A -p tcp -m tcp --sport ${number}`,
    ]);
    expect(lines.map((line) => takes(one.quick, line))).toEqual(lines.map(() => true));
    expect(rulesOf(one)).toEqual(lines.flatMap((line) => decoded(line, one.settings)));
  });

  it('is known among more parts than are remembered', () => {
    const one = begin();
    const lines = Array.from(
      { length: 40 },
      (_, index) => `-A A -m mark ! --mark 0x${index.toString(16)}/0xff`,
    );
    const letters = ['-s 10.0.0.1/32', '-d 10.0.0.1/32', '-i a', '-o a', '-p tcp'];
    lines.push(...letters.flatMap((one) => [`-A A ${one}`, `-A A ! ${one}`]));
    lines.push(
      '-A A -m limit --limit 1/sec',
      '-A A -m length --length 1',
      '-A A -m mac --mac-source 00:00:00:00:00:01',
    );
    lines.push('-A A -m ttl --ttl-eq 1', '-A A -m tos --tos 0x1/0x3f', '-A A -m helper --helper "ftp"');
    const twice = [...lines, ...lines];
    expect(twice.filter((line) => !takes(one.quick, line))).toEqual([]);
    expect(rulesOf(one)).toEqual(twice.flatMap((line) => decoded(line, one.settings)));
  });
});

it('a dump holds a part that many rules have once', () => {
  const rules = ['-A A', '-A A', '-A B'].map(
    (start) => `${start} -s 10.0.0.1/32 -j MARK --set-xmark 0x1/0x1`,
  );
  const text = `*filter\n:A - [0:0]\n:B - [0:0]\n${rules.join('\n')}\nCOMMIT\n`;
  const [table] = readDump({ name: 'dump', text }).ruleset.tables;
  const [first, second] = table?.chains.get('A')?.rules ?? [];
  const [third] = table?.chains.get('B')?.rules ?? [];
  expect(first?.matches[0]).toMatchObject({ kind: 'source' });
  for (const rule of [second, third]) {
    expect(rule?.matches[0]).toBe(first?.matches[0]);
    expect(rule?.target).toBe(first?.target);
  }
});

describe('the chain of a rule', () => {
  it('is not looked up where it is that of the rule before, or the one declared after it', () => {
    const one = begin();
    const { quick, table } = one;
    const lines = [
      '-A A -s 10.0.0.1/32',
      '-A A -j ACCEPT',
      '-A AB -j ACCEPT',
      '-A AB -j ACCEPT',
      '-A B -j ACCEPT',
    ];
    expect(takes(quick, '-A A -j ACCEPT')).toBe(true);
    table.lookups = 0;
    for (const line of lines.filter((line) => !line.includes('-j'))) expect(takes(quick, line)).toBe(true);
    expect(table.lookups).toBe(0);
    for (const chain of ['AB', 'AB', 'B']) expect(takes(quick, `-A ${chain} -s 10.0.0.1/32`)).toBe(true);
    expect(table.lookups).toBe(0);
    expect(takes(quick, '-A A -s 10.0.0.1/32')).toBe(true);
    expect(table.lookups).toBe(1);
  });

  it('is told from one whose name begins with its name', () => {
    const one = begin();
    for (const chain of ['A', 'AB', 'A', 'AB', 'B', 'AB', 'A']) {
      expect(takes(one.quick, `-A ${chain} -j ACCEPT`)).toBe(true);
    }
    const counts = ['A', 'AB', 'B'].map((chain) => rulesOf(one, chain)?.length);
    expect(counts).toEqual([3, 3, 1]);
  });

  it('to which the rule before jumped is not looked up again', () => {
    const { quick, table } = begin();
    expect(takes(quick, '-A A -s 10.0.0.1/32 -j B')).toBe(true);
    table.lookups = 0;
    expect(takes(quick, '-A A -s 10.0.0.2/32 -j B')).toBe(true);
    expect(takes(quick, '-A AB -s 10.0.0.2/32 -j B')).toBe(true);
    expect(table.lookups).toBe(0);
    expect(takes(quick, '-A AB -s 10.0.0.2/32 -j A')).toBe(true);
    expect(table.lookups).toBe(1);
  });
});

describe('where the rules of a chain lead, and at which hooks they can stand', () => {
  const notesOf = (lines: readonly string[], given?: Given) => {
    const one = begin(given);
    expect(lines.filter((line) => !takes(one.quick, line))).toEqual([]);
    one.quick.flush();
    return ['A', 'AB', 'B'].map((chain) => {
      const draft = one.table.find(chain);
      return { next: draft?.next?.map(({ name }) => name), hooks: draft?.hooks };
    });
  };
  const free = { next: [], hooks: everyHook };

  it('is noted while they are read', () => {
    expect(
      notesOf(['-A A -j B', '-A A -s 10.0.0.1/32 -j B', '-A A -j AB', '-A A -j B', '-A AB -j B']),
    ).toEqual([{ next: ['B', 'AB', 'B'], hooks: everyHook }, { next: ['B'], hooks: everyHook }, free]);
  });

  it('is noted when a chain goes on after others', () => {
    expect(notesOf(['-A A -j B', '-A AB -j B', '-A A -j AB', '-A A -j ACCEPT', '-A AB -j A'])).toEqual([
      { next: ['B', 'AB'], hooks: everyHook },
      { next: ['B', 'A'], hooks: everyHook },
      free,
    ]);
  });

  it('goes by the targets and matches that have their places', () => {
    const dnat = '-A A -p tcp -m tcp -j DNAT --to-destination 10.0.0.1:80';
    expect(notesOf([dnat, '-A AB -j MASQUERADE', '-A B -j ACCEPT'], nat)).toEqual([
      { next: [], hooks: bitOf('PREROUTING') | bitOf('OUTPUT') },
      { next: [], hooks: bitOf('POSTROUTING') },
      free,
    ]);
    expect(notesOf([dnat, '-A A -j MASQUERADE'], nat)[0]).toEqual({ next: [], hooks: 0 });
    expect(notesOf(['-A A -j MASQUERADE'])[0]).toEqual({ next: [], hooks: 0 });
    expect(
      notesOf(['-A A -m owner --socket-exists', '-A AB -m owner --socket-exists -m mark --mark 0x1']),
    ).toEqual([
      { next: [], hooks: bitOf('OUTPUT') | bitOf('POSTROUTING') },
      { next: [], hooks: bitOf('OUTPUT') | bitOf('POSTROUTING') },
      free,
    ]);
  });
});

/** The lines of a dump that are left. */
function leftOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const left: string[] = [];
  let { table, quick, settings } = begin();
  let at = 0;
  for (const line of text.split('\n')) {
    const { length } = line;
    if (line.startsWith('*')) {
      table = new CountingTable(line.slice(1) as TableName, 'nft');
      settings = { ...settings, family: guessFamily(text), table: table.name };
      quick = new QuickReader({ ...settings, isChain: (name) => table.has(name) }, table);
    } else if (/^[:-]/.test(line) && !quick.read(text, at, at + length)) {
      quick.flush();
      left.push(line);
      const [, builtIn] = /^:([A-Z]+) (?:ACCEPT|DROP)/.exec(line) ?? [];
      if (builtIn) table.declare(builtIn, 'ACCEPT', undefined);
    }
    at += length + 1;
  }
  return left;
}

describe('the rule sets of kube-proxy are taken', () => {
  const cases = ['node-port', 'load-balancer-source-ranges', 'ipv6-node-port-local', 'dual-stack-v6'];
  const path = (name: string, file: string) => join(fixtures, 'conformance/named', name, file);

  it.each(cases)('%s, but for built-in chains', (name) => {
    expect(leftOf(path(name, 'iptables.save')).filter((line) => !/^:[A-Z]+ ACCEPT /.test(line))).toEqual([]);
  });

  it.each(cases)('%s as it sends it, but for options of -m tcp that stand apart from it, too', (name) => {
    const left = leftOf(path(name, 'kube-proxy.restore'));
    expect(left.filter((line) => !/ -p (?:tcp|udp)( -d \S+)? --dport /.test(line))).toEqual([]);
  });
});

/** Escapes, interfaces in built-in chains, `-f`, `-g`, targets that need a match, what only quotes would keep together. */
const unusual =
  /\\|^-A (?!UC).* -[io] | -[fg] |-j TCPMSS|-j TCPOPTSTRIP|nodemask 0x80000000|--comment -|--name a b|(?:-m tcp.*){2}|days {2}/;

it('the spellings that iptables prints are taken, but for the unusual', () => {
  const readers = new Map<string, ReturnType<typeof begin>>();
  const left = new Set<string>();
  for (const row of spellingTopics.flatMap(spellingRows)) {
    const key = `${row.family} ${row.table}`;
    const given = { table: row.table as TableName, family: row.family };
    const one = readers.get(key) ?? begin(given);
    if (!readers.has(key)) {
      one.table.declareNew('UC');
      for (const name of ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'])
        if (one.table.has(name)) one.table.declare(name, 'ACCEPT', undefined);
      readers.set(key, one);
    }
    for (const line of expectedOf(row, 'nft') ?? []) if (!takes(one.quick, line)) left.add(line);
  }
  expect([...left].filter((line) => !unusual.test(line))).toEqual([]);
});
