import type { Address } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import type { ProgramRule } from '../engine/program.ts';
import type { Match, MatchKind } from '../iptables/rule/match.ts';
import { printMatch } from '../iptables/rule/print.ts';
import type { HostSets } from '../proof/explore/host-sets.ts';
import type { LazyChain } from '../proof/rules/program.ts';
import { ruleBox } from '../proof/rules/rule-box.ts';
import { type Box, isInside, isNothing, meet, without } from '../sets/box.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import type { UsualChains } from './reach/usual.ts';

/** Of these a box says exactly what they match. */
const exactKinds: ReadonlySet<MatchKind> = new Set([
  'source',
  'destination',
  'protocol',
  'iprange',
  'comment',
]);
const transportKinds: ReadonlySet<MatchKind> = new Set(['tcp', 'udp', 'sctp', 'dccp', 'multiport']);
/** These answer the same when they are asked again in the same chain. */
const steadyKinds: ReadonlySet<MatchKind> = new Set([
  'addrtype',
  'in-interface',
  'out-interface',
  'conntrack',
  'state',
]);

/** A rule that no packet comes to, and those before it that take all that it could match. */
export interface Shadowed {
  readonly rule: ProgramRule;
  readonly by: readonly ProgramRule[];
}

/** Rules that leave nothing only together: more of them, or more pieces of what is left, are not tried. */
const mostShadows = 64;
const mostPieces = 256;

/** Chains that are looked through for one rule. */
const mostChains = 500;

/** A rule that packets may not come back from, and those that it may match: made when somebody asks, which is seldom. */
class Ending {
  readonly rule: ProgramRule;
  private readonly make: (rule: ProgramRule) => Box;
  private made: Box | undefined;

  constructor(rule: ProgramRule, make: (rule: ProgramRule) => Box) {
    this.rule = rule;
    this.make = make;
  }

  get box(): Box {
    this.made ??= this.make(this.rule);
    return this.made;
  }
}

/** Rules that are held against each other, of all chains together. */
const mostPairs = 50_000_000;
/** To look closely takes as long as so many glances. */
const workOfPair = 50;

export class Shadows {
  /** There were too many rules to hold each of them against all others. */
  isSpent = false;
  private pairs = 0;
  private readonly keeping = new Map<LazyChain, boolean>();
  private readonly host: HostSets;
  private readonly everything: Box;
  private readonly usual: UsualChains;

  constructor(host: HostSets, everything: Box, usual: UsualChains) {
    this.host = host;
    this.everything = everything;
    this.usual = usual;
  }

  /** Rules of a chain to which others of it leave nothing. */
  of(chain: LazyChain): Shadowed[] {
    const last = chain.rules.length - 1;
    const first = chain.rules.findIndex((rule, at) => at < last && this.mayEnd(rule));
    // Of most chains no rule but the last keeps packets from the next one.
    if (first === -1) return [];
    const found: Shadowed[] = [];
    const index = new Map<unknown, Ending[]>();
    const byDestination = new Map<unknown, ProgramRule[]>();
    for (const rule of chain.rules.slice(first)) {
      const own = new Ending(rule, ({ rule: { matches } }) => ruleBox(matches, this.everything, this.host));
      const destination = exactDestination(rule);
      const keys = keysOf(rule, destination);
      const endings = keys.map((key) => index.get(key) ?? []);
      const near = [...new Set([destination, null])].map((key) => byDestination.get(key) ?? []);
      const isAsked = endings.some(({ length }) => length > 0) || lengthOf(near) > 1;
      if (isAsked && isNothing(own.box)) continue;
      const by = isAsked ? this.shadowsAmong(endings, near, own) : null;
      if (by) found.push({ rule, by });
      if (this.isSpent) break;
      if (!this.mayEnd(rule)) continue;
      keep(index, keys[0], own);
      keep(byDestination, destination, rule);
    }
    return found;
  }

