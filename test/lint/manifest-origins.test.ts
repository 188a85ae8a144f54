import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TextFinding, toldAsProblems } from '../../src/lint/finding.ts';
import { findInManifests } from '../../src/session/check/manifests.ts';
import { fixtures } from '../cases.ts';

// Each finding about manifests, in clusters of different origin: such as kube-proxy was recorded with, as an API server was given them, as
// somebody wrote them by hand. As they are they have no such finding, and broken in one way they have it.

type Row = readonly [origin: string, breaks: (text: string) => string, given?: (text: string) => string];

const replaced =
  (pattern: RegExp | string, by: string) =>
  (text: string): string =>
    text.replace(pattern, by);
const all =
  (...steps: readonly ((text: string) => string)[]) =>
  (text: string) =>
    steps.reduce((one, step) => step(one), text);
const beside = (document: string) => (text: string) => `${text}\n---\n${document}`;

const named = (name: string) => `conformance/named/${name}/cluster.yaml`;
/** As an API server was given it. */
const sent = (name: string) => `api/slices/${name}/input.yaml`;
const shop = 'diff/before/shop.yaml';
const gathered = 'collected/manifests.yaml';
const nodePort = named('node-port');
const ready = sent('one-ready');

/** Fields of the (first) Service, whichever way it is written. */
const inSpec = (fields: string) => (text: string) =>
  text.replace(/(kind: Service\n(?:.*\n)*?spec:)(?: \{|\n( +))/, (_, head, indent) =>
    indent === undefined
      ? `${head} {${fields}, `
      : `${head}\n${fields
          .split('; ')
          .map((field) => `${indent}${field}\n`)
          .join('')}${indent}`,
  );
const pod = (name: string, labels: string, ports: string, namespace = 'default') =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: ${namespace}, labels: { ${labels} } }\nspec: { nodeName: worker-1, containers: [{ name: a, ports: [${ports}] }] }\nstatus: { phase: Running, podIPs: [{ ip: 10.244.1.77 }] }\n`;
const service = (name: string, spec: string, namespace = 'default') =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { ${spec} }\n`;
const balancers = (namespace = 'default') =>
  ['a', 'b', 'c']
    .map((name) =>
      service(name, 'type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }]', namespace),
    )
    .join('---\n');

