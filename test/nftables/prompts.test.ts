import { describe, expect, test } from 'vitest';
import { readNft } from '../../src/nftables/read/read.ts';
import { isNft } from '../../src/nftables/read/recognise.ts';
import { positionAt } from '../../src/text/source.ts';

const table = (family: string, rule: string) =>
  `table ip ${family} {\n\tchain c {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\t${rule}\n\t}\n}\n`;
const [first, second] = [table('a', 'tcp dport 80 drop'), table('b', 'udp dport 53 drop')];

const each = (text: string, before: (line: string, at: number) => string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line, at) => before(line, at) + line)
    .join('\n');

describe('what nft listed, pasted with what was around it, is what it is without that', () => {
  const pastes: readonly (readonly [string, string])[] = [
    ['of a user', `[me@node ~]$ sudo nft list ruleset\n${first}${second}`],
    ['of root, whose sign begins comments', `root@node:/# nft list ruleset\n${first}${second}root@node:/# `],
    ['before each table', `$ nft list table ip a\n${first}$ nft list table ip b\n${second}$ exit\n`],
    ['of a quotation', each(first + second, () => '> ')],
    ['with numbers', each(first + second, (_, at) => `${String(at + 1).padStart(6)}\t`)],
    ['with numbers of grep', each(first + second, (_, at) => `${at + 1}:`)],
    ['of a log', each(`root@node:/# nft list ruleset\n${first}${second}`, () => '2026-12-01T04:26:28.123Z ')],
    ['of Markdown', `\`\`\`console\n$ nft list ruleset\n${first}${second}\`\`\`\n`],
    ['with colours', first.replaceAll('drop', '\u001b[01;31m\u001b[Kdrop\u001b[m\u001b[K') + second],
    ['with the colour of the first word', `\u001b[32mtable\u001b[0m${first.slice(5)}${second}`],
    ['behind it alone', `${first}${second}me@node:~$ `],
  ];
  test.each(pastes)('%s', (_, text) => {
    expect(isNft(text)).toBe(true);
    const { ruleset, problems } = readNft({ name: 'pasted', text });
    expect({ problems, tables: ruleset.tables.map(({ name }) => name) }).toEqual({
      problems: [],
      tables: ['a', 'b'],
    });
    const start = ruleset.tables[1]?.chains[0]?.rules[0]?.place?.start ?? 0;
    const line = 1 + text.split('\n').findIndex((one) => one.includes('udp dport'));
    expect(positionAt({ name: 'pasted', text }, start).line).toBe(line);
  });
});

test.each([
  ['a shell script', '$ nftables-setup\nset -e\n'],
  ['rules of iptables', '$ sudo iptables -S\n-P FORWARD DROP\n'],
  ['manifests', '$ kubectl get svc -o yaml\nlist: 1\n'],
])('%s below a prompt is none of nft', (_, text) => {
  expect(isNft(text)).toBe(false);
});