  private shadowsAmong(
    endings: readonly (readonly Ending[])[],
    near: readonly (readonly ProgramRule[])[],
    { rule, box }: Ending,
  ): readonly ProgramRule[] | null {
    for (const some of endings) {
      const shadow = this.find(some, rule, box);
      if (shadow) return [shadow];
    }
    return this.together(near, rule, box);
  }

  private find(endings: readonly Ending[], rule: ProgramRule, box: Box): ProgramRule | undefined {
    this.pairs += endings.length;
    this.isSpent ||= this.pairs > mostPairs;
    return endings.find((one) => mayHold(one.box, box) && this.leavesNothing(one.rule, rule, box))?.rule;
  }

  /** The rules that leave nothing of a box only together; null where something is left. */
  private together(
    near: readonly (readonly ProgramRule[])[],
    rule: ProgramRule,
    box: Box,
  ): readonly ProgramRule[] | null {
    const count = lengthOf(near);
    if (count < 2 || count > mostShadows) return null;
    const shadows = near.flat().sort((left, right) => left.number - right.number);
    const by: ProgramRule[] = [];
    let left: Box[] = [box];
    for (const shadow of shadows) {
      const taken = ruleBox(ownMatches(shadow.rule.matches), box, this.host);
      const rest = left.flatMap((piece) => {
        const part = meet(piece, taken);
        return part && this.leavesNothing(shadow, rule, part) ? without(piece, taken) : [piece];
      });
      if (rest.length > mostPieces) return null;
      if (rest.length !== left.length || rest.some((piece, at) => piece !== left[at])) by.push(shadow);
      left = rest;
      if (left.length === 0) return by;
    }
    return null;
  }

  private mayEnd({ rule, jump }: ProgramRule): boolean {
    if (
      rule.matches.some(
        ({ kind }) => !exactKinds.has(kind) && !transportKinds.has(kind) && !steadyKinds.has(kind),
      )
    )
      return false;
    if (jump === null) return endsWalk(rule.target?.kind) || isReturn(rule.target);
    return rule.target?.kind !== 'jump' || !rule.target.returns || this.keepsSome(jump as LazyChain);
  }

  /** Whether packets may not come back from a chain. Asked of chains after those that they lead to, it goes no deeper than one. */
  keepsSome(chain: LazyChain): boolean {
    // They give packets to endpoints.
    if (this.usual.has(chain)) return true;
    const known = this.keeping.get(chain);
    if (known !== undefined) return known;
    this.keeping.set(chain, false);
    const keeps = chain.rules.some(({ rule: { target }, jump }) =>
      jump === null ? endsWalk(target?.kind) && !isReturn(target) : this.keepsSome(jump as LazyChain),
    );
    this.keeping.set(chain, keeps);
    return keeps;
  }

  private leavesNothing(shadow: ProgramRule, { rule }: ProgramRule, box: Box): boolean {
    this.pairs += workOfPair;
    if (!this.covers(shadow.rule.matches, rule.matches, box)) return false;
    if (!shadow.jump) return true;
    return this.endsAll(shadow.jump as LazyChain, box, new Set());
  }

  /** Whether everything in `box`, which matches `asked` too, matches. */
  private covers(matches: readonly Match[], asked: readonly Match[], box: Box): boolean {
    const own = ownMatches(matches);
    const others = matches.filter((match) => !own.includes(match));
    if (others.some(({ kind }) => !steadyKinds.has(kind))) return false;
    const texts = new Set(asked.map(printMatch));
    if (!others.every((match) => texts.has(printMatch(match)))) return false;
    if (own.some((match) => !isExact(match, box))) return false;
    return isInside(box, ruleBox(own, box, this.host));
  }

