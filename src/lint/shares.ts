import type { ProgramChain, ProgramRule } from '../engine/program.ts';
import { type Match, type MatchKind, statisticScale } from '../iptables/rule/match.ts';
import type { Rule } from '../iptables/rule/ruleset.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import { commentOf } from '../proof/rules/keys.ts';
import {
  add,
  type Fraction,
  formatFraction,
  fraction,
  multiply,
  one,
  subtract,
  zero,
} from '../sets/fraction.ts';
import { chainPlace, type FindingOf } from './finding.ts';
import { endpointIn } from './reach/iptables-endpoints.ts';
import { isPartOf } from './reach/usual.ts';

const certain = statisticScale;

/**
 * Chains of a service by which its endpoints do not get the same share of new connections: kube-proxy gives each of the endpoints that are left
 * one part of as many, and what an endpoint's chain does not translate goes on to the next one. What no endpoint gets at all is cut off,
 * and told so.
 */
export function findUneven(chain: ProgramChain): FindingOf<'uneven-shares'>[] {
  if (!/^KUBE-(?:SV[CL]|XLB)-/.test(chain.name)) return [];
  const draws: Draw[] = [];
  for (const rule of chain.rules) {
    const draw = drawOf(rule);
    if (draw !== null) draws.push(draw);
  }
  const isAll = draws.at(-1)?.chance === certain;
  const usual = usualOf(draws);
  const isIdle = ({ protocol }: Draw) => protocol === null || (protocol !== undefined && protocol !== usual);
  const robbed = robbedIn(draws);
  const isEven = draws.every((draw, at) => isPartOf(draw.chance, draws.length - at) && !isIdle(draw));
  if (draws.length < 2 || !isAll || (isEven && robbed.length === 0)) return [];
  let left = one;
  const given = new Map<string, Fraction>(robbed.map((endpoint) => [endpoint, zero]));
  for (const draw of draws) {
    const share = isIdle(draw) ? zero : multiply(left, fraction(draw.chance, statisticScale));
    left = subtract(left, share);
    const endpoint = endpointIn(draw.chain);
    given.set(endpoint, add(given.get(endpoint) ?? zero, share));
  }
  const shares = [...given].map(([endpoint, share]) => ({ endpoint, share: formatFraction(share) }));
  const service = draws.map(({ rule }) => serviceIn(commentOf(rule))).find((name) => name !== null) ?? null;
  return [{ code: 'uneven-shares', place: chainPlace(chain.table, chain.name), service, shares }];
}

/** Endpoints that comments name, and whose rules lead to the chain of one that another rule leads to as well. */
function robbedIn(draws: readonly Draw[]): readonly string[] {
  const seen = new Set<ProgramChain>();
  const twice = new Set(draws.flatMap(({ chain }) => (seen.size === seen.add(chain).size ? [chain] : [])));
  if (twice.size === 0) return [];
  const served = new Set(draws.map(({ chain }) => endpointIn(chain)));
  return draws.flatMap(({ rule, chain }) => {
    const meant = twice.has(chain) ? commentOf(rule)?.split(' -> ')[1] : undefined;
    return meant === undefined || served.has(meant) ? [] : [meant];
  });
}

/** Nearly always all are the same. */
function usualOf(draws: readonly Draw[]): number | undefined {
  const first = draws[0]?.protocol;
  if (first != null && draws.every(({ protocol }) => protocol === first)) return first;
  return mostFrequent(draws.flatMap(({ protocol }) => protocol ?? []));
}

function mostFrequent(numbers: readonly number[]): number | undefined {
  const count = (wanted: number) => numbers.filter((number) => number === wanted).length;
  return [...new Set(numbers)].toSorted((left, right) => count(right) - count(left))[0];
}

interface Draw {
  readonly rule: Rule;
  /** Of the endpoint. */
  readonly chain: ProgramChain;
  /** Of `certain`. */
  readonly chance: number;
  /** Which packets its chain translates; null: none; undefined: it asks for more than their protocol. */
  readonly protocol: number | null | undefined;
}

/** By chance alone to an endpoint's chain; null: by something else, or to another one. */
function drawOf({ rule, jump }: ProgramRule): Draw | null {
  if (!jump?.name.startsWith('KUBE-SEP-')) return null;
  let match: Match | undefined;
  for (const one of rule.matches) {
    if (one.kind === 'comment') continue;
    if (match !== undefined) return null;
    match = one;
  }
  const facts = { rule, chain: jump, protocol: protocolIn(jump) };
  if (match === undefined) return { ...facts, chance: certain };
  if (match.kind !== 'statistic' || match.mode !== 'random' || match.negated) return null;
  return { ...facts, chance: match.threshold };
}

function protocolIn({ rules }: ProgramChain): Draw['protocol'] {
  let only: Rule | null = null;
  for (const { rule } of rules) {
    if (rule.target?.kind === 'jump' || rule.target?.kind === 'mark') continue;
    if (only !== null) return undefined;
    only = rule;
  }
  if (only === null) return null;
  return only.target?.kind === 'dnat' ? protocolAsked(only.matches) : undefined;
}

/** Undefined: they ask for more than a protocol, or for none. */
function protocolAsked(matches: readonly Match[]): number | undefined {
  let protocol: number | undefined;
  for (const match of matches) {
    if (match.kind === 'protocol') {
      if (match.negated || protocol !== undefined) return undefined;
      protocol = match.protocol;
    } else if (!beside.has(match.kind)) return undefined;
  }
  return protocol;
}

const beside: ReadonlySet<MatchKind> = new Set(['comment', 'recent', 'tcp', 'udp', 'sctp']);
