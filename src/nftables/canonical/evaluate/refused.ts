import { want } from '../../../text/expected.ts';
import type { Expression, Fib } from '../../expression.ts';
import { fieldType, isField } from '../../fields.ts';
import { headers } from '../../headers.ts';
import type { NftFamily } from '../../model.ts';
import { Refusal } from '../../refusal.ts';
import type { Limit, LimitUnit } from '../../stateful.ts';
import type { Log, Statement } from '../../statement.ts';

/** Numbers that are drawn or hashed are below a modulus, and so is what they are computed with; a map takes others. */
export function checkGreatest(left: Expression, right: Expression): void {
  if (left.kind === 'binary') {
    checkGreatest(left.left, left.right);
    checkGreatest(left.left, right);
  }
  if (left.kind !== 'numgen' && left.kind !== 'hash') return;
  const most = left.modulus + left.offset - 1;
  const constants = right.kind === 'set' ? right.elements.map(({ key }) => key) : [right];
  for (const key of constants) {
    if (key.kind === 'prefix')
      throw new Refusal('what is drawn or hashed has no prefix', want.range(0, most));
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

/** The bridge of an interface is asked in tables of bridges alone (nft_meta_bridge). */
export function checkMeta(key: string, family: NftFamily): void {
  if (key === 'nfproto' && family !== 'inet')
    throw new Refusal('meta nfproto is for tables of both families');
  if ((key === 'ibrname' || key === 'obrname') && family !== 'bridge')
    throw new Refusal(`meta ${key} is asked in tables of family bridge`);
}

/** Whether there is an interface to go out by, is asked without a set, or with one of both answers. */
export function checkPresence(left: Expression, right: Expression): void {
  const isOfMeta = left.kind === 'meta' && right.kind === 'value' && right.type === 'boolean';
  if (isOfMeta && (left.key === 'iif' || left.key === 'oif'))
    throw new Refusal('an interface is compared with its name or index');
  if (right.kind !== 'set') return;
  const isKey = left.kind === 'concat';
  if (!isKey && right.elements.length > 1) return;
  const fields = isKey ? left.parts : [left];
  for (const { key } of right.elements) {
    const asked = key.kind === 'concat' ? key.parts : [key];
    fields.forEach((field, at) => {
      const own = asked[at];
      if (field.kind === 'fib' && own?.kind === 'value' && own.type === 'boolean')
        throw new Refusal('fib … oif is compared with an index, and not with exists or missing');
    });
  }
}

/** What the security module calls a packet is a number of its own, which is copied alone. */
export function checkSecmark(left: Expression, right: Expression): void {
  if ((left.kind === 'meta' || left.kind === 'ct') && left.key === 'secmark' && right.kind === 'value')
    throw new Refusal('secmark is compared with no constant');
}

/** The kernel tracks no connections of these families. */
export function checkTracking(family: NftFamily, what: string): void {
  if (family === 'arp' || family === 'netdev')
    throw new Refusal(`${what} is not for tables of ${family}: no connections are tracked there`);
}

/** Packets of other families belong to no socket, and to no tunnel of IPsec. */
export function checkRouted(family: NftFamily, what: 'socket' | 'ipsec'): void {
  if (family !== 'ip' && family !== 'ip6' && family !== 'inet')
    throw new Refusal(`${what} is not for tables of ${family}`, want.either('ip', 'ip6', 'inet'));
}

const seconds: Readonly<Record<LimitUnit, bigint>> = {
  second: 1n,
  minute: 60n,
  hour: 3600n,
  day: 86_400n,
  week: 604_800n,
};
const nanoseconds = 1_000_000_000n;
const most = (1n << 64n) - 1n;

/** The kernel counts the nanoseconds of all bytes that may come together in 64 bits. */
export function checkLimit({ of, rate, burst, unit }: Limit): void {
  if (of === 'bytes' && nanoseconds * seconds[unit] * BigInt(rate + burst) > most)
    throw new Refusal('the limit is too high to be counted');
}

/** Words that nft lists of a rule that iptables-nft made, and does not read. */
export function checkListed({ name, isOfListing }: Extract<Statement, { kind: 'xt' }>): void {
  if (isOfListing)
    throw new Refusal(`ct status is compared with nothing: so nft lists a rule of iptables (${name})`);
}

/** Copies are sent to an address of the table's family, or in netdev to a device. */
export function checkDup({ to }: Extract<Statement, { kind: 'dup' | 'fwd' }>, family: NftFamily): void {
  if (family === 'ip' || family === 'ip6') checkAddress(to, family);
  else if (family !== 'netdev')
    throw new Refusal(`dup is not for tables of ${family}`, want.either('ip', 'ip6', 'netdev'));
  else if (to.kind === 'text' && /[:/]/.test(to.text)) throw new Refusal(`${to.text} is no name of a device`);
}

/** Headers with a checksum over words of 16 bits, of which one is written whole. */
const summed: ReadonlySet<string> = new Set(['ip', 'icmp', 'igmp', 'udp', 'udplite', 'tcp', 'icmpv6']);

/** Bits within a byte, or a byte within a word that is summed, are set to a constant: what a map gives is not shifted to them. */
export function checkSetting({ target, value }: Extract<Statement, { kind: 'set' }>): void {
  const place = target.kind === 'payload' ? headers[target.header]?.fields[target.field] : undefined;
  const whole = target.kind === 'payload' && summed.has(target.header) ? 16 : 8;
  if (value.kind === 'map' && place && (place[1] % whole !== 0 || place[2] % whole !== 0))
    throw new Refusal(`a field of ${place[2]} bits is set to a constant there, and not by a map`);
  if (target.kind === 'raw' && value.kind !== 'map') checkCompared(target.offset, target.length);
}

/** Queues are shared out among the processors where there are several of them. */
export function checkQueue({ to, flags }: Extract<Statement, { kind: 'queue' }>): void {
  if (flags.includes('fanout') && to.kind !== 'range')
    throw new Refusal('fanout needs several queues', want.written('queue flags fanout to 0-3'));
}

/** An address that is written is of the family that the rule is about. */
export function checkAddress(address: Expression | undefined, family: string): void {
  const own = address?.kind === 'range' ? address.from : address;
  if (own?.kind !== 'value' && own?.kind !== 'prefix') return;
  const of = own.type === 'ipv4_addr' ? 'ip' : own.type === 'ipv6_addr' ? 'ip6' : family;
  if (of !== family) throw new Refusal(`the address is of ${of}, and the rule of ${family}`);
}

/** What is looked up must say how long it is. */
export function checkFamilyIsSaid(key: Expression): void {
  if (key.kind !== 'ct' || key.family !== undefined || (key.key !== 'saddr' && key.key !== 'daddr')) return;
  const direction = key.direction ?? 'original';
  throw new Refusal(
    `ct ${key.key} is looked up, and does not say of which family`,
    want.orElse(`ct ${direction} ip ${key.key}`, `ct ${direction} ip6 ${key.key}`),
  );
}

const mostLoaded = 512;
const mostCompared = 128;
const lastByte = 65_535;

/** Bits of a packet that the kernel takes, to look them up. */
export const checkLoaded = (offset: number, length: number) => checkBits(offset, length, mostLoaded);

/** Bits of a packet that the kernel masks, or compares with a constant. */
export const checkCompared = (offset: number, length: number) => checkBits(offset, length, mostCompared);

function checkBits(offset: number, length: number, most: number): void {
  if (length === 0) throw new Refusal('a field has no bits');
  if (length > most) throw new Refusal(`a field of ${length} bits is too long`, want.atMost(most, 'bits'));
  if (offset >= 8 * (lastByte + 1)) throw new Refusal('a field begins past the end of any packet');
}
