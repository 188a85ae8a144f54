import type { NftFamily, NftRule, NftTable } from '../model.ts';
import { findNamed } from '../named.ts';
import { Refusal } from '../refusal.ts';
import type { Statement } from '../statement.ts';
import type { Loaded } from './evaluate/protocols.ts';
import { evaluateRule } from './evaluate/rule.ts';
import { listRule } from './listed/rule.ts';
import { mergeLoads } from './merge.ts';
import { withToldFamily } from './told-family.ts';

type Make = (statements: readonly Statement[], family: NftFamily) => readonly Statement[];

/** A rule as nft lists it once it was loaded. */
export function canonicalRule(rule: NftRule, table: NftTable): NftRule {
  const own = made(rule, table, canonicalStatements);
  return {
    ...own,
    statements: own.statements.map((one) => heldAlike(withoutStatementsOf(table, one), table)),
  };
}

/** The rules of a chain that a rule holds are listed with it. */
function heldAlike(statement: Statement, table: NftTable): Statement {
  if (!('rules' in statement)) return statement;
  return { ...statement, rules: statement.rules.map((rule) => canonicalRule(rule, table)) };
}

/** Of what is put into a set whose elements have statements anyway, nft lists none, whatever the rule says. */
function withoutStatementsOf({ sets }: NftTable, statement: Statement): Statement {
  if (statement.kind !== 'set-add' || !statement.element.statements) return statement;
  const set = findNamed(sets, statement.set);
  if (!set || set.statements.length === 0) return statement;
  const { statements: _, ...element } = statement.element;
  return { ...statement, element };
}

/** A rule as the kernel gets it: by places in headers, with all that nft asks for on its own. */
export function loadedRule(rule: NftRule, table: NftTable): NftRule {
  return made(rule, table, (statements, family) =>
    runsOf(evaluateRule(statements, family)).flatMap((run) => mergeLoads(run, family)),
  );
}

/** Questions that follow each other may be asked in any order: whatever else counts, or is done, stays between those that it stands between. */
function runsOf(loaded: readonly Loaded[]): readonly (readonly Loaded[])[] {
  const runs: Loaded[][] = [[]];
  for (const one of loaded) {
    const { statement } = one;
    const isPure = statement.kind === 'match' && statement.right.kind !== 'set-reference';
    if (isPure) runs.at(-1)?.push(one);
    else runs.push([one], []);
  }
  return runs;
}

/** One that is refused, or that iptables-nft made, stays as it is. */
function made(rule: NftRule, table: NftTable, make: Make): NftRule {
  if (rule.listed !== undefined) return rule;
  try {
    const statements = make(rule.statements, table.family);
    return { ...rule, statements: statements.map((one) => withToldFamily(one, table)) };
  } catch (error) {
    if (error instanceof Refusal) return rule;
    throw error;
  }
}

/** Throws a `Refusal` where nft takes no such rule. */
export function canonicalStatements(
  statements: readonly Statement[],
  family: NftFamily,
): readonly Statement[] {
  return listRule(mergeLoads(evaluateRule(statements, family), family), family);
}
