import { expect, test } from 'vitest';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { sayExpected } from '../../src/text/detail.ts';
import { objectsOf, pointedAt, problemsOf, serviceOf, summary } from './texts.ts';

const names = (...texts: string[]) =>
  objectsOf(...texts).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);

const ports = { ports: [{ port: 80 }] };
const yaml = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n';

test('documents, Lists, Lists in Lists and typed lists are read', () => {
  const item = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'b', namespace: 'x' }, spec: ports };
  const list = (items: object[]) => ({ apiVersion: 'v1', kind: 'List', items });
  const typedList = {
    apiVersion: 'v1',
    kind: 'ServiceList',
    items: [{ metadata: { name: 'c' }, spec: ports }],
  };
  expect(names(`${yaml}---\n# nothing here\n---\n${JSON.stringify(list([list([item])]))}`)).toEqual([
    'Service default/a',
    'Service x/b',
  ]);
  expect(names(JSON.stringify(typedList))).toEqual(['Service default/c']);
});

test('JSON values after each other are read, with a byte order mark, and YAML in flow style', () => {
  expect(names(`\uFEFF${serviceOf(ports)}\n${serviceOf(ports, { name: 'b' })}`)).toHaveLength(2);
  expect(
    names('{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}'),
  ).toHaveLength(1);
});

test('what live clusters and templates add is passed over', () => {
  const metadata = {
    name: 'a',
    uid: 'x',
    managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:spec': {} } }],
    ownerReferences: [],
  };
  expect(names(serviceOf({ ...ports, futureField: { nested: [null] } }, metadata))).toEqual([
    'Service default/a',
  ]);
  expect(names(`---\n# Source: chart/templates/service.yaml\n${yaml}---\n---\n`)).toEqual([
    'Service default/a',
  ]);
});

test('merge keys and aliases are followed', () => {
  const text = `x: &port {port: 80}\n---\n${yaml}`;
  const [first] = problemsOf(text);
  expect(first?.code).toBe('not-kubernetes');
  const aliased =
    'apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: &l {app: a}}\nspec: {selector: {<<: *l}, ports: [{port: 80}]}';
  expect(objectsOf(aliased)[0]).toMatchObject({ value: { spec: { selector: { app: 'a' } } } });
});

test('kinds of other groups are counted and named, an Ingress is named as not compiled', () => {
  const object = (apiVersion: string, kind: string) =>
    JSON.stringify({ apiVersion, kind, metadata: { name: 'a' } });
  const problems = problemsOf(
    [object('serving.knative.dev/v1', 'Service'), object('v1', 'Secret'), object('v1', 'Secret')].join('\n'),
    object('extensions/v1beta1', 'Ingress'),
  );
  expect(problems.map(({ severity }) => severity)).toEqual(['note', 'note']);
  expect(problems[0]?.message).toContain('1 Service (serving.knative.dev/v1), 2 Secret (v1)');
  expect(problems[1]?.message).toContain('default/a');
});

test.each<readonly [string, string, readonly string[]]>([
  ['service', 'v1', ['1:18 kind-unknown error Service']],
  ['Services', 'v1', ['1:18 kind-unknown error Service']],
  ['Servcie', 'v1', ['1:18 kind-unknown warning Service']],
  ['deployment', 'apps/v1', ['1:18 kind-unknown error Deployment']],
  ['Service', 'core/v1', ['2:13 field-value error v1']],
  ['Service', 'v2', ['2:13 field-value error v1']],
  ['Deployment', 'v1', ['2:13 field-value error apps/v1 or extensions/v1']],
  ['Secret', 'v1', ['kind-unknown note undefined']],
  ['Role', 'v1', ['kind-unknown note undefined']],
])('an unknown kind that is nearly a known one: %s of %s', (kind, apiVersion, expected) => {
  const text = `kind:            ${kind}\napiVersion: ${apiVersion}\nmetadata: {name: a}\n`;
  const said = problemsOf(text).map(
    (problem) =>
      `${summary(problem)} ${problem.severity} ${problem.expected && sayExpected(problem.expected)}`,
  );
  expect(said).toEqual(expected);
});

test('a List whose items are null is an empty one', () => {
  const list = (kind: string) => JSON.stringify({ apiVersion: 'v1', kind, items: null });
  expect(problemsOf(list('List'), list('ServiceList'))).toEqual([]);
});

