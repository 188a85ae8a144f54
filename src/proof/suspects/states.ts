import type { Fingerprint } from '../rules/fingerprint.ts';
import { ruleKey } from '../rules/keys.ts';
import type { LazyChain } from '../rules/program.ts';

/**
 * Whether rules with a state of their own (a limit, a counter) may be fed by other packets than before. Chains that do the
 * same are taken for one elsewhere, whatever they are called; two copies of a limit are not one limit, though. So the
 * chains with such rules, and all that lead to them, must be the same in name and text.
 */
export function statesDiffer(before: Fingerprint, after: Fingerprint): boolean {
  if (before.survey.stateful.length === 0 && after.survey.stateful.length === 0) return false;
  return layoutOf(before) !== layoutOf(after);
}

function layoutOf({ survey }: Fingerprint): string {
  const open = survey.stateful.map(({ chain }) => chain);
  const seen = new Set<LazyChain>(open);
  for (let chain = open.pop(); chain; chain = open.pop()) {
    for (const { chain: caller } of survey.callers.get(chain) ?? []) {
      if (seen.has(caller)) continue;
      seen.add(caller);
      open.push(caller);
    }
  }
  return [...seen].map(textOf).sort().join('\n\n');
}

function textOf({ table, name, policy, rules }: LazyChain): string {
  return [`${table} ${name} ${policy}`, ...rules.map(({ rule }) => ruleKey(rule))].join('\n');
}
