import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

// What kube-proxy wrote on nodes, held against the manifests: order, canaries and empty chains of what is gone are chance.

const conformance = join(fixtures, 'conformance');
const named = [
  'node-port',
  'load-balancer',
  'external-ips',
  'affinity-cluster-ip',
  'ipv6-node-port-local',
].filter((name) => existsSync(join(conformance, 'named', name)));
const after = readdirSync(join(conformance, 'timeline/after')).filter((name) => name.endsWith('.save'));

describe('the order of the arguments', () => {
  const files = {
    'node.save': '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n',
    'node.nft': 'table ip kube-proxy {\n}\n',
    'web.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n',
  };
  const order = 'expected: the dump first, then the manifests: kubenat drift DUMP MANIFEST…';

  test.each([
    [['web.yaml', 'node.save'], /web\.yaml is not what iptables-save .* prints, and node\.save is$/m, order],
    [['web.yaml', 'node.nft'], /web\.yaml is not what .* prints, and node\.nft is$/m, order],
    [['web.yaml', 'web.yaml'], /web\.yaml is not what iptables-save or nft list ruleset prints$/m, order],
    [[conformance, 'node.save'], /conformance is a directory$/m, order],
    [['gone.save', 'web.yaml'], /gone\.save: no such file/m, ''],
    [['node.save', 'node.nft'], /node\.nft holds rules of a node/, 'for two dumps: kubenat diff'],
  ])('%j is refused, and no difference is told', async (named, says, expected) => {
    const { status, out, err } = await kubenat(['drift', ...named], files);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(says);
    expect(err).toContain(expected);
  });
});

test('there are nodes to look at', () => {
  expect(named.length).toBeGreaterThan(3);
  expect(after).toHaveLength(10);
});

describe('a node of kube-proxy 1.37.2', () => {
  test.each(named)('%s has not drifted', async (name) => {
    const folder = join(conformance, 'named', name);
    const dump = join(conformance, 'iptables/1.37.2', `${name}.save`);
    const flags = ['--kube-version', '1.37.2', '--config', join(folder, 'kube-proxy.yaml'), '--strict'];
    const { status, out, err } = await kubenat(['diff', ...flags, dump, join(folder, 'cluster.yaml')]);
    expect([status, err], out).toEqual([0, expect.anything()]);
  });
});

