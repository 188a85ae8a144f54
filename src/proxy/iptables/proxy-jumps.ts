import { type Chain, isBuiltIn, type Rule, type Ruleset, type Table } from '../../iptables/rule/ruleset.ts';
import { RulesetBuilder } from './builder.ts';
import { writeJumps } from './jumps.ts';

/**
 * What kube-proxy sends to iptables-restore lacks the jumps from the built-in chains, which it makes apart. A rule set
 * that has kube-proxy's chains but no jump to any of them is given those that kube-proxy makes.
 */
export function addProxyJumps(ruleset: Ruleset): { readonly ruleset: Ruleset; readonly added: boolean } {
  const nat = ruleset.tables.find(({ name }) => name === 'nat');
  const lacks = nat?.chains.has('KUBE-SERVICES') && nat.chains.has('KUBE-POSTROUTING') && !jumps(nat);
  if (!lacks) return { ruleset, added: false };
  const builder = new RulesetBuilder();
  const filter = ruleset.tables.find(({ name }) => name === 'filter');
  writeJumps(builder, filter?.chains.has('KUBE-FIREWALL') ?? false);
  const made = builder.ruleset(ruleset.family).tables;
  const tables = ruleset.tables.map((table) => {
    const own = made.find(({ name }) => name === table.name);
    return own ? joinTables(table, own) : table;
  });
  return { ruleset: { ...ruleset, tables }, added: true };
}

function jumps({ name, chains }: Table): boolean {
  return [...chains.values()].some(
    (chain) => isBuiltIn(name, chain.name) && chain.rules.some(leadsTo(/^KUBE-(?:SERVICES|POSTROUTING)$/)),
  );
}

function leadsTo(pattern: RegExp): (rule: Rule) => boolean {
  return ({ target }) => target?.kind === 'jump' && pattern.test(target.chain);
}

/** kube-proxy puts its jumps first. Chains that the payload does not have are not jumped to. */
function joinTables(table: Table, made: Table): Table {
  const chains = new Map<string, Chain>(table.chains);
  for (const { name, policy, rules } of made.chains.values()) {
    if (!isBuiltIn(table.name, name)) continue;
    const known = table.chains.get(name);
    const fitting = rules.filter(({ target }) => target?.kind === 'jump' && table.chains.has(target.chain));
    chains.set(name, { name, policy: known?.policy ?? policy, rules: [...fitting, ...(known?.rules ?? [])] });
  }
  return { ...table, chains };
}
