import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../src/documents/json.ts';
import { kubenat } from '../cli/harness.ts';

const service = (spec: string, metadata = '{name: a}') =>
  `apiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec: ${spec}\n`;
const good = '{clusterIP: None, ports: [{port: 80}]}';
/** Each level names the one before nine times: 9 ** 12 strings. */
const laughs = Array.from(
  { length: 12 },
  (_, at) => `a${at}: &a${at} [${Array(9).fill(at === 0 ? 'x' : `*a${at - 1}`)}]\n`,
).join('');

const refused: Readonly<Record<string, readonly [string, string, string]>> = {
  'aliases that explode': ['m.yaml', laughs, 'aliases make this document explode'],
  'an alias of itself': ['m.yaml', 'a: &a [*a]\n', 'm.yaml:1:'],
  'depth in YAML': ['m.yaml', `a: ${'['.repeat(100_000)}`, 'nested too deeply'],
  'depth in YAML that ends': ['m.yaml', `a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'nested too deeply'],
  'depth in JSON': ['m.json', '['.repeat(200_000) + ']'.repeat(200_000), 'm.json:1:1: error[not-kubernetes]'],
  'depth in JSON without end': ['m.json', '{"a":'.repeat(100_000), 'at most 1000 levels of nesting'],
  'a number without end': [
    'm.yaml',
    service(`{ports: [{port: ${'9'.repeat(100_000)}}]}`),
    'm.yaml:4:23: error',
  ],
  'a number beyond all': ['m.yaml', service('{ports: [{port: 1e999}]}'), 'm.yaml:4:23: error'],
  'no number': ['m.yaml', service('{ports: [{port: .nan}]}'), 'm.yaml:4:23: error'],
};

describe('is refused with its place', () => {
  test.each(Object.entries(refused))('%s', async (_, [name, text, reason]) => {
    const { status, out, err } = await kubenat(['get', 'services', name], { [name]: text });
    expect(err).toContain(reason);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });
});

/** Of which the last one counts, for kubectl and the API server as well. */
const repeated: Readonly<Record<string, readonly [string, string, string]>> = {
  'a key twice in YAML': ['m.yaml', service(good, '{name: a, name: b}'), 'm.yaml:3:21: warning[duplicate]'],
  'a key twice in JSON': [
    'm.json',
    '{"apiVersion":"v1","kind":"Service",\n"kind":"Pod","metadata":{"name":"a"}}',
    'm.json:2:1: warning[duplicate]: a key is there twice',
  ],
  'a key twice, spelt otherwise': [
    'm.json',
    '{"kind":1,"\\u006bind" : 2}',
    'm.json:1:11: warning[duplicate]',
  ],
  'a key twice in a stream': [
    'm.json',
    '{"a":"b:"} {"a":{"b":[{"c":1}, {"c":1,"c":2}]}}',
    'm.json:1:39: warning[duplicate]',
  ],
};

test.each(Object.entries(repeated))('%s is told with its place', async (_, [name, text, reason]) => {
  const { err } = await kubenat(['get', 'services', name], { [name]: text });
  expect(err).toContain(reason);
});

test('a key twice in a list of packets is refused, too', async () => {
  const flows =
    '{"packets": [{"id": "a", "proto": "tcp", "src": "10.0.0.1", "dst": "10.0.0.2", "dst": "10.0.0.3"}]}';
  const dump = '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n';
  const { status, out, err } = await kubenat(['trace', '--rules', 'dump', '--flows', 'flows'], {
    dump,
    flows,
  });
  expect(err).toMatch(/^flows:1:\d+: error\[json-syntax\]/);
  expect({ status, out }).toEqual({ status: 2, out: '' });
});

describe('is a name like another', () => {
  test.each([
    [
      'm.yaml',
      service(
        '{clusterIP: None, selector: {toString: a, constructor: b}, ports: [{port: 80}]}',
        '{name: a, __proto__: {namespace: x}}',
      ),
    ],
    [
      'm.json',
      `{"apiVersion":"v1","kind":"Service","__proto__":{"kind":"Pod"},"metadata":{"name":"a","__proto__":{"namespace":"x"}},"spec":{"clusterIP":"None","ports":[{"port":80}]}}`,
    ],
  ])('__proto__ in %s', async (name, text) => {
    const { status, out } = await kubenat(['get', 'services', name], { [name]: text });
    expect(out).toContain('default     a      ClusterIP   None');
    expect(status).toBe(0);
    expect(({} as { namespace?: string }).namespace).toBeUndefined();
  });
});

test('no JSON without a key twice is said to have one', () => {
  const tree = fc.jsonValue({ maxDepth: 5 });
  fc.assert(
    fc.property(fc.array(tree), fc.nat({ max: 3 }), (values, indent) => {
      const text = values.map((value) => JSON.stringify(value, null, indent)).join('\n');
      expect(readJson({ name: 'json', text })).toEqual({
        values: JSON.parse(`[${values.map((value) => JSON.stringify(value)).join()}]`),
        problems: [],
      });
    }),
  );
});

describe('lists that are longer than a call takes arguments', () => {
  const many = 150_000;
  const table = `NAMESPACE NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\n${'default a ClusterIP None <none> x 1d\n'.repeat(many)}`;
  test.each<readonly [string, readonly string[], string]>([
    ['mistakes in a table', ['get', 'services', 'file'], table],
    [
      'a table of other things',
      ['get', 'services', 'file'],
      `NAME READY STATUS\n${'a 1/1 Running\n'.repeat(many)}`,
    ],
    ['mistakes in a dump', ['fmt', 'file'], `*nat\n${'-A x --nothing\n'.repeat(many)}COMMIT\n`],
    ['aliases of nothing', ['get', 'services', 'file'], `a:\n${'- *a\n'.repeat(20_000)}`],
  ])('%s', { timeout: 120_000 }, async (_, args, file) => {
    const { status, err } = await kubenat(args, { file });
    expect(status).toBe(2);
    expect(err).toMatch(/error\[/);
    expect(err.length).toBeLessThan(100_000);
  });
});
