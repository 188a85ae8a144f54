import type { Expression, SetElement } from '../expression.ts';
import { isManyBits } from '../print/expressions.ts';
import { statefulJson } from './stateful.ts';
import { type Json, object } from './text.ts';
import { maskJson, valueJson } from './values.ts';

type Kind = Expression['kind'];
type Spell = { readonly [K in Kind]: (expression: Extract<Expression, { kind: K }>) => Json };

const spell: Spell = {
  payload: ({ header, field }) => ({ payload: { protocol: header, field } }),
  raw: ({ base, offset, length }) => ({ payload: { base, offset, len: length } }),
  exthdr: ({ header, field }) => ({ exthdr: object({ name: header, field: field ?? undefined }) }),
  option: ({ of, option, field }) => ({
    [`${of} option`]: /^\d/.test(option)
      ? { base: Number(option), offset: 0, len: 8 }
      : object({ name: option, field: field ?? undefined }),
  }),
  'raw-option': ({ number, offset, length }) => ({ 'tcp option': { base: number, offset, len: length } }),
  chunk: ({ chunk, field }) => ({ 'sctp chunk': object({ name: chunk, field: field ?? undefined }) }),
  meta: ({ key }) => ({ meta: { key } }),
  ct: ({ key, family, direction }) => ({
    ct: object({ key: family === undefined ? key : `${family} ${key}`, dir: direction }),
  }),
  rt: ({ key, family }) => ({ rt: object({ key, family }) }),
  socket: ({ key }) => ({ socket: { key } }),
  fib: ({ of, result }) => ({ fib: { result, flags: of } }),
  osf: ({ key, ttl }) => ({ osf: object({ key, ttl }) }),
  ipsec: ({ key, family, direction, number }) => ({
    ipsec: object({ key, family, dir: direction, spnum: number }),
  }),
  value: (value) => (isManyBits(value) ? maskJson(value) : valueJson(value)),
  text: ({ text }) => text,
  prefix: ({ type, value, length }) => ({
    prefix: { addr: valueJson({ kind: 'value', type, value }), len: length },
  }),
  range: ({ from, to }) => ({ range: [endJson(from), endJson(to)] }),
  any: () => '*',
  verdict: (verdict) =>
    'chain' in verdict ? { [verdict.verdict]: { target: verdict.chain } } : { [verdict.verdict]: null },
  set: ({ elements }) => ({ set: elements.map(elementJson) }),
  'set-reference': ({ name }) => `@${name}`,
  concat: ({ parts }) => ({ concat: parts.map(expressionJson) }),
  binary: ({ operator, left, right }) => ({ [operator]: [expressionJson(left), expressionJson(right)] }),
  map: ({ key, map }) => ({ map: { key: expressionJson(key), data: expressionJson(map) } }),
  numgen: ({ mode, modulus, offset }) => ({ numgen: { mode, mod: modulus, offset } }),
  hash: ({ of, modulus, seed, offset }) => ({
    [of ? 'jhash' : 'symhash']: object({
      mod: modulus,
      seed,
      offset: offset === 0 ? undefined : offset,
      expr: of && expressionJson(of),
    }),
  }),
};

export function expressionJson(expression: Expression): Json {
  return (spell[expression.kind] as (expression: Expression) => Json)(expression);
}

function endJson(end: Expression): Json {
  return end.kind === 'value' ? valueJson(end, true) : expressionJson(end);
}

/** An element; of a map a pair. */
export function elementJson(element: SetElement): Json {
  const { key, data, timeout, expires, comment, statements } = element;
  const own = expressionJson(key);
  const isPlain =
    timeout === undefined && expires === undefined && comment === undefined && !statements?.length;
  const first = statements?.[0];
  const whole = isPlain
    ? own
    : {
        elem: {
          ...object({
            val: own,
            timeout: timeout === undefined ? undefined : Math.floor(timeout / 1000),
            expires: expires === undefined ? undefined : Math.floor(expires / 1000),
            comment,
          }),
          // nft tells the first statement of an element only.
          ...(first && (statefulJson(first) as { [key: string]: Json })),
        },
      };
  return data ? [whole, expressionJson(data)] : whole;
}
