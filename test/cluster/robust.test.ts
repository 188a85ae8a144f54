import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { showModel } from '../../src/kube/cluster/show.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { printProblem } from '../../src/text/problem.ts';
import { serviceOf } from '../manifest/texts.ts';

const root = join(import.meta.dirname, '../../fixtures');

const objectsIn = (path: string): object[] =>
  [...parseAllDocuments(readFileSync(join(root, path), 'utf8'))].map((document) => document.toJS());

const workload = (kind: string): object => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'w' },
  spec: {
    replicas: 2,
    template: {
      metadata: { labels: { app: 'w' } },
      spec: { containers: [{ ports: [{ name: 'http', containerPort: 80 }] }] },
    },
  },
});

/** Every kind of object that is read, with most of its fields. */
const corpus: readonly object[] = [
  ...readdirSync(join(root, 'conformance/named'))
    .filter((name) => /dual|hints|ranges|affinity|terminating|health/.test(name))
    .flatMap((name) => objectsIn(`conformance/named/${name}/cluster.yaml`)),
  ...objectsIn('service-test/pods.yaml'),
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map(workload),
  JSON.parse(serviceOf({ selector: { app: 'w' }, ports: [{ port: 80, targetPort: 'http' }] }, { name: 'w' })),
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'w' },
    subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }],
  },
];

const junk = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1.5,
  1e20,
  '',
  'None',
  'x',
  '10.0.0.1',
  'fd00::1',
  '10.0.0.0/8',
  '__proto__',
  'ClientIP',
  'IPv6',
  'ExternalName',
  'Local',
  [],
  [null],
  [[]],
  ['x'],
  {},
  { x: null },
  { __proto__: null },
  { toString: 1 },
);

/** Replaces the value at a place that a number picks. */
function wound(value: object, place: number, replacement: unknown): object {
  const copy = structuredClone(value);
  const places: [Record<string, unknown>, string][] = [];
  const visit = (at: object): void => {
    for (const [key, child] of Object.entries(at)) {
      places.push([at as Record<string, unknown>, key]);
      if (typeof child === 'object' && child !== null) visit(child);
    }
  };
  visit(copy);
  const [parent, key] = places[place % places.length] ?? [{}, ''];
  parent[key] = replacement;
  return copy;
}

/** Whatever stands in a field, there is an answer or a problem with a place, never an exception. */
test('no value in any field breaks the reading', () => {
  const wounds = fc.array(fc.tuple(fc.nat(), fc.nat(), junk), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(wounds, (list) => {
      const items: object[] = [...corpus];
      for (const [which, place, value] of list) {
        const index = which % items.length;
        items[index] = wound(items[index] as object, place, value);
      }
      const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const { objects, problems } = readManifests([{ name: 'a.json', text }]);
      const built = buildCluster(objects);
      for (const problem of [...problems, ...built.problems]) {
        expect(printProblem(problem)).toMatch(
          /^(?:a\.json:1:\d+: error|(?:a\.json:1:\d+: )?(?:warning|note))\[/,
        );
      }
      expect(showModel(built.cluster)).toContain('kind: Node');
    }),
    { numRuns: 300 },
  );
}, 120_000);
