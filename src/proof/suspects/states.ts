import type { IrRule } from '../../engine/ir.ts';
import { sideBySide } from '../decisions/side-by-side.ts';
import { type Fingerprint, treeKey } from '../rules/fingerprint.ts';
import { ruleKey } from '../rules/keys.ts';
import type { LazyChain } from '../rules/program.ts';

/**
 * Whether rules with a state of their own (a limit, a counter) may be fed by other packets than before. Chains that do the
 * same are taken for one elsewhere, whatever they are called; two copies of a limit are not one limit, though. So the
 * chains with such rules, and all that lead to them, must be the same in name, and let the same packets through.
 */
export function statesDiffer(before: Fingerprint, after: Fingerprint): boolean {
  if (before.survey.stateful.length === 0 && after.survey.stateful.length === 0) return false;
  const [left, right] = [leadingToStates(before), leadingToStates(after)];
  if (left.size !== right.size) return true;
  return [...left].some(([name, chain]) => {
    const other = right.get(name);
    return (
      !other ||
      !feedAlike({ print: before, chain, leading: left }, { print: after, chain: other, leading: right })
    );
  });
}

type Leading = ReadonlyMap<string, LazyChain>;

const nameOf = ({ table, name }: LazyChain) => `${table} ${name}`;

/** The base chains of the first that lead to such rules, there or on the other side. */
export function basesToStates(before: Fingerprint, after: Fingerprint): readonly LazyChain[] {
  const leading = [before, after].map(leadingToStates);
  return [...before.program.entries.values()].filter((chain) =>
    leading.some((chains) => chains.has(nameOf(chain))),
  );
}

/** The chains with such rules, and all that lead to them, by name. */
function leadingToStates({ survey }: Fingerprint): Leading {
  const open = survey.stateful.map(({ chain }) => chain);
  const seen = new Map(open.map((chain) => [nameOf(chain), chain]));
  for (let chain = open.pop(); chain; chain = open.pop()) {
    for (const { chain: caller } of survey.callers.get(chain) ?? []) {
      if (seen.has(nameOf(caller))) continue;
      seen.set(nameOf(caller), caller);
      open.push(caller);
    }
  }
  return seen;
}

interface Fed {
  readonly print: Fingerprint;
  readonly chain: LazyChain;
  readonly leading: Leading;
}

function feedAlike(left: Fed, right: Fed): boolean {
  const sides = sideBySide(sideOf(left), sideOf(right), left.print.program.family);
  return sides !== null && sides.cubes.length === 0;
}

/** A chain that leads to such rules is compared on its own; of others all must be alike. */
function sideOf({ print, chain, leading }: Fed) {
  const isLeading = (rule: IrRule) => rule.jump !== null && leading.has(nameOf(rule.jump as LazyChain));
  const key = (rule: LazyChain['rules'][number]) =>
    isLeading(rule) ? ruleKey(rule.rule) : treeKey(rule, print.chains);
  return { rules: chain.rules, policy: chain.policy, wholeKey: key, markKey: key };
}
