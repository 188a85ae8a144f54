import type { RulePlace } from '../engine/program.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import type { FoundField } from '../session/fields.ts';
import type { ReportSide } from '../session/side.ts';
import { type FieldSaid, fieldsOf } from './diff-class.ts';

/**
 * Fields of manifests that make a difference, the most telling alone: those whose values differ, then endpoints that one
 * side alone has. What is the same on both sides is only where rules stand, and is told where nothing else is known: what the rules
 * of one side alone came of before the rest.
 */
export function causeFieldsOf({ rules }: PacketClass, report: DiffReport): readonly CauseField[] {
  const after = candidates(rules.after, report.after, report.before);
  const before = candidates(rules.before, report.before, report.after);
  const all = [
    ...after.map((one) =>
      one.rank === rankOfSame && isAmong(before, one) ? { ...one, rank: rankOfSame + 1 } : one,
    ),
    ...before.filter((one) => !isAmong(after, one)),
  ];
  const least = Math.min(...all.map(({ rank }) => rank));
  return all
    .filter(({ rank }) => rank === least)
    .map(({ field, rank }) => ({ ...field, differs: rank < rankOfSame }));
}

/** `differs`: its value does, or only one side has it; of others, only the rules stand there. */
export interface CauseField extends FieldSaid {
  readonly differs: boolean;
}

const rankOfSame = 2;

interface Candidate {
  readonly field: FoundField;
  readonly rank: number;
}

/** The fields that rules of one side came of, and those beside them whose values differ. */
function candidates(rules: readonly RulePlace[], side: ReportSide, other: ReportSide): readonly Candidate[] {
  const differs = (field: FoundField) => {
    const same = other.field?.same(field) ?? null;
    return same === null || same.object !== field.object || same.value !== field.value;
  };
  const own = fieldsOf(rules, side);
  const beside = own
    .flatMap((field) => side.field?.beside(field) ?? [])
    .filter((field) => other.field?.same(field)?.object === field.object && differs(field));
  const rankOf = (field: FoundField) => {
    if (!differs(field)) return rankOfSame;
    return field.asked.of === 'endpoint' ? 1 : 0;
  };
  const all = [...own, ...beside].map((field) => ({ field, rank: rankOf(field) }));
  return all.filter((one, at) => !isAmong(all.slice(0, at), one));
}

function isAmong(list: readonly Candidate[], { field: { object, field } }: Candidate): boolean {
  return list.some(({ field: other }) => other.object === object && other.field === field);
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
