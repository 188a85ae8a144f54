import { byIpvs } from '../iptables/rule/target.ts';
import type { NftRule, NftRuleset, NftTable } from './model.ts';
import type { Statement } from './statement.ts';

/**
 * Whether iptables-nft made a table for kube-proxy's ipvs mode: what is for a service is asked by a set there, of which nft tells that it is
 * asked and no more.
 */
export function isOfIpvs({ family, name, chains }: NftTable): boolean {
  if ((family !== 'ip' && family !== 'ip6') || name !== 'nat') return false;
  return chains.some((chain) => chain.name === 'KUBE-SERVICES' && chain.rules.some(asksSet));
}

/**
 * What rules of that mode let through, IPVS takes in LOCAL_IN and LOCAL_OUT, and sends to an endpoint: what follows is told by no rule, and
 * open. The same as `withIpvs` of a dump.
 */
export function withNftIpvs(ruleset: NftRuleset): NftRuleset {
  if (!ruleset.tables.some(isOfIpvs)) return ruleset;
  return { ...ruleset, tables: ruleset.tables.map((table) => (isOfIpvs(table) ? opened(table) : table)) };
}

/** By chain, what leads to IPVS where a set asked for it; what is marked for masquerade before that is of no further meaning. */
const leading: ReadonlyMap<string, (statement: Statement) => boolean> = new Map([
  ['KUBE-SERVICES', isAccept],
  ['KUBE-NODE-PORT', (statement) => isAccept(statement) || leadsTo(statement, 'KUBE-MARK-MASQ')],
]);

function opened(table: NftTable): NftTable {
  const chains = table.chains.map((chain) => {
    const leads = leading.get(chain.name);
    return leads ? { ...chain, rules: chain.rules.map((rule) => handedOver(rule, leads)) } : chain;
  });
  return { ...table, chains };
}

function handedOver(rule: NftRule, leads: (statement: Statement) => boolean): NftRule {
  if (!asksSet(rule)) return rule;
  const statements = rule.statements.map(
    (statement): Statement => (leads(statement) ? { kind: 'xt', type: 'target', name: byIpvs } : statement),
  );
  return { ...rule, statements };
}

function asksSet({ statements }: NftRule): boolean {
  return statements.some(
    (statement) => statement.kind === 'xt' && statement.type === 'match' && statement.name === 'set',
  );
}

function isAccept(statement: Statement): boolean {
  return statement.kind === 'verdict' && statement.verdict === 'accept';
}

function leadsTo(statement: Statement, chain: string): boolean {
  return statement.kind === 'verdict' && 'chain' in statement && statement.chain === chain;
}
