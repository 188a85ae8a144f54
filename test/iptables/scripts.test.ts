import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { looksLikeRules } from '../../src/iptables/pasted/looks-like-rules.ts';
import { readRules } from '../../src/iptables/pasted/read.ts';
import { notShown } from '../../src/iptables/rule/target.ts';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const read = (text: string) => readRules({ name: 'text', text }, { family: 'ipv4' });
const rulesOf = (text: string) =>
  writeDump(read(text).ruleset)
    .split('\n')
    .filter((line) => /^(?:\*|-A)/.test(line));
const shown = (text: string) => rulesOf(text).filter((line) => !line.includes(notShown));

describe('commands of a shell', () => {
  const dnat = '-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.244.1.5:80';
  const command = '-t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.244.1.5:80';

  test.each([
    `iptables ${command}`,
    `sudo iptables ${command}`,
    `sudo -n /usr/sbin/iptables -w ${command}`,
    `iptables -w 5 ${command} || true`,
    `iptables --wait ${command}; echo done`,
    `$IPT ${command}`,
    `"\${IPTABLES}" ${command} > /dev/null 2>&1`,
    `root@node:~# iptables ${command}`,
    `# iptables ${command}`,
    `$ sudo iptables ${command}`,
    `iptables \\\n  -t nat -A PREROUTING -p tcp \\\n  --dport 8080 -j DNAT --to-destination 10.244.1.5:80`,
    `PORT=8080\niptables -t nat -A PREROUTING -p tcp --dport $PORT -j DNAT --to-destination 10.244.1.5:80`,
    `iptables -A PREROUTING -t nat -p tcp --dport 8080 -j DNAT --to-destination 10.244.1.5:80 # web`,
  ])('%j', (text) => {
    expect(looksLikeRules(text)).toBe(true);
    expect(shown(text).slice(0, 2)).toEqual(['*nat', dnat]);
  });

  test('each goes into its table, and in single quotes a comment may be anything', () => {
    expect(
      shown(
        `#!/bin/sh\nset -e\niptables ${command}\niptables -A FORWARD -m comment --comment 'my "web"; and more' -j ACCEPT\n` +
          `iptables -t nat -I PREROUTING -i lo -j RETURN\n# iptables -A FORWARD -j DROP\n`,
      ),
    ).toEqual([
      '*nat',
      '-A PREROUTING -i lo -j RETURN',
      dnat,
      '*filter',
      '-A FORWARD -m comment --comment "my \\"web\\"; and more" -j ACCEPT',
    ]);
  });

  const added = [
    'iptables -A FORWARD -p tcp --dport 22 -j ACCEPT',
    'iptables -t nat -A PREROUTING -j RETURN',
  ].join('\n');
  test.each([
    ['iptables -D FORWARD -p tcp --dport 22 -j ACCEPT', ['*nat', '-A PREROUTING -j RETURN']],
    ['sudo iptables -F FORWARD', ['*nat', '-A PREROUTING -j RETURN']],
    ['iptables -F', ['*nat', '-A PREROUTING -j RETURN']],
    ['iptables -t nat -F', ['*filter', '-A FORWARD -p tcp -m tcp --dport 22 -j ACCEPT']],
    ['iptables -R FORWARD 1 -j DROP', ['*nat', '-A PREROUTING -j RETURN']],
    ['for t in filter nat; do\niptables -t $t -F\ndone', []],
    ['iptables-restore < /etc/iptables/rules.v4', []],
    ['nft flush ruleset', []],
  ])('what comes before %j is not taken as there', (later, left) => {
    const rules = shown(`${added}\n${later}\n`);
    expect(rules.filter((line) => line.startsWith('-A'))).toEqual(
      left.filter((line) => line.startsWith('-A')),
    );
  });

  test('a chain that is made, a policy and what is listed take no rule away', () => {
    const rules = shown(`${added}\niptables -P FORWARD DROP\niptables -N X\niptables -L -n\n`);
    expect(rules).toHaveLength(4);
  });

  test.each([
    ['a loop', `for p in 80; do\n  iptables -t nat -A PREROUTING -p tcp --dport 80 -j ACCEPT\ndone\n`],
    ['a condition', `if [ -n "$X" ]; then\n  iptables -t nat -A PREROUTING -j ACCEPT\nfi\n`],
    ['a function', `open() {\n  iptables -t nat -A PREROUTING -j ACCEPT\n}\n`],
    ['a variable that the text does not set', `iptables -t nat -A PREROUTING -i $WAN -j ACCEPT\n`],
    ['what a command prints', 'iptables -t nat -A PREROUTING -i `cat wan` -j ACCEPT\n'],
    ['a place among rules that are not shown', 'iptables -t nat -I PREROUTING 7 -j ACCEPT\n'],
  ])('of %s nobody knows what it does, and what follows it is open', (_, before) => {
    const text = `${before}iptables ${command}\n`;
    expect(rulesOf(text).slice(0, 3)).toEqual(['*nat', `-A PREROUTING -j ${notShown}`, dnat]);
    expect(read(text).problems.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/not read/),
    );
  });

  test('a manifest with a script in it is none', () => {
    expect(
      looksLikeRules(`apiVersion: v1\nkind: ConfigMap\ndata:\n  run: |\n    iptables ${command}\n`),
    ).toBe(false);
  });

  test('are no dump', async () => {
    const { status, err } = await kubenat(['fmt', 'run.sh'], { 'run.sh': `set -e\niptables ${command}\n` });
    expect([status, err]).toEqual([
      2,
      expect.stringMatching(/^error\[dump-syntax\]: run.sh holds commands of a shell\n.*iptables-save/),
    ]);
  });
});

