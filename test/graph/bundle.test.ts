import { expect, test } from 'vitest';
import { bundle, bundled, mostEndpoints } from '../../src/graph/bundle.ts';
import type { ChainGraph, GraphNode } from '../../src/graph/model.ts';

const node = (id: string, kind: GraphNode['kind']): GraphNode => ({
  id,
  kind,
  table: null,
  chain: null,
  label: id,
  rules: 0,
});

/** A service's chain, a chain for each endpoint, and the mark to which all of them lead. */
function service(count: number): ChainGraph {
  const numbers = Array.from({ length: count }, (_, at) => at);
  const share = { n: 1n, d: BigInt(count) };
  return {
    nodes: [
      node('nat/SVC', 'chain'),
      node('nat/KUBE-MARK-MASQ', 'chain'),
      ...numbers.flatMap((at) => [node(`nat/SEP-${at}`, 'chain'), node(`endpoint/${at}`, 'endpoint')]),
    ],
    edges: numbers.flatMap((at) => [
      { from: 'nat/SVC', to: `nat/SEP-${at}`, rules: [], share },
      { from: `nat/SEP-${at}`, to: `endpoint/${at}`, rules: [], share: null },
      { from: `nat/SEP-${at}`, to: 'nat/KUBE-MARK-MASQ', rules: [], share: null },
    ]),
  };
}

test.each([1, mostEndpoints, mostEndpoints + 1])('%i endpoints stand as they are', (count) => {
  const graph = service(count);
  expect(bundled(graph, () => false)).toBe(graph);
});

test('of more, eight stand, and the others are one with their share', () => {
  const { nodes, edges } = bundled(service(40), (id) => id === 'endpoint/39');
  const shown = nodes.filter(({ kind }) => kind === 'endpoint').map(({ id }) => id);
  expect(shown).toHaveLength(mostEndpoints + 1);
  expect(shown).toContain('endpoint/39');
  expect(nodes.find(({ id }) => id === bundle)?.label).toEqual({ code: 'more-endpoints', count: 32 });
  expect(edges.filter(({ to }) => to === bundle)).toEqual([
    { from: 'nat/SVC', to: bundle, rules: [], share: { n: 4n, d: 5n } },
  ]);
  const ids = new Set(nodes.map(({ id }) => id));
  expect(edges.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([]);
  expect(nodes.filter(({ id }) => id.startsWith('nat/SEP'))).toHaveLength(mostEndpoints);
});
