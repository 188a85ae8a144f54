import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

// A node of kube-proxy 1.37.2 as it was recorded, held against the objects that it was told.

const conformance = join(fixtures, 'conformance');
const name = 'node-port';
const dump = readFileSync(join(conformance, 'iptables/1.37.2', `${name}.save`), 'utf8');
const cluster = join(conformance, 'named', name, 'cluster.yaml');
const flags = ['--kube-version', '1.37.2', '--config', join(conformance, 'named', name, 'kube-proxy.yaml')];

interface Told {
  readonly code: string;
  readonly message: string;
  readonly chain: string;
  readonly service?: string;
}

async function drift(text: string): Promise<{ readonly status: number; readonly told: readonly Told[] }> {
  const args = ['check', '--format', 'json', ...flags, '--drift', cluster, 'node.save'];
  const { status, out, err } = await kubenat(args, { 'node.save': text });
  expect(out, err).not.toBe('');
  const { findings } = JSON.parse(out) as { readonly findings: readonly Told[] };
  return { status, told: findings.filter(({ code }) => code.startsWith('drift-')) };
}

describe('check --drift', () => {
  test('a node as kube-proxy left it has none', async () => {
    expect((await drift(dump)).told).toEqual([]);
  });

  test('a rule that is gone, and what that does', async () => {
    const { status, told } = await drift(dump.replace(/^-A KUBE-NODEPORTS .*\n/gm, ''));
    expect(status).toBe(1);
    expect(told.map(({ code, chain }) => `${code} ${chain}`)).toEqual(
      told.map(() => 'drift-missing KUBE-NODEPORTS'),
    );
    expect(told.map(({ message }) => message).join('\n')).toMatch(/packets are lost that got through before/);
  });

  test('a jump that is gone', async () => {
    const { told } = await drift(dump.replace(/^-A PREROUTING .*-j KUBE-SERVICES\n/m, ''));
    expect(told).toMatchObject([{ code: 'drift-missing', chain: 'PREROUTING' }]);
  });

  test("somebody else's rule in a chain of kube-proxy", async () => {
    const { told } = await drift(
      dump.replace(/^-A KUBE-SERVICES /m, '-A KUBE-SERVICES -d 10.1.2.3/32 -j RETURN\n-A KUBE-SERVICES '),
    );
    expect(told).toMatchObject([{ code: 'drift-foreign', chain: 'KUBE-SERVICES' }]);
    expect(told[0]?.message).toMatch(/no packet changes fate/);
  });

  test('what is left of a service that is gone', async () => {
    const chain = 'KUBE-SVC-AAAAAAAAAAAAAAAA';
    const rule = `-A KUBE-SERVICES -d 10.96.9.9/32 -p tcp -m comment --comment "old/gone:http cluster IP" -m tcp --dport 80 -j ${chain}\n`;
    const text = dump
      .replace(/^:KUBE-SERVICES (.*)\n([\s\S]*\*nat|)/m, (all) => all)
      .replace(/(\*nat\n)/, `$1:${chain} - [0:0]\n`)
      .replace(
        /(\*nat[\s\S]*?)(^-A KUBE-SERVICES )/m,
        `$1-A ${chain} -m comment --comment "old/gone:http" -j RETURN\n${rule}$2`,
      );
    const { told } = await drift(text);
    expect(told.map(({ code }) => code)).toEqual(['drift-stale', 'drift-stale']);
    expect(told.map(({ service }) => service)).toEqual(['old/gone:http', 'old/gone:http']);
  });

  test('rules of others are theirs', async () => {
    const { told } = await drift(
      dump.replace(/^(\*filter\n[\s\S]*?)(^-A )/m, '$1-A INPUT -s 10.9.0.0/16 -j DROP\n$2'),
    );
    expect(told).toEqual([]);
  });
});
