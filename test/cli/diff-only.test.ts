import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const service = (name: string, address: string, endpoint: string) => `---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { clusterIP: ${address}, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}-1, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ name: http, port: 8080 }]
endpoints: [{ addresses: [${endpoint}], nodeName: node-1 }]
`;
const cluster = `apiVersion: v1
kind: Node
metadata: { name: node-1 }
spec: { podCIDR: 10.244.1.0/24 }
status: { addresses: [{ type: InternalIP, address: 192.168.0.11 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { nodeName: node-1, containers: [{ name: a }] }
status: { phase: Running, podIPs: [{ ip: 10.244.1.9 }] }
`;
const files = {
  'a.yaml': `${cluster}${service('web', '10.96.0.80', '10.244.1.5')}${service('shop', '10.96.0.90', '10.244.1.6')}`,
  'b.yaml': `${cluster}${service('web', '10.96.0.80', '10.244.1.5')}${service('shop', '10.96.0.90', '10.244.1.7')}${service('new', '10.96.0.70', '10.244.1.8')}`,
};
const diff = (only: readonly string[], ...args: readonly string[]) =>
  kubenat(['diff', ...only.flatMap((one) => ['--only', one]), 'a.yaml', 'b.yaml', ...args], files);

describe('diff --only of manifests', () => {
  test('what does not change is proved, and nothing is said of what else does', async () => {
    const { out, status } = await diff(['from pod default/client to service default/web:http']);
    expect(out).toContain(
      'a.yaml → b.yaml: of tcp 10.244.1.9 -> 10.96.0.80:80 alone: no packet changes fate (proved).\n',
    );
    expect(out).not.toContain('default/shop');
    expect(out).not.toContain('default/new');
    expect(status).toBe(0);
  });

  test.each([
    ['from pod default/client to service default/shop:http', 'default/shop:http'],
    ['from pod default/client to service default/shop', 'default/shop:http'],
    ['tcp 10.244.1.9:40000 -> 10.96.0.90:80', 'default/shop:http'],
    // One side alone has it.
    ['from external to service default/new', 'default/new:http'],
    ['tcp 10.244.1.9 -> 10.96.0.70:80 state established', ''],
  ])('%s', async (only, changed) => {
    const { out, status } = await diff([only]);
    const named = new Set(out.match(/default\/\w+:http/g) ?? []);
    expect([...named].filter((one) => one !== changed)).toEqual([]);
    expect(status).toBe(changed === '' ? 0 : 1);
  });

  test('several packets are told, in JSON too', async () => {
    const { out, status } = await diff(
      ['from pod default/client to service default/web', 'udp 10.244.1.9 -> 10.96.0.90:80'],
      '--format',
      'json',
    );
    expect(JSON.parse(out)).toMatchObject({
      same: true,
      only: ['tcp 10.244.1.9 -> 10.96.0.80:80', 'udp 10.244.1.9 -> 10.96.0.90:80'],
    });
    expect(status).toBe(0);
  });

  test('on every node', async () => {
    const of = (name: string) => diff([`from external to service default/${name}`], '--nodes', 'all');
    expect((await of('web')).status).toBe(0);
    expect((await of('shop')).status).toBe(1);
  });

  test.each([
    ['from pod default/nobody to service default/web', 'there is no pod default/nobody'],
    ['from pod default/client to service default/wep', 'there is no service default/wep'],
    ['tcp [fd00::1] -> [fd00::2]:80 from nowhere', 'no such packet arrives there'],
    ['tcp 10.244.1.9', 'the packet ends too early'],
  ])('%s is refused', async (only, says) => {
    const { err, out, status } = await diff([only]);
    expect(err).toContain(says);
    expect([out, status]).toEqual(['', 2]);
  });

  test.each([
    ['pod default/client to service default/web', /no manifest describes a Pod .*pod default\/client means/],
    ['external to service default/web', /no manifest describes a Service, so service default\/web/],
  ])('from %s, where nothing of the kind is given: it is said what to give', async (only, says) => {
    const given = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n';
    const sides = { 'a.yaml': given, 'b.yaml': given };
    const { err, status } = await kubenat(['diff', '--only', `from ${only}`, 'a.yaml', 'b.yaml'], sides);
    expect(err).toMatch(says);
    expect(err).toMatch(/expected: a \w+.* among the manifests, or an address in place of the name/);
    expect(status).toBe(2);
  });

  test.each(['--paranoid', '--rollout', '--certificate=x'])('nothing of others: %s', async (flag) => {
    const { err, status } = await diff(['tcp 10.244.1.9 -> 10.96.0.80:80'], flag);
    expect(err).toMatch(/--only with --(?:paranoid|rollout|certificate)/);
    expect(status).toBe(2);
  });
});

