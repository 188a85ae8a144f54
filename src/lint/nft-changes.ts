import type { FieldName } from '../engine/fields.ts';
import { instructionsIn } from '../engine/instructions.ts';
import type { Condition, IrChain, IrRule } from '../engine/ir.ts';

/** The fields that a rule may give another value, with all that it jumps to. */
export function changedBy({ code }: IrRule, seen: Set<IrChain> = new Set()): ReadonlySet<FieldName> {
  const changed = new Set<FieldName>();
  for (const instruction of instructionsIn(code)) {
    if (instruction.do === 'set') changed.add(instruction.field.field);
    if (instruction.do === 'notrack') for (const field of ['ct', 'ctState'] as const) changed.add(field);
    if (instruction.do !== 'jump' || seen.has(instruction.chain)) continue;
    seen.add(instruction.chain);
    for (const rule of instruction.chain.rules) for (const field of changedBy(rule, seen)) changed.add(field);
  }
  return changed;
}

/** The fields that a condition asks. */
export function fieldsOf(condition: Condition): ReadonlySet<string> {
  switch (condition.kind) {
    case 'test':
      return new Set([condition.field]);
    case 'open':
      return new Set([`open ${condition.key}`]);
    case 'not':
      return fieldsOf(condition.of);
    default:
      return new Set(condition.of.flatMap((one) => [...fieldsOf(one)]));
  }
}
