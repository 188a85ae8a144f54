import { useMemo } from 'preact/hooks';
import { serviceKey } from '../../../cluster/model.ts';
import { chainGraph } from '../../../graph/build.ts';
import type { ChainGraph, Selection } from '../../../graph/model.ts';
import type { NodeView, Version } from '../model/version.ts';
import { linkTo, place } from '../state.ts';
import { node } from '../store.ts';
import { words } from '../words.ts';
import { ChainRules } from './ChainRules.tsx';
import { Graph } from './Graph.tsx';
import { chosenPort, chosenService, Picks } from './Picks.tsx';
import { RuleDetail } from './RuleDetail.tsx';
import { ServiceFacts } from './ServiceFacts.tsx';

/** The chains of a service on a node; of a dump alone, all chains. */
export function Chains({ version }: { readonly version: Version }) {
  const w = words.value;
  const service = chosenService(version);
  const port = service && chosenPort(service);
  const view = version.nodeView(node.value);
  const key = service ? serviceKey(service) : view.rules.source.name;
  const graph = useMemo(
    () =>
      graphOf(view, service ? { kind: 'service', service: key, port: port?.name ?? null } : { kind: 'all' }),
    [view, key, port?.name],
  );
  const chosen = chainOf(place.value.rule);
  return (
    <section aria-labelledby="view-title">
      <h2 id="view-title">{w.chains}</h2>
      <Picks version={version} service={service} withNode />
      {service && <ServiceFacts version={version} service={service} />}
      {graph.nodes.length > 0 && (
        <>
          <Graph
            graph={graph}
            label={w.graphLabel(key, node.value)}
            chosen={chosen}
            href={(id) => (view.program.chains.has(id) ? linkTo({ rule: `${id}/0` }) : null)}
          />
          {chosen === '' && <p class="hint">{w.graphHint}</p>}
        </>
      )}
      <RuleDetail version={version} view={view} />
      {chosen !== '' && <ChainRules id={chosen} graph={graph} view={view} />}
    </section>
  );
}

function graphOf({ rules: { ruleset }, texts }: NodeView, selection: Selection): ChainGraph {
  return chainGraph(ruleset, texts.chains, selection);
}

/** Of `nat/KUBE-SERVICES/3`, the chain; number 0 stands for the chain alone. */
function chainOf(rule: string): string {
  return rule.replace(/\/\d+$/, '');
}
