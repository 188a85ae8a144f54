import { diffArrays } from 'diff';
import type { Matched } from '../../../engine/branch.ts';
import { ruleKey } from '../../../proof/rules/keys.ts';

/** What stands beside each other: the same rule, or what each side has instead. */
export interface AlignedRow {
  readonly before: Matched | null;
  readonly after: Matched | null;
  /** Both sides have this rule. */
  readonly isShared: boolean;
}

/** Two ways, rule by rule. */
export function alignWays(before: readonly Matched[], after: readonly Matched[]): AlignedRow[] {
  const runs = diffArrays(before.map(keyOf), after.map(keyOf));
  const [left, right] = [[...before], [...after]];
  const rows: AlignedRow[] = [];
  let pending = { before: 0, after: 0 };
  const flush = () => {
    for (let index = 0; index < Math.max(pending.before, pending.after); index += 1) {
      rows.push({
        before: index < pending.before ? (left.shift() ?? null) : null,
        after: index < pending.after ? (right.shift() ?? null) : null,
        isShared: false,
      });
    }
    pending = { before: 0, after: 0 };
  };
  for (const { added, removed, count } of runs) {
    if (removed) pending.before += count;
    else if (added) pending.after += count;
    else {
      flush();
      for (let index = 0; index < count; index += 1) {
        rows.push({ before: left.shift() ?? null, after: right.shift() ?? null, isShared: true });
      }
    }
  }
  flush();
  return rows;
}

/** Equal for rules that do the same in the same chain. */
function keyOf({ place: { table, chain, rule } }: Matched): string {
  return `${table} ${chain} ${ruleKey(rule)}`;
}
