import type { ChainGraph, GraphEdge, GraphNode } from '../../../graph/model.ts';
import type { PacketClass } from '../../../proof/classes/classify.ts';
import { sharesOfEnds } from '../../../report/diff-ends.ts';
import { percent } from '../../../report/graph-words.ts';
import type { FateWords } from '../../../report/words/fates.ts';
import { type Fraction, toNumber, zero } from '../../../sets/fraction.ts';

/** Where packets went before and after a change, as a graph, and how its edges are drawn, by `FROM TO`. */
export interface Moved {
  readonly graph: ChainGraph;
  readonly looks: ReadonlyMap<string, 'was' | 'now'>;
}

const mostClasses = 8;
const mostEnds = 8;

/** From the entries of classes, the worst first, to where their packets end. `nameOf`: whose packets they are, with the number of the class, from 1. */
export function movedGraph(
  classes: readonly PacketClass[],
  w: FateWords,
  nameOf: (one: PacketClass, number: number) => string,
): Moved {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const looks = new Map<string, 'was' | 'now'>();
  for (const [index, one] of classes.slice(0, mostClasses).entries()) {
    if (one.doubt !== null) continue;
    const from = `from ${index}`;
    const [was, is] = [sharesOfEnds(one.before, w), sharesOfEnds(one.after, w)];
    nodes.set(from, nodeOf(from, 'hook', nameOf(one, index + 1)));
    for (const end of [...new Set([...was.keys(), ...is.keys()])].slice(0, mostEnds)) {
      const to = `to ${end}`;
      const [then, now] = [was.get(end) ?? zero, is.get(end) ?? zero];
      const key = `${from} ${to}`;
      const isReached = [...one.before.items, ...one.after.items].some(
        ({ end: { dnat } }) => dnat !== null && end.startsWith(dnat),
      );
      nodes.set(to, nodeOf(to, isReached ? 'endpoint' : 'other', end.replace(', ', '\n')));
      edges.set(key, { from, to, share: null, rules: [ruleOf(labelOf(then, now))] });
      if (toNumber(then) === 0) looks.set(key, 'now');
      else if (toNumber(now) === 0) looks.set(key, 'was');
    }
  }
  return { graph: { nodes: [...nodes.values()], edges: [...edges.values()] }, looks };
}

const nodeOf = (id: string, kind: GraphNode['kind'], label: string): GraphNode => ({
  id,
  kind,
  table: null,
  chain: null,
  label,
  rules: 0,
});

function labelOf(then: Fraction, now: Fraction): string {
  const [from, to] = [percent(then), percent(now)];
  return from === to ? from : `${from} → ${to}`;
}

/** A graph says of an edge what its rules ask. */
const ruleOf = (said: string): GraphEdge['rules'][number] => ({
  table: 'nat',
  chain: '',
  number: 0,
  at: 0,
  conditions: [said],
  share: zero,
});
