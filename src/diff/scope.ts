import { isKubeProxys } from '../iptables/owners.ts';
import type { Chain, Rule, Ruleset, Table } from '../iptables/rule/ruleset.ts';
import { standsForNone } from '../iptables/rule/shown.ts';

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

/** A chain in which a scope leaves rules out, or the policy. */
export interface LeftOut {
  /** As `nat`, or `inet firewall` of nft. */
  readonly table: string;
  readonly chain: string;
  readonly rules: number;
  /** That the chain has, and the scope has not. */
  readonly policy?: 'DROP';
}

/** A chain of which a text does not show all rules. */
export type CutPlace = Pick<LeftOut, 'table' | 'chain'>;

/** The rules that a scope leaves out, in their chains; chains of which it leaves out nothing are not there. */
export function beyondScope(ruleset: Ruleset, scope: Scope): Ruleset {
  const tables = ruleset.tables.map(othersTable).filter(({ chains }) => chains.size > 0);
  return { family: ruleset.family, tables: scope === 'all' ? [] : tables };
}

/** Where rules stand that a scope leaves out, as `beyondScope` gives them. */
export function placesOf({ tables }: Ruleset): readonly LeftOut[] {
  return tables.flatMap(({ name: table, chains }) =>
    [...chains.values()].map(({ name: chain, policy, rules }) => ({
      table,
      chain,
      rules: rules.length,
      ...(policy === 'DROP' && { policy }),
    })),
  );
}

/** Chains of which not all rules are shown. */
export function cutPlacesOf({ tables }: Ruleset): readonly CutPlace[] {
  return tables.flatMap(({ name: table, chains }) =>
    [...chains.values()].flatMap(({ name: chain, rules }) =>
      rules.some(standsForNone) ? [{ table, chain }] : [],
    ),
  );
}

function othersTable({ name, chains, ...rest }: Table): Table {
  const others = [...chains.values()].flatMap((chain): Chain[] => {
    if (chain.policy === null && isKubeProxys(chain.name)) return [];
    const shown = chain.rules.filter((rule) => !standsForNone(rule));
    const rules = chain.policy === null ? shown : shown.filter((rule) => !leadsToOurs(rule));
    return rules.length > 0 || chain.policy === 'DROP' ? [{ ...chain, rules }] : [];
  });
  return { ...rest, name, chains: new Map(others.map((chain) => [chain.name, chain])) };
}

function ownTable({ name, chains, ...rest }: Table): Table {
  const own = [...chains.values()].flatMap((chain): Chain[] => {
    if (chain.policy !== null) {
      const isOurs = (rule: Rule) =>
        leadsToOurs(rule) || (isEntered(name, chain.name) && standsForNone(rule));
      return [{ ...chain, policy: 'ACCEPT', rules: chain.rules.filter(isOurs) }];
    }
    return isKubeProxys(chain.name) ? [chain] : [];
  });
  return { ...rest, name, chains: new Map(own.map((chain) => [chain.name, chain])) };
}

/** Whether kube-proxy jumps from a built-in chain: what a text does not show there may be that jump. */
function isEntered(table: string, chain: string): boolean {
  return table === 'filter' || (table === 'nat' && chain !== 'INPUT');
}

function leadsToOurs({ target }: Rule): boolean {
  return target?.kind === 'jump' && isKubeProxys(target.chain);
}

function isUsed({ policy, rules }: Chain): boolean {
  return policy === null || rules.length > 0;
}
