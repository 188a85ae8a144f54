import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { looksLikeRules } from '../../src/iptables/pasted/looks-like-rules.ts';
import { readRules } from '../../src/iptables/pasted/read.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import { InputError } from '../../src/text/problem.ts';

const read = (text: string) => readRules({ name: 'pasted', text });
const messages = (text: string) => read(text).problems.map(({ message }) => message);
const linesOf = (ruleset: Ruleset) => writeDump(ruleset, { counters: 'zero' }).split('\n');
const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/pasted/${name}`, import.meta.url), 'utf8');

/** The rules of one table. */
const rulesOf = (text: string, table: string) =>
  linesOf({ ...read(text).ruleset, tables: read(text).ruleset.tables.filter(({ name }) => name === table) });

describe('what iptables -L -n -v prints', () => {
  const saved = readDump({ name: 'save', text: fixture('nft-1.8.9.save') }).ruleset;
  const lossy = (line: string) => line.includes('hashlimit') || line.includes('-m time');

  test.each(['filter', 'nat', 'mangle'])('says of %s what iptables-save says', (table) => {
    const listed = rulesOf(fixture('nft-1.8.9.list.txt'), table);
    const expected = linesOf({ ...saved, tables: saved.tables.filter(({ name }) => name === table) });
    const pairs = expected.map((line, index) => [line, listed[index]] as const);
    expect(pairs.length).toBe(listed.length);
    expect(pairs.length).toBeGreaterThan(10);
    for (const [line, own] of pairs) {
      if (lossy(line)) expect(own).toContain('-m NOT-SHOWN --text "');
      else expect(own).toBe(line);
    }
  });

  test.each(['filter', 'nat'])(
    'tells %s apart from another listing that stands before or behind it',
    (table) => {
      const [filter = '', nat = ''] = fixture('two-listings.txt').split(/(?=^Chain PREROUTING)/m);
      const dump = readFileSync(
        new URL(
          '../../fixtures/conformance/named/load-balancer-source-ranges/iptables.save',
          import.meta.url,
        ),
        'utf8',
      );
      const kept = readDump({ name: 'save', text: dump }).ruleset.tables.filter(({ name }) => name === table);
      const counts = (tables: Ruleset['tables']) =>
        Object.fromEntries(
          tables.flatMap(({ chains }) => [...chains.values()].map(({ name, rules }) => [name, rules.length])),
        );
      for (const text of [filter + nat, nat + filter]) {
        const { ruleset } = read(text);
        expect(counts(ruleset.tables.filter(({ name }) => name === table))).toEqual(counts(kept));
      }
    },
  );

  test('without -v leaves the interfaces of every rule open', () => {
    const text = `Chain INPUT (policy DROP)
target     prot opt source               destination
ACCEPT     all  --  anywhere             anywhere
ACCEPT     tcp  --  10.0.0.0/8           anywhere             tcp dpt:ssh
REJECT     all  --  gateway.example      anywhere             reject-with icmp-port-unreachable
`;
    expect(rulesOf(text, 'filter').slice(4, 7)).toEqual([
      '[0:0] -A INPUT -m NOT-SHOWN --interfaces -j ACCEPT',
      '[0:0] -A INPUT -s 10.0.0.0/8 -p tcp -m NOT-SHOWN --interfaces -m tcp --dport 22 -j ACCEPT',
      '[0:0] -A INPUT -m NOT-SHOWN --source-name gateway.example -m NOT-SHOWN --interfaces -j REJECT --reject-with icmp-port-unreachable',
    ]);
  });

  test('reads IPv6, which has no column of options', () => {
    const text = `# ip6tables -t nat -L -n -v
