import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { looksLikeRules } from '../../src/iptables/pasted/looks-like-rules.ts';
import { readRules } from '../../src/iptables/pasted/read.ts';
import { notShown } from '../../src/iptables/rule/target.ts';
import { want } from '../../src/text/expected.ts';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const read = (text: string) => readRules({ name: 'text', text }, { family: 'ipv4' });
const rulesOf = (text: string) =>
  writeDump(read(text).ruleset)
    .split('\n')
    .filter((line) => /^(?:\*|-A)/.test(line));
const shown = (text: string) => rulesOf(text).filter((line) => !line.includes(notShown));

describe('commands of a shell', () => {
  const command = '-t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.244.1.5:80';

  // Whether they were run, and what else was, no text tells: a later -D or exit, a condition, another program.
  test.each([
    `iptables ${command}`,
    `sudo -n /usr/sbin/ip6tables -w ${command}`,
    `$IPT ${command}`,
    `"\${IPTABLES}" ${command} > /dev/null 2>&1`,
    `root@node:~# iptables -w 5 --table nat --insert PREROUTING -j ACCEPT`,
    `  501  iptables ${command}\n  502  ls\n`,
    `  17* 2026-01-02 10:11:12 sudo iptables ${command}`,
    `#!/bin/sh\nset -e\n# web\nif [ -n "$WAN" ]; then\n  iptables -A FORWARD -i $WAN -j DROP\nfi\n`,
    `iptables-save\n-A FORWARD -j ACCEPT\n$ sudo iptables ${command}\n`,
  ])('%j are refused, with what to give instead', (text) => {
    expect(looksLikeRules(text)).toBe(true);
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            message: 'these are commands of a shell: what rules they leave only the shell knows',
            expected: want.thing('printed-once-run', 'iptables-save'),
          }),
        ],
      }),
    );
  });

  test.each([
    '$ sudo iptables -A FORWARD -j DROP\n$ sudo iptables-save\n*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n',
    'root@n:~# iptables -I FORWARD -j DROP\nroot@n:~# iptables -S\n-P FORWARD ACCEPT\n-A FORWARD -j ACCEPT\n',
    '# iptables -A FORWARD -j DROP\n*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n',
  ])('what was printed after them shows what they left: %j', (text) => {
    expect(shown(text).filter((line) => line.startsWith('-A'))).toEqual(['-A FORWARD -j ACCEPT']);
  });

  test.each(['iptables -S FORWARD', 'sudo iptables -t nat -L -n', 'iptables-save -t nat'])(
    '%s is only what was typed before what it printed',
    (typed) => {
      expect(shown(`$ ${typed}\n-A FORWARD -j ACCEPT\n`)).toContain('-A FORWARD -j ACCEPT');
    },
  );

  test('a manifest with a script in it is none', () => {
    expect(
      looksLikeRules(`apiVersion: v1\nkind: ConfigMap\ndata:\n  run: |\n    iptables ${command}\n`),
    ).toBe(false);
  });

  test('are no dump', async () => {
    const { status, err } = await kubenat(['fmt', 'run.sh'], { 'run.sh': `set -e\niptables ${command}\n` });
    expect([status, err]).toEqual([
      2,
      expect.stringMatching(
        /^run.sh:2:1: error\[dump-syntax\]: these are commands of a shell(?:.|\n)*iptables-save/,
      ),
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

  test('curly quotes alone', () => {
    const text = `*nat\n:PREROUTING ACCEPT [0:0]\n${typed.replaceAll(/"(.*)"/g, '“$1”')}\nCOMMIT\n`;
    expect(rulesOf(text)).toEqual(['*nat', typed]);
  });

  test('the dash of a listing by itself', () => {
    const head =
      'Chain FORWARD (policy ACCEPT 0 packets, 0 bytes)\n pkts bytes target prot opt in out source destination\n';
    const text = `${head}    0     0 DROP  tcp  –  eth0   *  0.0.0.0/0  10.244.0.0/16  tcp dpt:22\n`;
    expect(writeDump(read(text).ruleset)).toMatch(
      /-A FORWARD -d 10.244.0.0\/16 -i eth0 -p tcp .*--dport 22 -j DROP/,
    );
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
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ message: expect.stringMatching(/^lines are broken at \d+ columns$/) }),
        ],
      }),
    );
  });

  test('a listing, too', () => {
    const head =
      'Chain FORWARD (policy ACCEPT 0 packets, 0 bytes)\n pkts bytes target     prot opt in     out     source               destination\n';
    const row =
      '    0     0 DROP       tcp  --  eth0   *       0.0.0.0/0            10.244.0.0/16            tcp dpt:22';
    expect(() => read(head + hard(80)(row))).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ message: expect.stringMatching(/^lines are broken/) })],
      }),
    );
    expect(writeDump(read(`${head}${row}\n`).ruleset)).toContain('--dport 22');
  });

  test('are told by fmt, once', async () => {
    const { status, err } = await kubenat(['fmt', 'a.save'], {
      'a.save': whole.split('\n').map(hard(80)).join('\n'),
    });
    expect([status, err.match(/error/g)?.length]).toEqual([2, 1]);
  });
});

