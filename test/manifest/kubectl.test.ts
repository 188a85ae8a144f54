import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatEndpoint } from '../../src/address/address.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/kubectl/${name}`, import.meta.url), 'utf8');

const recordings = fixture('index.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { file: string; command: string });

const read = (...names: readonly string[]) =>
  readManifests(names.map((name) => ({ name, text: fixture(name) })));

/** What each command prints, and is read of it: kinds of rows, or the error that says what to give instead. */
const expected: readonly (readonly [RegExp, readonly string[] | RegExp])[] = [
  [/-o name/, /names alone/],
  [/--no-headers/, /without its header/],
  [/describe/, /kubectl describe/],
  [/jsonpath/, /no Kubernetes object/],
  [/custom-columns/, /not read/],
  [/get all/, ['UnreadRow', 'ServiceRow']],
  [/get svc,endpoints( |$)/, ['ServiceRow', 'EndpointsRow']],
  [/get svc,\S+,\S+/, ['ServiceRow', 'UnreadRow', 'NodeRow']],
  [/get (?:endpointslices|slices)/, /which endpoints are ready/],
  [/get pods.*-o wide/, ['PodRow']],
  [/get pods/, /the addresses of pods/],
  [/get nodes/, ['NodeRow']],
  [/get endpoints/, ['EndpointsRow']],
  [/get svc.*no-such/, []],
  [/get (?:svc|services|service)/, ['ServiceRow']],
];

test.each(recordings)('$command', ({ file, command }) => {
  const { objects, problems } = read(file);
  const form = expected.find(([pattern]) => pattern.test(command))?.[1];
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (form instanceof RegExp) {
    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(form)]);
    expect(errors[0]?.expected).toBeTruthy();
  } else {
    expect(errors).toEqual([]);
    const kinds = [...new Set(objects.map(({ kind }) => kind))];
    if (fixture(file).trim() === '') expect(kinds).toEqual([]);
    else expect(kinds).toEqual(form);
  }
});

test(`${recordings.length} recordings are more than fifty`, () => {
  expect(recordings.length).toBeGreaterThan(50);
});

test('every row of a table is read, whatever cells are empty', () => {
  const rows = (name: string) => fixture(name).trim().split('\n').length - 1;
  for (const name of [
    'svc.txt',
    'svc-all.txt',
    'svc-label-columns.txt',
    'endpoints.txt',
    'nodes-labels.txt',
    'pods-wide.txt',
  ])
    expect([name, read(name).objects.length]).toEqual([name, rows(name)]);
});

test('pods say on which nodes the endpoints of a table are', () => {
  const { cluster } = buildCluster(
    read('svc.txt', 'endpoints.txt', 'nodes-wide.txt', 'pods-wide.txt').objects,
  );
  const web = [...(cluster.endpoints.get('default/web')?.values() ?? [])].flat();
  expect(web.map(({ address, port, node }) => [formatEndpoint(address, port), node])).toEqual([
    ['10.244.1.5:8080', 'node-1'],
    ['10.244.2.5:8080', 'node-2'],
    ['10.244.3.5:8080', 'node-3'],
  ]);
});

test('what is not shown of endpoints is not taken to be none', () => {
  const { cluster, problems } = buildCluster(read('all.txt').objects);
  const unknown = cluster.services.filter(({ endpointsUnknown }) => endpointsUnknown).map(({ name }) => name);
  expect(unknown).toContain('web');
  expect(unknown).not.toContain('elsewhere');
  expect(problems.map(({ code }) => code)).toContain('endpoints-unknown');
});

test('the labels of nodes are read, with their zones', () => {
  const { cluster } = buildCluster(read('nodes-labels.txt').objects);
  expect(cluster.nodes.map(({ labels }) => labels['topology.kubernetes.io/zone'])).toEqual([
    'zone-a',
    'zone-b',
    'zone-c',
  ]);
});

test('several outputs with the prompts between', () => {
  const text = [
    'user@host:~$ kubectl get svc',
    fixture('svc.txt'),
    'user@host:~$ k get endpoints -n default',
    fixture('endpoints.txt'),
    'user@host:~$ ',
    'No resources found in default namespace.',
  ].join('\n');
  const { objects, problems } = readManifests([{ name: 'pasted', text }]);
  expect(problems).toEqual([]);
  expect(new Set(objects.map(({ kind }) => kind))).toEqual(new Set(['ServiceRow', 'EndpointsRow']));
});

const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n';
const slice = JSON.stringify({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.244.1.5'] }],
  ports: [{ port: 80 }],
});

