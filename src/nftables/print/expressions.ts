import type { Binary, Expression, SetElement, Value, Verdict } from '../expression.ts';
import { bareMetaKeys } from '../keys.ts';
import { typeOf } from '../types.ts';
import { spellStateful } from './stateful.ts';
import { type PrintStyle, rangeStyle } from './style.ts';
import { spellDuration } from './time.ts';
import { bitsOf, spellValue } from './values.ts';

type Kind = Expression['kind'];
type Spell = {
  readonly [K in Kind]: (expression: Extract<Expression, { kind: K }>, style: PrintStyle) => string;
};

/** Whether a field is named or only asked for: `exthdr hbh`, `tcp option sack left`. */
const withField = (field: string | null) => (field === null ? '' : ` ${field}`);
const withFamily = (family: string | undefined) => (family === undefined ? '' : `${family} `);

const spell: Spell = {
  payload: ({ header, field }) => `${header} ${field}`,
  raw: ({ base, offset, length }) => `@${base},${offset},${length}`,
  exthdr: ({ header, field }) => (field === null ? `exthdr ${header}` : `${header} ${field}`),
  option: ({ of, option, field }) => `${of} option ${option}${withField(field)}`,
  'raw-option': ({ number, offset, length }) => `tcp option @${number},${offset},${length}`,
  chunk: ({ chunk, field }) => `sctp chunk ${chunk}${withField(field)}`,
  meta: ({ key }) => (bareMetaKeys.has(key) ? key : `meta ${key}`),
  ct: ({ key, direction, family }) =>
    `ct ${direction === undefined ? '' : `${direction} `}${withFamily(family)}${key}`,
  rt: ({ family, key }) => `rt ${withFamily(family)}${key}`,
  socket: ({ key, level }) => `socket ${key}${level === undefined ? '' : ` level ${level}`}`,
  fib: ({ of, result }) => `fib ${of.join(' . ')} ${result}`,
  osf: ({ ttl, key }) => `osf ${ttl === undefined ? '' : `ttl ${ttl} `}${key}`,
  ipsec: ({ direction, number, family, key }) =>
    `ipsec ${direction}${number === 0 ? '' : ` spnum ${number}`} ${withFamily(family)}${key}`,
  value: (value, style) => spellMask(value, style, ' | '),
  text: ({ text }) => `"${text}"`,
  prefix: ({ type, value, length }, style) => `${spellValue(type, value, style)}/${length}`,
  range: ({ from, to }) => `${spellExpression(from, rangeStyle)}-${spellExpression(to, rangeStyle)}`,
  any: () => '*',
  verdict: spellVerdict,
  set: ({ elements }, style) => `{ ${elements.map((element) => spellElement(element, style)).join(', ')} }`,
  'set-reference': ({ name }) => `@${name}`,
  concat: ({ parts }, style) => parts.map((part) => spellExpression(part, style)).join(' . '),
  binary: spellBinary,
  map: ({ key, map }, style) => `${spellExpression(key, style)} map ${spellExpression(map, style)}`,
  numgen: ({ mode, modulus, offset }) => `numgen ${mode} mod ${modulus}${spellOffset(offset)}`,
  hash: ({ of, modulus, seed, offset }, style) =>
    `${of === undefined ? 'symhash' : `jhash ${spellExpression(of, style)}`} mod ${modulus}${
      seed === undefined ? '' : ` seed 0x${seed.toString(16)}`
    }${spellOffset(offset)}`,
};

export function spellExpression(expression: Expression, style: PrintStyle): string {
  return (spell[expression.kind] as (expression: Expression, style: PrintStyle) => string)(expression, style);
}

export function spellVerdict(verdict: Verdict): string {
  return 'chain' in verdict ? `${verdict.verdict} ${verdict.chain}` : verdict.verdict;
}

const spellOffset = (offset: number) => (offset === 0 ? '' : ` offset ${offset}`);

/** The bits of a mask, each by its name. */
export function spellMask({ type, value }: Value, style: PrintStyle, separator: string): string {
  if (typeOf(type).base !== 'bitmask') return spellValue(type, value, style);
  const bits = bitsOf(value);
  if (bits.length < 2) return spellValue(type, value, style);
  return bits.map((bit) => spellValue(type, bit, style)).join(separator);
}

/** A larger number binds less. */
const precedence = { '<<': 1, '>>': 1, '&': 2, '^': 3, '|': 4 } as const;

function spellBinary({ operator, left, right }: Binary, style: PrintStyle): string {
  const own = precedence[operator];
  const spellSide = (side: Expression) => {
    const text = spellExpression(side, style);
    return own < bindingOf(side) ? `(${text})` : text;
  };
  return `${spellSide(left)} ${operator} ${spellSide(right)}`;
}

/** Several bits of a mask are joined by `|`. */
function bindingOf(expression: Expression): number {
  if (expression.kind === 'binary') return precedence[expression.operator];
  return expression.kind === 'value' && isManyBits(expression) ? precedence['|'] : 0;
}

export function isManyBits({ type, value }: Value): boolean {
  return typeOf(type).base === 'bitmask' && bitsOf(value).length > 1;
}

/** `KEY timeout 1h counter : DATA`, as rules put it into a set. */
export function spellDynamicElement(
  { key, timeout, statements, data }: SetElement,
  style: PrintStyle,
): string {
  let text = spellExpression(key, style);
  if (timeout !== undefined) text += ` timeout ${spellDuration(timeout, style)}`;
  for (const statement of statements ?? [])
    text += ` ${spellStateful(statement, { ...style, stateless: true })}`;
  return data === undefined ? text : `${text} : ${spellExpression(data, style)}`;
}

/** `KEY counter timeout 1h expires 5m comment "…" : DATA`. */
export function spellElement(element: SetElement, style: PrintStyle): string {
  let text = spellExpression(element.key, style);
  for (const statement of element.statements ?? []) text += ` ${spellStateful(statement, style)}`;
  if (element.timeout !== undefined) text += ` timeout ${spellDuration(element.timeout, style)}`;
  if (element.expires !== undefined && !style.stateless)
    text += ` expires ${spellDuration(element.expires, style)}`;
  if (element.comment !== undefined) text += ` comment "${element.comment}"`;
  if (element.data !== undefined) text += ` : ${spellExpression(element.data, style)}`;
  return text;
}