describe('what is no rule in one line', () => {
  const head = '*filter\n:FORWARD DROP [0:0]\n';

  test.each([
    [
      'a line that ends in a backslash',
      `${head}-A FORWARD -p tcp \\\n  -m tcp --dport 80 -j ACCEPT\nCOMMIT\n`,
    ],
    ['a line that begins with an option', `${head}-A FORWARD -p tcp -m tcp\n--dport 80 -j ACCEPT\nCOMMIT\n`],
    ['one of a listing', '$ iptables -S\n-P FORWARD DROP\n-A FORWARD -p tcp\n -j ACCEPT\n'],
  ])('is refused, and not taken for half a rule: %s', (_, text) => {
    expect(() => read(text)).toThrow(/a rule goes on in a second line here/);
  });

  test('is refused, where nothing is one', () => {
    expect(() => read('the cluster is down\nsince Monday\n')).toThrow(
      /no line of this is one that iptables prints/,
    );
    expect(read('').ruleset.tables).toEqual([]);
  });

  test('commands of nft are told what nft prints', () => {
    const text = '#!/bin/sh\nsudo nft add table ip nat\n/usr/sbin/nft -e insert rule ip nat pre accept\n';
    expect(looksLikeRules(text)).toBe(true);
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ expected: want.thing('printed-once-run', 'nft list ruleset') })],
      }),
    );
  });
});

describe('a command that somebody ran elsewhere', () => {
  const rules = '-P FORWARD ACCEPT\n-N SITE\n-A SITE -s 192.0.2.1/32 -j DROP\n';

  test.each([
    'kubectl exec -n kube-system kube-proxy-abcde -- iptables -S',
    '$ docker exec -it kind-worker iptables -S',
    'ssh core@node-1 sudo iptables -S',
    '[root@node-1 ~]# nsenter -t 1 -n iptables -S',
    "podman exec node-1 sh -c 'iptables -S'",
    'vagrant ssh node1 -c "sudo iptables -S"',
  ])('says of which table its lines are: %s', (command) => {
    expect(shown(`${command}\n${rules}`)).toEqual(['*filter', '-A SITE -s 192.0.2.1/32 -j DROP']);
    expect(read(`${command}\n${rules}`).problems.map(({ message }) => message)).not.toContain(
      'this line is not read',
    );
  });

  test('and picked from leaves open what it did not pick', () => {
    const opens = (command: string) =>
      rulesOf(`${command}\n${rules}`).filter((line) => line.includes(notShown));
    expect(opens('# iptables -S | grep -v DOCKER')).toContain('-A SITE -j NOT-SHOWN');
    expect(opens('# iptables -S | less')).not.toContain('-A SITE -j NOT-SHOWN');
  });
});

describe('what somebody has of a node that holds no rules', () => {
  test.each([
    [
      '# ipvsadm -Ln\nIP Virtual Server version 1.2.1 (size=4096)\n',
      /this is what ipvsadm -L prints[\s\S]*ipvsadm -Sn/,
    ],
    ['Name: KUBE-CLUSTER-IP\nType: hash:ip,port\n', /these are sets of ipset[\s\S]*--sets/],
    ['kernel: [1.0] TRACE: nat:PREROUTING:rule:1 IN=eth0\n', /the kernel logs of packets[\s\S]*--log/],
    [
      'tcp      6 86399 ESTABLISHED src=192.0.2.1 dst=192.0.2.2 sport=4 dport=80\n',
      /connections of conntrack/,
    ],
    ['$ kubectl get svc\nNAME   TYPE        CLUSTER-IP\n', /objects of Kubernetes[\s\S]*without --rules/],
    ['Bridge table: filter\n', /what ebtables prints/],
    ['Status: active\n\nTo    Action  From\n', /ufw or firewalld/],
    ['I0507 11:39:31.916310       1 proxier.go:1507] "Restoring iptables"\n', /a log of kube-proxy/],
  ])('is named, with what to give instead: %j', (text, said) => {
    expect(() => read(text)).toThrow(said);
  });

  test('a table that iptables cannot print is there', () => {
    const text =
      "# iptables -t nat -S\niptables v1.8.7 (nf_tables): chain `X' in table `nat' is incompatible, use 'nft' tool.\n";
    expect(read(text).problems.map(({ message }) => message)[0]).toMatch(
      /the table nat is there and is not shown/,
    );
    expect(rulesOf(text)).toContain('-A PREROUTING -j NOT-SHOWN');
  });

  test('a warning behind a listing is no row of it', () => {
    const listing =
      'Chain PREROUTING (policy ACCEPT)\ntarget     prot opt source               destination\n';
    const text = `$ iptables -t nat -nL PREROUTING\n${listing}Warning: iptables-legacy tables present, use iptables-legacy to see them\n`;
    expect(read(text).problems.map(({ message }) => message)[0]).toMatch(/rules of the other back end/);
  });

  test('blanks of a web page, and the fences of Markdown', () => {
    const rule = '-A FORWARD -s 192.0.2.1/32 -j DROP';
    const text = `\`\`\`sh\n${rule.replaceAll(' ', '\u00a0')}\n\`\`\`\n`;
    expect(shown(text)).toContain(rule);
    expect(read(text).problems[0]?.message).toMatch(/blanks of a web page/);
  });
});
