import type { Outcome } from '../../../engine/outcome.ts';
import { chainGraph } from '../../../graph/build.ts';
import type { ChainGraph } from '../../../graph/model.ts';
import type { Rule, Ruleset } from '../../../iptables/rule/ruleset.ts';
import type { NodeView } from '../../../session/version.ts';
import { textsOf } from './texts.ts';

/** The rules of a packet's ways alone: its graph is what the packet can pass. */
export function pathGraph(view: NodeView, outcomes: readonly Outcome[]): ChainGraph {
  const { program, rules } = view;
  const { ruleset } = rules;
  const met = new Set<Rule>(outcomes.flatMap(({ matched }) => matched.map(({ place }) => place.rule)));
  const chains = new Set(
    outcomes.flatMap(({ matched }) =>
      matched.flatMap(({ place: { table, chain, rule } }) => [
        `${table}/${chain}`,
        ...(rule.target?.kind === 'jump' ? [`${table}/${rule.target.chain}`] : []),
      ]),
    ),
  );
  const reduced: Ruleset = {
    family: ruleset.family,
    tables: ruleset.tables.map(({ name: table, chains: all }) => ({
      name: table,
      chains: new Map(
        [...all]
          .filter(([name]) => chains.has(`${table}/${name}`))
          .map(([name, chain]) => [name, { ...chain, rules: chain.rules.filter((rule) => met.has(rule)) }]),
      ),
    })),
  };
  const graph = chainGraph(reduced, textsOf(view).chains, { kind: 'all' });
  const nodes = graph.nodes.map((node) => ({
    ...node,
    rules: program.chains.get(node.id)?.rules.length ?? 0,
  }));
  return { ...graph, nodes };
}

/** The edges of one outcome, as `FROM TO`, and the nodes at their ends. */
export function litBy(graph: ChainGraph, { matched }: Outcome): ReadonlySet<string> {
  const places = new Set(matched.map(({ place: { table, chain, rule } }) => `${table}/${chain} ${rule.at}`));
  const lit = new Set<string>();
  for (const { from, to, rules } of graph.edges) {
    if (!rules.some(({ at }) => places.has(`${from} ${at}`))) continue;
    lit.add(`${from} ${to}`).add(from).add(to);
  }
  return lit;
}
