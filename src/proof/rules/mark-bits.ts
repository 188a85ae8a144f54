import type { Match } from '../../iptables/rule/match.ts';
import type { Rule, Ruleset } from '../../iptables/rule/ruleset.ts';
import type { Target } from '../../iptables/rule/target.ts';
import { rewritten } from './rewritten.ts';

/** Which bits of the mark rules use. */
export interface MarkUse {
  /** A mask. What is asked of all 32 bits names none of them. */
  readonly bits: number;
  /** A mask: bits of the marks that flows keep, which may have been put there under other rules. */
  readonly ofFlows: number;
  /** A mask: bits that rules ask for. What others set is there for somebody else. */
  readonly bitsAsked: number;
  /** Something may look at the mark that is not looked into. */
  readonly watched: boolean;
}

const allBits = 0xffffffff;

/** The bits that a match or target names. */
export function bitsNamed(part: Match | Target): number {
  if (part.kind === 'mark') return part.value | named(part.mask);
  if (part.kind !== 'connmark') return 0;
  if ('packetMask' in part) return named(part.packetMask) | named(part.connectionMask);
  return part.value | named(part.mask);
}

const named = (mask: number): number => (mask === allBits ? 0 : mask);

/** The bits of a flow's mark that a match or target asks for, changes, or hands on. */
export function bitsOfFlows(part: Match | Target): number {
  if (part.kind !== 'connmark') return 0;
  // Bits beside the mask are flipped (xt_connmark.c).
  if ('connectionMask' in part) return part.connectionMask | (part.action === 'save' ? part.packetMask : 0);
  return 'action' in part ? part.mask | part.value : part.mask;
}

/** Kinds of which some ask for a mark, or hand it to somebody else. */
export function mayWatchMarks(part: Match | Target): boolean {
  return (
    part.kind === 'other' || part.kind === 'socket' || part.kind === 'rpfilter' || part.kind === 'tproxy'
  );
}

/** Bits that rules use on one side alone, of which it may be of no account which they are. */
export interface ExchangedBits {
  readonly before: number;
  readonly after: number;
}

/**
 * Bits of the mark that each side has of its own, and asks for itself: packets arrive without a mark, so a set of rules does
 * the same whatever bits it keeps its notes in, unless flows keep them, or somebody beside the rules looks at one of them. Null: there are
 * none, or it may matter which they are.
 */
export function bitsToExchange(before: MarkUse, after: MarkUse): ExchangedBits | null {
  const [own, other] = [before.bits & ~after.bits, after.bits & ~before.bits];
  if (before.watched || after.watched || own === 0 || bitsOf(own).length !== bitsOf(other).length)
    return null;
  if ((own & ~before.bitsAsked) | (other & ~after.bitsAsked)) return null;
  if ((own | other) & (before.ofFlows | after.ofFlows)) return null;
  return { before: own >>> 0, after: other >>> 0 };
}

/**
 * Rules with the bits of the mark named as on the other side. Any exchange of bits would do; this one makes rules equal that
 * differ in the choice of the bit alone, such as kube-proxy's `masqueradeBit`.
 */
export function withBitsOf({ before, after }: ExchangedBits, ruleset: Ruleset): Ruleset {
  const own = bitsOf(before);
  const pairs = bitsOf(after).map((bit, index) => [bit, own[index] as number] as const);
  const exchange = (value: number) => pairs.reduce(exchangeBits, value) >>> 0;
  return rewritten(ruleset, (rule) => (namesBits(rule) ? renameRule(rule, exchange) : rule));
}

function bitsOf(mask: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (mask >>> bit) & 1);
}

function exchangeBits(value: number, [left, right]: readonly [number, number]): number {
  const differ = ((value >>> left) ^ (value >>> right)) & 1;
  return value ^ ((differ << left) | (differ << right));
}

function namesBits({ matches, target }: Rule): boolean {
  return (target !== null && bitsNamed(target) !== 0) || matches.some((match) => bitsNamed(match) !== 0);
}

function renameRule(rule: Rule, exchange: (value: number) => number): Rule {
  return {
    ...rule,
    matches: rule.matches.map((match) => renamePart(match, exchange)),
    target: rule.target && renamePart(rule.target, exchange),
  };
}

function renamePart<T extends Match | Target>(part: T, exchange: (value: number) => number): T {
  if (part.kind !== 'mark' && part.kind !== 'connmark') return part;
  const fields = Object.entries(part).map(([name, value]) => [
    name,
    typeof value === 'number' ? exchange(value) : value,
  ]);
  return Object.fromEntries(fields) as T;
}