test('an alias without its anchor is named, with its place', () => {
  const text = `${yaml}---\na: &s 1\n---\na: *s\nb: [*t]\n`;
  const problems = problemsOf(text).filter(({ code }) => code === 'yaml-syntax');
  expect(problems.map((problem) => [summary(problem), pointedAt(problem)])).toEqual([
    ['8:4 yaml-syntax', '*s'],
    ['9:5 yaml-syntax', '*t'],
  ]);
  expect(problems[0]?.message).toContain('no anchor s');
});

test('broken YAML and another version of the configuration say what was expected', () => {
  const config = 'apiVersion: kubeproxy.config.k8s.io/v1beta1\nkind: KubeProxyConfiguration\n';
  const problems = problemsOf('a: b: c\n', config);
  expect(
    problems.map((problem) => [summary(problem), problem.expected && sayExpected(problem.expected)]),
  ).toEqual([
    ['1:4 yaml-syntax', 'well-formed YAML'],
    ['1:13 field-value', 'kubeproxy.config.k8s.io/v1alpha1'],
  ]);
});

test('the file of kustomize says what to make of others, and is refused by itself', () => {
  const { problems } = readManifests([
    { name: 'base/kustomization.yaml', text: 'resources: [service.yaml]\n' },
  ]);
  expect(problems.map(({ severity, message }) => [severity, message])).toEqual([
    ['error', expect.stringContaining('kustomization')],
  ]);
});

test('a document of many problems keeps the order of files', () => {
  const bad = yaml.replace('80', '0');
  const { problems } = readManifests([
    { name: 'z.yaml', text: bad },
    { name: 'a.yaml', text: bad },
  ]);
  expect(problems.map(({ span }) => span?.source.name)).toEqual(['z.yaml', 'z.yaml', 'a.yaml', 'a.yaml']);
});

/** The place in the text, whatever its form: the same field in YAML, in JSON and in a List. The target port is the port's. */
test('the place of a problem is found in every form', () => {
  const item =
    '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"ports": [{"port": 65536}]}}';
  const texts = [
    item,
    `${item.replace('65536', '1')}\n${item}`,
    `{"kind": "List", "apiVersion": "v1", "items": [${item.replace('65536', '1')}, ${item}]}`,
    `${yaml}---\n${yaml.replace('80', '65536')}`,
    `apiVersion: v1\nkind: List\nitems:\n- ${yaml.trim().replaceAll('\n', '\n  ').replace('80', '65536')}\n`,
    '{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 65536}]}}',
  ];
  for (const text of texts) expect(problemsOf(text).map(pointedAt)).toEqual(['65536', '65536']);
});

test.each([
  ['a YAML text that ends too early', 'a: [1, 2', '1:9 yaml-syntax'],
  ['an alias bomb', bomb(), '6:8 input-limit'],
  ['a JSON text that ends too early', '{"kind": "Service"', '1:19 json-syntax'],
  ['a JSON text with a comma too many', '{"kind": ["a",]}', '1:15 json-syntax'],
  ['a JSON string over two lines', '["a\nb"]', '1:2 json-syntax'],
  ['a depth that no object has', '['.repeat(100_000), '1:1002 input-limit'],
  ['a text that is none', '\u0000\u0001', '1:1 not-kubernetes'],
  ['a number', '17', '1:1 not-kubernetes'],
])('%s is refused with its place', (_, text, expected) => {
  const { problems } = readManifests([
    {
      name: text.trimStart().startsWith('[') || expected.endsWith('json-syntax') ? 'a.json' : 'a.yaml',
      text,
    },
  ]);
  expect(problems.map(summary)).toContain(expected);
});

function bomb(): string {
  const levels = 'abcdefgh'.split('');
  return levels
    .map((name, index) => `${name}: &${name} [${Array(9).fill(index === 0 ? 'x' : `*${levels[index - 1]}`)}]`)
    .join('\n');
}

test('keys that JavaScript treats specially are keys like others', () => {
  const [object] = objectsOf(
    '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":80}],"selector":{"constructor":"b"}}}',
  );
  expect(object?.kind === 'Service' && Object.keys(object.value.spec?.selector ?? {})).toEqual([
    'constructor',
  ]);
  const problems = problemsOf(
    '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":80}],"selector":{"__proto__":"a"}}}',
  );
  expect(problems.map(summary)).toEqual(['1:115 name-syntax']);
  expect(Object.getPrototypeOf({}).a).toBeUndefined();
});