  /** Whether no packet of the box comes back from a chain. `entered` are the chains that were asked already. */
  private endsAll(chain: LazyChain, box: Box, entered: Set<LazyChain>): boolean {
    // Of a chain that ends all nobody asks a second time; very many chains are not looked through.
    if (entered.has(chain) || entered.size > mostChains) return false;
    entered.add(chain);
    this.pairs += chain.rules.length;
    for (const { rule, jump } of chain.rules) {
      const all = this.covers(rule.matches, [], box);
      if (isReturn(rule.target)) {
        if (all || !isNothing(ruleBox(rule.matches, box, this.host))) return false;
        continue;
      }
      if (!jump) {
        if (all && endsWalk(rule.target?.kind)) return true;
        continue;
      }
      const returns = rule.target?.kind === 'jump' && rule.target.returns;
      if (all && this.endsAll(jump as LazyChain, box, entered)) return true;
      if (!returns && !isNothing(ruleBox(rule.matches, box, this.host))) return false;
    }
    return false;
  }
}

/** The matches of which a box says what they match. */
function ownMatches(matches: readonly Match[]): Match[] {
  return matches.filter(({ kind }) => exactKinds.has(kind) || transportKinds.has(kind));
}

/** Ports are read exactly where the protocol surely has them; flags and options are not part of a box's proof. */
function isExact(match: Match, { sides }: Box): boolean {
  if (!transportKinds.has(match.kind)) return true;
  const { protocol } = sides;
  const single = protocol.length === 2 && protocol[0] === protocol[1];
  if (!single || ![6, 17, 33, 132].includes(Number(protocol[0]))) return false;
  if (match.kind === 'multiport') return match.side !== 'either';
  return (
    !('flags' in match && match.flags) &&
    !('option' in match && match.option) &&
    !('unevaluated' in match && match.unevaluated?.length)
  );
}

function lengthOf(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((sum, { length }) => sum + length, 0);
}

function keep<T>(index: Map<unknown, T[]>, key: unknown, one: T): void {
  const known = index.get(key);
  if (known) known.push(one);
  else index.set(key, [one]);
}

/** What is quickly seen: packets outside of the other's are not all taken. */
function mayHold({ sides: outer }: Box, { sides: inner }: Box): boolean {
  return (
    reaches(outer.source, inner.source) &&
    reaches(outer.destination, inner.destination) &&
    reaches(outer.destinationPort, inner.destinationPort) &&
    reaches(outer.protocol, inner.protocol)
  );
}

function reaches(outer: IntervalSet, inner: IntervalSet): boolean {
  return (
    (inner[0] as Address) >= (outer[0] as Address) &&
    (inner[inner.length - 1] as Address) <= (outer[outer.length - 1] as Address)
  );
}

function isReturn(target: ProgramRule['rule']['target']): boolean {
  return target?.kind === 'verdict' && target.verdict === 'RETURN';
}

function endsWalk(kind: string | undefined): boolean {
  return (
    kind === 'verdict' ||
    kind === 'reject' ||
    kind === 'dnat' ||
    kind === 'masquerade' ||
    kind === 'snat' ||
    kind === 'redirect'
  );
}

/**
 * What a rule asks for exactly: the first key is where it is kept, all of them are where what takes everything from it can
 * be kept.
 */
function keysOf(rule: ProgramRule, address: unknown): readonly unknown[] {
  const port = exactPort(rule);
  return [...(address === null ? [] : [address]), ...(port === null ? [] : [`port ${port}`]), null];
}

function exactPort({ rule }: ProgramRule): number | null {
  for (const match of rule.matches) {
    const range = portsAsked(match);
    if (range && range.first === range.last) return range.first;
  }
  return null;
}

function portsAsked(match: Match): PortRange | null {
  if (match.kind === 'multiport')
    return match.negated || match.side !== 'destination' || match.ports.length > 1
      ? null
      : (match.ports[0] ?? null);
  if (!('destinationPort' in match) || !match.destinationPort || match.destinationPort.negated) return null;
  return match.destinationPort.value;
}

function exactDestination({ rule }: ProgramRule): unknown {
  for (const match of rule.matches) {
    if (match.kind === 'destination' && !match.negated) {
      const { address, mask } = match.subnet;
      return mask === 0xffffffff || mask === (1n << 128n) - 1n ? address : null;
    }
  }
  return null;
}
