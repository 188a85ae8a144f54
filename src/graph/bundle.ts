import { add, type Fraction, zero } from '../sets/fraction.ts';
import type { ChainGraph, GraphEdge } from './model.ts';

/** More endpoints than this side by side nobody tells apart. */
export const mostEndpoints = 8;

/** The id of the node that stands for them. */
export const bundle = 'bundle';

/**
 * The graph with all endpoints beyond the first eight, and the chains that lead to them alone, as one node. Those of which
 * `isKept` says so stand among the eight.
 */
export function bundled(graph: ChainGraph, isKept: (id: string) => boolean): ChainGraph {
  const endpoints = graph.nodes.filter(({ kind }) => kind === 'endpoint').map(({ id }) => id);
  const kept = endpoints.filter(isKept);
  const shown = new Set([...kept, ...endpoints.filter((id) => !isKept(id))].slice(0, mostEndpoints));
  const hidden = new Set(endpoints.filter((id) => !shown.has(id)));
  if (hidden.size < 2) return graph;
  const count = hidden.size;
  for (const id of chainsTo(hidden, graph)) hidden.add(id);
  return {
    nodes: [
      ...graph.nodes.filter(({ id }) => !hidden.has(id)),
      {
        id: bundle,
        kind: 'endpoint',
        table: null,
        chain: null,
        label: { code: 'more-endpoints', count },
        rules: 0,
      },
    ],
    edges: joined(graph.edges, hidden),
  };
}

/** The chains that lead to these endpoints, and else to marks alone. */
function chainsTo(endpoints: ReadonlySet<string>, { nodes, edges }: ChainGraph): string[] {
  const marks = new Set(nodes.flatMap(({ id, kind }) => (kind === 'mark' || isMarking(id) ? id : [])));
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) if (!marks.has(to)) targets.set(from, [...(targets.get(from) ?? []), to]);
  return [...targets].flatMap(([from, to]) => (to.every((id) => endpoints.has(id)) ? from : []));
}

const isMarking = (id: string) => id.endsWith('/KUBE-MARK-MASQ');

/** What led to hidden nodes leads to the bundle, with all their shares. */
function joined(edges: readonly GraphEdge[], hidden: ReadonlySet<string>): GraphEdge[] {
  const shares = new Map<string, Fraction | null>();
  for (const { from, to, share } of edges) {
    if (hidden.has(from) || !hidden.has(to)) continue;
    const sum = shares.has(from) ? (shares.get(from) as Fraction | null) : zero;
    shares.set(from, sum && share && add(sum, share));
  }
  return [
    ...edges.filter(({ from, to }) => !hidden.has(from) && !hidden.has(to)),
    ...[...shares].map(([from, share]) => ({ from, to: bundle, rules: [], share })),
  ];
}
