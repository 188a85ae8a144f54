import type { NftFamily, NftRule } from '../model.ts';
import { Refusal } from '../refusal.ts';
import type { Statement } from '../statement.ts';
import { evaluateRule } from './evaluate/rule.ts';
import { listRule } from './listed/rule.ts';
import { mergeLoads } from './merge.ts';

/** A rule as nft lists it once it was loaded. One that is refused, or that iptables-nft made, stays as it is. */
export function canonicalRule(rule: NftRule, family: NftFamily): NftRule {
  if (rule.listed !== undefined) return rule;
  try {
    return { ...rule, statements: canonicalStatements(rule.statements, family) };
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
