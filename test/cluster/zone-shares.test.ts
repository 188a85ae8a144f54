import { expect, test } from 'vitest';
import type { Place } from '../../src/kube/cluster/placement.ts';
import { givenAway } from '../../src/kube/cluster/zone-shares.ts';

const place = (zone: string, processors: number): Place => ({
  node: {
    name: zone,
    internalAddresses: [],
    externalAddresses: [],
    podPrefixes: [],
    labels: { 'topology.kubernetes.io/zone': zone },
  },
  taints: [],
  unschedulable: false,
  processors,
  ready: true,
  assumed: false,
});

const shares = (endpoints: Readonly<Record<string, number>>, processors: Readonly<Record<string, number>>) =>
  givenAway(
    new Map(Object.entries(endpoints)),
    Object.entries(processors).map(([zone, count]) => place(zone, count * 1000)),
  );

/** By hand after getGivingAndReceivingZones of k8s.io/endpointslice/topologycache, which goes over a map of Go. */
test.each<readonly [string, Readonly<Record<string, number>>, object]>([
  [
    'two that have the same in the end',
    { a: 5, b: 4, c: 2, d: 2 },
    { receiving: { c: 1, d: 1 }, alike: ['a', 'b'] },
  ],
  [
    'two that lack the same, and both get one',
    { a: 4, b: 1, c: 1 },
    { giving: { a: 2 }, receiving: { b: 1, c: 1 }, alike: [] },
  ],
  ['two that have too many, and one lacks', { a: 3, b: 3, c: 1 }, { receiving: { c: 1 }, alike: ['a', 'b'] }],
  ['one that has most', { a: 4, b: 3, c: 2 }, { giving: { a: 1 }, receiving: { c: 1 }, alike: [] }],
])('%s', (_, endpoints, expected) => {
  const found = shares(endpoints, Object.fromEntries(Object.keys(endpoints).map((zone) => [zone, 2])));
  if (typeof found === 'string') throw new Error(found);
  const { giving, receiving, alike } = found;
  expect({
    giving: Object.fromEntries(giving),
    receiving: Object.fromEntries(receiving),
    alike,
  }).toMatchObject(expected);
});
