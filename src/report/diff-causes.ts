import type { RulePlace } from '../engine/program.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import { type FieldSaid, fieldsOf } from './diff-class.ts';

/**
 * Fields of manifests that make a difference, the most telling alone: those of the object that changed, then endpoints that
 * one side alone has. An endpoint that both have is only where rules stand.
 */
export function causeFieldsOf({ rules }: PacketClass, report: DiffReport): readonly FieldSaid[] {
  const [before, after] = [fieldsOf(rules.before, report.before), fieldsOf(rules.after, report.after)];
  const all = [...after, ...before.filter((one) => !isIn(after, one))];
  const rank = (one: FieldSaid) => {
    if (!one.field.startsWith('endpoints')) return 0;
    return isIn(before, one) && isIn(after, one) ? 2 : 1;
  };
  const least = Math.min(...all.map(rank));
  return all.filter((one) => rank(one) === least);
}

function isIn(list: readonly FieldSaid[], { object, field }: FieldSaid): boolean {
  return list.some((other) => other.object === object && other.field === field);
}

/** The rule that makes a difference; null where what becomes of the packets comes of no rule, and is said with it. */
export function causeRuleOf({
  rules,
  before,
  after,
}: PacketClass): { readonly place: RulePlace; readonly side: 'before' | 'after' } | null {
  const ends = [...after.items, ...before.items].map(({ end }) => end);
  if (ends.some(({ verdict, reason }) => verdict !== 'accept' && reason !== null)) return null;
  for (const side of ['after', 'before'] as const) {
    const place = deciding(rules[side]);
    if (place) return { place, side };
  }
  return null;
}

/** Of the rules that one side alone has, the last that does something, else the last. */
function deciding(rules: readonly RulePlace[]): RulePlace | undefined {
  const acts = ({ rule: { target } }: RulePlace) =>
    target !== null && target.kind !== 'jump' && !(target.kind === 'verdict' && target.verdict === 'RETURN');
  return rules.findLast(acts) ?? rules.at(-1);
}
