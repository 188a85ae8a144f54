import type { Expression, Field } from '../../../nftables/expression.ts';
import type { Statement } from '../../../nftables/statement.ts';
import { type FieldRef, noMss } from '../../fields.ts';
import type { Change, FieldSet, Instruction } from '../../ir.ts';
import { all, ask } from '../conditions.ts';
import { eachValue, unknown } from './choices.ts';
import { ofProtocol } from './operand.ts';
import { operandOf, presenceOf, spelled } from './operands.ts';
import type { Scope } from './scope.ts';

type Assignment = Extract<Statement, { kind: 'set' }>;

const allBits = 0xffffffff;

/** A field is given a value. */
export function lowerAssignment(assignment: Assignment, scope: Scope): readonly Instruction[] {
  const { target, value } = assignment;
  // A header that is not there ends the rule (nft_payload_set_eval); what else is not there is not set, and no more.
  const needs = [
    ...(target.kind === 'payload' ? operandOf(target, scope).needs : []),
    ...presenceOf(value, scope),
  ];
  const own = assigned(assignment, scope);
  return needs.length === 0 ? own : [...ask(all(needs)), ...own];
}

function assigned({ target, value }: Assignment, scope: Scope): readonly Instruction[] {
  const text = `${spelled(target)} set ${spelled(value)}`;
  const name = nameOf(target);
  if (target.kind === 'option' && target.option === 'maxseg' && target.field === 'size') return setMss(value);
  const ownMark = marks[name];
  if (ownMark) return setMark(ownMark, value, text, scope);
  const zone = zones[name];
  if (zone) return setZone(zone, value, text, scope);
  const part = parts[name];
  if (part) return setPart(part, value, text, scope);
  return idle.has(name) ? [{ do: 'note', what: name }] : unknown(text);
}

/** `ct zone`, and `ct original zone`, which is another one. */
function nameOf(target: Assignment['target']): string {
  if (target.kind === 'payload') return `${target.header} ${target.field}`;
  if (!('key' in target)) return target.kind;
  const direction = target.kind === 'ct' && target.direction ? `${target.direction} ` : '';
  return `${target.kind} ${direction}${target.key}`;
}

const marks: Readonly<Record<string, 'mark' | 'ctMark'>> = { 'meta mark': 'mark', 'ct mark': 'ctMark' };

interface Part {
  readonly field: FieldRef;
  readonly mask: number;
  readonly shift: number;
}

/** What is replaced by a number, as it stands. */
const parts: Readonly<Record<string, Part>> = {
  'meta priority': { field: { field: 'priority' }, mask: allBits, shift: 0 },
  'ip dscp': { field: { field: 'tos' }, mask: 0xfc, shift: 2 },
  'ip6 dscp': { field: { field: 'tos' }, mask: 0xfc, shift: 2 },
  'ip ecn': { field: { field: 'tos' }, mask: 0x03, shift: 0 },
  'ip6 ecn': { field: { field: 'tos' }, mask: 0x03, shift: 0 },
  'ip ttl': { field: { field: 'ttl' }, mask: 0xff, shift: 0 },
  'ip6 hoplimit': { field: { field: 'ttl' }, mask: 0xff, shift: 0 },
};

/** Of both directions, or of one, in which the other one is in none. */
const zones: Readonly<Record<string, 'zone' | 'zone-orig' | 'zone-reply'>> = {
  'ct zone': 'zone',
  'ct original zone': 'zone-orig',
  'ct reply zone': 'zone-reply',
};

/** What a new entry is to have (nft_ct_set_zone_eval). */
function setZone(of: string, value: Expression, text: string, scope: Scope): readonly Instruction[] {
  const bits = (zone: number): Change => ({
    kind: 'bits',
    clear: 0xffff,
    flip: { kind: 'constant', value: zone },
  });
  return eachValue(
    value,
    (own) => {
      if (own.kind === 'value') return [change({ field: 'ctZone', of }, bits(Number(own.value)))];
      return unknown(text);
    },
    { ...scope, place: `${scope.place} ${text}` },
  );
}

/** What is set, and no rule can ask. */
const idle: ReadonlySet<string> = new Set(['meta nftrace', 'ct event', 'ct secmark']);

function setPart({ field, mask, shift }: Part, value: Expression, text: string, scope: Scope) {
  return eachValue(
    value,
    (own) => {
      if (own.kind !== 'value') return [change(field, { kind: 'unknown' })];
      const flip = { kind: 'constant', value: (Number(own.value) << shift) >>> 0 } as const;
      return [change(field, { kind: 'bits', clear: mask, flip })];
    },
    { ...scope, place: `${scope.place} ${text}` },
  );
}

function change(field: FieldRef, own: Change): FieldSet {
  return { do: 'set', field, change: own };
}

/** The size is never made larger, and an option that is not there is not put in (nft_exthdr_tcp_set_eval). */
function setMss(value: Expression): readonly Instruction[] {
  const own: Change =
    value.kind === 'value'
      ? { kind: 'at-most', value: Number(value.value), otherwise: noMss }
      : { kind: 'unknown' };
  return [...ask(ofProtocol(6)), change({ field: 'mss' }, own)];
}

/** `(field & and) ^ xor`, where the field may be none. */
interface Linear {
  readonly field: 'mark' | 'ctMark' | null;
  readonly and: number;
  readonly xor: number;
}

function setMark(
  target: 'mark' | 'ctMark',
  value: Expression,
  text: string,
  scope: Scope,
): readonly Instruction[] {
  if (value.kind === 'map' || value.kind === 'numgen')
    return eachValue(value, (own) => setMark(target, own, text, scope), scope);
  const linear = linearOf(value);
  if (!linear) return [change({ field: target }, { kind: 'unknown' })];
  const { field, and, xor } = linear;
  const constant = { kind: 'constant', value: xor } as const;
  if (field === null) return [change({ field: target }, { kind: 'bits', clear: allBits, flip: constant })];
  if (field === target)
    return [change({ field: target }, { kind: 'bits', clear: ~and >>> 0, flip: constant })];
  const flip = { kind: 'field', field: { field }, mask: and } as const;
  return [
    change({ field: target }, { kind: 'bits', clear: allBits, flip }),
    ...(xor === 0 ? [] : [change({ field: target }, { kind: 'bits', clear: 0, flip: constant })]),
  ];
}

function linearOf(value: Expression): Linear | null {
  if (value.kind === 'value') return { field: null, and: 0, xor: Number(value.value) };
  if (value.kind === 'binary') return combined(value);
  const field = markOf(value);
  return field && { field, and: allBits, xor: 0 };
}

function markOf(value: Expression): 'mark' | 'ctMark' | null {
  const isMark =
    (value.kind === 'meta' || value.kind === 'ct') &&
    (value as Extract<Field, { kind: 'meta' }>).key === 'mark';
  return isMark ? (value.kind === 'meta' ? 'mark' : 'ctMark') : null;
}

function combined({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Linear | null {
  const [one, other] = [linearOf(left), linearOf(right)];
  if (!one || !other || (one.field !== null && other.field !== null)) return null;
  const [inner, constant] = one.field === null ? [other, one.xor] : [one, other.xor];
  switch (operator) {
    case '&':
      return { ...inner, and: (inner.and & constant) >>> 0, xor: (inner.xor & constant) >>> 0 };
    case '|':
      return {
        ...inner,
        and: (inner.and & ~constant) >>> 0,
        xor: ((inner.xor & ~constant) | constant) >>> 0,
      };
    case '^':
      return { ...inner, xor: (inner.xor ^ constant) >>> 0 };
    default:
      return null;
  }
}