Chain PREROUTING (policy ACCEPT 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source               destination
  12K  900K DNAT       tcp      eth0   *       ::/0                 2001:db8::1          tcp dpt:80 to:[fd00::5]:8080
    0     0            tcp      *      *       ::/0                 ::/0
`;
    expect(rulesOf(text, 'nat').slice(5, 7)).toEqual([
      '[0:0] -A PREROUTING -d 2001:db8::1/128 -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination [fd00::5]:8080',
      '[0:0] -A PREROUTING -p tcp',
    ]);
  });
});

describe('one table alone, whole', () => {
  const alone = (table: string, chain: string) =>
    `*${table}\n:OUTPUT ACCEPT [0:0]\n:${chain} - [0:0]\nCOMMIT\n`;
  const kube = { nat: alone('nat', 'KUBE-SERVICES'), filter: alone('filter', 'KUBE-SERVICES') };

  test.each([
    [kube.nat, ["pasted is a part of the rules of a node: kube-proxy's table filter is not in it"]],
    [kube.filter, ["pasted is a part of the rules of a node: kube-proxy's table nat is not in it"]],
    [kube.nat + kube.filter, []],
    // The kernel of who uses no filter has none.
    [alone('nat', 'DOCKER'), []],
  ])('%j', (text, said) => {
    expect(messages(text)).toEqual(said);
  });
});

describe('a part of what iptables-save prints', () => {
  test.each([
    ['a byte order mark', '\uFEFF*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n'],
    ['numbers of lines', '     1\t*nat\n     2\t:PREROUTING ACCEPT [0:0]\n     3\tCOMMIT\n'],
    ['time stamps', '[   14.414142] *nat\n[   14.414143] :PREROUTING ACCEPT [0:0]\n[   14.414144] COMMIT\n'],
    ['prompts', 'root@node:~# iptables-save\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\nroot@node:~# \n'],
    ['a quotation', '> *nat\n> :PREROUTING ACCEPT [0:0]\n> COMMIT\n'],
    ['blanks before each line', '    *nat\n    :PREROUTING ACCEPT [0:0]\n    COMMIT\n'],
  ])('is whole with %s', (_what, text) => {
    expect(messages(text)).toEqual([]);
    expect(read(text).ruleset.tables[0]).toMatchObject({ name: 'nat' });
    expect(rulesOf(text, 'nat')).not.toContain('[0:0] -A PREROUTING -j NOT-SHOWN');
  });

  test('that is cut off goes on with what nobody knows', () => {
    const text = '*filter\n:FORWARD DROP [823:49380]\n-A FORWARD -s 1.2.3.4 -p tcp -j DROP\n';
    expect(rulesOf(text, 'filter')).toContain('[0:0] -A FORWARD -j NOT-SHOWN');
    expect(messages(text)[0]).toContain('a part of the rules of a node');
  });

  test('that grep picked leaves open what it did not pick', () => {
    const text = `root@node-1:~# iptables-save | grep shop
-A KUBE-SEP-AAAAAAAAAAAAAAA5 -s 10.244.1.5/32 -m comment --comment "default/shop:" -j KUBE-MARK-MASQ
-A KUBE-SEP-AAAAAAAAAAAAAAA5 -p tcp -m comment --comment "default/shop:" -m tcp -j DNAT --to-destination 10.244.1.5:8080
-A KUBE-SERVICES -d 10.96.0.80/32 -p tcp -m tcp --dport 8080 -j KUBE-SVC-LOLE4ISW44XBNF3G
-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/shop:" -j KUBE-SEP-AAAAAAAAAAAAAAA5
`;
    const rules = rulesOf(text, 'nat');
    expect(rules).toContain('[0:0] -A KUBE-SERVICES -j NOT-SHOWN');
    expect(rules.filter((line) => line.includes('-A PREROUTING'))).toEqual([
      '[0:0] -A PREROUTING -j KUBE-SERVICES',
      '[0:0] -A PREROUTING -j NOT-SHOWN',
    ]);
    expect(rules.filter((line) => line.includes('-A KUBE-SEP'))).toHaveLength(3);
    expect(rulesOf(text, 'filter')).toContain('[0:0] -A FORWARD -j NOT-SHOWN');
    expect(messages(text).join('\n')).toContain('KUBE-MARK-MASQ is neither a chain that is shown');
  });

  test('with lines left out between leaves open what they may have been', () => {
    const text = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -s 10.0.0.1/32 -j DROP
...
-A INPUT -s 10.0.0.2/32 -j DROP
[...]
-A FORWARD -s 10.0.0.3/32 -j DROP
COMMIT
`;
    expect(rulesOf(text, 'filter').filter((line) => line.includes('-A'))).toEqual([
      '[0:0] -A INPUT -s 10.0.0.1/32 -j DROP',
      '[0:0] -A INPUT -j NOT-SHOWN',
      '[0:0] -A INPUT -s 10.0.0.2/32 -j DROP',
      '[0:0] -A INPUT -j NOT-SHOWN',
      '[0:0] -A FORWARD -j NOT-SHOWN',
      '[0:0] -A FORWARD -s 10.0.0.3/32 -j DROP',
      '[0:0] -A OUTPUT -j NOT-SHOWN',
    ]);
  });

  test('with a rule that is cut off keeps a rule of which nothing is known', () => {
    const text =
      '$ iptables -S\n-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-A INPUT -p tcp -m tcp --dpo...\n';
    expect(rulesOf(text, 'filter')).toContain('[0:0] -A INPUT -p tcp -m tcp --dpo...');
  });

  test.each([
    [
      'nat',
      '-P PREROUTING ACCEPT\n-P INPUT ACCEPT\n-P OUTPUT ACCEPT\n-P POSTROUTING ACCEPT\n-N U\n-A PREROUTING -j U\n',
    ],
    ['filter', '-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-N U\n-A INPUT -c 1 2 -j U\n'],
    ['mangle', 'sudo iptables -t mangle -S\n-P PREROUTING ACCEPT\n-N U\n-A PREROUTING -j U\n'],
  ] as const)('of iptables -S is of table %s', (table, text) => {
    const { tables } = read(text).ruleset;
    expect(tables.map(({ name }) => name)).toContain(table);
    expect(rulesOf(text, table).some((line) => line.endsWith('-j U'))).toBe(true);
  });

  test('of several tables, one after the other', () => {
    const text =
      '# iptables -S\n-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n# iptables -t nat -S PREROUTING\n-P PREROUTING ACCEPT\n-A PREROUTING -j U\n';
    expect(rulesOf(text, 'filter')).toContain('[0:0] -A INPUT -i lo -j ACCEPT');
    expect(rulesOf(text, 'nat')).toContain('[0:0] -A POSTROUTING -j NOT-SHOWN');
  });

  test('that nothing tells the table of is refused with what to give', () => {
    const attempt = () => read(':X - [0:0]\n-A PREROUTING -j X\n-A POSTROUTING -j X\n');
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow('nothing tells of which table these rules are');
  });
});

