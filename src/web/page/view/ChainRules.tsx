import type { ChainGraph } from '../../../graph/model.ts';
import type { NodeView } from '../../../session/version.ts';
import { textsOf } from '../model/texts.ts';
import { words } from '../words.ts';
import { RuleLink } from './RuleLink.tsx';

interface Props {
  /** `nat/KUBE-SERVICES`. */
  readonly id: string;
  readonly graph: ChainGraph;
  readonly view: NodeView;
}

/** Longer chains are shown as far as the graph is about them. */
const most = 200;

/** The rules of a chain, as the dump spells them. */
export function ChainRules({ id, graph, view }: Props) {
  const w = words.value;
  const chain = view.program.chains.get(id);
  if (!chain) return null;
  const own = new Set(
    graph.edges.flatMap(({ from, rules }) => (from === id ? rules.map(({ number }) => number) : [])),
  );
  const shown = chain.rules.length > most ? chain.rules.filter(({ number }) => own.has(number)) : chain.rules;
  const rest = chain.rules.length - shown.length;
  return (
    <section aria-label={w.rulesOf(id)}>
      <h3>{w.rulesOf(textsOf(view).chain(chain.table, chain.name))}</h3>
      <ol class="rules">
        {shown.map((rule) => (
          <li key={rule.number}>
            <RuleLink place={rule} view={view} />
          </li>
        ))}
      </ol>
      {rest > 0 && <p class="hint">{w.moreRules(rest)}</p>}
    </section>
  );
}
