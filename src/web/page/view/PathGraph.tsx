import { useMemo } from 'preact/hooks';
import type { Outcome } from '../../../engine/outcome.ts';
import { bundled } from '../../../graph/bundle.ts';
import type { NodeView } from '../../../session/version.ts';
import type { Asked } from '../model/asked.ts';
import { litBy, pathGraph } from '../model/lit.ts';
import { linkTo, place } from '../state.ts';
import { words } from '../words.ts';
import { Graph } from './Graph.tsx';

interface Props {
  readonly asked: Asked;
  readonly outcome: Outcome;
  readonly view: NodeView;
}

/** All ways of a packet, with one of them lit. */
export function PathGraph({ asked: { trace, text }, outcome, view }: Props) {
  const graph = useMemo(() => pathGraph(view, trace.outcomes), [view, trace]);
  if (graph.nodes.length === 0) return null;
  const lit = litBy(graph, outcome);
  return (
    <Graph
      graph={place.value.open === '' ? bundled(graph, (id) => lit.has(id)) : graph}
      label={`${words.value.path}: ${text}`}
      lit={lit}
      href={(id) => firstRule(outcome, id)}
    />
  );
}

/** A chain leads to the rule of it that the packet matched. */
function firstRule({ matched }: Outcome, id: string): string | null {
  const found = matched.find(({ place }) => `${place.table}/${place.chain}` === id);
  return found ? linkTo({ rule: `${id}/${found.place.number}` }) : null;
}
