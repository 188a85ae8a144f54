import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

interface Way {
  readonly probability: number;
  readonly weight: string;
  readonly end: {
    readonly result: string;
    readonly server?: string;
    readonly node?: string;
    readonly source?: string;
  };
  readonly hops: readonly {
    readonly node: string;
    readonly before: { readonly source: string; readonly destination: string };
  }[];
  readonly reply: readonly {
    readonly node: string | null;
    readonly after: { readonly destination: string };
  }[];
  readonly broken: string | null;
}

interface Answer {
  readonly ingress: { readonly name: string; readonly path: string; readonly secret: string | null } | null;
  readonly backend: { readonly service: string; readonly nodePort: number } | null;
  readonly parts: readonly { readonly name: string; readonly text: string }[];
  readonly connections: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly ways: readonly Way[] | null;
  }[];
  readonly stop: string | null;
  readonly clientFoundIn: readonly string[];
  readonly note: string | null;
}

async function follow(
  url: string,
  files: readonly string[],
  texts: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const args = ['trace', '--url', url, '--client', '198.51.100.7', '--format', 'json', ...files];
  const { status, out, err } = await kubenat(args, texts);
  expect(status, err).toBe(0);
  return JSON.parse(out);
}

const served = join(fixtures, 'service-test');
const example = [served, join(served, 'svc.txt')];

describe('an Ingress of class gce before a service with two pods on three nodes', () => {
  const followed = follow('https://testhost.com/shop', example);

  test('the rule, the certificate, and the parts as the cloud names them', async () => {
    const { ingress, backend, parts } = await followed;
    expect(ingress).toMatchObject({ name: 'default/test-ingress', path: '/*', secret: 'my-ssl-secret' });
    expect(backend).toEqual({ service: 'default/service-test', port: 80, nodePort: 32213 });
    expect(parts.map(({ name }) => name)).toEqual([
      'forwarding rule',
      'target HTTPS proxy',
      'URL map',
      'backend service',
      'instance group',
    ]);
    expect(parts.at(-1)?.text).toBe('node-1, node-2, node-3');
  });

  test('two connections: every node takes a third of the second, every pod gets a half', async () => {
    const { connections } = await followed;
    expect(connections).toHaveLength(2);
    expect(connections[0]).toMatchObject({ from: '198.51.100.7', ways: null });
    const ways = connections[1]?.ways ?? [];
    expect(ways).toHaveLength(6);
    for (const { weight, end } of ways) expect([weight, end.result]).toEqual(['1/6', 'reached']);
    const perNode = ways.map(({ hops }) => hops[0]?.before.destination).sort();
    expect(perNode).toEqual(
      ['10.100.0.2', '10.100.0.3', '10.100.0.4'].flatMap((node) => Array(2).fill(`${node}:32213`)),
    );
  });

  test('the source is the node that took it, or its pod gateway where the pod is its own', async () => {
    const [, second] = (await followed).connections;
    const seen = second?.ways?.map(({ hops, end }) => `${hops[0]?.node} ${end.server} ${end.source}`).sort();
    expect(seen).toEqual([
      'node-1 10.0.1.2:8080 10.0.1.1',
      'node-1 10.0.3.2:8080 10.100.0.2',
      'node-2 10.0.1.2:8080 10.100.0.3',
      'node-2 10.0.3.2:8080 10.100.0.3',
      'node-3 10.0.1.2:8080 10.100.0.4',
      'node-3 10.0.3.2:8080 10.0.3.1',
    ]);
  });

  test('the answer comes back by the node that translated the request, and ends at the balancer', async () => {
    const [, second] = (await followed).connections;
    for (const { hops, reply, broken } of second?.ways ?? []) {
      expect(broken).toBe(null);
      expect(reply.map(({ node }) => node)).toEqual(hops.map(({ node }) => node).reverse());
      expect(reply.at(-1)?.after.destination.startsWith(second?.from as string)).toBe(true);
    }
  });

  test('the client is found in a header alone', async () => {
    expect((await followed).clientFoundIn).toEqual(['X-Forwarded-For']);
  });

  test('the service has a load balancer as well, which is said with its place', async () => {
    const { err } = await kubenat(['trace', '--url', 'https://testhost.com/', ...example]);
    expect(err).toMatch(/ingress\.yaml:\d+:\d+: warning\[ingress-balancer\]/);
    expect(err).not.toContain('not-compiled');
  });

  test('for people', async () => {
    const { out } = await kubenat(['trace', '--url', 'https://testhost.com/shop', ...example]);
    expect(out).toContain('Ingress default/test-ingress (class gce): testhost.com, path /*');
    expect(out).toContain('Connection 2: 35.191.0.1 (the load balancer) -> a node, port 32213');
    expect(out).toContain('10.100.0.2:32213 becomes 10.100.0.2 -> 10.0.3.2:8080');
  });

  test.each([
    ['https://testhost.com:8443/', 'listens at 80 and 443 only'],
    ['http://testhost.com/', null],
  ])('%s', async (url, stop) => {
    const answer = await follow(url, example);
    if (stop === null) expect(answer.stop).toBe(null);
    else expect(answer.stop).toContain(stop);
  });
});

