import type { Expression, Field } from '../expression.ts';
import { isField } from '../fields.ts';

/** The fields that an expression reads. */
export function fieldsIn(expression: Expression): readonly Field[] {
  if (isField(expression)) return [expression];
  if (expression.kind === 'concat') return expression.parts.flatMap(fieldsIn);
  if (expression.kind === 'binary') return [...fieldsIn(expression.left), ...fieldsIn(expression.right)];
  if (expression.kind === 'map') return fieldsIn(expression.key);
  return expression.kind === 'hash' && expression.of ? fieldsIn(expression.of) : [];
}
