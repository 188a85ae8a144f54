import type { Chain, Rule, Ruleset, Table } from '../../iptables/rule/ruleset.ts';

/** Chains in which kube-proxy writes one service after the other, in the order of a Go map. */
const shared = new Set(['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-NODEPORTS', 'KUBE-PROXY-FIREWALL']);

const canary = /^KUBE-(?:PROXY|KUBELET)-CANARY$/;
const ofService = /^KUBE-(?:SVC|SVL|EXT|FW|SEP)-/;

/**
 * Rules without what chance, time and kubelet make of them on a node, so that what is left differs only where kube-proxy has something else to do:
 * services in the order of names, no canaries, and no empty chains of services that are gone.
 */
export function withoutChance(ruleset: Ruleset): Ruleset {
  return {
    ...ruleset,
    tables: ruleset.tables.map(tableWithoutChance).filter(({ chains }) => chains.size > 0),
  };
}

function tableWithoutChance(table: Table): Table {
  const used = new Set<string>();
  for (const { rules } of table.chains.values()) {
    for (const { target } of rules) if (target?.kind === 'jump') used.add(target.chain);
  }
  const isLeft = ({ name, rules }: Chain) =>
    !canary.test(name) && !(ofService.test(name) && rules.length === 0 && !used.has(name));
  const chains = [...table.chains.values()].filter(isLeft).map(inNameOrder);
  return { ...table, chains: new Map(chains.map((chain) => [chain.name, chain])) };
}

/** Rules of one service keep their order among themselves, and the jump to the node ports comes last. */
function inNameOrder(chain: Chain): Chain {
  if (!shared.has(chain.name)) return chain;
  const keyed = chain.rules.map((rule) => ({ rule, key: keyOf(rule) }));
  keyed.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  return { ...chain, rules: keyed.map(({ rule }) => rule) };
}

/** The service port of a rule, by its comment: `default/web:http cluster IP`; node addresses, which are of no service, by their address. */
function keyOf({ matches }: Rule): string {
  const comment = matches.find(({ kind }) => kind === 'comment');
  const text = comment?.kind === 'comment' ? comment.text : '';
  if (!text.includes('must be the last rule')) return `1 ${text.split(' ')[0]}`;
  const to = matches.find((match) => match.kind === 'destination');
  return `2 ${to?.kind === 'destination' ? String(to.subnet.address).padStart(40, '0') : ''}`;
}
