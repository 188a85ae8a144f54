import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

// What kube-proxy wrote on nodes in nftables mode, held against the manifests.

const conformance = join(fixtures, 'conformance');
const after = readdirSync(join(conformance, 'timeline/after')).filter((name) => name.endsWith('.nft'));
const named = [
  'node-port',
  'load-balancer-source-ranges-with-node',
  'session-affinity',
  'external-ips',
  'dual-stack-v4',
];
const flagsOf = (name: string) => [
  '--kube-version',
  '1.37.2',
  '--config',
  join(conformance, 'named', name, 'kube-proxy.yaml'),
];
const cluster = (name: string) => join(conformance, 'named', name, 'cluster.yaml');
const dump = (name: string) => join(conformance, 'nftables/1.37.2', `${name}.nft`);

describe('a node of kube-proxy 1.37.2 in nftables mode', () => {
  test.each(named)('%s has not drifted', async (name) => {
    const { status, out } = await kubenat([
      'drift',
      '--node',
      'worker-1',
      ...flagsOf(name),
      dump(name),
      cluster(name),
    ]);
    expect(status, out).toBe(0);
    expect(
      (await kubenat(['diff', '--node', 'worker-1', ...flagsOf(name), dump(name), cluster(name)])).status,
    ).toBe(0);
  });

  test('rules of iptables beside are told as not looked at', async () => {
    const drop = '-A FORWARD -d 10.96.0.0/12 -j DROP';
    const save = `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${drop}\nCOMMIT\n`;
    const part = (command: string, text: string) =>
      `# kubenat section: ${command}\n${text}\n# kubenat status: 0\n`;
    const node = [
      '# kubenat collect: 1 worker-1\n',
      part('iptables-legacy-save', save),
      part('nft list ruleset', readFileSync(dump('node-port'), 'utf8')),
      '# kubenat end\n',
    ].join('');
    const args = ['drift', ...flagsOf('node-port'), 'node.txt', cluster('node-port')];
    const { status, out } = await kubenat(args, { 'node.txt': node });
    expect(status, out).toBe(0);
    expect(out).toContain('rules of others (1 in filter FORWARD of node.txt) were not looked at');
  });

  test('tables of others, counts, handles and clients that are remembered are no drift', async () => {
    const text = readFileSync(dump('session-affinity'), 'utf8');
    const [set] = /set affinity-[^{]*\{\n(?:[^}]*\n)*?\t\}/.exec(text) ?? [];
    const client = (set as string).replace(/\n\t\}$/, '\n\t\telements = { 198.51.100.7 expires 2h59m }\n\t}');
    const other = `table inet firewall {\n\tchain in {\n\t\ttype filter hook input priority filter; policy accept;\n\t}\n}\n`;
    const changed = `${other}${text.replace(set as string, client).replaceAll(/packets \d+ bytes \d+/g, 'packets 7 bytes 420')}`;
    expect(changed).toContain('expires');
    const { status, out } = await kubenat(
      [
        'drift',
        '--node',
        'worker-1',
        ...flagsOf('session-affinity'),
        'node.nft',
        cluster('session-affinity'),
      ],
      { 'node.nft': changed },
    );
    expect(status, out).toBe(0);
  });

  test.each([
    ['inet', ['ipv4: ', 'ipv6: ']],
    ['ip6', ['ipv6: ']],
  ])('rules in tables of others, of %s, are not looked at, and that is said', async (family, heads) => {
    const other = `table ${family} firewall {\n\tchain in {\n\t\ttype filter hook input priority filter; policy drop;\n\t\ttcp dport 22 accept\n\t}\n}\n`;
    const { out } = await kubenat(
      ['drift', '--node', 'worker-1', ...flagsOf('node-port'), 'node.nft', cluster('node-port')],
      { 'node.nft': `${other}${readFileSync(dump('node-port'), 'utf8')}` },
    );
    const where = `(1 in ${family} firewall in with policy drop of node.nft)`.replace('drop', 'DROP');
    const told = out
      .split('\n')
      .filter((line) => line.includes(`rules of others ${where} were not looked at.`));
    expect(told.map((line) => line.slice(0, 6))).toEqual(heads);
  });

  test('a rule that somebody took away is', async () => {
    const text = readFileSync(dump('node-port'), 'utf8');
    const changed = text.replace(/^.*masquerade fully-random.*\n/m, '');
    const run = (...args: readonly string[]) =>
      kubenat(
        ['drift', '--node', 'worker-1', ...flagsOf('node-port'), ...args, 'node.nft', cluster('node-port')],
        {
          'node.nft': changed,
        },
      );
    const { status, out } = await run();
    expect(status).toBe(1);
    expect(out).toContain('change fate');
    expect(JSON.parse((await run('--format', 'json')).out).families[0].witnesses.length).toBeGreaterThan(0);
  });

  test('one table alone is compared, and said to be alone', async () => {
    const text = readFileSync(dump('node-port'), 'utf8');
    const ip6 = text.indexOf('table ip6 kube-proxy');
    const { status, err } = await kubenat(
      ['drift', '--node', 'worker-1', ...flagsOf('node-port'), 'node.nft', cluster('node-port')],
      { 'node.nft': text.slice(0, ip6) },
    );
    expect(status).toBe(0);
    expect(err).toContain('node.nft shows no table ip6 kube-proxy: ipv6 is not compared');
  });

  test('a ruleset without kube-proxy is refused', async () => {
    const { status, err } = await kubenat(
      ['drift', '--node', 'worker-1', ...flagsOf('node-port'), 'node.nft', cluster('node-port')],
      { 'node.nft': 'table inet filter {\n}\n' },
    );
    expect(status).toBe(2);
    expect(err).toContain('no table of kube-proxy');
  });
});

describe('a node whose objects have changed since it started', () => {
  test.each(after)('%s has not drifted, and is another one than before', async (file) => {
    const [, release = '', to = ''] = /^([\d.]+)-(.*)\.nft$/.exec(file) ?? [];
    const against = (manifest: string) =>
      kubenat([
        'drift',
        '--kube-version',
        release,
        join(conformance, 'timeline/after', file),
        join(conformance, 'timeline', `${manifest}.yaml`),
      ]);
    const { status, out } = await against(to);
    expect(status, out).toBe(0);
    expect((await against('base')).status).toBe(1);
  });
});