describe('an address without Ingress', () => {
  test('the load balancer of a service: one connection, and no header that names the client', async () => {
    const { ingress, connections, clientFoundIn, note } = await follow('http://35.184.97.156/', example);
    expect(ingress).toBe(null);
    expect(connections).toHaveLength(1);
    const ways = connections[0]?.ways ?? [];
    expect(ways.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    expect(clientFoundIn).toEqual([]);
    expect(note).toContain('externalTrafficPolicy: Local');
  });

  test('the node port of a node without an endpoint', async () => {
    const { connections } = await follow('http://10.100.0.3:32213/', example);
    const ends = connections[0]?.ways?.map(({ end }) => `${end.server} ${end.source}`).sort();
    expect(ends).toEqual(['10.0.1.2:8080 10.100.0.3', '10.0.3.2:8080 10.100.0.3']);
  });

  test('the name of a load balancer that has no address: it is taken for one that proxies', async () => {
    const text = inside('Cluster').replace('{ip: 203.0.113.9, ipMode: VIP}', '{hostname: lb.cloud.example}');
    const plain = text.slice(0, text.indexOf('apiVersion: networking.k8s.io/v1'));
    const { connections, clientFoundIn } = await follow('https://lb.cloud.example/', ['a.yaml'], {
      'a.yaml': plain,
    });
    expect(connections[0]?.ways?.map(({ end }) => `${end.server} ${end.source}`).sort()).toEqual([
      '10.0.1.10:8443 10.0.1.1',
      '10.0.1.10:8443 10.100.0.3',
    ]);
    expect(clientFoundIn).toEqual([]);
  });

  test.each([
    ['http://10.3.241.52/', 'cluster address'],
    ['http://10.0.1.2:8080/', "pod's address"],
    ['http://10.100.0.3/', 'nothing is known to listen'],
  ])('%s leads nowhere, and it is said why', async (url, why) => {
    const { stop, connections } = await follow(url, example);
    expect(stop).toBe('no connection reaches a pod');
    expect(JSON.stringify(connections)).toContain(why);
  });
});

const nodes = [1, 2]
  .map(
    (number) => `apiVersion: v1
kind: Node
metadata: {name: node-${number}}
spec: {podCIDR: 10.0.${number}.0/24}
status: {addresses: [{type: InternalIP, address: 10.100.0.${number + 1}}]}
---
`,
  )
  .join('');

const slice = (
  service: string,
  port: number,
  endpoints: readonly (readonly [string, string])[],
) => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${service}-1, labels: {kubernetes.io/service-name: ${service}}}
addressType: IPv4
endpoints: [${endpoints.map(([address, node]) => `{addresses: [${address}], nodeName: ${node}, conditions: {ready: true}}`).join(', ')}]
ports: [{port: ${port}, protocol: TCP}]
---
`;

const inside = (policy: string, mode = 'VIP', annotations = '{}') => `${nodes}apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, annotations: ${annotations}}
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.5
  externalTrafficPolicy: ${policy}
  ports: [{port: 443, targetPort: 8443, nodePort: 30443}]
