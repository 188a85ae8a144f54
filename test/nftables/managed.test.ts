import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadNft, readTaken } from '../../src/nftables/check/load.ts';
import { spellStatement } from '../../src/nftables/print/statements.ts';
import { printRuleset } from '../../src/nftables/print/tables.ts';
import { isNft } from '../../src/nftables/read/recognise.ts';
import { want } from '../../src/text/expected.ts';
import { fixtures } from '../cases.ts';

// What nft 1.0.6 listed of tables that iptables-nft-restore had loaded.

const text = readFileSync(join(fixtures, 'nftables/managed/iptables.nft'), 'utf8');

test('rules of iptables stay as nft listed them, and what it does not tell is warned of', () => {
  const { ruleset, problems } = loadNft({ name: 'listing', text });
  expect(printRuleset(ruleset)).toBe(text);
  expect(problems.map(({ code, severity, expected }) => [code, severity, expected])).toEqual([
    ['nft-lost', 'warning', want.printed('iptables-save')],
  ]);
});

test('the same words in a table of one’s own are spelled as nft does', () => {
  const own = text.replace(/table ip (\w+)/g, 'table ip my_$1').replace(/.*xt match.*\n/g, '');
  const printed = printRuleset(loadNft({ name: 'text', text: own }).ruleset);
  expect(text).toContain('  counter');
  expect(printed).not.toContain('  counter');
});

test.each(['\t', '    ', '  \t'])(
  'so they stay where somebody copied them with other blanks (%j)',
  (blanks) => {
    const copied = text.replace(/^/gm, blanks).replaceAll('\t', blanks);
    const { ruleset, problems } = loadNft({ name: 'paste', text: copied });
    expect(printRuleset(ruleset)).toBe(text);
    expect(problems.map(({ code }) => code)).toEqual(['nft-lost']);
  },
);

test('what somebody wrote himself for such a table is spelled as nft does', () => {
  const own =
    'table ip filter {\n  chain INPUT {\n    type filter hook input priority 0\n    counter tcp dport 80 accept\n  }\n}\n';
  expect(printRuleset(loadNft({ name: 'text', text: own }).ruleset)).toContain(
    'counter packets 0 bytes 0 tcp',
  );
});

test.each(['ct status counter', 'ct status ! counter'])('%s is a listing’s, and is not loaded', (words) => {
  const own = `table ip t {\n\tchain c {\n\t\t${words} packets 0 bytes 0 drop\n\t}\n}\n`;
  expect(loadNft({ name: 'text', text: own }).problems.map(({ code }) => code)).toEqual(['nft-refused']);
});

test.each([
  'table ip t {\n}\n',
  '# a comment\n\nadd table t\n',
  'list ruleset\n',
  'redefine X = 1\n',
  'counter ip t c\n',
  '{"nftables": [{"metainfo": {"version": "1.0.6"}}]}\n',
])('is for nft: %s', (own) => {
  expect(isNft(own)).toBe(true);
});

test.each(['*filter\nCOMMIT\n', 'iptables -A INPUT -j DROP\n', '{"kind": "List"}\n', 'counters\n'])(
  'is not for nft: %s',
  (own) => {
    expect(isNft(own)).toBe(false);
  },
);

/** What nft lists of rules of iptables that were loaded each alone. */
const spellings = readFileSync(join(fixtures, 'nftables/managed/spellings.txt'), 'utf8')
  .split('\n')
  .slice(1, -1)
  .flatMap((line, at, all) =>
    at % 3 === 0 ? [{ table: line, rule: all[at + 1] as string, listed: all[at + 2] as string }] : [],
  );

/** The extension of which the spelling does not tell all. */
function lostOf({ table, listed }: (typeof spellings)[number]): string | null {
  const [family, name] = table.split(' ');
  const [hook, type] = name === 'nat' ? ['prerouting', 'nat'] : ['input', 'filter'];
  const chain = `\tchain ${hook.toUpperCase()} {\n\t\ttype ${type} hook ${hook} priority 0; policy accept;\n\t\t${listed}\n\t}\n`;
  const foo = '\tchain FOO {\n\t}\n';
  const { ruleset, problems } = readTaken({
    name: 'listing',
    text: `table ${family} ${name} {\n${chain}${foo}}\n`,
  });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const statements = ruleset.tables[0]?.chains[0]?.rules[0]?.statements ?? [];
  const lost = statements.flatMap((one) => (one.kind === 'xt' ? [one] : []));
  expect(problems.map(({ code }) => code)).toEqual(lost.length > 0 ? ['nft-lost'] : []);
  return lost[0]?.name ?? null;
}

/** Rules of one text that ask the same. */
const same: readonly string[] = [
  '-A INPUT -p tcp -m tcp --dport 0:65535 -j ACCEPT',
  '-A INPUT -p ah -m ah -j ACCEPT',
  '-A INPUT -p udp -m udp -j ACCEPT',
  '-A PREROUTING -p tcp -m tcp -j DNAT --to-destination 1.2.3.4:80',
  '-A INPUT -m conntrack --ctstatus NONE,ASSURED -j ACCEPT',
  '-A PREROUTING -j CT --notrack',
  '-A INPUT -j REJECT',
];

