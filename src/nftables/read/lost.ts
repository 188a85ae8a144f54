import type { Binary, Expression } from '../expression.ts';
import type { Statement } from '../statement.ts';

// What nft prints of an extension of iptables is written by the extension itself (xlate of libxtables 1.8.9). Some spellings leave out a part
// of what was asked, or say another thing: the same text stands for several questions.

type Kind = Statement['kind'];
type Of<K extends Kind> = Extract<Statement, { kind: K }>;
type Left = Expression['kind'];
type Asked<K extends Left> = Of<'match'> & { readonly left: Extract<Expression, { kind: K }> };

/** What a statement of a rule that iptables-nft made stands for. */
export function meantBy(statement: Statement): Statement {
  return (meaning[statement.kind] as (statement: Statement) => Statement)(statement);
}

const asWritten = <T>(statement: T): T => statement;

const meaning: { readonly [K in Kind]: (statement: Of<K>) => Statement } = {
  match: (match) => {
    const name = (losses[match.left.kind] as (match: Of<'match'>) => string | null)(match);
    return name === null ? match : { kind: 'xt', type: 'match', name, spelled: match };
  },
  set: (set) => {
    const { target } = set;
    // `--set-tos` writes bits that a DSCP does not have; the other family's name stands there for both.
    if (target.kind === 'payload' && target.header === 'ip6' && target.field === 'dscp')
      return { kind: 'xt', type: 'target', name: 'TOS', spelled: set };
    if (!isMark(target)) return set;
    // `--set-xmark 5/0xff` is printed as `ct mark xor 0x5 and 0xffffff00`, which is another number to nft.
    if (target.kind === 'ct' && set.value.kind === 'binary' && set.value.operator === '^')
      return { kind: 'xt', type: 'target', name: 'CONNMARK', spelled: set };
    return { ...set, value: markMeant(target, set.value) };
  },
  verdict: asWritten,
  vmap: asWritten,
  counter: asWritten,
  quota: asWritten,
  limit: asWritten,
  connlimit: asWritten,
  last: asWritten,
  object: asWritten,
  snat: asWritten,
  dnat: asWritten,
  masquerade: asWritten,
  redirect: asWritten,
  reject: asWritten,
  log: asWritten,
  'set-add': asWritten,
  meter: asWritten,
  notrack: asWritten,
  flow: asWritten,
  dup: asWritten,
  fwd: asWritten,
  queue: asWritten,
  tproxy: asWritten,
  synproxy: asWritten,
  'reset-option': asWritten,
  xt: asWritten,
  unknown: asWritten,
};

const whole = () => null;

/** By what a match asks, the extension of which its spelling does not tell all. */
const losses: { readonly [K in Left]: (match: Asked<K>) => string | null } = {
  // `--ctstate` with DNAT or SNAT is this alone: the states beside it and the negation are gone.
  ct: ({ left, right }) => {
    if (left.key !== 'status') return null;
    const isSure = right.kind === 'value' && (Number(right.value) & (dstNat | srcNat)) === 0;
    return isSure ? null : 'conntrack';
  },
  // Where both types are asked for, that of the source alone is printed.
  fib: ({ left }) => (left.result === 'type' && left.of.includes('saddr') ? 'addrtype' : null),
  // `--ports`: the negation is gone, and of a range of ports the ends alone are left.
  concat: () => 'multiport',
  payload: ({ left: { header, field }, operator, right }) => {
    // `! --icmp-type any`, which nothing is, is printed as `--icmp-type any`.
    if (header === 'ip' && field === 'protocol')
      return right.kind === 'value' && right.value !== 1 ? null : 'icmp';
    // `! --ecn-tcp-ece`: one bit that is not set, and not all bits that are not this one.
    return header === 'tcp' && field === 'flags' && operator === '!=' ? 'ecn' : null;
  },
  raw: whole,
  exthdr: whole,
  option: whole,
  'raw-option': whole,
  chunk: whole,
  meta: whole,
  rt: whole,
  socket: whole,
  osf: whole,
  ipsec: whole,
  value: whole,
  text: whole,
  prefix: whole,
  range: whole,
  any: whole,
  verdict: whole,
  set: whole,
  'set-reference': whole,
  binary: whole,
  map: whole,
  numgen: whole,
  hash: whole,
};

/** Bits of `ct status` (IPS_SRC_NAT, IPS_DST_NAT). */
const [srcNat, dstNat] = [16, 32];

/** CONNMARK copies the bits of a mask and keeps the others, of which `meta mark set ct mark and MASK` does not tell. */
function markMeant(target: Expression, value: Expression): Expression {
  if (value.kind !== 'binary' || value.operator !== '&') return value;
  const { left, right } = value;
  if (!isMark(left) || left.kind === target.kind || right.kind !== 'value') return value;
  const others = { ...right, value: ~Number(right.value) >>> 0 };
  return both('|', both('&', target, others), value);
}

const both = (operator: Binary['operator'], left: Expression, right: Expression): Binary => ({
  kind: 'binary',
  operator,
  left,
  right,
});

function isMark(expression: Expression): boolean {
  return (expression.kind === 'meta' || expression.kind === 'ct') && expression.key === 'mark';
}
