import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

// What jobs that share a run say together is what one run says.

const names = ['a', 'b', 'c', 'd', 'e'];
const cluster = (endpoints: number, names_ = names) => `${names_
  .map(
    (name, index) => `apiVersion: v1
kind: Node
metadata: {name: ${name}}
spec: {podCIDR: 10.244.${index}.0/24}
status: {addresses: [{type: InternalIP, address: 192.168.10.${index + 1}}]}
---
`,
  )
  .join('')}apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, clusterIP: 10.96.0.10, externalTrafficPolicy: Local, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints:
${['a', 'd']
  .slice(0, endpoints)
  .map((name, at) => `- {addresses: [10.244.${at}.5], nodeName: ${name}, conditions: {ready: true}}`)
  .join('\n')}
ports: [{port: 80, protocol: TCP}]
`;

type Files = Readonly<Record<string, string>>;

/** The results of three parts, and of one run. */
async function shared(args: readonly string[], files: Files) {
  const line = [...args, '--format', 'json'];
  const whole = await kubenat(line, files);
  const runs = await Promise.all(
    ['1/3', '2/3', '3/3'].map((shard) => kubenat([...line, '--shard', shard], files)),
  );
  const results = Object.fromEntries(runs.map(({ out }, at) => [`part-${at + 1}.json`, out]));
  return { whole, runs, results };
}

/** In no particular order. */
const merged = (results: Files) => kubenat(['merge', 'part-3.json', 'part-1.json', 'part-2.json'], results);

const saved = (name: string) =>
  readFileSync(join(fixtures, 'conformance/named', name, 'iptables.save'), 'utf8');

const commands: readonly (readonly [string, readonly string[], Files])[] = [
  [
    'diff: nodes that agree, and nodes of one side',
    ['diff', '--nodes', 'all', 'before.yaml', 'after.yaml'],
    { 'before.yaml': cluster(2), 'after.yaml': cluster(1, ['a', 'b', 'c', 'd', 'f']) },
  ],
  [
    'diff of the same',
    ['diff', '--nodes', 'all', 'one.yaml', 'other.yaml'],
    { 'one.yaml': cluster(2), 'other.yaml': cluster(2) },
  ],
  ['migrate', ['migrate', '--nodes', 'all', 'cluster.yaml'], { 'cluster.yaml': cluster(2) }],
  ['migrate to the same', ['migrate', '--to', 'iptables', 'cluster.yaml'], { 'cluster.yaml': cluster(2) }],
  [
    'check of manifests and dumps, with what is known',
    ['check', '--baseline', 'known.json', 'cluster.yaml', ...names.slice(0, 4).map((name) => `${name}.save`)],
    {
      'cluster.yaml': cluster(0),
      'a.save': saved('node-port'),
      'b.save': saved('cluster-ip-no-endpoints'),
      'c.save': saved('node-port').replace(/^-A KUBE-SERVICES.*\n/m, '$&$&'),
      'd.save': saved('node-port').replaceAll(/^-A KUBE-SEP-.*DNAT.*\n/gm, ''),
    },
  ],
];

describe('the parts of a run, joined', () => {
  test.each(commands)('%s', async (_, args, given) => {
    const files = { ...given, 'known.json': '' };
    if (args.includes('--baseline')) {
      let written = '';
      const line = args.filter((word) => word !== '--baseline' && word !== 'known.json');
      const run = await kubenat([...line, '--write-baseline', 'known.json'], given, {
        write: (__, text) => {
          written = String(text);
        },
      });
      expect(run).toMatchObject({ status: 0 });
      // One finding of a file is not known, and one that is known is not there.
      const known = JSON.parse(written);
      const list: unknown[] = Array.isArray(known) ? known : known.findings;
      list.splice(0, 1, { ...(list[0] as object), file: 'b.save', what: 'gone' });
      files['known.json'] = JSON.stringify(known);
    }
    const { whole, runs, results } = await shared(args, files);
    expect(runs.map(({ err }) => err).join('')).not.toContain('error');
    const together = await merged(results);
    expect(together.out).toBe(whole.out);
    expect(together.status).toBe(whole.status);
    expect(whole.out).not.toContain('"shard"');
  });

  test('each node is in one part', async () => {
    const { runs } = await shared(['migrate', 'cluster.yaml'], { 'cluster.yaml': cluster(2) });
    const nodes = runs.flatMap(({ out }) => JSON.parse(out).shard.all);
    expect(nodes.toSorted()).toEqual(names);
  });
});

describe('an Indexed Job', () => {
  const files = { 'cluster.yaml': cluster(2) };
  const line = ['migrate', '--format', 'json', 'cluster.yaml', '--shard'];

  test('says which part this is', async () => {
    const second = await kubenat([...line, '/3'], files, { env: { JOB_COMPLETION_INDEX: '1' } });
    expect(second.out).toBe((await kubenat([...line, '2/3'], files)).out);
  });

  test.each([{}, { JOB_COMPLETION_INDEX: '3' }, { JOB_COMPLETION_INDEX: 'x' }])(
    '%j is refused',
    async (env) => {
      const { status, out } = await kubenat([...line, '/3'], files, { env });
      expect({ status, out }).toEqual({ status: 2, out: '' });
    },
  );
});

describe('what is no whole run is refused', () => {
  test.each([
    [
      'a part that is missing',
      (one: Files) => ({ ...one, 'part-2.json': one['part-1.json'] as string }),
      'both part 1',
    ],
    ['no JSON', (one: Files) => ({ ...one, 'part-2.json': 'x' }), 'not JSON'],
    ['another file', (one: Files) => ({ ...one, 'part-2.json': '{}' }), 'no result'],
    ['null', (one: Files) => ({ ...one, 'part-2.json': 'null' }), 'no result'],
    ['a whole run', (one: Files) => ({ ...one, 'part-2.json': '{"exceptions": []}' }), 'no part'],
    [
      'another command',
      (one: Files) => ({
        ...one,
        'part-2.json': '{"findings": [], "shard": {"part": 2, "of": 3, "all": []}}',
      }),
      'of check',
    ],
  ])('%s', async (_, spoil, said) => {
    const { results } = await shared(['migrate', 'cluster.yaml'], { 'cluster.yaml': cluster(2) });
    const { status, out, err } = await merged(spoil(results));
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(said);
  });

  test('too few of them', async () => {
    const { results } = await shared(['migrate', 'cluster.yaml'], { 'cluster.yaml': cluster(2) });
    const { status, err } = await kubenat(['merge', 'part-1.json', 'part-3.json'], results);
    expect(status).toBe(2);
    expect(err).toContain('of 3 parts these are missing: 2');
  });
});
