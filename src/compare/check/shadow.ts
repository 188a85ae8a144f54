import type { ProgramRule } from '../../packet/program.ts';
import type { Match, MatchKind } from '../../rule/match.ts';
import { printMatch } from '../../rule/print.ts';
import type { HostSets } from '../explore/host-sets.ts';
import type { LazyChain } from '../rules/program.ts';
import { ruleBox } from '../rules/rule-box.ts';
import { type Box, dimensions, isNothing, meet, without } from '../sets/box.ts';
import { isWithin } from '../sets/intervals.ts';

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

export class Shadows {
  private readonly host: HostSets;
  private readonly everything: Box;

  constructor(host: HostSets, everything: Box) {
    this.host = host;
    this.everything = everything;
  }

  /** Rules of a chain to which others of it leave nothing. */
  of(chain: LazyChain): Shadowed[] {
    const found: Shadowed[] = [];
    const ending = chain.rules.filter((rule) => this.mayEnd(rule));
    const index = new Map<unknown, ProgramRule[]>();
    for (const rule of ending) {
      const key = exactDestination(rule);
      index.set(key, [...(index.get(key) ?? []), rule]);
    }
    for (const rule of chain.rules) {
      const box = ruleBox(rule.rule.matches, this.everything, this.host);
      if (isNothing(box)) continue;
      const key = exactDestination(rule);
      const near =
        key === null
          ? ending.filter((one) => exactDestination(one) === null)
          : [...(index.get(key) ?? []), ...(index.get(null) ?? [])];
      const earlier = near
        .filter(({ number }) => number < rule.number)
        .sort((left, right) => left.number - right.number);
      const shadow = earlier.find((one) => this.leavesNothing(one, rule, box));
      const by = shadow ? [shadow] : this.together(earlier, rule, box);
      if (by) found.push({ rule, by });
    }
    return found;
  }

  /** The rules that leave nothing of a box only together; null where something is left. */
  private together(
    shadows: readonly ProgramRule[],
    rule: ProgramRule,
    box: Box,
  ): readonly ProgramRule[] | null {
    if (shadows.length < 2 || shadows.length > mostShadows) return null;
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
    return jump !== null || endsWalk(rule.target?.kind) || isReturn(rule.target);
  }

  private leavesNothing(shadow: ProgramRule, { rule }: ProgramRule, box: Box): boolean {
    if (!this.covers(shadow.rule.matches, rule.matches, box)) return false;
    if (!shadow.jump) return true;
    return this.endsAll(shadow.jump as LazyChain, box, 0);
  }

  /** Whether everything in `box`, which matches `asked` too, matches. */
  private covers(matches: readonly Match[], asked: readonly Match[], box: Box): boolean {
    const own = ownMatches(matches);
    const others = matches.filter((match) => !own.includes(match));
    if (others.some(({ kind }) => !steadyKinds.has(kind))) return false;
    const texts = new Set(asked.map(printMatch));
    if (!others.every((match) => texts.has(printMatch(match)))) return false;
    if (own.some((match) => !isExact(match, box))) return false;
    const covered = ruleBox(own, box, this.host);
    return dimensions.every((dimension) => isWithin(box.sides[dimension], covered.sides[dimension]));
  }

  /** Whether no packet of the box comes back from a chain. */
  private endsAll(chain: LazyChain, box: Box, depth: number): boolean {
    if (depth > 8) return false;
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
      if (all && this.endsAll(jump as LazyChain, box, depth + 1)) return true;
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

function exactDestination({ rule }: ProgramRule): unknown {
  for (const match of rule.matches) {
    if (match.kind === 'destination' && !match.negated) {
      const { address, mask } = match.subnet;
      return mask === 0xffffffff || mask === (1n << 128n) - 1n ? address : null;
    }
  }
  return null;
}
