import type { Expression, SetElement } from '../../../nftables/expression.ts';
import type { Instruction } from '../../ir.ts';
import { choose, hashName, hashValues, isNumber } from './chance.ts';
import { valuesOf } from './constants.ts';
import { askNeeds, lookupOf } from './lookup.ts';
import { presenceOf, spelled } from './operands.ts';
import type { Scope } from './scope.ts';
import { meters } from './stateful.ts';

/** What is done with the value that an expression gives. */
export type Then = (value: Expression) => readonly Instruction[];

const fail: readonly Instruction[] = [{ do: 'fail' }];

/** That a statement comes to something which is not known. */
export function unknown(text: string): readonly Instruction[] {
  return [{ do: 'open', reason: { code: 'statement-unevaluated', text } }];
}

/** Where a key leads in a map; where it is not in it, the rule ends. */
export function choicesOf(
  key: Expression,
  map: Expression,
  then: Then,
  scope: Scope,
): readonly Instruction[] {
  const text = `${spelled(key)} map ${spelled(map)}`;
  const set = map.kind === 'set-reference' ? scope.sets.get(map.name) : undefined;
  const elements = map.kind === 'set' ? map.elements : set?.elements;
  if (!elements || (set && scope.changed.has(set.name))) return unknown(text);
  const carried = meters(set?.statements ?? []);
  const code = (element: SetElement) => [
    ...carried,
    ...meters(element.statements ?? []),
    ...(element.data ? then(element.data) : []),
  ];
  if (key.kind === 'numgen' || isNumber(key)) {
    const choices = elements.map((element) => ({ values: valuesOf(element.key), code: code(element) }));
    if (choices.some(({ values }) => values === null)) return unknown(text);
    return choose(key, choices as Parameters<typeof choose>[1], fail, scope);
  }
  if (key.kind === 'hash')
    return [...askNeeds(presenceOf(key, scope)), ...byHash(key, elements, code, text, scope)];
  const keyed = elements.map((element) => ({ key: element.key, code: code(element) }));
  return lookupOf(key, keyed, undefined, scope) ?? [...askNeeds(presenceOf(key, scope)), ...unknown(text)];
}

function byHash(
  hash: Extract<Expression, { kind: 'hash' }>,
  elements: readonly SetElement[],
  code: (element: SetElement) => readonly Instruction[],
  text: string,
  scope: Scope,
): readonly Instruction[] {
  const made = elements.map((element) => ({ values: valuesOf(element.key), code: code(element) }));
  if (made.some(({ values }) => values === null)) return unknown(text);
  return [
    {
      do: 'lookup',
      fields: [{ field: 'hash', of: hashName(hash, scope) }],
      elements: made.map(({ values, code: own }) => ({ keys: [hashValues(hash, values ?? [])], code: own })),
    },
  ];
}

/** Numbers of chance with more values are not told apart. */
const mostValues = 4096;

/** Each value that an expression can give: one, or what maps and chance lead to. */
export function eachValue(expression: Expression, then: Then, scope: Scope): readonly Instruction[] {
  switch (expression.kind) {
    case 'map':
      return choicesOf(expression.key, expression.map, (data) => eachValue(data, then, scope), scope);
    case 'numgen': {
      const { offset, modulus } = expression;
      if (modulus > mostValues) return unknown(spelled(expression));
      const choices = Array.from({ length: modulus }, (_, index) => ({
        values: [offset + index, offset + index],
        code: then({ kind: 'value', type: 'integer', value: offset + index }),
      }));
      return choose(expression, choices, fail, scope);
    }
    default:
      return then(expression);
  }
}
