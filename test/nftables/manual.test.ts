import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Address, type Family, parseAddress } from '../../src/address/address.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { loadNft } from '../../src/nftables/check/load.ts';
import { printRuleset } from '../../src/nftables/print/tables.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { compareAlike } from '../../src/proof/alike/programs.ts';
import { fixtures } from '../cases.ts';
import { hostOf } from '../kernel/node.ts';
import { manual, type Row, rulesetOf } from './manual.ts';

// docs/reference/nftables.md: what is done with each expression and statement of nft's manual, asked of the program itself. What nft 1.0.6
// lists of each rule is recorded in fixtures/nftables/manual.txt, and asked again by test/kernel/nft-manual.test.ts.

const recorded = readFileSync(join(fixtures, 'nftables/manual.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('\t'))
  .map((line) => line.slice(1));

const address = (text: string) => parseAddress(text) as Address;
const node = { ipv4: address('192.168.0.2'), ipv6: address('fd00:192::2') };
const pod = { ipv4: address('10.180.0.5'), ipv6: address('fd00:10:180::5') };
const outside = { ipv4: address('203.0.113.9'), ipv6: address('2001:db8:113::9') };

/** What only IPv6 has is asked of a packet of it. */
const familyOf = ({ rule }: Row): Family =>
  /^(?:ip6|icmpv6|exthdr|hbh|rt[02]|srh|frag|dst|mh|rt (?:nexthdr|hdrlength|type|seg-left))\b/.test(rule)
    ? 'ipv6'
    : 'ipv4';

/** A question by itself changes nothing: a verdict follows it. */
function decided(row: Row): string {
  const isQuestion = /EXPRESSIONS?$/.test(row.section) && !row.rule.includes('vmap');
  return isQuestion ? rulesetOf({ ...row, rule: `${row.rule} drop` }) : rulesetOf(row);
}

const programOf = (text: string, family: Family) =>
  new NftProgram(readNft({ name: 'rules', text }).ruleset, family);

function isRead(text: string): boolean {
  const { ruleset, problems } = readNft({ name: 'rules', text });
  const statements = ruleset.tables.flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.statements)),
  );
  return problems.length === 0 && statements.every(({ kind }) => kind !== 'unknown');
}

function listedOf(text: string): string {
  const { ruleset } = loadNft({ name: 'rules', text });
  const lines = printRuleset(ruleset).split('\n');
  return lines[lines.findIndex((line) => / hook .* policy /.test(line)) + 1]?.trim() ?? '';
}

/** Whether a packet of which all is told, but for what rules cannot tell, has a fate that is known. */
function isWalked(row: Row): boolean {
  const { family, hook, protocol } = row;
  if (family === 'arp' || family === 'bridge' || family === 'netdev') return false;
  const own = familyOf(row);
  const isForNode = hook === 'input' || hook === 'prerouting';
  const { outcomes } = tracePacket(programOf(decided(row), own), hostOf(own), {
    protocol,
    source: hook === 'output' ? node[own] : outside[own],
    destination: isForNode ? node[own] : pod[own],
    sourcePort: 40000,
    destinationPort: 80,
    from: hook === 'output' ? 'host' : 'external',
    flags: 2,
    icmp: { type: own === 'ipv4' ? 8 : 128, code: 0 },
    state: null,
  });
  return outcomes.every(({ verdict }) => verdict !== 'unknown');
}

/** Whether the rule is proved to do what it does beside one that does nothing. */
function isProved(row: Row): boolean {
  const text = decided(row);
  const { family, rule } = row;
  if (family === 'arp' || family === 'bridge' || family === 'netdev') return false;
  const other = text.replace(`\t\t${rule}`, `\t\tcounter\n\t\t${rule}`);
  const own = familyOf(row);
  return compareAlike(programOf(text, own), programOf(other, own)).same;
}

const cell = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;

function line(row: Row, at: number): string {
  const text = rulesetOf(row);
  const nft = recorded[at] as string;
  const isRefused = nft.startsWith('refused: ');
  const listed = isRefused ? `nft: ${nft.slice('refused: '.length)}` : nft === row.rule ? '' : cell(nft);
  const printed = isRefused ? '' : listedOf(text) === nft ? 'yes' : 'no';
  const read = isRead(text) ? 'yes' : 'kept';
  const walked = isWalked(row) ? 'yes' : 'open';
  return `| ${cell(row.rule)} | ${listed} | ${read} | ${printed} | ${walked} | ${isProved(row) ? 'yes' : 'no'} |`;
}

test('the page says of each expression and statement of the manual what is done with it', async () => {
  expect(recorded).toHaveLength(manual.length);
  const names = [...new Set(manual.map(({ section }) => section))];
  const page = [
    '# What is done with each expression and statement of nft',
    '',
    'By the sections of the manual of nft 1.0.6. *Listed*: what `nft list ruleset` (1.0.6) makes of the rule, where that is another text, or why',
    'it or the kernel it was asked on did not take it. *Read*: understood, or `kept` word for word. *Printed*: `kubenat fmt` prints what nft lists.',
    '*Walked*: a packet of which all is told that packets can tell, and after a question a `drop`, has a fate that is known; `open`: the answer is that it is not known, and what it',
    'depends on, and never a guess. *Proved*: `diff` proves the rule to be the same beside one that does nothing. Each row is made by asking.',
    '',
    'Tables of arp, bridge and netdev are read, printed and kept; no packet is walked through them.',
    ...names.flatMap((section) => [
      '',
      `## ${section[0]}${section.slice(1).toLowerCase()}`,
      '',
      '| rule | listed | read | printed | walked | proved |',
      '|---|---|---|---|---|---|',
      ...manual.flatMap((row, at) => (row.section === section ? [line(row, at)] : [])),
    ]),
    '',
  ];
  await expect(page.join('\n')).toMatchFileSnapshot(
    join(import.meta.dirname, '../../docs/reference/nftables.md'),
  );
});