describe('rules of others on a node', () => {
  const folder = join(conformance, 'named/node-port');
  const flags = ['--kube-version', '1.37.2', '--config', join(folder, 'kube-proxy.yaml')];
  const manifests = join(folder, 'cluster.yaml');
  const plain = readFileSync(join(conformance, 'iptables/1.37.2/node-port.save'), 'utf8');
  const foreign = '-A PREROUTING -p tcp -j DNAT --to-destination 10.244.9.9\n';
  // Before the jump to kube-proxy's chains, as `iptables -I` puts it.
  const node = plain.replace(/^-A PREROUTING/m, `${foreign}-A PREROUTING`);
  const drift = (text: string, ...further: readonly string[]) =>
    kubenat(['drift', ...flags, ...further, 'node.save', manifests], { 'node.save': text });
  const within = (before: string, after: string) =>
    kubenat(['diff', '--scope', 'kube-proxy', 'a.save', 'b.save'], { 'a.save': before, 'b.save': after });

  test('are not looked at by drift, whose first line says so and where they stand', async () => {
    expect(node).toContain(foreign);
    const { status, out } = await drift(node);
    const [first, , note] = out.split('\n');
    expect(status).toBe(0);
    expect(first).toContain(
      "kube-proxy's rules are the same text; rules of others (1 in nat PREROUTING of node.save) were not",
    );
    expect(note).toContain('kubenat check reads them');
    expect(out).not.toContain('no packet changes fate');
    const { noted } = JSON.parse((await drift(node, '--format', 'json')).out);
    const places = [{ table: 'nat', chain: 'PREROUTING', rules: 1 }];
    expect(noted).toContainEqual(expect.objectContaining({ code: 'others-left-out', places, alike: false }));
    expect((await drift(node, '--lang', 'ko')).out.split('\n')[0]).toContain(
      '다른 프로그램의 규칙(node.save의 nat PREROUTING 1개)은 확인하지 않음.',
    );
    expect((await drift(plain)).out).toContain('no packet changes fate (proved)');
  });

  test('are told of in the summary, too', async () => {
    const { err, out } = await drift(node, '--summary');
    expect(`${out}${err}`).toContain(
      'rules of others (1 in nat PREROUTING of node.save) were not looked at.',
    );
  });

  test('stand on one side of diff --scope kube-proxy, on both, or are others there', async () => {
    const policy = plain.replace(':FORWARD ACCEPT', ':FORWARD DROP');
    const said = async (...sides: readonly [string, string]) =>
      (await within(...sides)).out.split('\n')[0]?.replace(/^.*; rules of others/, '');
    expect(await said(plain, node)).toBe(' (1 in nat PREROUTING of b.save) were not looked at.');
    expect(await said(node, node)).toBe(', the same on both sides, were not looked at.');
    expect(await said(node, policy)).toBe(
      ' (1 in nat PREROUTING of a.save; filter FORWARD with policy DROP of b.save) were not looked at.',
    );
  });

  test('do not hide what kube-proxy changed', async () => {
    const { status, out } = await drift(node.replaceAll('--dport 30080', '--dport 30081'));
    expect(status).toBe(1);
    expect(out.split('\n')[0]).toMatch(/change fate.*; rules of others \(1 in nat PREROUTING/);
  });
});

describe('a node whose objects have changed since it started', () => {
  test.each(after)('%s has not drifted, and is another one than before', async (file) => {
    const [, kubeVersion = '', to = ''] = /^([\d.]+)-(.*)\.save$/.exec(file) ?? [];
    const against = (manifest: string) =>
      kubenat([
        'diff',
        '--kube-version',
        kubeVersion,
        '--strict',
        join(conformance, 'timeline/after', file),
        join(conformance, 'timeline', `${manifest}.yaml`),
      ]);
    const { status, out } = await against(to);
    expect(status, out).toBe(0);
    expect((await against('base')).status).toBe(1);
  });
});

describe('what a release or a mode changes', () => {
  const cluster = join(conformance, 'named/node-port/cluster.yaml');
  const config = ['--config', join(conformance, 'named/node-port/kube-proxy.yaml')];

  test('is compared by --kube-version-a and -b on the same manifests', async () => {
    const same = await kubenat([
      'diff',
      ...config,
      '--kube-version-a',
      '1.31',
      '--kube-version-b',
      '1.37',
      cluster,
      cluster,
    ]);
    expect(same.status, same.out).toBe(0);
    // KUBE-FIREWALL is kube-proxy's from 1.27 on.
    const old = await kubenat([
      'diff',
      ...config,
      '--format',
      'unified',
      '--kube-version-a',
      '1.26',
      '--kube-version-b',
      '1.37',
      cluster,
      cluster,
    ]);
    expect(old.out).toMatch(/^\+.*KUBE-FIREWALL/m);
  });

  test('between modes is what migrate says', async () => {
    const modes = [
      '--mode-a',
      'iptables',
      '--mode-b',
      'nftables',
      '--kube-version-a',
      '1.33',
      '--format',
      'json',
    ];
    const { status, out } = await kubenat(['diff', ...config, ...modes, cluster, cluster]);
    const move = await kubenat([
      'migrate',
      ...config,
      '--from',
      'iptables@1.33',
      '--to',
      'nftables',
      '--format',
      'json',
      cluster,
    ]);
    expect([status, out]).toEqual([move.status, move.out]);
    expect(JSON.parse(out).exceptions.length).toBeGreaterThan(0);
  });

  test('different manifests in different modes are refused, with what to ask instead', async () => {
    const other = join(conformance, 'named/load-balancer/cluster.yaml');
    const { status, err } = await kubenat(['diff', '--mode-b', 'nftables', cluster, other]);
    expect(status).toBe(2);
    expect(err).toContain('kubenat migrate --from iptables --to nftables');
  });
});