status: {loadBalancer: {ingress: [{ip: 203.0.113.9, ipMode: ${mode}}]}}
---
${slice('ingress-nginx-controller', 8443, [['10.0.1.10', 'node-1']])}apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.6, ports: [{port: 80, targetPort: 8080}]}
---
${slice('web', 8080, [
  ['10.0.1.2', 'node-1'],
  ['10.0.2.2', 'node-2'],
])}apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  tls: [{hosts: [web.com], secretName: web-tls}]
  rules: [{host: web.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
`;

const cloud = (spec: string, annotations: string, endpoints = '') => `${nodes}apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.6, ${spec}}
---
${slice('web', 8080, [
  ['10.0.1.2', 'node-1'],
  ['10.0.1.3', 'node-1'],
])}${endpoints}apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {${annotations}}}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
status: {loadBalancer: {ingress: [{hostname: k8s-web.elb.example}]}}
`;
const open = 'type: NodePort, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]';
const closed = 'ports: [{port: 80, targetPort: 8080}]';

describe('load balancers of clouds', () => {
  const answer = (...args: Parameters<typeof cloud>) =>
    follow('http://k8s-web.elb.example/', ['a.yaml'], { 'a.yaml': cloud(...args) });
  const endsOf = ({ connections }: Answer) =>
    connections[1]?.ways?.map(({ weight, end }) => `${weight} ${end.server} ${end.source}`).sort();

  test('alb calls node ports of instances', async () => {
    const found = await answer(open, 'kubernetes.io/ingress.class: alb');
    expect(found.parts.map(({ name }) => name)).toEqual([
      'load balancer',
      'listener',
      'rule',
      'target group',
      'targets',
    ]);
    expect(endsOf(found)).toEqual([
      '1/4 10.0.1.2:8080 10.0.1.1',
      '1/4 10.0.1.2:8080 10.100.0.3',
      '1/4 10.0.1.3:8080 10.0.1.1',
      '1/4 10.0.1.3:8080 10.100.0.3',
    ]);
  });

  test('alb with target-type ip calls the pods, which see it itself; no node port is needed', async () => {
    const found = await answer(
      closed,
      'kubernetes.io/ingress.class: alb, alb.ingress.kubernetes.io/target-type: ip',
    );
    expect(endsOf(found)).toEqual(['1/2 10.0.1.2:8080 10.100.0.250', '1/2 10.0.1.3:8080 10.100.0.250']);
    expect(found.parts.at(-2)?.text).toContain('target-type ip');
  });

  test('gce calls the pods of a service with a network endpoint group', async () => {
    const text = cloud(closed, 'kubernetes.io/ingress.class: gce').replace(
      'kind: Service\nmetadata: {name: web}',
      `kind: Service\nmetadata: {name: web, annotations: {cloud.google.com/neg: '{"ingress": true}'}}`,
    );
    const found = await follow('http://k8s-web.elb.example/', ['a.yaml'], { 'a.yaml': text });
    expect(endsOf(found)).toEqual(['1/2 10.0.1.2:8080 35.191.0.1', '1/2 10.0.1.3:8080 35.191.0.1']);
    expect(found.parts.at(-1)).toEqual({ name: 'network endpoint group', text: 'the pods' });
  });

  test('without a node port gce gets no further', async () => {
    const { stop, connections } = await answer(closed, 'kubernetes.io/ingress.class: gce');
    expect(stop).toContain('has none for port 80');
    expect(connections).toHaveLength(1);
  });

  test('policy Local leaves the nodes with a ready endpoint, and pods see the balancer', async () => {
    const found = await answer(`externalTrafficPolicy: Local, ${open}`, 'kubernetes.io/ingress.class: gce');
    expect(endsOf(found)).toEqual(['1/2 10.0.1.2:8080 35.191.0.1', '1/2 10.0.1.3:8080 35.191.0.1']);
    expect(found.parts.at(-1)?.text).toBe('node-1');
  });

  test('gce without a certificate has no HTTPS', async () => {
    const text = cloud(open, 'kubernetes.io/ingress.class: gce');
    const { stop } = await follow('https://k8s-web.elb.example/', ['a.yaml'], { 'a.yaml': text });
    expect(stop).toContain('nothing listens at 443');
  });
});

describe('a controller inside the cluster', () => {
  const answer = (...args: Parameters<typeof inside>) =>
    follow('https://web.com/', ['a.yaml'], { 'a.yaml': inside(...args) });

  test('its pod calls the endpoints itself, under its own address', async () => {
    const { connections, clientFoundIn } = await answer('Local');
    expect(connections).toHaveLength(2);
    expect(connections[0]?.ways).toMatchObject([
      { weight: '1/1', end: { server: '10.0.1.10:8443', source: '198.51.100.7' } },
    ]);
    expect(connections[1]?.ways).toMatchObject([
      { weight: '1/2', end: { server: '10.0.1.2:8080', source: '10.0.1.10' } },
      { weight: '1/2', end: { server: '10.0.2.2:8080', source: '10.0.1.10' } },
    ]);
    expect(clientFoundIn).toEqual(['X-Forwarded-For']);
  });

  test('what hides the client on the first connection hides it in the header', async () => {
    const { clientFoundIn, note } = await answer('Cluster');
    expect(clientFoundIn).toEqual([]);
    expect(note).toContain('externalTrafficPolicy: Local');
  });

  test('behind a balancer that proxies only the PROXY protocol tells', async () => {
    expect(await answer('Local', 'Proxy')).toMatchObject({ clientFoundIn: [] });
    const speaks = '{service.beta.kubernetes.io/aws-load-balancer-proxy-protocol: "*"}';
    expect(await answer('Local', 'Proxy', speaks)).toMatchObject({
      clientFoundIn: ['PROXY protocol', 'X-Forwarded-For'],
    });
  });

  test('a path that nothing takes ends at the controller', async () => {
    const text = inside('Local').replace('path: /,', 'path: /only,');
    const { stop } = await follow('https://web.com/other', ['a.yaml'], { 'a.yaml': text });
    expect(stop).toContain('no rule takes web.com/other');
  });
});

describe('trouble', () => {
  test.each([
    [['--url', 'ftp://a'], 'url-syntax'],
    [['--url', 'nothing'], 'url-syntax'],
    [['--url', 'https://unknown.com/'], 'flag-value'],
    [['--url', 'https://testhost.com/', '--rules', 'x'], 'flag-value'],
    [['--url', 'https://testhost.com/', '--packet', 'x'], 'flag-value'],
    [['--packet', 'tcp 10.0.0.1 -> 10.0.0.2:80', '--dead-node', 'node-1'], 'flag-value'],
  ])('%s', async (flags, code) => {
    const { status, out, err } = await kubenat(['trace', ...flags, ...example]);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`error[${code}]`);
  });
});
