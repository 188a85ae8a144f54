import { type Chain, isBuiltIn, type Ruleset, type Table } from '../../iptables/rule/ruleset.ts';
import { RulesetBuilder } from './builder.ts';
import { writeJumps } from './jumps.ts';

/**
 * What kube-proxy sends to iptables-restore lacks the jumps from the built-in chains, which it makes apart: such a text is given
 * those that kube-proxy makes. It names no built-in chain. What iptables-save prints names them all: where no jump is among their
 * rules, there is none on the node.
 */
export function addProxyJumps(ruleset: Ruleset): { readonly ruleset: Ruleset; readonly added: boolean } {
  if (!isPayload(ruleset)) return { ruleset, added: false };
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

function isPayload({ tables }: Ruleset): boolean {
  const nat = tables.find(({ name }) => name === 'nat')?.chains;
  const isWhole = tables.some(({ name, chains }) =>
    [...chains.keys()].some((chain) => isBuiltIn(name, chain)),
  );
  return !isWhole && nat?.has('KUBE-SERVICES') === true && nat.has('KUBE-POSTROUTING');
}

/** Chains that the payload does not have are not jumped to. */
function joinTables(table: Table, made: Table): Table {
  const chains = new Map<string, Chain>(table.chains);
  for (const chain of made.chains.values()) {
    if (!isBuiltIn(table.name, chain.name)) continue;
    const rules = chain.rules.filter(
      ({ target }) => target?.kind === 'jump' && table.chains.has(target.chain),
    );
    chains.set(chain.name, { ...chain, rules });
  }
  return { ...table, chains };
}
