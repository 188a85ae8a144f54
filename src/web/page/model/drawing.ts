import type { ChainGraph, GraphNode } from '../../../graph/model.ts';
import { type Drawing, drawingOf } from '../../../report/graph-layout.ts';

/** More nodes than this nobody can look at. */
const mostNodes = 160;

/** Whose a chain is: left out where all are of one service. */
const subject = /^([^[]*)\[([^\] ]+)((?: -> .+)?)\]$/;

/** A graph as it is drawn in the page: no more of it than can be looked at, and in the reader's language. */
export function draw(graph: ChainGraph, say: (text: string) => string): Drawing {
  const shown = graph.nodes.slice(0, mostNodes);
  const kept = new Set(shown.map(({ id }) => id));
  const isOfOne = new Set(shown.flatMap(({ label }) => subject.exec(label)?.[2] ?? [])).size === 1;
  const nodes = shown.map(
    (node): GraphNode => ({
      ...node,
      label:
        node.chain === null ? say(node.label) : isOfOne ? node.label.replace(subject, '$1$3') : node.label,
    }),
  );
  const edges = graph.edges
    .filter(({ from, to }) => kept.has(from) && kept.has(to))
    .map((edge) => ({
      ...edge,
      rules: edge.rules.map((rule) => ({ ...rule, conditions: rule.conditions.map(say) })),
    }));
  return drawingOf({ nodes, edges });
}
