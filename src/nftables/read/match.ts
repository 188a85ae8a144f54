import { want } from '../../text/expected.ts';
import type { Expression, Field } from '../expression.ts';
import { isField } from '../fields.ts';
import type { MatchOperator, Statement } from '../statement.ts';
import { typeOf } from '../types.ts';
import { readLeft, readSetReference, wantsOf } from './left.ts';
import { readObjectUse } from './object-use.ts';
import type { Reader } from './reader.ts';
import { isCyclic, readCyclic, readExistence, readKey, readList, readMask, type Wants } from './right.ts';
import { readElements } from './sets.ts';
import { readStatementValue } from './statement-value.ts';

const operators: Readonly<Record<string, MatchOperator>> = {
  '==': '==',
  eq: '==',
  '!=': '!=',
  ne: '!=',
  '<': '<',
  lt: '<',
  '>': '>',
  gt: '>',
  '<=': '<=',
  le: '<=',
  '>=': '>=',
  ge: '>=',
  '!': 'lacks',
};

/** What begins with a field: a match, a lookup of verdicts, or a field that is set. */
export function readMatch(reader: Reader): Statement {
  const left = readLeft(reader);
  if (reader.take('vmap')) return { kind: 'vmap', key: left, map: readVerdictMap(reader, left) };
  if (reader.take('set') && isField(left)) return readAssignment(reader, left);
  const operator = readOperator(reader);
  const existence = readExistence(reader);
  if (existence)
    return { kind: 'match', left: asQuestion(left), operator: operator ?? '==', right: existence };
  return readComparison(reader, left, operator);
}

function readOperator(reader: Reader): MatchOperator | undefined {
  const { kind } = reader.scanner;
  const operator = kind === 'word' || kind === 'mark' ? operators[reader.value] : undefined;
  if (operator !== undefined) reader.next();
  return operator;
}

/** `fib saddr . iif oif missing`: whether there is a route. */
function asQuestion(left: Expression): Expression {
  return left.kind === 'fib' ? { ...left, check: true } : left;
}

function readVerdictMap(reader: Reader, key: Expression): Expression {
  return (
    readSetReference(reader) ?? {
      kind: 'set',
      elements: readElements(reader, wantsOf(reader, key), 'verdict'),
    }
  );
}

function readAssignment(reader: Reader, target: Field): Statement {
  if (target.kind === 'meta' && target.key === 'secmark' && !isSecmarkOfConnection(reader))
    return readObjectUse(reader, 'secmark');
  return { kind: 'set', target, value: readStatementValue(reader, wantsOf(reader, target)) };
}

function isSecmarkOfConnection(reader: Reader): boolean {
  return reader.is('ct') || reader.is('meta');
}

function readComparison(reader: Reader, left: Expression, operator: MatchOperator | undefined): Statement {
  const wants = wantsOf(reader, left);
  const [want] = wants as [Wants[number]];
  const isMask = wants.length === 1 && typeOf(want.type).base === 'bitmask';
  if (wants.length === 1 && isCyclic(want) && isConstantAhead(reader) && isEquality(operator))
    return readCyclicMatch(reader, left, operator ?? '==', want);
  const right = readRight(reader, wants, isMask);
  if (reader.takeMark('/')) return readMasked(reader, left, operator, right, wants);
  const implicit = isMask && isOne(right) && !isComputed(left) ? 'has' : '==';
  return { kind: 'match', left, operator: operator ?? implicit, right };
}

const opposites = { '==': '!=', '!=': '==' } as const;
type Equality = keyof typeof opposites;

function isEquality(operator: MatchOperator | undefined): operator is Equality | undefined {
  return operator === undefined || operator in opposites;
}

/** Neither a set, nor the name of one, nor `*`. */
function isConstantAhead(reader: Reader): boolean {
  if (reader.isMark('$')) return !reader.standsForSet();
  return !['{', '@', '*'].some((mark) => reader.isMark(mark));
}

/** nft lists hours from 23:00 to 01:00 as those that are not from 01:00 to 23:00. */
function readCyclicMatch(
  reader: Reader,
  left: Expression,
  operator: Equality,
  want: Wants[number],
): Statement {
  const { right, isRest } = readCyclic(reader, want);
  return { kind: 'match', left, operator: isRest ? opposites[operator] : operator, right };
}

/** What `^` turns nft turns in the constant instead, so that it is as if nothing were computed. */
function isComputed(left: Expression): boolean {
  return left.kind === 'binary' && (left.operator !== '^' || left.left.kind === 'binary');
}

/** nft loads a set with one element as that element. */
function isOne(right: Expression): boolean {
  const [only, ...more] = right.kind === 'set' ? right.elements : [{ key: right }];
  return only?.key.kind === 'value' && more.length === 0;
}

function readRight(reader: Reader, wants: Wants, isMask: boolean): Expression {
  if (reader.isMark('{')) return { kind: 'set', elements: readElements(reader, wants, null) };
  const set = readSetReference(reader);
  if (set) return set;
  if (reader.isMark('$')) return reader.within(() => readRight(reader, wants, isMask));
  return isMask ? readList(reader, wants[0] as Wants[number]) : readKey(reader, wants);
}

/** `tcp flags syn / fin,syn`. */
function readMasked(
  reader: Reader,
  left: Expression,
  operator: MatchOperator | undefined,
  right: Expression,
  wants: Wants,
): Statement {
  const { span } = reader.scanner;
  const mask = readMask(reader, wants[0] as Wants[number]);
  if (right.kind !== 'value') reader.refuse('only bits take a mask', undefined, span);
  if (operator !== undefined && operator !== '==' && operator !== '!=')
    reader.refuse(`${operator} takes no mask`, want.either('==', '!='), span);
  return {
    kind: 'match',
    left: { kind: 'binary', operator: '&', left, right: mask },
    operator: operator ?? '==',
    right,
  };
}
