import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const named = join(fixtures, 'conformance/named');

/** The worst of what is found, by code. */
async function found(text: string, severities = ['error', 'warning']): Promise<string[]> {
  const { out, err } = await kubenat(['check', '--format', 'json', 'a.yaml'], { 'a.yaml': text });
  expect(out, err).not.toBe('');
  const { findings } = JSON.parse(out) as { findings: { code: string; severity: string; message: string }[] };
  return findings.filter(({ severity }) => severities.includes(severity)).map(({ code }) => code);
}

/** What is wrong with recorded clusters, which were made to show it; all others are healthy. */
const wrong: Readonly<Record<string, readonly string[]>> = {
  'cluster-ip-none-ready': ['no-endpoints'],
  'external-ips': ['external-ips'],
  'external-ips-local': ['local-without-endpoint', 'external-ips'],
  'external-ips-no-endpoints': ['external-ips'],
  'headless-slice-label': ['selector-matches-nothing'],
  'ignored-services': ['not-watched'],
  'internal-policy-local-no-local': ['local-without-endpoint'],
  'node-port-local-no-local': ['local-without-endpoint'],
  'port-name-empty-vs-named': ['selector-matches-nothing'],
  'small-real-cluster': ['selector-matches-nothing', 'local-without-endpoint'],
  'terminating-local-ready-remote': ['local-without-endpoint'],
};

test('clusters that were recorded have no more wrong than they were made to have', async () => {
  const names = readdirSync(named);
  expect(names.length).toBeGreaterThan(50);
  for (const name of names) {
    const { out, err } = await kubenat(['check', '--format', 'json', join(named, name, 'cluster.yaml')]);
    const told = (JSON.parse(out || '{"findings": []}').findings as { code: string; severity: string }[])
      .filter(({ severity }) => severity !== 'note')
      .map(({ code }) => code);
    expect([name, [...told].sort()], err).toEqual([name, [...(wrong[name] ?? [])].sort()]);
  }
}, 60_000);

const service = (spec: string, metadata = 'name: web') =>
  `apiVersion: v1\nkind: Service\nmetadata: { ${metadata} }\nspec: { selector: { app: web }, ${spec} }\n`;
const pod = (labels: string, ports: string) =>
  `---\napiVersion: v1\nkind: Pod\nmetadata: { name: web, labels: { ${labels} } }\nspec: { containers: [{ name: a, ports: ${ports} }] }\n`;
const http = '[{ name: http, containerPort: 80 }]';

describe('one slip at a time', () => {
  test.each([
    ['nothing', service('ports: [{ port: 80 }]') + pod('app: web', http), []],
    ['no ports are declared at all', service('ports: [{ port: 81 }]') + pod('app: web', '[]'), []],
    [
      'another port is declared',
      service('ports: [{ port: 81 }]') + pod('app: web', http),
      ['port-undeclared'],
    ],
    [
      'another protocol is declared',
      service('ports: [{ port: 80, protocol: UDP }]') + pod('app: web', http),
      [],
    ],
    [
      'a label of another value',
      service('ports: [{ port: 80 }]') + pod('app: shop', http),
      ['selector-matches-nothing'],
    ],
    [
      'a pod of another namespace',
      service('ports: [{ port: 80 }]', 'name: web, namespace: shop') + pod('app: web', http),
      ['selector-matches-nothing'],
    ],
    [
      'a named port of another protocol',
      service('ports: [{ port: 80, protocol: UDP, targetPort: http }]') + pod('app: web', http),
      ['target-port-unknown'],
    ],
    ['nothing tells of pods', service('ports: [{ port: 80 }]'), []],
    ['affinity with nothing before', service('sessionAffinity: ClientIP, ports: [{ port: 80 }]'), []],
    [
      'ranges of a prefix',
      service('type: LoadBalancer, loadBalancerSourceRanges: [198.51.100.0/24], ports: [{ port: 80 }]'),
      [],
    ],
    [
      'ranges of loopback',
      service('type: LoadBalancer, loadBalancerSourceRanges: [127.0.0.1/32], ports: [{ port: 80 }]'),
      ['ranges-nobody'],
    ],
    [
      'ranges of one that nobody has and one that some have',
      service(
        'type: LoadBalancer, loadBalancerSourceRanges: [127.0.0.1/32, 10.0.0.0/8], ports: [{ port: 80 }]',
      ),
      [],
    ],
    [
      'a balancer of the other family',
      `${service('type: LoadBalancer, ports: [{ port: 80 }]')}status: { loadBalancer: { ingress: [{ ip: "2001:db8::9" }] } }\n`,
      ['families-differ'],
    ],
    ['a field of metadata', service('ports: [{ port: 80 }]', 'name: web, anotations: {}'), ['field-unknown']],
    [
      'a field of a container',
      service('ports: [{ port: 80 }]') + pod('app: web', http).replace('ports:', 'prots:'),
      ['field-unknown'],
    ],
    ['a field of a spec', service('ports: [{ port: 80 }], sesionAffinity: ClientIP'), ['field-unknown']],
  ])('%s', async (_, text, codes) => {
    expect(await found(text)).toEqual(codes);
  });

  test('a comment before a document silences its findings', async () => {
    const text = service('externalIPs: [198.51.100.9], ports: [{ port: 80 }]');
    expect(await found(text)).toEqual(['external-ips']);
    expect(await found(`# kubenat-ignore external-ips: our own addresses\n${text}`)).toEqual([]);
    expect(
      await found(`# kubenat-ignore external-ips: ours\n${text}---\n${text.replace('name: web', 'name: b')}`),
    ).toEqual(['front-shared', 'external-ips']);
  });
});