/** What somebody copies out of a terminal: several commands, each with its answer, in whatever form. */
const pastes: readonly (readonly [string, string, readonly string[]])[] = [
  ['YAML under its command', `$ kubectl get svc web -o yaml\n${service}`, ['Service']],
  [
    'YAML and JSON',
    `me@host:~$ kubectl get svc web -o yaml\n${service}me@host:~$ kubectl get endpointslices -o json\n${slice}\nme@host:~$ `,
    ['Service', 'EndpointSlice'],
  ],
  [
    'a table, YAML, and a table',
    `$ kubectl get nodes -o wide\n${fixture('nodes-wide.txt')}\n$ kubectl get svc web -o yaml\n${service}$ kubectl get pods -o wide\n${fixture('pods-wide.txt')}`,
    ['NodeRow', 'Service', 'PodRow'],
  ],
  [
    'something that is not read among others',
    `$ kubectl describe pod web-1\n${fixture('nodes-describe.txt')}\n# kubectl get svc web -o yaml\n${service}`,
    ['UnreadRow', 'Service'],
  ],
  [
    'comments of YAML that name commands',
    `# kubectl apply -f this.yaml, and then kubectl get svc\napiVersion: v1\n# kubectl get svc web\nkind: Service\n${service.slice(29)}`,
    ['Service'],
  ],
];

test.each(pastes)('pasted: %s', (_, text, kinds) => {
  const { objects, problems } = readManifests([{ name: 'paste', text }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect([...new Set(objects.map(({ kind }) => kind))]).toEqual(kinds);
});

test('places in a paste are those of the whole text', () => {
  const text = `$ kubectl get svc -o wide\n${fixture('svc-wide.txt')}$ kubectl get svc web -o yaml\n${service.replace('80', '0')}`;
  const [problem] = readManifests([{ name: 'paste', text }]).problems;
  expect(problem?.code).toBe('port-range');
  expect(problem?.span?.start).toBe(text.lastIndexOf('port: 0') + 'port: '.length);
});

test('beside what is read, what is not read leaves endpoints unknown', () => {
  const text = `$ kubectl describe endpointslices\n${fixture('slices-describe.txt')}\n$ kubectl get svc web -o yaml\n${service}`;
  const { objects, problems } = readManifests([{ name: 'paste', text }]);
  expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['note table-syntax']);
  const { cluster } = buildCluster(objects);
  expect(cluster.services.map(({ endpointsUnknown }) => endpointsUnknown)).toEqual([true]);
});

const reads = (text: string) => readManifests([{ name: 'paste', text }]);
const kindsOf = (text: string) => reads(text).objects.map(({ kind }) => kind);
const errorsOf = (text: string) => reads(text).problems.filter(({ severity }) => severity === 'error');

test.each([
  '➜  ~ ',
  '➜  shop git:(main) ✗ ',
  'PS C:\\Users\\me> ',
  'bash-5.1# ',
  'sh-4.4$ ',
  '(venv) me@host:~$ ',
  '/ # ',
  '[me@host ~]$ ',
])('what is typed after the prompt %o', (prompt) => {
  const text = `${prompt}kubectl get svc web -o yaml\n${service}${prompt}clear\n${prompt}\n`;
  expect(errorsOf(text)).toEqual([]);
  expect(kindsOf(text)).toEqual(['Service']);
});

test.each([
  ['a quotation', `${service}---\n${slice}`.replace(/^/gm, '> ')],
  ['a log of CI', `${service}---\n${slice}`.replace(/^/gm, '2026-01-01T00:00:00.1234567Z ')],
  ['an indented block', `${service}---\n${slice}`.replace(/^(?=.)/gm, '    ')],
  ['blocks', `Mine is:\n\`\`\`yaml\n${service}\`\`\`\nand\n\n\`\`\`json\n${slice}\n\`\`\`\n`],
  ['a quotation of blocks', `\`\`\`\n${service}\n\`\`\`\n\`\`\`\n${slice}\n\`\`\`\n`.replace(/^/gm, '> ')],
])('manifests in %s', (_, text) => {
  expect(errorsOf(text)).toEqual([]);
  expect(kindsOf(text)).toEqual(['Service', 'EndpointSlice']);
});

test('what stands around blocks is said not to be read, and may hold endpoints', () => {
  const around = (prose: string) => reads(`${prose}\n\`\`\`yaml\n${service}\`\`\`\n`);
  expect(around('Mine is:').problems.map(({ severity, span }) => [severity, span?.start, span?.end])).toEqual(
    [['note', 0, 8]],
  );
  expect(kindsOf(`Mine is:\n\`\`\`yaml\n${service}\`\`\`\n`)).toEqual(['Service']);
  const { cluster } = buildCluster(around('Pods are 10.244.1.5 and 10.244.1.6').objects);
  expect(cluster.services.map(({ endpointsUnknown }) => endpointsUnknown)).toEqual([true]);
});

const quoted = (text: string) => text.replace(/^/gm, '> ').replace(/^> $/gm, '>');
const fenced = (text: string, mark = '```') => `${mark}\n${text.trimEnd()}\n${mark}\n`;
const indented = (text: string) => text.replace(/^(?=.)/gm, '   ');

test.each([
  [
    'what is quoted among sentences',
    `Joe wrote at 07:33:12:\n${quoted(`${service}---\n${slice}`)}\nSo what?\n`,
  ],
  ['one quotation of two', `> It fails.\n\nHow?\n\n${quoted(`${service}---\n${slice}`)}\nSo what?\n`],
  ['two quotations', `You wrote\n${quoted(service)}\nand\n${quoted(slice)}\nSo what?\n`],
  ['a quoted block', `Hi!\n\n${quoted(fenced(`${service}---\n${slice}`))}\nAny idea?\n`],
  ['a quotation, and a block', `${quoted(service)}\nMine:\n${fenced(slice)}`],
  ['blocks in a list', `1. One:\n\n${indented(fenced(service))}\n2. Two:\n\n${indented(fenced(slice))}`],
  ['blocks between tildes', `${fenced(service, '~~~')}${fenced(slice, '~~~')}`],
  ['stamps in brackets', `${service}---\n${slice}`.replace(/^/gm, '[2026-11-30 07:00:01] ')],
  [
    'a log of BuildKit',
    `#12 [2/3] RUN kubectl get svc,slices -o yaml\n${`${service}---\n${slice}`.replace(/^/gm, '#12 3.20 ')}\n#12 DONE 3.4s\n`,
  ],
  [
    'a log of GitHub',
    `##[group]Run kubectl get svc -o yaml\nkubectl get svc\nshell: /usr/bin/bash -e {0}\n##[endgroup]\n${service}---\n${slice}`.replace(
      /^/gm,
      '2026-11-30T07:00:00.0000000Z ',
    ),
  ],
])('manifests in %s', (_, text) => {
  expect(errorsOf(text)).toEqual([]);
  expect(kindsOf(text)).toEqual(['Service', 'EndpointSlice']);
});

test('a block within a value is part of the manifest', () => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  readme: |\n    \`\`\`\n    kubectl\n    \`\`\`\n---\n${service}`;
  expect(errorsOf(text)).toEqual([]);
  expect(kindsOf(text)).toEqual(['ConfigMap', 'Service']);
});

