import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pathOf } from '../pages.ts';
import { kubenat } from './harness.ts';

const node = readFileSync(pathOf('fixtures/collected/node.txt'), 'utf8');
const files = {
  'node.txt': node,
  'm.yaml': readFileSync(pathOf('fixtures/collected/manifests.yaml'), 'utf8'),
};

describe('the command', () => {
  test.each<readonly [string, readonly string[], RegExp]>([
    ['on the node', [], /^sh -c '([^']+)' > node\.txt\n$/],
    ['by ssh', ['--ssh', 'root@node-1'], /^ssh root@node-1 '([^']+)' > node-1\.txt\n$/],
    [
      'by kubectl',
      ['--node', 'node-1', '--context', 'admin@prod'],
      /^echo go \| kubectl --context=admin@prod debug node\/node-1 --quiet --stdin --profile=sysadmin --image=busybox -- chroot \/host sh -c '(read go; [^']+)' > node-1\.txt\n$/,
    ],
  ])('%s is one line that a shell reads', async (_, flags, form) => {
    const { status, out, err } = await kubenat(['collect', ...flags]);
    expect([status, err]).toEqual([0, '']);
    const [, script = ''] = form.exec(out) ?? [];
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(out.split('\n')).toHaveLength(2);
  });

  test.each([
    [['--node', "a'; rm -rf /"], 'no name that can stand in a command'],
    [['--node', 'a', '--ssh', 'b'], '--ssh with --node'],
    [['--context', 'a'], '--context without --node'],
  ])('%j is refused', async (flags, reason) => {
    const { status, out, err } = await kubenat(['collect', ...flags]);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(reason);
  });
});

describe('what it writes', () => {
  const outside = 'tcp 198.51.100.7:4000 -> 10.0.0.5';

  test.each<readonly [string, readonly string[], string]>([
    ['trace: the node port', ['--packet', `${outside}:30080 from external`], '50.00 % (1/2)'],
    [
      'trace: a set',
      ['--packet', 'tcp 192.0.2.7:4000 -> 10.0.0.5:22 from external'],
      'rule 1 of filter INPUT (node.txt line 14)',
    ],
    [
      'trace: a table of nft',
      ['--packet', `${outside}:23 from external`],
      'rule 1 of inet fw in (node.txt line 187)',
    ],
  ])('%s', async (_, question, answer) => {
    const { status, out } = await kubenat(['trace', '--rules', 'node.txt', ...question], files);
    expect(status).toBe(0);
    expect(out).toContain(answer);
    expect(out).not.toContain('Assumptions: sysctls');
  });

  test.each<readonly [string, readonly string[], number, string]>([
    [
      'drift takes the node by its name, and says where rules of others stand in either language',
      ['drift', 'node.txt', 'm.yaml'],
      0,
      "kube-proxy's rules are the same text; rules of others (1 in filter INPUT, 1 in inet fw in of node.txt) were not looked at.",
    ],
    ['diff', ['diff', 'node.txt', 'node.txt'], 0, 'no packet changes fate'],
    // Its kernel keeps 127.0.0.0/8 to itself, and its rules give node ports there to endpoints.
    ['check', ['check', 'node.txt'], 1, 'net.ipv4.conf.all.route_localnet is 0'],
    ['fmt', ['fmt', 'node.txt'], 0, '-A INPUT -m set --match-set blocked src -j DROP'],
    ['a picture', ['graph', '--format', 'dot', 'node.txt'], 0, 'KUBE-NODEPORTS'],
  ])('%s', async (_, args, status, answer) => {
    const ran = await kubenat(args, files);
    expect(ran).toMatchObject({ status, out: expect.stringContaining(answer) });
  });

  test('check looks at the tables of nft beside those of iptables', async () => {
    const text = node.replace('table inet fw {\n', 'table inet fw {\n\tchain unused {\n\t\taccept\n\t}\n');
    expect(text).not.toBe(node);
    const { status, out } = await kubenat(['check', 'node.txt'], { ...files, 'node.txt': text });
    expect(status).toBe(1);
    expect(out).toContain('warning[unreachable]: inet fw unused: nothing leads to unused');
  });

  test('by kubectl, with what it says itself, through a terminal', async () => {
    const text = `Creating debugging pod node-debugger-n1-x with container debugger on node n1.\r\n${node.replaceAll('\n', '\r\n')}`;
    const { status, out } = await kubenat(['drift', 'node.txt', 'm.yaml'], { ...files, 'node.txt': text });
    expect([status, out]).toEqual([0, expect.stringContaining('rules are the same text')]);
  });

  test.each<readonly [string, (text: string) => string, string]>([
    ['cut off', (text) => text.slice(0, 9000), 'node.txt breaks off'],
    [
      'of a node without programs',
      (text) => text.replace(/^# kubenat status: 0/gm, '# kubenat status: 127'),
      'node.txt holds no rules',
    ],
  ])('%s, it is refused by every command', async (_, change, reason) => {
    const broken = { ...files, 'node.txt': change(node) };
    for (const args of [
      ['drift', 'node.txt', 'm.yaml'],
      ['check', 'node.txt'],
      ['fmt', 'node.txt'],
    ]) {
      const { status, out, err } = await kubenat(args, broken);
      expect([status, out]).toEqual([2, '']);
      expect(err).toContain(`error[collected-part]: ${reason}`);
    }
  });

  test('rules of both back ends of iptables: those of iptables-nft are told by nft', async () => {
    const legacy = [
      '# Generated by iptables-save v1.8.9 on Sun Nov 29 12:00:00 2026',
      '*filter',
      ':INPUT ACCEPT [0:0]',
      ':FORWARD ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      '-A INPUT -p tcp -m tcp --dport 24 -j DROP',
      'COMMIT',
      '',
    ].join('\n');
    const marker = '# kubenat section: iptables-legacy-save\n';
    const both = { ...files, 'node.txt': node.replace(marker, marker + legacy) };
    const ask = (packet: string) =>
      kubenat(['trace', '--rules', 'node.txt', '--first', '--packet', packet], both);
    expect((await ask(`${outside}:24 from external`)).out).toContain('100 %  dropped');
    // What a match of iptables-nft asks, nft does not tell.
    expect((await ask(`${outside}:22 from external`)).out).toContain('unknown');
  });
});
