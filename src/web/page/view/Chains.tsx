import { useMemo } from 'preact/hooks';
import { chainGraph } from '../../../graph/build.ts';
import { bundled } from '../../../graph/bundle.ts';
import type { ChainGraph, Selection } from '../../../graph/model.ts';
import { serviceKey } from '../../../kube/cluster/model.ts';
import type { NodeView, Version } from '../../../session/version.ts';
import { servicesOfRules } from '../model/choices.ts';
import { textsOf } from '../model/texts.ts';
import { linkTo, place } from '../state.ts';
import { node } from '../store.ts';
import { words } from '../words.ts';
import { ChainRules } from './ChainRules.tsx';
import { EditedRules, useTried } from './EditedRules.tsx';
import { Graph } from './Graph.tsx';
import { chosenPort, chosenService, Picks } from './Picks.tsx';
import { RuleDetail } from './RuleDetail.tsx';
import { ServiceFacts } from './ServiceFacts.tsx';
import { ServicePick } from './ServicePick.tsx';

/** The chains of a service on a node; of a dump alone, all chains. */
export function Chains({ version }: { readonly version: Version }) {
  const w = words.value;
  const service = chosenService(version);
  const port = service && chosenPort(service);
  const { view, was, problems } = useTried(version);
  const named = useMemo(() => (service ? [] : servicesOfRules(was)), [was, service]);
  const asked = service ? serviceKey(service) : namedService(named, was);
  const key = asked === '' ? view.rules.source.name : asked;
  const graph = useMemo(() => {
    if (asked === '') return graphOf(view, { kind: 'all' });
    const [name = '', portName = null] = asked.split(':');
    return graphOf(view, { kind: 'service', service: name, port: service ? (port?.name ?? null) : portName });
  }, [view, asked, port?.name]);
  const chosen = chainOf(place.value.rule);
  const shown = useMemo(
    () => (place.value.open === '' ? bundled(graph, (id) => id === chosen) : graph),
    [graph, place.value.open, chosen],
  );
  return (
    <section aria-labelledby="view-title">
      <h2 id="view-title">{w.chains}</h2>
      <Picks version={version} service={service} withNode />
      {named.length > 0 && (
        <div class="picks">
          <ServicePick keys={named} own={asked} all={w.allChains} />
        </div>
      )}
      <EditedRules problems={problems} />
      {service && <ServiceFacts version={version} service={service} />}
      {graph.nodes.length > 0 && (
        <>
          <Graph
            graph={shown}
            label={w.graphLabel(key, node.value)}
            chosen={chosen}
            href={(id) => (view.program.chains.has(id) ? linkTo({ rule: `${id}/0` }) : null)}
          />
          {place.value.open !== '' && <a href={linkTo({ open: '' })}>{w.bundleAgain}</a>}
          {chosen === '' && <p class="hint">{w.graphHint}</p>}
        </>
      )}
      <RuleDetail version={version} view={view} />
      {chosen !== '' && <ChainRules id={chosen} graph={graph} view={view} />}
    </section>
  );
}

/** So many chains can be looked at at once; of more, those of one service are shown first. */
const mostAtOnce = 60;

/** Of a dump alone: the service that was asked for, else none, as long as all can be looked at. */
function namedService(named: readonly string[], { program }: NodeView): string {
  const { service } = place.value;
  if (service !== '' && named.some((name) => name === service || name.startsWith(`${service}:`)))
    return service;
  return program.chains.size > mostAtOnce ? (named[0] ?? '') : '';
}

function graphOf(view: NodeView, selection: Selection): ChainGraph {
  return chainGraph(view.rules.ruleset, textsOf(view).chains, selection);
}

/** Of `nat/KUBE-SERVICES/3`, the chain; number 0 stands for the chain alone. */
function chainOf(rule: string): string {
  return rule.replace(/\/\d+$/, '');
}
