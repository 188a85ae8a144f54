import type { IrProgram } from '../engine/ir.ts';
import type { Chain, Ruleset, Table } from '../iptables/rule/ruleset.ts';

/** Rules of nft as what iptables would call them: for names, places and pictures, and never for what they do. */
export function toldRuleset({ family, chains }: IrProgram): Ruleset {
  const tables = new Map<string, Map<string, Chain>>();
  for (const { table, name, policy, rules } of chains.values()) {
    const own = tables.get(table) ?? new Map<string, Chain>();
    own.set(name, { name, policy, rules: rules.map(({ rule }) => rule) } as Chain);
    tables.set(table, own);
  }
  return { family, tables: [...tables].map(([name, own]) => ({ name, chains: own }) as unknown as Table) };
}
