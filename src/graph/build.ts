import { formatAddress, formatEndpoint } from '../address/address.ts';
import { statisticScale } from '../iptables/rule/match.ts';
import { printTarget } from '../iptables/rule/print.ts';
import type { Chain, Rule, Ruleset, TableName } from '../iptables/rule/ruleset.ts';
import { standsForNone } from '../iptables/rule/shown.ts';
import type { Target, TargetKind } from '../iptables/rule/target.ts';
import { type Fraction, fraction, multiply, one, subtract } from '../sets/fraction.ts';
import { conditionsOf } from './conditions.ts';
import type { ChainGraph, Doing, GraphEdge, GraphNode, GraphRule, NodeKind, Selection } from './model.ts';
import { select, waysOf } from './select.ts';

/** Readable names of chains, by `TABLE/CHAIN`. */
export type ChainNames = ReadonlyMap<string, string>;

/** The graph of what is selected. Nothing of the selection in the rule set gives a graph without nodes. */
export function chainGraph(ruleset: Ruleset, names: ChainNames, selection: Selection): ChainGraph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  for (const { table, chain, rules } of select(ruleset, names, selection)) {
    addNode(nodes, chainNode(table, chain, names));
    const shares = sharesOf(chain);
    for (const number of rules) {
      const rule = chain.rules[number - 1] as Rule;
      for (const { matches, target, share, asked = [] } of waysOf(rule)) {
        const node = target && destinationOf(target, table, ruleset, names);
        if (!node) continue;
        addNode(nodes, node);
        addRule(edges, `${table}/${chain.name}`, node.id, {
          table,
          chain: chain.name,
          number,
          at: rule.at,
          conditions: [...(rule.asked ?? []), ...asked, ...conditionsOf(matches)],
          share: share ?? (shares[number - 1] as Fraction),
        });
      }
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

function addNode(nodes: Map<string, GraphNode>, node: GraphNode): void {
  if (!nodes.has(node.id)) nodes.set(node.id, node);
}

/** Rules that ask for the same share it; of rules that ask for different things none can be told for all. */
function addRule(edges: Map<string, GraphEdge>, from: string, to: string, rule: GraphRule): void {
  const key = `${from} ${to}`;
  const known = edges.get(key);
  if (!known) edges.set(key, { from, to, rules: [rule], share: isWhole(rule.share) ? null : rule.share });
  else edges.set(key, { ...known, rules: [...known.rules, rule], share: known.share ?? shareOf(rule) });
}

const isWhole = ({ n, d }: Fraction): boolean => n === d;
const shareOf = ({ share }: GraphRule): Fraction | null => (isWhole(share) ? null : share);

/**
 * For each rule the share of the packets that meet all conditions and reach it undecided by chance: of three endpoints 1/3,
 * then 1/2 of what is left, then the rest. Rules that ask for more than chance leave that rest as it is.
 */
function sharesOf({ rules }: Chain): readonly Fraction[] {
  let left: Fraction = one;
  return rules.map(({ matches, target }) => {
    const chance = matches.flatMap((match) => {
      if (match.kind !== 'statistic' || match.negated) return [];
      return match.mode === 'random'
        ? [fraction(match.threshold, statisticScale)]
        : [fraction(1, match.every)];
    });
    const share = multiply(left, chance.reduce(multiply, one));
    const decides =
      target !== null && matches.every(({ kind }) => kind === 'statistic' || kind === 'comment');
    if (chance.length > 0 && decides) left = subtract(left, share);
    return share;
  });
}

function chainNode(table: TableName, { name, policy, rules }: Chain, names: ChainNames): GraphNode {
  const id = `${table}/${name}`;
  const label = policy === null ? (names.get(id) ?? name) : `${table} ${name}`;
  const shown = rules.reduce((count, rule) => (standsForNone(rule) ? count : count + 1), 0);
  const kind = policy !== null ? 'hook' : name === 'KUBE-MARK-MASQ' ? 'mark' : 'chain';
  return { id, kind, table, chain: name, label, rules: shown };
}

const leaf = (kind: NodeKind, label: string | Doing): GraphNode => ({
  id: `${kind}/${typeof label === 'string' ? label : idOf(label)}`,
  kind,
  table: null,
  chain: null,
  label,
  rules: 0,
});

function idOf(label: Doing): string {
  switch (label.code) {
    case 'mark':
      return `0x${label.value.toString(16)}/0x${label.mask.toString(16)}`;
    case 'source-becomes':
      return label.address === null ? 'node' : formatAddress(label.address);
    case 'more-endpoints':
      return 'more';
  }
}

type Leaves = { readonly [K in TargetKind]?: (target: Extract<Target, { kind: K }>) => GraphNode | null };

/** What targets lead to, jumps aside. `RETURN` leads back to where the packet came from, which is no new place. */
const leaves: Leaves = {
  verdict: ({ verdict }) => (verdict === 'RETURN' ? null : leaf('verdict', verdict)),
  reject: ({ with: answer }) => leaf('verdict', `REJECT (${answer})`),
  dnat: ({ addresses, ports }) => {
    if (!addresses) return null;
    const one = addresses.first === addresses.last && (!ports || ports.first === ports.last);
    if (!one) return null;
    return leaf(
      'endpoint',
      ports ? formatEndpoint(addresses.first, ports.first) : formatAddress(addresses.first),
    );
  },
  masquerade: () => leaf('source', { code: 'source-becomes', address: null }),
  snat: ({ addresses }) =>
    addresses ? leaf('source', { code: 'source-becomes', address: addresses.first }) : null,
  mark: ({ value, mask }) => leaf('mark', { code: 'mark', value, mask }),
};

function destinationOf(
  target: Target,
  table: TableName,
  ruleset: Ruleset,
  names: ChainNames,
): GraphNode | null {
  if (target.kind === 'jump') {
    const chain = ruleset.tables.find(({ name }) => name === table)?.chains.get(target.chain);
    return chain ? chainNode(table, chain, names) : null;
  }
  const make = leaves[target.kind] as ((target: Target) => GraphNode | null) | undefined;
  if (target.kind === 'verdict' && target.verdict === 'RETURN') return null;
  return make?.(target) ?? leaf('other', printTarget(target).trim().replace(/^-j /, ''));
}
