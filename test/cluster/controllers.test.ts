import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { familyOf, formatEndpoint } from '../../src/address/address.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import type { Cluster } from '../../src/kube/cluster/model.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { refuseErrors } from '../../src/text/problem.ts';

/** Clusters, and the EndpointSlices that the controllers of 1.36.3 made of them: see fixtures/api/README.md. */
const folder = join(import.meta.dirname, '../../fixtures/api/slices');
const names = readdirSync(folder);

const source = (name: string, file: string) => ({
  name,
  text: readFileSync(join(folder, name, file), 'utf8'),
});

function clusterOf(texts: readonly { readonly name: string; readonly text: string }[]): Cluster {
  const { objects, problems } = readManifests(texts);
  const built = buildCluster(objects);
  refuseErrors([...problems, ...built.problems]);
  return built.cluster;
}

/** Every endpoint of every port; where the annotation deals zones out, which endpoint gets which is chance, and only how many is said. */
function endpointsOf({ endpoints }: Cluster, isDealt: boolean): string[] {
  const found: string[] = [];
  for (const [service, ports] of endpoints) {
    for (const [port, list] of ports) {
      for (const { address, port: number, node, ready, serving, terminating, zoneHints, nodeHints } of list) {
        const flags = [ready && 'ready', serving && 'serving', terminating && 'terminating'].filter(Boolean);
        const hints = [zoneHints.join('+'), nodeHints.join('+')];
        const own = [formatEndpoint(address, number), node, ...flags].join(' ');
        const at = `${service}:${port}`;
        if (isDealt) found.push(`${at} ${own}`, `${at} ${familyOf(address)} ${hints.join(' ')}`);
        else found.push(`${at} ${own} ${hints.join(' ')}`);
      }
    }
  }
  return found.sort();
}

/** What the controllers read, without the pods, and the slices and Endpoints that they made others of. */
const restOf = (name: string) =>
  source(name, 'input.yaml')
    .text.split(/^---\n/m)
    .filter((document) => /^kind: (?:Node|Service)$/m.test(document))
    .join('---\n');

test.each(names)('%s', (name) => {
  const input = source(name, 'input.yaml');
  const rest = restOf(name);
  const isDealt = name.startsWith('auto-');
  // A label hides those of headless services from kube-proxy, and so from the model.
  const { text } = source(name, 'slices.yaml');
  const shown = text.replaceAll(/, service\.kubernetes\.io\/headless: ''/g, '');
  const made = clusterOf([
    { name: 'rest', text: rest },
    { name: 'slices', text: shown },
  ]);
  expect(endpointsOf(clusterOf([input]), isDealt)).toEqual(endpointsOf(made, isDealt));
});

test('where nothing is allocatable, all of the capacity is, as the API server fills it in', () => {
  const { text } = source('auto-other-cpu', 'input.yaml');
  const kept = text.replaceAll(/^ {2}allocatable: (.*)\n {2}capacity: .*$/gm, '  capacity: $1');
  expect(kept).not.toContain('allocatable:');
  const known = (given: string) => endpointsOf(clusterOf([{ name: 'input', text: given }]), true);
  expect(known(kept)).toEqual(known(text));
});

/** A table has one address of a pod, no names of its ports, and of some only that nobody knows how they are. */
const untold = ['dual', 'host-network-two-ports', 'named-port-second-container', 'phase-unknown'];
const listed = names.filter((name) => existsSync(join(folder, name, 'pods.txt')));

test.each(listed)('%s, of which a table lists the pods with their labels', (name) => {
  const table = source(name, 'pods.txt');
  const cluster = clusterOf([{ name: 'rest', text: restOf(name) }, table]);
  const isUnknown = cluster.services.map(({ endpointsUnknown }) => endpointsUnknown ?? false);
  expect(isUnknown).toEqual(isUnknown.map(() => untold.includes(name)));
  if (untold.includes(name)) return;
  const made = clusterOf([{ name: 'rest', text: restOf(name) }, source(name, 'slices.yaml')]);
  expect(endpointsOf(cluster, false)).toEqual(endpointsOf(made, false));
  const bare = table.text.replaceAll(/ {2}LABELS| +[\w=]*$/gm, '');
  const without = clusterOf([
    { name: 'rest', text: restOf(name) },
    { name: 'pods', text: bare },
  ]);
  expect(without.services.every(({ endpointsUnknown }) => endpointsUnknown)).toBe(true);
});

test('without its column a table is of the only namespace that there is', () => {
  const text = source('one-ready', 'pods.txt').text.replaceAll(/^(?:NAMESPACE|default) +/gm, '');
  const rest = restOf('one-ready');
  const known = (services: string) =>
    clusterOf([
      { name: 'rest', text: services },
      { name: 'pods', text },
    ]);
  expect(endpointsOf(known(rest), false)).toHaveLength(1);
  const other =
    'apiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: other}\nspec: {ports: [{port: 80}], selector: {app: web}}\n';
  expect(endpointsOf(known(`${rest}---\n${other}`), false)).toEqual([]);
});

test('the recorded clusters have endpoints', () => {
  expect(names.length).toBeGreaterThan(60);
});
