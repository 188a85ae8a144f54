import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { sayFilled } from '../../src/kube/cluster/filled.ts';
import type { Cluster } from '../../src/kube/cluster/model.ts';
import { showModel } from '../../src/kube/cluster/show.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { readingOf, serviceOf } from '../manifest/texts.ts';

const conformance = join(import.meta.dirname, '../../fixtures/conformance');
const cases = ['named', 'random'].flatMap((kind) =>
  readdirSync(join(conformance, kind)).map((name) => `${kind}/${name}`),
);

function clusterOf(text: string): Cluster {
  const { objects, problems } = readManifests([{ name: 'cluster.yaml', text }]);
  expect(problems).toEqual([]);
  return buildCluster(objects).cluster;
}

describe('the model that is shown can be read again', () => {
  test.each(cases)('%s', (name) => {
    const cluster = clusterOf(readFileSync(join(conformance, name, 'cluster.yaml'), 'utf8'));
    const again = clusterOf(showModel(cluster));
    expect(again).toEqual({ ...cluster, assumptions: again.assumptions });
    expect(again.assumptions).toEqual([]);
  });
});

test('what was assumed stands in comments, and is no longer assumed when it is read again', () => {
  const { cluster } = readingOf([
    serviceOf({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] }),
  ]);
  const shown = showModel(cluster);
  for (const { filled } of cluster.assumptions) expect(shown).toContain(`# assumed: ${sayFilled(filled)}\n`);
  expect(cluster.assumptions.length).toBeGreaterThan(3);
  const again = clusterOf(shown);
  // The Node that was made up is one that somebody gave.
  const nodes = cluster.nodes.map(({ madeUp: _, ...node }) => node);
  expect(again).toEqual({ ...cluster, nodes, assumptions: [] });
});