describe('what iptables-save does not print', () => {
  const nat =
    '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n';

  test('as it cannot is open', () => {
    const text = `${nat}# Table \`filter' is incompatible, use 'nft' tool.\n`;
    expect(rulesOf(text, 'filter')).toContain('[0:0] -A FORWARD -j NOT-SHOWN');
    expect(messages(text)).toEqual([
      'the table filter is there and is not shown, as it holds what iptables-save cannot print',
    ]);
  });

  test('as it is of the other back end is open', () => {
    const text = `${nat}# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n`;
    expect(rulesOf(text, 'nat')).toContain('[0:0] -A PREROUTING -j NOT-SHOWN');
    expect(rulesOf(text, 'filter')).toContain('[0:0] -A INPUT -j NOT-SHOWN');
  });

  test('when both back ends were asked, one of them is open', () => {
    const own = (version: string) =>
      `# Generated by iptables-save v1.8.9${version} on Tue Jan  2 10:00:00 2024\n${nat}`;
    expect(messages(own(' (nf_tables)') + own(''))).toEqual([
      'packets meet this table nat of the other back end, too, which is not followed',
    ]);
    expect(rulesOf(own(' (nf_tables)') + own(''), 'nat')).toContain('[0:0] -A OUTPUT -j NOT-SHOWN');
  });
});

describe('what grep picked of what iptables-save printed', () => {
  const grepped = `:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
-A INPUT -j KUBE-NODEPORTS
-A INPUT -j KUBE-EXTERNAL-SERVICES
-A KUBE-NODEPORTS -p tcp -m tcp --dport 30100 -j ACCEPT
:KUBE-NODEPORTS - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SEP-AAAAAAAAAAAAAAAA
-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -j DNAT --to-destination 10.244.1.7:80
`;

  test('is of the tables that its rules can be of, although names are of both', () => {
    expect(rulesOf(grepped, 'filter')).toContain(
      '[0:0] -A KUBE-NODEPORTS -p tcp -m tcp --dport 30100 -j ACCEPT',
    );
    expect(rulesOf(grepped, 'nat')).toContain(
      '[0:0] -A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SEP-AAAAAAAAAAAAAAAA',
    );
    expect(messages(grepped)).not.toContainEqual(expect.stringContaining('not read'));
  });
});

test('a table that is shown twice, and not alike, is open', () => {
  const shown = (port: number) =>
    `$ iptables -S\n-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-A INPUT -p tcp --dport ${port} -j DROP\n`;
  expect(rulesOf(shown(22) + shown(23), 'filter')).toContain('[0:0] -A INPUT -j NOT-SHOWN');
  expect(rulesOf(shown(22) + shown(22), 'filter')).not.toContain('[0:0] -A INPUT -j NOT-SHOWN');
});

