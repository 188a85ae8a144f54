import type { Expression, Fib } from '../../expression.ts';
import { fieldType, isField } from '../../fields.ts';
import { Refusal } from '../../refusal.ts';
import type { Log } from '../../statement.ts';

/** Numbers that are drawn or hashed are below a modulus. */
export function checkGreatest(left: Expression, right: Expression): void {
  if (left.kind !== 'numgen' && left.kind !== 'hash') return;
  const most = left.modulus + left.offset - 1;
  const constants = right.kind === 'set' ? right.elements.map(({ key }) => key) : [right];
  for (const key of constants) {
    const last = key.kind === 'range' ? key.to : key;
    if (last.kind === 'value' && Number(last.value) > most)
      throw new Refusal(`${last.value} is not among 0 to ${most}`);
  }
}

/** Beside a shift nft takes any number for a plain one, which fits fields of no other type. */
export function refuseShift(left: Expression): void {
  if (left.kind !== 'binary') return;
  const isShift = left.operator === '<<' || left.operator === '>>';
  const type = isField(left.left) ? fieldType(left.left)?.type : undefined;
  if (isShift && type !== undefined && type !== 'integer')
    throw new Refusal(`a shifted value of type ${type} is compared with a number`);
  refuseShift(left.left);
}

export function checkLog({ group, snaplen, queueThreshold, level, flags, prefix }: Log): void {
  const isSent = group !== undefined || snaplen !== undefined || queueThreshold !== undefined;
  if (isSent && level !== undefined) throw new Refusal('a log to a group has no level');
  if (isSent && flags.length > 0) throw new Refusal('a log to a group has no flags');
  if (level === 'audit' && (prefix !== undefined || flags.length > 0))
    throw new Refusal('a log for audit has no options');
}

export function checkFib({ of }: Fib): void {
  if (of.includes('saddr') === of.includes('daddr')) throw new Refusal('fib needs either saddr or daddr');
  if (of.includes('iif') && of.includes('oif')) throw new Refusal('fib takes iif or oif, and not both');
}
