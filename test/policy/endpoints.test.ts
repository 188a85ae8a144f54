import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/kube/cluster/model.ts';
import { chooseEndpoints, type EndpointDemand, withoutDuplicates } from '../../src/proxy/decide/endpoints.ts';
import { withGates } from '../../src/proxy/decide/gates.ts';
import { type Release, releases } from '../../src/proxy/decide/release.ts';

// The cases are those of kube-proxy's own pkg/proxy/topology_test.go, by what they are about.

type State = 'ready' | 'terminating' | 'dead';

function endpoint(last: number, state: State, node: string | null, zones = '', nodes = ''): Endpoint {
  return {
    address: 0x0a000000 + last,
    port: 80,
    node,
    ready: state === 'ready',
    serving: state !== 'dead',
    terminating: state !== 'ready',
    zoneHints: zones === '' ? [] : zones.split(','),
    nodeHints: nodes === '' ? [] : nodes.split(','),
  };
}

const cluster: EndpointDemand = { usesCluster: true, usesLocal: false, hintsAllowed: true };
const both: EndpointDemand = { usesCluster: true, usesLocal: true, hintsAllowed: true };
const local: EndpointDemand = { usesCluster: false, usesLocal: true, hintsAllowed: true };
const unhinted: EndpointDemand = { ...cluster, hintsAllowed: false };

interface Row {
  readonly name: string;
  readonly demand: EndpointDemand;
  readonly endpoints: readonly Endpoint[];
  readonly release?: string;
  readonly gates?: Readonly<Record<string, boolean>>;
  readonly zone?: string | null;
  /** Last octets of cluster, local and reachable endpoints, and whether there are any. */
  readonly want: readonly [cluster: number[], local: number[], reachable: number[], any: boolean];
}

const rows: readonly Row[] = [
  { name: 'none at all', demand: both, endpoints: [], want: [[], [], [], false] },
  {
    name: 'every ready one, wherever it is',
    demand: cluster,
    endpoints: [endpoint(1, 'ready', 'here'), endpoint(2, 'ready', 'there'), endpoint(3, 'dead', 'there')],
    want: [[1, 2], [], [1, 2], true],
  },
  {
    name: 'hints: those of the zone',
    demand: cluster,
    endpoints: [
      endpoint(1, 'ready', 'here', 'a'),
      endpoint(2, 'ready', 'there', 'b'),
      endpoint(3, 'ready', 'there', 'a,b'),
    ],
    want: [[1, 3], [], [1, 3], true],
  },
  {
    name: 'hints are not followed without the annotation',
    demand: unhinted,
    endpoints: [endpoint(1, 'ready', 'here', 'a'), endpoint(2, 'ready', 'there', 'b')],
    want: [[1, 2], [], [1, 2], true],
  },
  {
    name: 'hints are not followed where a ready endpoint has none',
    demand: cluster,
    endpoints: [endpoint(1, 'ready', 'here', 'a'), endpoint(2, 'ready', 'there')],
    want: [[1, 2], [], [1, 2], true],
  },
  {
    name: 'an endpoint that is not ready needs no hint',
    demand: cluster,
    endpoints: [
      endpoint(1, 'ready', 'here', 'a'),
      endpoint(2, 'ready', 'there', 'b'),
      endpoint(3, 'dead', 'there'),
    ],
    want: [[1], [], [1], true],
  },
  {
    name: 'hints are not followed where none is for the zone',
    demand: cluster,
    endpoints: [endpoint(1, 'ready', 'here', 'b'), endpoint(2, 'ready', 'there', 'c')],
    want: [[1, 2], [], [1, 2], true],
  },
  {
    name: 'hints are not followed on a node without a zone',
    demand: cluster,
    zone: null,
    endpoints: [endpoint(1, 'ready', 'here', 'a'), endpoint(2, 'ready', 'there', 'b')],
    want: [[1, 2], [], [1, 2], true],
  },
  {
    name: 'hints for nodes come first, from 1.34 on',
    demand: cluster,
    release: '1.34',
    endpoints: [endpoint(1, 'ready', 'here', 'a', 'here'), endpoint(2, 'ready', 'there', 'a', 'there')],
    want: [[1], [], [1], true],
  },
  {
    name: 'hints for nodes are not known before',
    demand: cluster,
    release: '1.33',
    endpoints: [endpoint(1, 'ready', 'here', 'a', 'here'), endpoint(2, 'ready', 'there', 'a', 'there')],
    want: [[1, 2], [], [1, 2], true],
  },
  {
    name: 'hints for nodes of which none is meant: those for zones count',
    demand: cluster,
    release: '1.34',
    endpoints: [endpoint(1, 'ready', 'x', 'a', 'x'), endpoint(2, 'ready', 'y', 'b', 'y')],
    want: [[1], [], [1], true],
  },
  {
    name: 'hints for zones are not followed where the gate is off',
    demand: cluster,
    gates: { TopologyAwareHints: false },
    endpoints: [endpoint(1, 'ready', 'here', 'a'), endpoint(2, 'ready', 'there', 'b')],
    want: [[1, 2], [], [1, 2], true],
  },
  {
    name: 'terminating ones only where none is ready, and hints then do not count',
    demand: cluster,
    endpoints: [endpoint(1, 'terminating', 'here', 'b'), endpoint(2, 'dead', 'there', 'a')],
    want: [[1], [], [1], true],
  },
  {
    name: 'no terminating ones before 1.26',
    demand: cluster,
    release: '1.25',
    endpoints: [endpoint(1, 'terminating', 'here')],
    want: [[], [], [], false],
  },
  {
    name: 'local: a terminating one here, though another is ready elsewhere',
    demand: both,
    endpoints: [endpoint(1, 'terminating', 'here'), endpoint(2, 'ready', 'there')],
    want: [[2], [1], [1, 2], true],
  },
  {
    name: 'local: ready ones here are enough',
    demand: both,
    endpoints: [
      endpoint(1, 'ready', 'here'),
      endpoint(2, 'terminating', 'here'),
      endpoint(3, 'ready', 'there'),
    ],
    want: [[1, 3], [1], [1, 3], true],
  },
  {
    name: 'local: one that the hints leave to another zone is still reached',
    demand: both,
    endpoints: [endpoint(1, 'ready', 'here', 'b'), endpoint(2, 'ready', 'there', 'a')],
    want: [[2], [1], [1, 2], true],
  },
  {
    name: 'local alone: none here, but some elsewhere',
    demand: local,
    endpoints: [endpoint(1, 'ready', 'there'), endpoint(2, 'ready', null)],
    want: [[], [], [], true],
  },
];