test('where nft lists different rules alike, none of them is taken at its word', () => {
  const byText = new Map<string, typeof spellings>();
  for (const one of spellings.filter(({ rule }) => !same.includes(rule))) {
    const text = `${one.table}: ${one.listed.replace(/ +/g, ' ')}`;
    byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  const alike = [...byText.values()].filter((group) => group.length > 1);
  expect(alike.length).toBeGreaterThan(3);
  const sure = alike.flat().filter((one) => lostOf(one) === null);
  expect(sure.map(({ rule }) => rule)).toEqual([]);
});

test('what is spelled whole is taken at its word, and what is not is open', () => {
  const lost = spellings.flatMap((one) =>
    one.listed.includes('xt ') ? [] : [[one.rule.replace(/^-A \w+ | -j ACCEPT$/g, ''), lostOf(one)] as const],
  );
  expect(lost.filter(([, name]) => name !== null)).toMatchInlineSnapshot(`
    [
      [
        "! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP",
        "conntrack",
      ],
      [
        "-m conntrack --ctstate NEW,DNAT",
        "conntrack",
      ],
      [
        "-m conntrack --ctstate DNAT",
        "conntrack",
      ],
      [
        "-m conntrack ! --ctstate DNAT",
        "conntrack",
      ],
      [
        "-m conntrack --ctstate SNAT",
        "conntrack",
      ],
      [
        "-m conntrack --ctstate SNAT,DNAT",
        "conntrack",
      ],
      [
        "-p icmp -m icmp --icmp-type any",
        "icmp",
      ],
      [
        "-p icmp -m icmp --icmp-type 255",
        "icmp",
      ],
      [
        "-m addrtype --dst-type LOCAL --src-type UNICAST",
        "addrtype",
      ],
      [
        "-m addrtype --src-type LOCAL --limit-iface-in",
        "addrtype",
      ],
      [
        "-p tcp -m multiport --ports 80",
        "multiport",
      ],
      [
        "-p tcp -m multiport --ports 80,81",
        "multiport",
      ],
      [
        "-j TOS --set-tos 0x10/0xff",
        "TOS",
      ],
      [
        "-m addrtype ! --src-type LOCAL --dst-type LOCAL",
        "addrtype",
      ],
      [
        "-m addrtype --src-type LOCAL,UNICAST",
        "addrtype",
      ],
      [
        "-p tcp -m multiport ! --ports 80",
        "multiport",
      ],
      [
        "-p tcp -m multiport ! --ports 80,81",
        "multiport",
      ],
      [
        "-p udp -m multiport --ports 80:90,92",
        "multiport",
      ],
      [
        "-p icmp -m icmp ! --icmp-type any",
        "icmp",
      ],
      [
        "-m conntrack --ctdir ORIGINAL --ctstate DNAT",
        "conntrack",
      ],
      [
        "-p tcp -m ecn ! --ecn-tcp-ece",
        "ecn",
      ],
      [
        "-j CONNMARK --set-xmark 5/0xff",
        "CONNMARK",
      ],
      [
        "-j TOS --set-tos 0x10/0xff",
        "TOS",
      ],
      [
        "-j TOS --set-tos 0x10",
        "TOS",
      ],
      [
        "-j TOS --or-tos 0x10",
        "TOS",
      ],
      [
        "-j DSCP --set-dscp 10",
        "TOS",
      ],
      [
        "-m conntrack --ctstatus NONE -j DROP",
        "conntrack",
      ],
      [
        "-m conntrack ! --ctstatus NONE -j DROP",
        "conntrack",
      ],
      [
        "-m conntrack --ctstate INVALID --ctstatus NONE",
        "conntrack",
      ],
      [
        "-m conntrack --ctstatus NONE -m mark --mark 1 -j DROP",
        "conntrack",
      ],
      [
        "-p tcp -m conntrack ! --ctstatus NONE -m tcp --dport 5 -j DROP",
        "conntrack",
      ],
      [
        "-i eth0 -m conntrack --ctstatus NONE -m limit --limit 5/s -j DROP",
        "conntrack",
      ],
    ]
  `);
});

test('the bits of a mark that CONNMARK keeps are kept', () => {
  const text =
    'table ip mangle {\n\tchain PREROUTING {\n\t\ttype filter hook prerouting priority mangle; policy accept;\n\t\tcounter packets 0 bytes 0 meta mark set ct mark and 0xff\n\t}\n}\n';
  const { ruleset } = readTaken({ name: 'listing', text });
  const [, restored] = ruleset.tables[0]?.chains[0]?.rules[0]?.statements ?? [];
  expect(restored && spellStatement(restored, {})).toBe(
    'meta mark set meta mark & 0xffffff00 | ct mark & 0x000000ff',
  );
  expect(printRuleset(ruleset)).toBe(text);
});
