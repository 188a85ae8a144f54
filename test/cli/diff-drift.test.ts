import { existsSync, readdirSync } from 'node:fs';
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
