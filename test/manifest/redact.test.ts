import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readYaml } from '../../src/documents/yaml.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { redact } from '../../src/kube/manifest/redact.ts';
import { printProblem } from '../../src/text/problem.ts';

const secret = 'hunter2-very-secret';

const yaml = `# ${secret}
apiVersion: v1
kind: Secret
metadata: {name: db, annotations: {kubectl.kubernetes.io/last-applied-configuration: "${secret}"}}
stringData:
  password: ${secret}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  a: |
    ${secret}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: w} # ${secret}
spec:
  selector: {matchLabels: {app: w, env: prod}}
  template:
    metadata: {labels: {app: w, env: prod}, annotations: {token: ${secret}}}
    spec:
      containers:
      - name: c
        image: x
        args: [--password, ${secret}]
        env:
        - name: A
          value: ${secret}
        ports: [{name: http, containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata:
  name: w
  annotations:
    service.kubernetes.io/topology-mode: Auto
    note: ${secret}
spec:
  selector: {app: w, env: prod}
  ports: [{port: 80, targetPort: http}]
`;

const json = JSON.stringify(
  { apiVersion: 'v1', kind: 'List', items: readYaml({ name: 'a', text: yaml }).values },
  null,
  4,
);
const anchored = `a: &a\n${yaml.replaceAll(/^---$/gm, '---').replace('# hunter', '# hunter')}`
  .replace(/^a: &a\n/, '')
  .replace('image: x', 'image: &i x');

const clusterOf = (text: string) => buildCluster(readManifests([{ name: 'a.yaml', text }]).objects).cluster;

describe('a text that is handed around', () => {
  test.each([
    ['YAML', yaml],
    ['JSON', json],
    ['JSON on one line', JSON.stringify(JSON.parse(json))],
    ['YAML with anchors', anchored],
  ])('%s has no secret, and makes the same cluster', (_what, text) => {
    const { text: kept } = redact({ name: 'a.yaml', text });
    expect(text).toContain(secret);
    expect(kept).not.toContain(secret);
    expect(clusterOf(kept)).toEqual(clusterOf(text));
    expect(clusterOf(kept).services[0]?.topologyAnnotations.mode).toBe('Auto');
  });

  test('keeps lines and columns', () => {
    const { text: kept } = redact({ name: 'a.yaml', text: yaml });
    const lineOf = (text: string) => text.split('\n').findIndex((line) => line.includes('targetPort: http'));
    expect(lineOf(kept)).toBe(lineOf(yaml));
    expect(kept.split('\n')[lineOf(kept)]).toBe(yaml.split('\n')[lineOf(yaml)]);
  });

  test('of a recorded cluster says the same', () => {
    const folder = new URL('../../fixtures/conformance/named/', import.meta.url);
    const names = readdirSync(folder).slice(0, 12);
    expect(names.length).toBe(12);
    for (const name of names) {
      const text = readFileSync(new URL(`${name}/cluster.yaml`, folder), 'utf8');
      expect(clusterOf(redact({ name, text }).text)).toEqual(clusterOf(text));
    }
  });
});

test.each([
  [
    'a Secret',
    `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: "${secret}" "x\n`,
  ],
  [
    'an environment',
    `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n    env:\n    - name: A\n      value: "${secret}" "x\n`,
  ],
  [
    'a ConfigMap as JSON',
    `{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"},\n"data": {\n  "a": "${secret}" "b"\n}}\n`,
  ],
])('no excerpt shows what is in %s', (_what, text) => {
  const { problems } = readManifests([{ name: 'a.yaml', text }]);
  const printed = problems.map(printProblem).join('\n');
  expect(printed).toContain('error[');
  expect(printed).not.toContain(secret);
});