describe('a text that went through a word processor', () => {
  const typed = '-A PREROUTING -p tcp -m comment --comment "a – b" -m tcp --dport 80 -j ACCEPT';

  test.each([
    typed.replace('--dport', '—dport').replace(' -p', ' –p'),
    typed.replaceAll(/ --(?=[a-z])/g, ' ––').replaceAll(/"(.*)"/g, '“$1”'),
  ])('%s', (line) => {
    const text = `*nat\n:PREROUTING ACCEPT [0:0]\n${line}\nCOMMIT\n`;
    expect(rulesOf(text)).toEqual(['*nat', typed]);
    expect(read(text).problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/word processor/),
    ]);
  });

  test('but a comment may have such dashes', () => {
    const text = `*nat\n:PREROUTING ACCEPT [0:0]\n${typed.replace('a – b', 'a –b “c”')}\nCOMMIT\n`;
    expect(rulesOf(text)[1]).toContain('"a –b “c”"');
    expect(read(text).problems).toEqual([]);
  });

  test('is no dump', async () => {
    const text = `*nat\n:PREROUTING ACCEPT [0:0]\n${typed.replaceAll(' --', ' —')}\n${typed.replaceAll(' --', ' —')}\nCOMMIT\n`;
    const { status, err } = await kubenat(['fmt', 'a.save'], { 'a.save': text });
    expect([status, err.match(/error/g)?.length]).toEqual([2, 1]);
  });
});

describe('lines that a terminal broke', () => {
  const whole = readFileSync(join(fixtures, 'conformance/named/node-port/iptables.save'), 'utf8');
  const hard = (width: number) => (line: string) =>
    line.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\n') ?? '';
  /** As `fold -s` does, or without the blank that is left at the end. */
  const soft = (width: number, keep: boolean) => (line: string) => {
    const lines = [''];
    for (const word of line.match(/\S+ ?/g) ?? []) {
      if (`${lines.at(-1)}${word}`.length > width) lines.push('');
      lines[lines.length - 1] += word;
    }
    return lines.map((one) => (keep ? one : one.trimEnd())).join('\n');
  };

  test.each([
    ['at 80 columns', hard(80)],
    ['at 72 columns', hard(72)],
    ['at 133 columns', hard(133)],
    ['between words', soft(80, true)],
    ['between words, without blanks at the end', soft(76, false)],
  ])('%s', (_, broken) => {
    const text = whole.split('\n').map(broken).join('\n');
    expect(text).not.toBe(whole);
    const { ruleset, problems } = read(text);
    expect(writeDump(ruleset)).toBe(writeDump(read(whole).ruleset));
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^lines are broken at \d+ columns/),
    ]);
  });

  test('are told by fmt, once', async () => {
    const { status, err } = await kubenat(['fmt', 'a.save'], {
      'a.save': whole.split('\n').map(hard(80)).join('\n'),
    });
    expect([status, err.match(/error/g)?.length]).toEqual([2, 1]);
  });
});
