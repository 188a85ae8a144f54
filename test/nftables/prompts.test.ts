import { describe, expect, test } from 'vitest';
import { readNft } from '../../src/nftables/read/read.ts';
import { isNft } from '../../src/nftables/read/recognise.ts';
import { positionAt } from '../../src/text/source.ts';

const table = (family: string, rule: string) =>
  `table ip ${family} {\n\tchain c {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\t${rule}\n\t}\n}\n`;
const [first, second] = [table('a', 'tcp dport 80 drop'), table('b', 'udp dport 53 drop')];

describe('what nft listed, pasted with the prompts of a shell, is what it is without them', () => {
  const pastes: readonly (readonly [string, string])[] = [
    ['of a user', `[me@node ~]$ sudo nft list ruleset\n${first}${second}`],
    ['of root, whose sign begins comments', `root@node:/# nft list ruleset\n${first}${second}root@node:/# `],
    ['before each table', `$ nft list table ip a\n${first}$ nft list table ip b\n${second}$ exit\n`],
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
