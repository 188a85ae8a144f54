import type { Expression, Prefix } from '../expression.ts';
import type {
  DynamicSet,
  Log,
  Match,
  ObjectUse,
  Other,
  ReferredObject,
  Reject,
  Statement,
  Translation,
} from '../statement.ts';
import { type TypeName, typeOf } from '../types.ts';
import { isManyBits, spellDynamicElement, spellExpression, spellMask, spellVerdict } from './expressions.ts';
import { spellStateful } from './stateful.ts';
import type { PrintStyle } from './style.ts';
import { spellValue } from './values.ts';

type Kind = Statement['kind'];
type Spell = {
  readonly [K in Kind]: (statement: Extract<Statement, { kind: K }>, style: PrintStyle) => string;
};
type OtherOf<K extends Other['kind']> = Extract<Other, { kind: K }>;

const spell: Spell = {
  match: spellMatch,
  verdict: spellVerdict,
  vmap: ({ key, map }, style) => `${spellExpression(key, style)} vmap ${spellExpression(map, style)}`,
  set: ({ target, value }, style) =>
    `${spellExpression(target, style)} set ${isEvents(target) && value.kind === 'value' ? spellMask(value, style, ',') : spellExpression(value, style)}`,
  counter: spellStateful,
  quota: spellStateful,
  limit: spellStateful,
  connlimit: spellStateful,
  last: spellStateful,
  object: spellObject,
  snat: spellTranslation,
  dnat: spellTranslation,
  masquerade: spellTranslation,
  redirect: spellTranslation,
  reject: spellReject,
  log: spellLog,
  'set-add': spellSetAdd,
  meter: ({ set, size, element }, style) =>
    `meter ${set} size ${size ?? 65535} { ${spellDynamicElement(element, style)} }`,
  notrack: () => 'notrack',
  flow: ({ table }) => `flow add @${table}`,
  dup: ({ to, device }, style) =>
    `dup to ${spellExpression(to, style)}${device ? ` device ${spellExpression(device, style)}` : ''}`,
  fwd: spellForward,
  queue: spellQueue,
  tproxy: spellTproxy,
  synproxy: spellSynproxy,
  'reset-option': ({ option }) => `reset tcp option ${option}`,
  xt: ({ type, name, spelled }, style) =>
    spelled
      ? spellStatement(spelled, style)
      : `xt ${type} ${style.version?.quotedExtensions ? `"${name}"` : name}`,
  unknown: ({ text }) => text,
};

/** Events alone are joined by commas where they are set. */
export const isEvents = (target: Expression): boolean => target.kind === 'ct' && target.key === 'event';

/** A statement as nft lists it. */
export function spellStatement(statement: Statement, style: PrintStyle): string {
  return (spell[statement.kind] as (statement: Statement, style: PrintStyle) => string)(statement, style);
}

function spellMatch(match: Match, style: PrintStyle): string {
  const { left, operator, right } = match;
  const { version } = style;
  if (version?.writtenMasks && right.kind === 'prefix' && !isAddress(right.type))
    return spellMatch({ ...match, ...asMask(left, right) }, style);
  const flags = spellFlags(match, style);
  if (flags !== null) return flags;
  const isImplied = operator === 'has' || (operator === '==' && !isEqualityWritten(left, right));
  const sign = isImplied ? '' : `${operator} `;
  const rightStyle = isNamelessBySize(match) ? { ...style, numericSymbols: true } : style;
  return `${spellExpression(left, style)} ${sign}${spellRight(left, right, rightStyle)}`;
}

/** A mask that is compared with what several bits select, and what asks for bits alone, have spellings of their own. */
function spellFlags({ left, operator, right }: Match, style: PrintStyle): string | null {
  if (right.kind !== 'value') return null;
  const flags = spellMask(right, style, ',');
  if (operator === 'has') return `${spellExpression(left, style)} ${flags}`;
  if (operator === 'lacks') return `${spellExpression(left, style)} ! ${flags}`;
  if (left.kind !== 'binary' || left.operator !== '&' || left.right.kind !== 'value') return null;
  if (!isBitmask(left.right.type) || (operator !== '==' && operator !== '!=')) return null;
  if (!isManyBits(right) && BigInt(left.right.value) === BigInt(right.value)) return null;
  if (style.version?.writtenFlags) return null;
  const sign = operator === '!=' ? '!= ' : '';
  return `${spellExpression(left.left, style)} ${sign}${flags} / ${spellMask(left.right, style, ',')}`;
}

const isAddress = (type: TypeName) => type === 'ipv4_addr' || type === 'ipv6_addr';

/** A prefix as the bits that it asks. */
function asMask(left: Expression, { type, value, length }: Prefix) {
  const { bits } = typeOf(type);
  const mask = ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
  const constant = (number: bigint) =>
    ({ kind: 'value', type, value: bits > 48 ? number : Number(number) }) as const;
  return {
    left: { kind: 'binary', operator: '&', left, right: constant(mask) },
    right: constant(BigInt(value)),
  } as const;
}

const isBitmask = (type: TypeName) => typeOf(type).base === 'bitmask';