const to = (name: string, port = 80) => `{ service: { name: ${name}, port: { number: ${port} } } }`;
const ingress = (backend: string, more = '', kind = 'nginx', namespace = 'default') =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: entry, namespace: ${namespace} }\nspec:\n  ingressClassName: ${kind}\n  defaultBackend: ${backend}\n${more}`;
const path = (name: string, at: string, port = 80) =>
  `  - { host: a.example, http: { paths: [{ path: ${at}, pathType: Prefix, backend: ${to(name, port)} }] } }\n`;

/** An Ingress that is as it should be, and what is wrong with another one. */
const entries = (wrong: (one: { name: string; namespace: string }) => string): readonly Row[] =>
  (
    [
      [nodePort, 'web', 'default'],
      [ready, 'web', 'default'],
      [shop, 'front', 'shop'],
      [gathered, 'web', 'default'],
    ] as const
  ).map(([origin, name, namespace]) => {
    const sound = ingress(to(name), '', 'nginx', namespace);
    return [origin, replaced(sound, wrong({ name, namespace })), beside(sound)];
  });

type Code = TextFinding['code'] extends infer One
  ? Exclude<One, 'commit-missing' | 'nft-refused' | 'silence-unused'>
  : never;

const inputs: Readonly<Record<Code, readonly Row[]>> = {
  'selector-matches-nothing': [
    [ready, replaced('labels: {app: web}', 'labels: {app: wbe}')],
    [sent('dual-ipv6-service'), replaced('selector: {app: web}', 'selector: {app: web, tier: front}')],
    [
      nodePort,
      replaced(/app: web\n {2}ports/, 'app: wbe\n  ports'),
      all(
        replaced(/---\napiVersion: discovery(?:.*\n?)*/, ''),
        beside(pod('web-1', 'app: web', '{ containerPort: 8080 }')),
      ),
    ],
  ],
  'no-endpoints': [
    [
      nodePort,
      all((text) =>
        text.replaceAll('ready: true', 'ready: false').replaceAll('serving: true', 'serving: false'),
      ),
    ],
    [
      ready,
      (text) =>
        text
          .replaceAll("status: 'True'}\n  podIP", "status: 'False'}\n  podIP")
          .replace("{type: Ready, status: 'True'}", "{type: Ready, status: 'False'}"),
    ],
    [shop, replaced('kubernetes.io/service-name: web', 'kubernetes.io/service-name: wbe')],
  ],
  'target-port-unknown': [
    [ready, replaced('targetPort: 8080', 'targetPort: http')],
    [sent('dual-ipv6-service'), replaced('targetPort: 8080', 'targetPort: http')],
    [
      gathered,
      replaced('targetPort: 8080', 'targetPort: htpp'),
      all(
        replaced(/---\napiVersion: discovery(?:.*\n?)*/, ''),
        beside(pod('web-1', 'app: web', '{ name: http, containerPort: 8080 }')),
      ),
    ],
  ],
  'port-undeclared': [
    [
      ready,
      replaced("image: 'example.com/web:1'", "image: 'example.com/web:1', ports: [{containerPort: 80}]"),
    ],
    [nodePort, beside(pod('web-1', 'app: web', '{ containerPort: 80 }'))],
    [gathered, beside(pod('web-1', 'app: web', '{ containerPort: 9090 }'))],
  ],
  'local-without-endpoint': [
    [named('node-port-local'), replaced('nodeName: worker-3', 'nodeName: worker-1')],
    [
      shop,
      all(
        inSpec('internalTrafficPolicy: Local'),
        beside('apiVersion: v1\nkind: Node\nmetadata: { name: worker-9 }\n'),
      ),
    ],
    [
      gathered,
      all(
        inSpec('externalTrafficPolicy: Local'),
        replaced(/,\{addresses: \[10\.244\.2\.7\], nodeName: n2\}/, ''),
      ),
    ],
    [named('internal-policy-local'), replaced('nodeName: worker-3', 'nodeName: worker-1')],
  ],
  'local-relies-on-health-check': [
    [named('load-balancer-local'), replaced('nodeName: worker-3', 'nodeName: worker-1')],
    [
      gathered,
      all(
        replaced('type: NodePort', 'type: LoadBalancer, externalTrafficPolicy: Local'),
        replaced(/,\{addresses: \[10\.244\.2\.7\], nodeName: n2\}/, ''),
      ),
    ],
    [
      sent('dual-ipv6-service'),
      replaced(
        'selector: {app: web}\n  ipF',
        'type: LoadBalancer\n  externalTrafficPolicy: Local\n  selector: {app: web}\n  ipF',
      ),
    ],
  ],
  'node-ports-open': [
    [named('cluster-ip'), replaced('type: ClusterIP', 'type: NodePort')],
    [ready, inSpec('type: NodePort')],
    [sent('dual-ipv6-service'), inSpec('type: LoadBalancer')],
  ],
  'ranges-nobody': [
    [
      named('load-balancer-source-ranges'),
      replaced('- 203.0.113.0/24\n  - 198.51.100.7/32', '- 127.0.0.0/8'),
    ],
    [shop, replaced('- 198.51.100.0/24', '- 224.0.0.0/4')],
    [gathered, replaced('type: NodePort', 'type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/8]')],
  ],
  'ranges-everybody': [
    [named('load-balancer-source-ranges'), replaced('198.51.100.7/32', '0.0.0.0/0')],
    [shop, replaced('198.51.100.0/24', '0.0.0.0/0')],
    [
      gathered,
      replaced('type: NodePort', "type: LoadBalancer, loadBalancerSourceRanges: ['0.0.0.0/0', 10.0.0.0/8]"),
    ],
  ],
  'ranges-one-family': [
    [
      named('dual-stack-v4'),
      all(
        replaced(
          /type: (?:ClusterIP|NodePort)/,
          'type: LoadBalancer\n  loadBalancerSourceRanges: [198.51.100.0/24]',
        ),
      ),
    ],
    [sent('dual-ipv6-service'), inSpec('type: LoadBalancer; loadBalancerSourceRanges: [198.51.100.0/24]')],
    [
      named('dual-stack-v6'),
      all(
        replaced(
          /type: (?:ClusterIP|NodePort)/,
          "type: LoadBalancer\n  loadBalancerSourceRanges: ['2001:db8::/32']",
        ),
      ),
    ],
  ],
  'external-ips': [nodePort, ready, shop, gathered].map(
    (origin): Row => [origin, inSpec('externalIPs: [198.51.100.9]')],
  ),
  'families-differ': [
    [named('load-balancer'), replaced(/ingress:\n {4}- ip: .*/, "ingress:\n    - ip: '2001:db8::9'")],
    [shop, replaced('ip: 203.0.113.30', "ip: '2001:db8::30'")],
    [
      gathered,
      replaced(
        'targetPort: 8080}]}',
        "targetPort: 8080}]}\nstatus: {loadBalancer: {ingress: [{ip: '2001:db8::9'}]}}",
      ),
      replaced('type: NodePort', 'type: LoadBalancer'),
    ],
  ],
  'front-shared': [
    [
      nodePort,
      all(
        inSpec('externalIPs: [198.51.100.9]'),
        beside(service('shop', 'externalIPs: [198.51.100.9], selector: { app: web }, ports: [{ port: 80 }]')),
      ),
    ],
    [shop, beside(service('other', 'externalIPs: [203.0.113.30], ports: [{ port: 443 }]', 'shop'))],
    [
      gathered,
      all(
        inSpec('externalIPs: [198.51.100.9]'),
        beside(service('shop', 'externalIPs: [198.51.100.9], ports: [{ port: 80 }]')),
      ),
    ],
  ],
  'affinity-behind-proxy': [
    [named('session-affinity'), beside(ingress(to('web')))],
    [ready, inSpec('sessionAffinity: ClientIP'), beside(ingress(to('web')))],
    [shop, inSpec('sessionAffinity: ClientIP'), beside(ingress(to('web'), '', 'nginx', 'shop'))],
    [named('load-balancer-ip-mode-proxy'), replaced('sessionAffinity: None', 'sessionAffinity: ClientIP')],
  ],
  'balancers-many': [
    [nodePort, beside(balancers())],
    [ready, beside(balancers())],
    [shop, beside(balancers('shop'))],
  ],
  'move-changes': [
    [
      named('no-services'),
      beside(service('web', 'clusterIP: 10.96.0.10, type: NodePort, ports: [{ port: 80, nodePort: 30080 }]')),
    ],
    [sent('endpoints-alone'), beside(service('other', 'clusterIP: 10.96.0.11, ports: [{ port: 80 }]'))],
    [
      gathered,
      beside(service('web', 'type: NodePort, ports: [{ port: 80 }]')),
      (text) => text.slice(0, text.indexOf('---\napiVersion: v1\nkind: Service')),
    ],
  ],
  'field-unknown': [
    [nodePort, replaced('externalTrafficPolicy', 'externalTraficPolicy')],
    [ready, replaced('targetPort', 'tragetPort')],
    [shop, replaced('loadBalancerSourceRanges', 'loadBalancerSourceRange')],
    [gathered, replaced('podCIDR', 'podCidr')],
  ],
  'kind-unknown': [
    [nodePort, replaced('kind: EndpointSlice', 'kind: EndpointSlce')],
    [ready, replaced('kind: Pod', 'kind: Pdo')],
    [shop, replaced('kind: Service', 'kind: Servcie')],
  ],
  'not-watched': [
    [
      nodePort,
      replaced('name: web\n', 'name: web\n  labels: { service.kubernetes.io/service-proxy-name: other }\n'),
    ],
    [
      ready,
      replaced(
        'metadata: {name: web}',
        'metadata: {name: web, labels: {service.kubernetes.io/service-proxy-name: other}}',
      ),
    ],
    [
      gathered,
      replaced(
        'metadata: {name: web}',
        'metadata: {name: web, labels: {service.kubernetes.io/service-proxy-name: other}}',
      ),
    ],
  ],
  'ingress-backend': entries(({ name, namespace }) => ingress(to(`${name}-2`), '', 'nginx', namespace)),
  'ingress-balancer': [
    [ready, inSpec('type: LoadBalancer'), beside(ingress(to('web')))],
    [gathered, replaced('type: NodePort', 'type: LoadBalancer'), beside(ingress(to('web')))],
    [shop, replaced(to('front'), to('entry', 443)), beside(ingress(to('front'), '', 'nginx', 'shop'))],
  ],
  'ingress-duplicate': entries(({ name, namespace }) =>
    ingress(to(name), `  rules:\n${path(name, '/')}${path(name, '/')}`, 'nginx', namespace),
  ),
  'ingress-node-port': [
    [ready, replaced('ingressClassName: nginx', 'ingressClassName: alb'), beside(ingress(to('web')))],
    [
      named('cluster-ip'),
      replaced('ingressClassName: nginx', 'ingressClassName: alb'),
      beside(ingress(to('web'))),
    ],
    [
      shop,
      replaced('ingressClassName: nginx', 'ingressClassName: alb'),
      beside(ingress(to('web'), '', 'nginx', 'shop')),
    ],
  ],
  'ingress-resource': entries(({ namespace }) =>
    ingress('{ resource: { apiGroup: a.example, kind: Bucket, name: files } }', '', 'nginx', namespace),
  ),
  'ingress-secret': entries(({ name, namespace }) =>
    ingress(
      to(name),
      `  tls: [{ hosts: [b.example], secretName: b }]\n  rules:\n${path(name, '/')}`,
      'nginx',
      namespace,
    ),
  ),
};

/** In nftables mode there is nowhere to move to, and nothing is compared for it. */
const config = {
  name: 'config.yaml',
  text: 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n',
};
const codesOf = (text: string, code: string): ReadonlySet<string> => {
  const { findings } = findInManifests([{ name: 'all.yaml', text }], {
    config: code === 'move-changes' ? null : config,
  });
  return new Set(findings.map((one) => one.code));
};
const asIs = (text: string) => text;

describe('each finding about manifests has clusters of at least three origins', () => {
  test('that it has', () => {
    for (const [code, rows] of Object.entries(inputs))
      expect(new Set(rows.map(([origin]) => origin)).size, code).toBeGreaterThanOrEqual(3);
    expect(Object.keys(inputs)).toEqual(
      expect.arrayContaining(
        toldAsProblems.filter((code) => code !== 'commit-missing' && code !== 'nft-refused'),
      ),
    );
  });

  const rows = Object.entries(inputs).flatMap(([code, own]) =>
    own.map(([origin, breaks, given = asIs]) => [code, origin, breaks, given] as const),
  );
  test.each(rows)('%s: %s', (code, origin, breaks, given) => {
    const sound = given(readFileSync(join(fixtures, origin), 'utf8'));
    const broken = breaks(sound);
    expect(broken).not.toBe(sound);
    expect(codesOf(sound, code)).not.toContain(code);
    expect(codesOf(broken, code)).toContain(code);
  });
});
