import type { Expression } from '../expression.ts';
import { isManyBits } from '../print/expressions.ts';
import { isEvents, isNamelessBySize, spellStatement } from '../print/statements.ts';
import type { Match, Other, Statement, Translation } from '../statement.ts';
import { typeOf } from '../types.ts';
import { elementJson, expressionJson } from './expressions.ts';
import { statefulJson } from './stateful.ts';
import { type Json, object, oneOrList } from './text.ts';
import { bitsJson, maskJson, numberJson, valueJson } from './values.ts';

type Kind = Statement['kind'];
type Spell = { readonly [K in Kind]: (statement: Extract<Statement, { kind: K }>) => Json };
type OtherOf<K extends Other['kind']> = Extract<Other, { kind: K }>;

const spell: Spell = {
  match: matchJson,
  verdict: expressionJson,
  vmap: ({ key, map }) => ({ vmap: { key: expressionJson(key), data: expressionJson(map) } }),
  set: ({ target, value }) => ({
    mangle: {
      key: expressionJson(target),
      value: isEvents(target) ? flagsJson(value) : expressionJson(value),
    },
  }),
  counter: (statement) => statefulJson(statement),
  quota: (statement) => statefulJson(statement),
  limit: (statement) => statefulJson(statement),
  connlimit: (statement) => statefulJson(statement),
  last: (statement) => statefulJson(statement),
  object: ({ object: kind, name }) => ({ [kind]: expressionJson(name) }),
  snat: translationJson,
  dnat: translationJson,
  masquerade: translationJson,
  redirect: translationJson,
  reject: ({ with: answer }) => ({ reject: answerJson(answer) }),
  log: logJson,
  'set-add': setAddJson,
  meter: ({ set, size, element }) => {
    const [first] = element.statements ?? [];
    return {
      meter: object({
        key: elementJson(withoutState(element)),
        stmt: first && statefulJson(first, true),
        size: size ?? 65_535,
        name: set,
      }),
    };
  },
  notrack: () => ({ notrack: null }),
  flow: ({ table }) => ({ flow: { op: 'add', flowtable: `@${table}` } }),
  dup: ({ to, device }) => ({
    dup: object({ addr: expressionJson(to), dev: device && expressionJson(device) }),
  }),
  fwd: ({ family, to, device }) => ({
    fwd: device
      ? object({ dev: expressionJson(device), family, addr: expressionJson(to) })
      : { dev: expressionJson(to) },
  }),
  queue: ({ to, flags }) => ({ queue: object({ num: expressionJson(to), flags: oneOrList(flags) }) }),
  tproxy: ({ family, address, port }) => ({
    tproxy: object({ family, addr: address && expressionJson(address), port: port && expressionJson(port) }),
  }),
  synproxy: synproxyJson,
  'reset-option': ({ option }) => ({
    reset: {
      'tcp option': /^\d/.test(option) ? { base: Number(option), offset: 0, len: 0 } : { name: option },
    },
  }),
  xt: ({ type, name }) => ({ xt: { type, name } }),
  unknown: ({ text }) => text,
};

/** A statement as `nft -j` prints it. */
export function statementJson(statement: Statement): Json {
  return (spell[statement.kind] as (statement: Statement) => Json)(statement);
}

/** Of what is put into a map nft tells the text. */
function setAddJson(statement: Extract<Statement, { kind: 'set-add' }>): Json {
  const { operation, set, element } = statement;
  if (element.data) return spellStatement(statement, {});
  return {
    set: object({
      op: operation,
      elem: elementJson(withoutState(element)),
      set: `@${set}`,
      stmt: element.statements?.map((one) => statefulJson(one, true)),
    }),
  };
}

const withoutState = ({ statements: _, ...element }: Extract<Statement, { kind: 'set-add' }>['element']) =>
  element;

/** Questions for bits: `in` where one of them must be there, `!` where none may. */
function matchJson(match: Match): Json {
  const { left, operator, right } = match;
  const op = operator === 'has' ? 'in' : operator === 'lacks' ? '!' : operator;
  if (operator === 'has' || operator === 'lacks')
    return { match: { op, left: expressionJson(left), right: flagsJson(right) } };
  const isFlags =
    (operator === '==' || operator === '!=') &&
    left.kind === 'binary' &&
    left.operator === '&' &&
    left.right.kind === 'value' &&
    typeOf(left.right.type).base === 'bitmask' &&
    right.kind === 'value';
  if (
    isFlags &&
    !(left.right.kind === 'value' && !isManyBits(right) && BigInt(left.right.value) === BigInt(right.value))
  )
    return {
      match: {
        op,
        left: { '&': [expressionJson(left.left), flagsJson(left.right)] },
        right: flagsJson(right),
      },
    };
  if (isNamelessBySize(match) && right.kind === 'value')
    return { match: { op, left: expressionJson(left), right: maskJson(right, numberJson) } };
  const isWhole = left.kind === 'payload' && right.kind === 'value';
  return {
    match: { op, left: expressionJson(left), right: isWhole ? valueJson(right) : expressionJson(right) },
  };
}

function flagsJson(flags: Expression): Json {
  return flags.kind === 'value' ? (oneOrList(bitsJson(flags)) as Json) : expressionJson(flags);
}

function translationJson({ kind, family, address, port, prefix, flags }: Translation): Json {
  const own = object({
    family: address || port ? family : undefined,
    addr: address && expressionJson(address),
    port: port && expressionJson(port),
    flags: oneOrList(prefix ? [...flags, 'netmap'] : flags),
    type_flags: prefix ? 'prefix' : undefined,
  });
  return { [kind]: Object.keys(own).length === 0 ? null : own };
}

const codes = { icmp: 'icmp_code', icmpv6: 'icmpv6_code', icmpx: 'icmpx_code' } as const;

function answerJson(answer: Extract<Statement, { kind: 'reject' }>['with']): Json {
  if (!answer) return null;
  if (answer.type === 'tcp reset') return { type: answer.type };
  return {
    type: answer.type,
    expr: valueJson({ kind: 'value', type: codes[answer.type], value: answer.code }),
  };
}

function logJson({
  prefix,
  group,
  snaplen,
  queueThreshold,
  level,
  flags,
}: Extract<Statement, { kind: 'log' }>): Json {
  const own = object({
    prefix,
    group,
    snaplen,
    'queue-threshold': queueThreshold,
    level,
    flags: oneOrList(flags),
  });
  return { log: Object.keys(own).length === 0 ? null : own };
}

function synproxyJson({ mss, wscale, timestamp, sackPerm }: OtherOf<'synproxy'>): Json {
  const flags = [...(timestamp ? ['timestamp'] : []), ...(sackPerm ? ['sack-perm'] : [])];
  const own = object({ mss, wscale, flags: flags.length === 0 ? undefined : flags });
  return { synproxy: Object.keys(own).length === 0 ? null : own };
}
