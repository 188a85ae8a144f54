import { readdirSync, readFileSync } from 'node:fs';
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

test.each(names)('%s', (name) => {
  const input = source(name, 'input.yaml');
  // What the controllers read, without the slices and Endpoints that they made others of.
  const rest = input.text
    .split(/^---\n/m)
    .filter((document) => /^kind: (?:Node|Service)$/m.test(document))
    .join('---\n');
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

test('the recorded clusters have endpoints', () => {
  expect(names.length).toBeGreaterThan(60);
});
