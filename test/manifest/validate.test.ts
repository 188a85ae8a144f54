import { expect, test } from 'vitest';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { sayExpected } from '../../src/text/detail.ts';
import { printProblem } from '../../src/text/problem.ts';
import { pointedAt, problemsIn, problemsOf, summary } from './texts.ts';

const service = (lines: string, name = 'web'): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n${lines.replace(/^/gm, '  ')}\n`;
const slice = (lines: string): string =>
  `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1}\n${lines}\n`;

const port = 'ports: [{port: 80}]';

/** What the API server refuses (ValidateService and ValidateEndpointSlice of release 1.30), and where. */
const refused: readonly (readonly [
  what: string,
  text: string,
  problems: readonly (readonly [string, string])[],
])[] = [
  [
    'a port above 65535',
    service('ports: [{port: 70000}]'),
    [
      ['5:18 port-range', '70000'],
      ['5:18 port-range', '70000'],
    ],
  ],
  [
    'an external address of the loopback',
    service('externalIPs: [127.0.0.9]\nports: [{port: 80}]'),
    [['5:17 field-value', '127.0.0.9']],
  ],
  [
    'an external address of the link',
    service('externalIPs: ["fe80::1"]\nports: [{port: 80}]'),
    [['5:17 field-value', '"fe80::1"']],
  ],
  [
    'an endpoint at a link-local address',
    slice('addressType: IPv4\nendpoints: [{addresses: [169.254.1.1]}]'),
    [['5:26 field-value', '169.254.1.1']],
  ],
  [
    'a port of 0',
    service('ports: [{port: 0}]'),
    [
      ['5:18 port-range', '0'],
      ['5:18 port-range', '0'],
    ],
  ],
  ['a port that is a string', service('ports: [{port: "80"}]'), [['5:18 field-type', '"80"']]],
  ['a port that is no integer', service('ports: [{port: 80.5}]'), [['5:18 field-type', '80.5']]],
  [
    'a port without a number',
    service('ports: [{name: a}]'),
    [
      ['5:11 field-missing', '{name: a}'],
      ['5:11 port-range', '{name: a}'],
    ],
  ],
  ['a service without ports', service('type: NodePort'), [['5:3 field-missing', 'type: NodePort\n']]],
  ['an empty list of ports', service('ports: []'), [['5:10 field-missing', '[]']]],
  ['a target port of -1', service('ports: [{port: 80, targetPort: -1}]'), [['5:34 port-range', '-1']]],
  [
    'a target port that is no name',
    service('ports: [{port: 80, targetPort: no_name}]'),
    [['5:34 name-syntax', 'no_name']],
  ],
  ['a protocol in lower case', service('ports: [{port: 80, protocol: tcp}]'), [['5:32 field-value', 'tcp']]],
  [
    'a name of a port in upper case',
    service('ports: [{port: 80, name: HTTP}]'),
    [['5:28 name-syntax', 'HTTP']],
  ],
  [
    'two ports, one without a name',
    service('ports: [{port: 80, name: a}, {port: 81}]'),
    [['5:32 field-missing', '{port: 81}']],
  ],
  [
    'two ports of one name',
    service('ports: [{port: 80, name: a}, {port: 81, name: a}]'),
    [['5:49 duplicate', 'a']],
  ],
  [
    'one port twice',
    service('ports: [{port: 80, name: a}, {port: 80, name: b}]'),
    [['5:39 duplicate', '80']],
  ],
  [
    'one node port twice',
    service(
      'type: NodePort\nports: [{port: 80, name: a, nodePort: 30100}, {port: 81, name: b, nodePort: 30100}]',
    ),
    [['6:79 duplicate', '30100']],
  ],
  [
    'a node port for ClusterIP',
    service('ports: [{port: 80, nodePort: 30100}]'),
    [['5:32 field-conflict', '30100']],
  ],
  ['a type that is none', service(`type: Cluster\n${port}`), [['5:9 field-value', 'Cluster']]],
  [
    'a cluster address that is none',
    service(`clusterIP: 10.96.0.300\n${port}`),
    [['5:14 address-syntax', '10.96.0.300']],
  ],
  [
    'headless NodePort',
    service(`type: NodePort\nclusterIP: None\n${port}`),
    [['6:14 field-conflict', 'None']],
  ],
  [
    'a cluster address of the wrong family',
    service(`clusterIP: fd00::1\nipFamilies: [IPv4]\n${port}`),
    [['5:14 address-family', 'fd00::1']],
  ],
  [
    'two cluster addresses of one family',
    service(
      `ipFamilyPolicy: PreferDualStack\nclusterIP: 10.96.0.1\nclusterIPs: [10.96.0.1, 10.96.0.2]\n${port}`,
    ),
    [['7:27 address-family', '10.96.0.2']],
  ],
  [
    'two cluster addresses for a single stack',
    service(`clusterIP: 10.96.0.1\nclusterIPs: [10.96.0.1, "fd00::1"]\n${port}`),
    [
      [
        '5:3 field-conflict',
        'clusterIP: 10.96.0.1\n  clusterIPs: [10.96.0.1, "fd00::1"]\n  ports: [{port: 80}]\n',
      ],
    ],
  ],
  [
    'clusterIP and clusterIPs that differ',
    service(`clusterIP: 10.96.0.1\nclusterIPs: [10.96.0.2]\n${port}`),
    [['6:16 field-conflict', '10.96.0.2']],
  ],
  [
    'an external address that is none',
    service(`externalIPs: [203.0.113]\n${port}`),
    [['5:17 address-syntax', '203.0.113']],
  ],
  [
    'source ranges that are no prefixes',
    service(`type: LoadBalancer\nloadBalancerSourceRanges: [10.0.0.0, 10.0.0.0/33]\n${port}`),
    [
      ['6:30 address-syntax', '10.0.0.0'],
      ['6:40 address-syntax', '10.0.0.0/33'],
    ],
  ],
  [
    'source ranges for NodePort',
    service(`type: NodePort\nloadBalancerSourceRanges: [10.0.0.0/8]\n${port}`),
    [['6:29 field-conflict', '[10.0.0.0/8]']],
  ],
  [
    'an external policy for ClusterIP',
    service(`externalTrafficPolicy: Local\n${port}`),
    [['5:26 field-conflict', 'Local']],
  ],
  [
    'a health check port without policy Local',
    service(`type: LoadBalancer\nhealthCheckNodePort: 30100\n${port}`),
    [['6:24 field-conflict', '30100']],
  ],
  [
    'an affinity of more than a day',
    service(`sessionAffinity: ClientIP\nsessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}\n${port}`),
    [['6:54 field-value', '86401']],
  ],
  [
    'ExternalName without a name',
    service('type: ExternalName'),
    [['5:3 field-missing', 'type: ExternalName\n']],
  ],
  [
    'ExternalName with a cluster address',
    service('type: ExternalName\nexternalName: a.b\nclusterIP: 10.96.0.1'),
    [['7:14 field-conflict', '10.96.0.1']],
  ],
  [
    'an external name that is no DNS name',
    service('type: ExternalName\nexternalName: a_b'),
    [['6:17 name-syntax', 'a_b']],
  ],
  [
    'ExternalName with families',
    service('type: ExternalName\nexternalName: a.b\nipFamilies: [IPv4]\nipFamilyPolicy: SingleStack'),
    [
      ['7:15 field-conflict', '[IPv4]'],
      ['8:19 field-conflict', 'SingleStack'],
    ],
  ],
  [
    'an address beside None',
    service(`clusterIP: None\nclusterIPs: [None, 10.96.0.1]\nipFamilyPolicy: PreferDualStack\n${port}`),
    [['6:16 field-value', 'None']],
  ],
  [
    'three families',
    service(`clusterIP: None\nipFamilies: [IPv4, IPv6, IPv4]\n${port}`),
    [['6:28 duplicate', 'IPv4']],
  ],
  [
    'a key of a selector that is no name',
    service(`selector: {"a b": c}\n${port}`),
    [['5:21 name-syntax', 'c']],
  ],
  [
    'a value of a selector that is none of a label',
    service(`selector: {a: -c}\n${port}`),
    [['5:17 name-syntax', '-c']],
  ],
  [
    'a label that is too long',
    `apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {a: ${'a'.repeat(64)}}}\nspec: {ports: [{port: 80}]}\n`,
    [['3:35 name-syntax', 'a'.repeat(64)]],
  ],
  [
    'annotations of topology that contradict each other',
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    service.kubernetes.io/topology-aware-hints: Auto\n    service.kubernetes.io/topology-mode: Disabled\nspec: {ports: [{port: 80}]}\n',
    [['7:42 field-conflict', 'Disabled']],
  ],
  [
    'a class of load balancers that is no name',
    service(`type: LoadBalancer\nloadBalancerClass: a/b/c\n${port}`),
    [['6:22 name-syntax', 'a/b/c']],
  ],
  [
    'a protocol of applications that is no name',
    service('ports: [{port: 80, appProtocol: "h t"}]'),
    [['5:35 name-syntax', '"h t"']],
  ],
  [
    'source ranges in an annotation, of another type and no prefixes',
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: "10.0.0.0"}\nspec: {ports: [{port: 80}]}\n',
    [
      ['5:73 field-conflict', '"10.0.0.0"'],
      ['5:73 address-syntax', '"10.0.0.0"'],
    ],
  ],
  [
    'two ports of a slice with one name',
    slice('addressType: IPv4\nports: [{port: 80, name: a}, {port: 81, name: a}]'),
    [['5:47 duplicate', 'a']],
  ],
  [
    'a subset of endpoints without addresses, with special ones, with ports without names',
    'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\nsubsets:\n- ports: [{port: 80}]\n- addresses: [{ip: 127.0.0.1}]\n  notReadyAddresses: [{ip: 169.254.0.1}]\n  ports: [{port: 80}, {port: 81, name: a}]\n',
    [
      ['5:3 field-missing', 'ports: [{port: 80}]\n'],
      ['6:20 field-value', '127.0.0.1'],
      ['7:28 field-value', '169.254.0.1'],
      ['8:11 field-missing', '{port: 80}'],
    ],
  ],
  ['a selector that is a number', service(`selector: {tier: 5}\n${port}`), [['5:20 field-type', '5']]],
  [
    'a slice without a type',
    slice('endpoints: []'),
    [
      [
        '1:1 field-missing',
        'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1}\nendpoints: []\n',
      ],
    ],
  ],
  [
    'a slice with addresses of the other family, and with none',
    slice('addressType: IPv4\nendpoints:\n- addresses: ["fd00::1"]\n- addresses: []\n- addresses: [nowhere]'),
    [
      ['6:15 address-family', '"fd00::1"'],
      ['7:14 field-missing', '[]'],
      ['8:15 address-syntax', 'nowhere'],
    ],
  ],
  [
    'names of a node, a host and a protocol that are none',
    slice(
      'addressType: IPv4\nports: [{port: 80, appProtocol: "a b"}]\nendpoints:\n- {addresses: [10.0.0.1], nodeName: node_1}\n- {addresses: [10.0.0.2], nodeName: "", hostname: a.b}',
    ),
    [
      ['5:33 name-syntax', '"a b"'],
      ['7:37 name-syntax', 'node_1'],
      ['8:37 name-syntax', '""'],
      ['8:51 name-syntax', 'a.b'],
    ],
  ],
  [
    'hints that are there twice, and no names; of zones any value of a label is one',
    slice(
      'addressType: IPv4\nendpoints:\n- addresses: [10.0.0.1]\n  hints:\n    forZones: [{name: a}, {name: a}, {name: -b}, {name: ""}]\n    forNodes: [{name: c}, {name: c}, {name: ""}]',
    ),
    [
      ['8:34 duplicate', 'a'],
      ['8:45 name-syntax', '-b'],
      ['9:34 duplicate', 'c'],
      ['9:45 name-syntax', '""'],
    ],
  ],
  [
    'more than eight hints, and more than a hundred addresses',
    slice(
      `addressType: IPv4\nendpoints:\n- addresses: [${Array.from({ length: 101 }, (_, at) => `10.0.0.${at}`).join(', ')}]\n- addresses: [10.0.0.1]\n  hints:\n    forZones: [${'abcdefghi'.replace(/./g, '{name: $&},')}]`,
    ),
    [
      ['6:14 field-value', `[${Array.from({ length: 101 }, (_, at) => `10.0.0.${at}`).join(', ')}]`],
      ['9:15 field-value', `[${'abcdefghi'.replace(/./g, '{name: $&},')}]`],
    ],
  ],
  [
    'a port of a slice above 65535',
    slice('addressType: IPv4\nports: [{port: 65536}]'),
    [['5:16 port-range', '65536']],
  ],
  [
    'a pod prefix of a node that is none',
    'apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec: {podCIDR: 10.244.0.0}\n',
    [['4:17 address-syntax', '10.244.0.0']],
  ],
  [
    'an object without a name',
    'apiVersion: v1\nkind: Service\nmetadata: {namespace: a}\nspec: {ports: [{port: 80}]}\n',
    [['3:11 field-missing', '{namespace: a}']],
  ],
];

test.each(refused)('%s is refused', (_, text, expected) => {
  const problems = problemsOf(text);
  expect(problems.map((problem) => [summary(problem), pointedAt(problem)])).toEqual(expected);
  for (const problem of problems) {
    expect(problem.severity).toBe('error');
    expect(problem.expected).toBeTruthy();
  }
});

/** What looks odd and is allowed by the API server. */
const accepted: readonly (readonly [string, string])[] = [
  ['headless without ports', service('clusterIP: None')],
  ['TCP and UDP on one port', service('ports: [{port: 53, name: a}, {port: 53, name: b, protocol: UDP}]')],
  [
    'an external policy with external addresses',
    service(`externalIPs: [203.0.113.1]\nexternalTrafficPolicy: Local\n${port}`),
  ],
  [
    'a source range with blanks',
    service(`type: LoadBalancer\nloadBalancerSourceRanges: [" 10.0.0.0/8 "]\n${port}`),
  ],
  ['null for what is not there', service(`clusterIP: null\nexternalIPs: null\nselector: null\n${port}`)],
  [
    'seconds of an affinity that there is not',
    service(`sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}\n${port}`),
  ],
  [
    'two families of a headless service whose endpoints somebody else makes',
    service('clusterIP: None\nipFamilies: [IPv4, IPv6]'),
  ],
  ['a slice of host names', slice('addressType: FQDN\nendpoints: [{addresses: [a.example]}]')],
  ['an external name with a final dot', service('type: ExternalName\nexternalName: db.example.com.')],
];

test.each(accepted)('%s is accepted', (_, text) => {
  expect(problemsOf(text)).toEqual([]);
});

test('clusterIPs without clusterIP are refused', () => {
  const problems = problemsOf(service(`clusterIPs: [10.96.0.1]\n${port}`));
  expect(problems.map((problem) => [problem.severity, summary(problem)])).toEqual([
    ['error', '5:16 field-conflict'],
  ]);
});

test('the ports of an ExternalName service are accepted with a warning', () => {
  const [warning, ...others] = problemsOf(service(`type: ExternalName\nexternalName: a.b\n${port}`));
  expect(others).toEqual([]);
  expect(warning).toMatchObject({ code: 'field-conflict', severity: 'warning' });
});

test('a field that is nearly one of a Service is asked about, and stays a warning', () => {
  const problems = problemsOf(service('selecto: {a: b}\nports: [{port: 80, targetport: 8080}]'));
  expect(
    problems.map((problem) => [
      summary(problem),
      problem.expected && sayExpected(problem.expected),
      problem.severity,
    ]),
  ).toEqual([
    ['5:12 field-unknown', 'selector?', 'warning'],
    ['6:34 field-unknown', 'targetPort?', 'warning'],
  ]);
});

/** Verdicts that changed, as validateService and the feature gates of the two releases have them. */
test.each([
  ['1.30', "kubelet's port", service('type: LoadBalancer\nports: [{port: 10250}]'), '6:18 field-value error'],
  ['1.36', "kubelet's port", service('type: LoadBalancer\nports: [{port: 10250}]'), undefined],
  ['1.30', 'a name that begins with a digit', service(port, '1web'), '3:18 name-syntax error'],
  ['1.36', 'a name that begins with a digit', service(port, '1web'), undefined],
  ['1.30', 'an octet with a zero', service(`clusterIP: 10.96.0.010\n${port}`), '5:14 address-syntax warning'],
  ['1.36', 'an octet with a zero', service(`clusterIP: 10.96.0.010\n${port}`), '5:14 address-syntax error'],
  [
    '1.30',
    'a distribution',
    service(`trafficDistribution: PreferClose\n${port}`),
    '5:24 field-unknown warning',
  ],
  [
    '1.31',
    'a distribution',
    service(`trafficDistribution: PreferSameNode\n${port}`),
    '5:24 field-value error',
  ],
  ['1.34', 'a distribution', service(`trafficDistribution: PreferSameNode\n${port}`), undefined],
])('%s of %s', (version, _, text, expected) => {
  const [first] = problemsIn(version, text);
  expect(first && `${summary(first)} ${first.severity}`).toBe(expected);
});

test('a template of Helm is named where it could not be read', () => {
  const problems = problemsOf(service('ports: [{port: {{ .Values.port }}}]'));
  expect(problems.map(({ code, severity }) => [code, severity])).toContainEqual(['helm-template', 'note']);
  // Prometheus and others put such text into annotations, where it is only text.
  const fine = service(port).replace(
    'metadata: {name: web}',
    'metadata: {name: web, annotations: {a: "{{ .x }}"}}',
  );
  expect(problemsOf(fine)).toEqual([]);
});

test('all problems of a file are reported, in the order of their places', () => {
  const text = [
    service('ports: [{port: 0}]'),
    service('clusterIP: a\nports: []'),
    'just text\n',
    'a: b',
  ].join('---\n');
  expect(problemsOf(text).map(summary)).toEqual([
    '5:18 port-range',
    '5:18 port-range',
    '11:14 address-syntax',
    '12:10 field-missing',
    '14:1 not-kubernetes',
    '16:1 not-kubernetes',
  ]);
});

test('what was expected is spelled out, without what is empty', () => {
  const expected = problemsOf(service(`type: Cluster\n${port}`)).map(
    (problem) => problem.expected && sayExpected(problem.expected),
  );
  expect(expected).toEqual(['ClusterIP, NodePort, LoadBalancer, ExternalName']);
});

test('a problem is printed with its place, an excerpt and what was expected', () => {
  const [problem] = problemsOf(service('ports: [{port: 70000}]'));
  expect(problem && printProblem(problem)).toBe(
    [
      'a.yaml:5:18: error[port-range]: spec.ports[0].port: port 70000 is out of range',
      '  5 |   ports: [{port: 70000}]',
      '    |                  ^^^^^',
      '  expected: a number from 1 to 65535',
    ].join('\n'),
  );
});

test('what comes again as it was is told again where it does not fit, and passed over where it does', () => {
  const item = (name: string, protocol: string) =>
    `- apiVersion: v1\n  kind: Service\n  metadata:\n    name: ${name}\n  spec:\n    ports:\n    - port: 80\n      protocol: ${protocol}\n`;
  const items = [item('a', 'TCP'), item('b', 'TCP'), item('c', 'ICMP'), item('d', 'ICMP'), item('e', 'TCP')];
  const text = `apiVersion: v1\nkind: List\nitems:\n${items.join('')}`;
  const { problems } = readManifests([{ name: 'svc.yaml', text }]);
  const lines = problems.map(({ span }) => span && text.slice(0, span.start).split('\n').length);
  const wrong = text.split('\n').flatMap((line, at) => (line.includes('ICMP') ? [at + 1] : []));
  expect(lines).toEqual(wrong);
});

test('null in a list or a map is what is empty there, also where it stands again', () => {
  const pod = (name: string) =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, labels: {app: null}}, spec: {containers: [null]}}\n`;
  const slices = slice(
    'addressType: IPv4\nendpoints: [{addresses: [10.0.0.1], hints: {forZones: [null]}}]\nports: [null]',
  );
  const { objects, problems } = readManifests([
    { name: 'a.yaml', text: [pod('a'), pod('b'), slices].join('---\n') },
  ]);
  const values = objects.map((object) => ('value' in object ? object.value : undefined));
  const read = { metadata: { labels: { app: '' } }, spec: { containers: [{}] } };
  expect(values).toMatchObject([read, read, { endpoints: [{ hints: { forZones: [{}] } }], ports: [{}] }]);
  expect(problems.map((problem) => `${summary(problem)} ${problem.severity}`)).toEqual([
    '1:91 field-value warning',
    '3:91 field-value warning',
    '9:56 field-value warning',
    '10:9 field-value warning',
  ]);
});