test.each([
  ['blocks', '```\nkind: Service\n```\nand\n'],
  ['quotations', '> kind: Service\nand\n'],
])('more %s than a thread has are refused: each is read with the lines above it', (_, part) => {
  const name = 'thread.md';
  expect(() => readManifests([{ name, text: part.repeat(5000) }])).toThrow(
    /^error\[file-too-large\]: thread\.md: 5000 blocks and quotations in \d+ lines are too many to be read$/m,
  );
});

test('what is typed after a prompt of > is no quotation', () => {
  const text = `> kubectl get svc web -o yaml\n${service}`;
  expect(kindsOf(text)).toEqual(kindsOf(text.replace('> ', '$ ')));
});

test('what is written below a quotation is not passed over', () => {
  expect(kindsOf(`${quoted(slice)}\n${service}`)).toEqual(['EndpointSlice', 'Service']);
  expect(errorsOf(`Mine is\n${quoted(slice)}\nand\n${service}`)).not.toEqual([]);
});

test('where nothing but comments tells of addresses, that is an error', () => {
  expect(errorsOf('#12 web ClusterIP 10.96.0.10\n#13 more\n')).toHaveLength(1);
  expect(errorsOf('# nothing to install\n')).toEqual([]);
  expect(errorsOf(`# clusterIP was 10.96.0.10\n${service}`)).toEqual([]);
});

test('a table that is watched shows an object as it was last', () => {
  const text = `$ kubectl get svc web -w
NAME   TYPE           CLUSTER-IP    EXTERNAL-IP   PORT(S)        AGE
web    LoadBalancer   10.96.43.12   <pending>     80:30080/TCP   3s
web    LoadBalancer   10.96.43.12   203.0.113.9   80:30080/TCP   41s
^C
`;
  const { objects, problems } = reads(text);
  expect(problems.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'duplicate']]);
  expect(objects).toMatchObject([{ kind: 'ServiceRow', absent: null }]);
});

test.each([
  'Error from server (Forbidden): endpoints is forbidden: User "me" cannot list resource "endpoints"',
  'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?',
  "E0101 10:00:00.000000   12345 memcache.go:265] couldn't get current server API group list",
  'error: the server doesn\'t have a resource type "endpointslices"',
])('where kubectl fails, endpoints are not known: %s', (said) => {
  expect(errorsOf(`$ kubectl get endpoints\n${said}\n`).map(({ code }) => code)).toEqual(['table-syntax']);
  for (const text of [
    `$ kubectl get svc\n${fixture('svc.txt')}$ kubectl get endpoints\n${said}\n`,
    `$ kubectl get svc,ep\n${fixture('svc.txt')}${said}\n`,
  ]) {
    expect(errorsOf(text)).toEqual([]);
    const { services } = buildCluster(reads(text).objects).cluster;
    expect(services.filter(({ unproxied }) => unproxied === null).every((one) => one.endpointsUnknown)).toBe(
      true,
    );
  }
});

test('a table of columns that nobody knows may hold endpoints', () => {
  const text = `$ kubectl get svc\n${fixture('svc.txt')}$ kubectl get endpointslices -o custom-columns=NAME:.metadata.name,IP:.endpoints[*].addresses
NAME    IP
web-1   [10.244.1.5],[10.244.2.5]
`;
  const { services } = buildCluster(reads(text).objects).cluster;
  expect(services.filter(({ unproxied }) => unproxied === null).every((one) => one.endpointsUnknown)).toBe(
    true,
  );
});
