import { type Drawing, drawingOf } from '../../../report/graph-layout.ts';
import { graphTables, type SaidGraph, type SaidNode } from '../../../report/graph-said.ts';
import type { Language } from '../../../report/words/language.ts';

/** More nodes than this nobody can look at. */
const mostNodes = 160;

/** Whose a chain is: left out where all are of one service. */
const subject = /^([^[]*)\[([^\] ]+)((?: -> .+)?)\]$/;

/** A graph as it is drawn in the page: no more of it than can be looked at. */
export function draw(graph: SaidGraph, language: Language): Drawing {
  const shown = graph.nodes.slice(0, mostNodes);
  const kept = new Set(shown.map(({ id }) => id));
  const isOfOne = new Set(shown.flatMap(({ label }) => subject.exec(label)?.[2] ?? [])).size === 1;
  const nodes = shown.map(
    (node): SaidNode => ({
      ...node,
      label: node.chain !== null && isOfOne ? node.label.replace(subject, '$1$3') : node.label,
    }),
  );
  const edges = graph.edges.filter(({ from, to }) => kept.has(from) && kept.has(to));
  return drawingOf({ nodes, edges }, graphTables[language]);
}
