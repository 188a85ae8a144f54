import type { Expression } from '../expression.ts';
import { headers } from '../headers.ts';
import type { NftFamily, NftRule } from '../model.ts';
import type { Match, Statement } from '../statement.ts';
import { typeOf } from '../types.ts';
import { withoutDependencies } from './dependencies.ts';
import { fieldsIn } from './fields-in.ts';
import { canonicalMask } from './masks.ts';
import { canonicalElements } from './sets.ts';

/** A rule as nft lists it once it was loaded. */
export function canonicalRule(rule: NftRule, family: NftFamily): NftRule {
  const statements = rule.statements.map(canonicalStatement);
  return { ...rule, statements: inHeaderOrder(sayRefusals(withoutDependencies(statements, family), family)) };
}

function canonicalStatement(statement: Statement): Statement {
  switch (statement.kind) {
    case 'match':
      return canonicalMatch(statement);
    case 'vmap':
      return { ...statement, map: canonicalExpression(statement.map) };
    case 'set':
      return { ...statement, value: canonicalExpression(statement.value) };
    case 'snat':
    case 'dnat':
    case 'masquerade':
    case 'redirect':
      return {
        ...statement,
        ...(statement.address && { address: canonicalExpression(statement.address) }),
        ...(statement.port && { port: canonicalExpression(statement.port) }),
      };
    default:
      return statement;
  }
}

function canonicalExpression(expression: Expression): Expression {
  if (expression.kind === 'set') return { ...expression, elements: canonicalElements(expression.elements) };
  if (expression.kind === 'map') return { ...expression, map: canonicalExpression(expression.map) };
  return expression;
}

/** A set that was written with one element is that element; of bits, one that the field has. */
function canonicalMatch(match: Match): Match {
  const { right, operator } = match;
  if (right.kind !== 'set' || right.elements.length !== 1 || !isBare(right))
    return canonicalMask({ ...match, right: canonicalExpression(right) });
  const key = right.elements[0]?.key as Expression;
  const isOfBits = key.kind === 'value' && typeOf(key.type).base === 'bitmask';
  return { ...match, operator: isOfBits && operator === '==' ? 'has' : operator, right: key };
}

function isBare({ elements: [one] }: Extract<Expression, { kind: 'set' }>): boolean {
  return (
    one !== undefined &&
    one.key.kind !== 'any' &&
    one.key.kind !== 'concat' &&
    one.comment === undefined &&
    one.timeout === undefined
  );
}

/** In tables of both families a refusal says of which it is, once the rule has. */
function sayRefusals(statements: readonly Statement[], family: NftFamily): readonly Statement[] {
  if (family !== 'inet') return statements;
  let network: 'icmp' | 'icmpv6' | null = null;
  return statements.map((statement) => {
    if (statement.kind === 'match' || statement.kind === 'vmap') {
      const asked = statement.kind === 'match' ? statement.left : statement.key;
      for (const field of fieldsIn(asked)) {
        if (field.kind !== 'payload') continue;
        if (field.header === 'ip' || field.header === 'icmp') network = 'icmp';
        if (field.header === 'ip6' || field.header === 'icmpv6') network = 'icmpv6';
      }
    }
    if (statement.kind !== 'reject' || statement.with || network === null) return statement;
    return { ...statement, with: { type: network, code: network === 'icmp' ? 3 : 4 } };
  });
}

/** Neighbours in a header that are asked for single values are loaded at once, and listed in the header's order. */
function inHeaderOrder(statements: readonly Statement[]): readonly Statement[] {
  const result = [...statements];
  for (let at = 0; at + 1 < result.length; at += 1) {
    const [one, other] = [placeOf(result[at]), placeOf(result[at + 1])];
    if (!one || !other || one.base !== other.base || other.end !== one.start) continue;
    [result[at], result[at + 1]] = [result[at + 1] as Statement, result[at] as Statement];
  }
  return result;
}

function placeOf(statement: Statement | undefined) {
  if (statement?.kind !== 'match') return null;
  const { left, operator, right } = statement as Match;
  if (left.kind !== 'payload' || operator !== '==' || right.kind !== 'value') return null;
  const header = headers[left.header];
  const field = header?.fields[left.field];
  if (!header || !field) return null;
  const [, start, bits] = field;
  return { base: header.base, start, end: start + bits };
}