describe('diff --only of dumps', () => {
  const dump = (rule: string) => `*filter
:FORWARD ACCEPT [0:0]
${rule}
-A FORWARD -s 10.9.0.0/16 -j DROP
COMMIT
`;
  const of = (only: string, rule: string) =>
    kubenat(['diff', '--only', only, 'a.save', 'b.save'], {
      'a.save': dump('-A FORWARD -p tcp -m tcp --dport 1 -j ACCEPT'),
      'b.save': dump(rule),
    });

  test.each([
    ['-A FORWARD -d 10.1.0.0/16 -p tcp -m tcp --dport 80 -j DROP', 1],
    ['-A FORWARD -d 10.1.0.0/16 -p tcp -m tcp --dport 81 -j DROP', 0],
    ['-A FORWARD -s 10.2.0.0/16 -j DROP', 0],
    // An answer, and what is sent once there is one.
    ['-A FORWARD -s 10.1.0.0/16 -p tcp -m tcp --sport 80 -j DROP', 1],
    ['-A FORWARD -m conntrack --ctstate ESTABLISHED -p tcp -m tcp --dport 80 -j DROP', 1],
    ['-A FORWARD -p tcp -m tcp --sport 40000 -j DROP', 1],
  ])('%s', async (rule, status) => {
    const { out, status: got } = await of('tcp 198.51.100.7 -> 10.1.2.3:80', rule);
    expect([got, out]).toEqual([status, expect.any(String)]);
  });

  test('names need objects of the cluster, which stand beside', async () => {
    const text = 'from external to service default/web';
    const { err } = await of(text, '');
    expect(err).toContain('there are no objects of the cluster');
    const named = await kubenat(['diff', '--cluster', 'a.yaml', '--only', text, 'a.save', 'b.save'], {
      ...files,
      'a.save': dump(''),
      'b.save': dump('-A FORWARD -d 10.96.0.80/32 -j DROP'),
    });
    expect(named.out).toContain('of tcp 198.51.100.7 -> 10.96.0.80:80 from external alone');
    expect(named.status).toBe(1);
  });
});

test('what changes fate in the whole does so alone', async () => {
  const side = (name: string) => join(fixtures, 'diff', name);
  const whole = await kubenat([
    'diff',
    '--format',
    'json',
    side('before'),
    side('cluster-ip-to-load-balancer'),
  ]);
  const { classes } = JSON.parse(whole.out) as { classes: { witness: { packet: string } }[] };
  expect(classes.length).toBeGreaterThan(0);
  for (const { witness } of classes.slice(0, 4)) {
    const { status } = await kubenat([
      'diff',
      '--quiet',
      '--only',
      witness.packet,
      side('before'),
      side('cluster-ip-to-load-balancer'),
    ]);
    expect([witness.packet, status]).toEqual([witness.packet, 1]);
  }
});

describe('diff --only of rulesets of nft', () => {
  const rules = (name: string) => join(fixtures, `conformance/nftables/1.37.2/${name}.nft`);
  const host = JSON.stringify({ addresses: ['192.168.10.11/24'], podCIDR: '10.244.1.0/24' });
  const of = (only: string, ...args: readonly string[]) =>
    kubenat(
      [
        'diff',
        '--host',
        'host.json',
        '--only',
        only,
        ...args,
        rules('cluster-ip'),
        rules('cluster-ip-one-endpoint'),
      ],
      { 'host.json': host },
    );

  test('the packet is walked on both sides', async () => {
    const changed = await of('tcp 10.244.1.9:40000 -> 10.96.0.10:80');
    expect(changed.out).toMatch(/^The rules differ\. tcp 10\.244\.1\.9:40000 -> 10\.96\.0\.10:80, or what/);
    expect(changed.status).toBe(1);
    const other = await of('tcp 10.244.1.9:40000 -> 10.96.0.10:81');
    expect(other.out).toMatch(/was walked on both sides, with what follows, and does not change fate/);
    expect(other.status).toBe(0);
    const json = await of('tcp 10.244.1.9:40000 -> 10.96.0.10:81', '--format', 'json');
    expect(JSON.parse(json.out).families).toMatchObject([
      { only: ['tcp 10.244.1.9:40000 -> 10.96.0.10:81'], same: false, open: 0 },
    ]);
  });
});