describe('a line that is not understood', () => {
  const filter = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
-A INPUT -p tcp -j ACCEPT
oops
-A INPUT -p udp -j ACCEPT
COMMIT
`;

  test('may be a rule where it stands', () => {
    const rules = rulesOf(filter, 'filter').filter((line) => line.includes('INPUT'));
    expect(rules).toEqual([
      ':INPUT ACCEPT [0:0]',
      '[0:0] -A INPUT -p tcp -j ACCEPT',
      '[0:0] -A INPUT -j NOT-SHOWN',
      '[0:0] -A INPUT -p udp -j ACCEPT',
    ]);
  });

  test.each([
    ['before', `so I ran this:\n${filter.replace('oops\n', '')}`],
    ['behind', `${filter.replace('oops\n', '')}as you see\n`],
  ])('is none %s the rules', (_, text) => {
    expect(rulesOf(text, 'filter')).not.toContain('[0:0] -A INPUT -j NOT-SHOWN');
  });
});

describe('a rule of which not all is understood', () => {
  const dump = (...rules: readonly string[]) =>
    ['*nat', ':PREROUTING ACCEPT [0:0]', ':SITE - [0:0]', ...rules, 'COMMIT', ''].join('\n');

  test.each([
    [
      'what a newer iptables made, in an older one',
      '-A SITE -p tcp -m conntrack [unsupported revision] -m tcp --dport 80 -j DNAT [unsupported revision]',
      '-A SITE -p tcp -m conntrack [unsupported revision] -m tcp --dport 80 -j DNAT [unsupported revision]',
      'this iptables is older than the one that made the rule: what conntrack says is not known',
    ],
    [
      'options printed twice',
      '-A SITE -p tcp -j DNAT --to-destination :0 --persistent --to-destination :0 --persistent',
      '-A SITE -p tcp -j DNAT --to-destination :0 --persistent --to-destination :0 --persistent',
      '--to-destination is given twice: what DNAT says here is not known',
    ],
    [
      'an option that is not known',
      '-A SITE -p tcp -m tcp --dport 80 --newer 3 -j ACCEPT',
      '-A SITE -p tcp -m tcp --dport 80 --newer 3 -j ACCEPT',
      'there is no option --newer here: what tcp says here is not known',
    ],
    [
      'an address that is none',
      '-A SITE -s 192.0.2.300 -j ACCEPT',
      '-A SITE -s 192.0.2.300 -j ACCEPT',
      "'192.0.2.300' is no valid value here: what this rule does is not known",
    ],
    [
      'a quote that is not closed',
      '-A SITE -m comment --comment "web -j ACCEPT',
      '-A SITE -m comment --comment "web -j ACCEPT',
      'the line cannot be read on from here',
    ],
  ])('is kept as it came in a whole dump: %s', (_, rule, kept, said) => {
    const text = dump(rule);
    expect(rulesOf(text, 'nat')).toContain(`[0:0] ${kept}`);
    expect(messages(text)).toEqual([said]);
    expect(() => readDump({ name: 'strict', text })).toThrow(InputError);
  });

  test('is told once where many have the same fault', () => {
    const rule = '-A SITE -j DNAT [unsupported revision]';
    expect(messages(dump(rule, rule, rule))).toEqual([
      'this iptables is older than the one that made the rule: what DNAT says is not known; so in 2 more rules',
    ]);
  });
});

describe('what other nodes know', () => {
  test('protocols by the names of their distribution', () => {
    const text =
      '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p ipv4 -j ACCEPT\n-A INPUT -p ospfigp -j DROP\nCOMMIT\n';
    expect(rulesOf(text, 'filter')).toContain('[0:0] -A INPUT -p ipencap -j ACCEPT');
    expect(() => readDump({ name: 'strict', text })).toThrow("'ipv4' is 4 in the /etc/protocols of RHEL");
  });

  test('targets that are not known here, with and without options', () => {
    const text = `*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -o wan -j FULLCONENAT
-A POSTROUTING -p tcp -j FLOWOFFLOAD --hw
COMMIT
`;
    expect(rulesOf(text, 'nat')).toContain('[0:0] -A POSTROUTING -p tcp -j FLOWOFFLOAD --hw');
    expect(messages(text)).toHaveLength(2);
    expect(() => readDump({ name: 'strict', text })).toThrow("there is no chain 'FULLCONENAT'");
  });
});

test('rules are told from manifests', () => {
  expect(looksLikeRules('$ iptables -L\nChain INPUT (policy ACCEPT)\n')).toBe(true);
  expect(looksLikeRules('-A KUBE-SERVICES -j X\n')).toBe(true);
  expect(looksLikeRules('apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n')).toBe(false);
  expect(looksLikeRules('NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n')).toBe(false);
});
