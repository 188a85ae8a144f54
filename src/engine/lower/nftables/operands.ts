import type { Expression, Field } from '../../../nftables/expression.ts';
import { isField } from '../../../nftables/fields.ts';
import { spellExpression } from '../../../nftables/print/expressions.ts';
import { single } from '../../../sets/intervals.ts';
import { noMss } from '../../fields.ts';
import type { Condition } from '../../ir.ts';
import { test } from '../conditions.ts';
import { ctOperand } from './ct.ts';
import { metaOperand } from './meta.ts';
import { absent, isThere, type Operand, ofProtocol, open, plain } from './operand.ts';
import { payloadOperand, rawOperand } from './payload.ts';
import { isForeign, type Scope } from './scope.ts';

/** An option that is not there ends the rule (nft_exthdr_tcp_eval). */
const offersMss: Condition = { kind: 'not', of: test('mss', single(noMss)) };

type Lower = {
  readonly [K in Field['kind']]: (field: Extract<Field, { kind: K }>, scope: Scope) => Operand;
};

/** What each kind of field is in the program. Nothing else says what a field of nft means. */
const lower: Lower = {
  payload: payloadOperand,
  raw: rawOperand,
  exthdr: (_field, { family }) => (family === 'ipv4' ? absent : open()),
  option: ({ of, option, field }, scope) => {
    if (of === 'ip') return isForeign(scope, 'ip') ? absent : open();
    if (field === null) return open();
    const needs = [ofProtocol(6)];
    return option === 'maxseg' && field === 'size' ? plain('mss', [...needs, offersMss]) : open(needs);
  },
  'raw-option': () => open([ofProtocol(6)]),
  chunk: ({ field }) => open(field === null ? [] : [ofProtocol(132)]),
  meta: metaOperand,
  ct: ctOperand,
  rt: ({ key, family }, scope) => {
    if (isForeign(scope, family)) return absent;
    return key === 'classid' ? plain('realm', [isThere('rt classid')]) : open();
  },
  socket: () => open(),
  fib: fibOperand,
  osf: () => open([ofProtocol(6)]),
  ipsec: () => open(),
};

/** What a field of nft is, for packets of one family. */
export function operandOf(field: Field, scope: Scope): Operand {
  return (lower[field.kind] as (field: Field, scope: Scope) => Operand)(field, scope);
}

/**
 * The protocol without which an option or a chunk is missing; undefined where it is not asked whether one is there. nft asks for no protocol
 * before, and where there is none the kernel says that it is missing (nft_exthdr_tcp_eval, nft_exthdr_sctp_eval).
 */
export function protocolOfPresence(field: Field): Condition | undefined {
  if (field.kind === 'option' && field.of === 'tcp' && field.field === null) return ofProtocol(6);
  return field.kind === 'chunk' && field.field === null ? ofProtocol(132) : undefined;
}

/** `fib daddr type`, with the addresses of one interface alone; and whether there is a way back. */
function fibOperand({ of, result, check }: Extract<Field, { kind: 'fib' }>): Operand {
  const asked = of.join(' ');
  const [end, limit] = of;
  if (result === 'type' && (end === 'saddr' || end === 'daddr') && of.length <= 2 && limit !== 'mark') {
    const limited = limit === undefined ? undefined : limit === 'iif' ? 'in' : 'out';
    return plain(end === 'saddr' ? 'sourceType' : 'destinationType', [], limited);
  }
  return check && result !== 'type' && asked === 'saddr iif' ? plain('reversePath', [], 'fib') : open();
}

/** What must be there for a value to be read; of what is looked up, the lookup asks it. */
export function presenceOf(value: Expression, scope: Scope): readonly Condition[] {
  if (value.kind === 'binary') return [value.left, value.right].flatMap((part) => presenceOf(part, scope));
  if (value.kind === 'concat') return value.parts.flatMap((part) => presenceOf(part, scope));
  if (value.kind === 'hash') return value.of ? presenceOf(value.of, scope) : [];
  if (!isField(value)) return [];
  const { kind, needs } = operandOf(value, scope);
  return kind === 'open' ? [...needs, isThere(spelled(value))] : needs;
}

/** An expression as nft prints it: equal for questions that are one. */
export function spelled(expression: Expression): string {
  return spellExpression(expression, {});
}
