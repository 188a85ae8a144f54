import type { Constant, Expression, Value } from '../expression.ts';

/** A constant, a range or the keys of a set, with every value changed; any other expression as it is. */
export function mapValues(constant: Expression, change: (value: Value) => Constant): Expression {
  switch (constant.kind) {
    case 'value':
      return change(constant);
    case 'range':
      return {
        kind: 'range',
        from: mapValues(constant.from, change) as Constant,
        to: mapValues(constant.to, change) as Constant,
      };
    case 'set':
      return {
        ...constant,
        elements: constant.elements.map((one) => ({
          ...one,
          key: mapValues(one.key, change) as typeof one.key,
        })),
      };
    default:
      return constant;
  }
}
