import type { ChainGraph, GraphNode } from '../../../graph/model.ts';
import { type Drawing, drawingOf } from '../../../report/graph-layout.ts';

/** More nodes than this nobody can look at. */
const mostNodes = 160;

/** Whose a chain is: left out where all are of one service. */
const subject = /\[([^\] ]+)((?: -> .+)?)\]$/;

/** A graph as it is drawn in the page: no more of it than can be looked at. */
export function draw(graph: ChainGraph): Drawing {
  const shown = graph.nodes.slice(0, mostNodes);
  const kept = new Set(shown.map(({ id }) => id));
  const isOfOne = new Set(shown.flatMap(({ label }) => subject.exec(label)?.[1] ?? [])).size === 1;
  const nodes = shown.map(
    (node): GraphNode => (isOfOne ? { ...node, label: node.label.replace(subject, '$2') } : node),
  );
  return drawingOf({ nodes, edges: graph.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)) });
}