describe('the choice of endpoints', () => {
  test.each(rows)('$name', ({ demand, endpoints, release = '1.30', gates = {}, zone = 'a', want }) => {
    const gated = withGates(releases.get(release) as Release, gates);
    const viewpoint = { nodeName: 'here', zone, release: gated };
    const choice = chooseEndpoints(endpoints, demand, viewpoint);
    const last = (list: readonly Endpoint[]) => list.map(({ address }) => Number(address) & 255);
    expect([last(choice.cluster), last(choice.local), last(choice.reachable), choice.any]).toEqual(want);
  });
});

describe('an endpoint that several slices hold', () => {
  const kept = (endpoints: readonly Endpoint[], nodeName: string, release: string) =>
    withoutDuplicates(endpoints, { nodeName, zone: null, release: releases.get(release) as Release });
  const first = endpoint(1, 'dead', 'here');
  const second = endpoint(1, 'ready', 'here');
  const other = endpoint(2, 'ready', 'there');

  test('the first counts', () => {
    expect(kept([first, second, other], 'there', '1.30')).toEqual([first, other]);
  });

  test('unless a later one is on this node', () => {
    expect(kept([first, second, other], 'here', '1.30')).toEqual([second, other]);
  });

  // kubernetes/kubernetes#135593, and its test cases in endpointslicecache_test.go.
  test('from 1.36 on, unless a later one does not terminate', () => {
    const old = endpoint(1, 'terminating', 'here');
    expect(kept([old, second], 'there', '1.36')).toEqual([second]);
    expect(kept([second, old], 'here', '1.36')).toEqual([second]);
    expect(kept([old, second], 'there', '1.35')).toEqual([old]);
    expect(kept([second, old], 'here', '1.35')).toEqual([old]);
  });

  test('without any, nothing is copied', () => {
    const endpoints = [first, other];
    expect(kept(endpoints, 'here', '1.30')).toBe(endpoints);
  });
});
