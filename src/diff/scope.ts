import { isKubeProxys } from '../iptables/owners.ts';
import type { Chain, Rule, Ruleset, Table } from '../iptables/rule/ruleset.ts';

/** `kube-proxy`: what kube-proxy made, as if nobody else had rules on the node. */
export const scopes = ['all', 'kube-proxy'] as const;
/** Whose rules are looked at: everybody's, or only kube-proxy's. */
export type Scope = (typeof scopes)[number];

/** The rules of a scope. Chains of others go, and their rules in the built-in chains; so do policies, which others set. */
export function inScope(ruleset: Ruleset, scope: Scope): Ruleset {
  if (scope === 'all') return ruleset;
  const tables = ruleset.tables.map(ownTable).filter(({ chains }) => [...chains.values()].some(isUsed));
  return { ...ruleset, tables };
}

function ownTable({ name, chains }: Table): Table {
  const own = [...chains.values()].flatMap((chain): Chain[] => {
    if (chain.policy !== null)
      return [{ ...chain, policy: 'ACCEPT', rules: chain.rules.filter(leadsToOurs) }];
    return isKubeProxys(chain.name) ? [chain] : [];
  });
  return { name, chains: new Map(own.map((chain) => [chain.name, chain])) };
}

function leadsToOurs({ target }: Rule): boolean {
  return target?.kind === 'jump' && isKubeProxys(target.chain);
}

function isUsed({ policy, rules }: Chain): boolean {
  return policy === null || rules.length > 0;
}