/** What is compared by size is turned into the network's order first, and bits lose their names by it. */
export function isNamelessBySize({ operator, right }: Match): boolean {
  const isSize = operator === '<' || operator === '>' || operator === '<=' || operator === '>=';
  return isSize && right.kind === 'value' && isBitmask(right.type) && typeOf(right.type).order === 'host';
}

/** Where nft does not leave out the sign of equality: beside a single bit, and after a computation. */
function isEqualityWritten(left: Expression, right: Expression): boolean {
  if (left.kind === 'binary') return true;
  if (right.kind !== 'value' || typeOf(right.type).base !== 'bitmask') return false;
  return left.kind === 'payload' || !isManyBits(right);
}

/** Several bits of a field of a header are printed as a number. */
function spellRight(left: Expression, right: Expression, style: PrintStyle): string {
  if (right.kind !== 'value' || left.kind !== 'payload') return spellExpression(right, style);
  return spellValue(right.type, right.value, style);
}

const objectWords: Readonly<Record<ReferredObject, string>> = {
  counter: 'counter name',
  quota: 'quota name',
  limit: 'limit name',
  synproxy: 'synproxy name',
  'ct helper': 'ct helper set',
  'ct timeout': 'ct timeout set',
  'ct expectation': 'ct expectation set',
  secmark: 'meta secmark set',
};

function spellObject({ object, name }: ObjectUse, style: PrintStyle): string {
  return `${objectWords[object]} ${spellExpression(name, style)}`;
}

function spellTranslation(statement: Translation, style: PrintStyle): string {
  const { kind, family, address, port, prefix, flags } = statement;
  let text: string = kind;
  if (address || port) {
    text += `${family ? ` ${family}` : ''}${prefix ? ' prefix' : ''} to ${spellTarget(address, port, style)}`;
  }
  return flags.length === 0 ? text : `${text} ${flags.join(',')}`;
}

/** `ADDRESS:PORT`; addresses of IPv6 stand in brackets before a port. */
function spellTarget(
  address: Expression | undefined,
  port: Expression | undefined,
  style: PrintStyle,
  isBracketed = port !== undefined,
): string {
  const own = address ? spellTargetAddress(address, isBracketed, style) : '';
  return port ? `${own}:${spellExpression(port, style)}` : own;
}

function spellTargetAddress(address: Expression, hasPort: boolean, style: PrintStyle): string {
  const text = spellExpression(address, style);
  if (!hasPort) return text;
  if (address.kind === 'value' && address.type === 'ipv6_addr') return `[${text}]`;
  const isWide =
    address.kind === 'range' && address.from.kind === 'value' && address.from.type === 'ipv6_addr';
  return isWide ? `[${text.replace('-', ']-[')}]` : text;
}

const rejectTypes = { icmp: 'icmp_code', icmpv6: 'icmpv6_code', icmpx: 'icmpx_code' } as const;

function spellReject({ with: answer }: Reject, style: PrintStyle): string {
  if (!answer) return 'reject';
  if (answer.type === 'tcp reset') return 'reject with tcp reset';
  return `reject with ${answer.type} ${spellValue(rejectTypes[answer.type], answer.code, style)}`;
}

function spellLog({ prefix, group, snaplen, queueThreshold, level, flags }: Log): string {
  let text = 'log';
  if (prefix !== undefined) text += ` prefix "${prefix}"`;
  if (group !== undefined) text += ` group ${group}`;
  if (snaplen !== undefined) text += ` snaplen ${snaplen}`;
  if (queueThreshold !== undefined) text += ` queue-threshold ${queueThreshold}`;
  if (level !== undefined) text += ` level ${level}`;
  const tcp = flags.filter((flag) => flag.startsWith('tcp ')).map((flag) => flag.slice(4));
  if (tcp.length > 0) text += ` flags tcp ${tcp.join(',')}`;
  for (const flag of flags) if (!flag.startsWith('tcp ')) text += ` flags ${flag}`;
  return text;
}

function spellSetAdd(
  { operation, set, element }: Extract<DynamicSet, { kind: 'set-add' }>,
  style: PrintStyle,
): string {
  return `${operation} @${set} { ${spellDynamicElement(element, style)} }`;
}

function spellForward({ family, to, device }: OtherOf<'fwd'>, style: PrintStyle): string {
  if (!device) return `fwd to ${spellExpression(to, style)}`;
  return `fwd ${family} to ${spellExpression(to, style)} device ${spellExpression(device, style)}`;
}

function spellQueue({ to, flags }: OtherOf<'queue'>, style: PrintStyle): string {
  return `queue${flags.length === 0 ? '' : ` flags ${flags.join(',')}`} to ${spellExpression(to, style)}`;
}

function spellTproxy({ family, address, port }: OtherOf<'tproxy'>, style: PrintStyle): string {
  return `tproxy${family ? ` ${family}` : ''} to ${spellTarget(address, port, style, true)}`;
}

function spellSynproxy({ mss, wscale, timestamp, sackPerm }: OtherOf<'synproxy'>): string {
  const has = mss !== undefined || wscale !== undefined;
  const size = has ? ` mss ${mss ?? 0} wscale ${wscale ?? 0}` : '';
  return `synproxy${size}${timestamp ? ' timestamp' : ''}${sackPerm ? ' sack-perm' : ''}`;
}
