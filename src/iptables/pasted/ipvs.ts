import type { Chain, Rule, Ruleset, Table } from '../rule/ruleset.ts';
import { byIpvs, type VerdictTarget } from '../rule/target.ts';

type Verdict = VerdictTarget['verdict'];

/**
 * In kube-proxy's ipvs mode rules only mark what IPVS then takes, in LOCAL_IN and LOCAL_OUT, and sends to an endpoint.
 * Where a rule lets such a packet through, what follows is not told by any rule: it is open.
 */
export function withIpvs(ruleset: Ruleset): Ruleset {
  const nat = ruleset.tables.find(({ name }) => name === 'nat');
  const services = nat?.chains.get('KUBE-SERVICES');
  if (!nat || !services?.rules.some(asksProxysSet)) return ruleset;
  const tables = ruleset.tables.map((table) => (table === nat ? opened(nat) : table));
  return { ...ruleset, tables };
}

/** The rules as they stand, where what IPVS does is known from elsewhere. */
export function withoutIpvs(ruleset: Ruleset): Ruleset {
  const tables = ruleset.tables.map((table) => (table.name === 'nat' ? closed(table) : table));
  return { ...ruleset, tables };
}

function closed({ chains, ...rest }: Table): Table {
  const rules = ({ rules: all }: Chain) =>
    all.flatMap((rule): readonly Rule[] => {
      const { target } = rule;
      if (target?.kind !== 'other' || target.name !== byIpvs) return [rule];
      const [verdict] = target.words as readonly Verdict[];
      return verdict ? [{ ...rule, target: { kind: 'verdict', verdict } }] : [];
    });
  return {
    ...rest,
    chains: new Map([...chains].map(([key, chain]) => [key, { ...chain, rules: rules(chain) }])),
  };
}

function opened({ chains, ...rest }: Table): Table {
  const all = new Map<string, Chain>(chains);
  for (const chain of ['KUBE-SERVICES', 'KUBE-NODE-PORT']) {
    const known = all.get(chain);
    if (known) all.set(chain, { ...known, rules: known.rules.flatMap(handedOver) });
  }
  return { ...rest, chains: all };
}

/** What is accepted by a set goes to IPVS at once; what is marked for masquerade as a node port's, after the mark. */
function handedOver(rule: Rule): readonly Rule[] {
  if (!asksProxysSet(rule)) return [rule];
  const { target } = rule;
  const open = (words: readonly string[]): Rule => ({
    ...rule,
    target: { kind: 'other', name: byIpvs, words, understood: false },
  });
  if (target?.kind === 'verdict') return target.verdict === 'DROP' ? [rule] : [open([target.verdict])];
  const isNodePort = rule.matches.some(
    (match) => match.kind === 'set' && match.name.startsWith('KUBE-NODE-PORT'),
  );
  return isNodePort ? [rule, open([])] : [rule];
}

function asksProxysSet({ matches }: Rule): boolean {
  return matches.some((match) => match.kind === 'set' && match.name.startsWith('KUBE-'));
}
