import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Matched } from '../engine/branch.ts';
import type { Outcome } from '../engine/outcome.ts';
import { keyOfReason } from '../engine/reasons.ts';
import type { Trace } from '../engine/trace.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import { commentOf } from '../proof/rules/keys.ts';
import { ownerOfChain } from '../proxy/nftables/names.ts';
import { add, type Fraction, isLess, parseFraction, zero } from '../sets/fraction.ts';
import { groupedBy } from '../text/lists.ts';
import { type Cause, type Claim, type ClaimOf, type Goal, isGoal, type PacketClaim } from './claims.ts';
import { fateKey, fateOf, type Instead, type Shared } from './instead.ts';
import { isNear } from './shares.ts';

/** Why a claim does not hold. */
export interface Failure {
  readonly claim: Claim;
  /** Something else happens, or it is not known what does, so that nobody can say whether the claim holds. */
  readonly kind: 'mismatch' | 'unknown';
  readonly instead: Instead;
  /** The outcomes that contradict the claim, or of which nothing is known. */
  readonly outcomes: readonly Outcome[];
}

/**
 * Judges a claim on all that can happen to a packet; undefined: it holds. An outcome that is not known satisfies nothing.
 * For `by` the trace must have been made with `{ trace: true }`, so that outcomes carry the rules that they met.
 */
export function judge(claim: PacketClaim, trace: Trace): Failure | undefined {
  const wrong = (judges[claim.kind] as (claim: PacketClaim, trace: Trace) => Wrong | undefined)(claim, trace);
  const unnamed = wrong ? withoutName(claim, wrong.outcomes) : [];
  if (unnamed.length > 0)
    return {
      claim,
      kind: 'unknown',
      instead: { code: 'services-unnamed' },
      outcomes: unnamed,
    };
  const unknown = trace.outcomes.filter(({ verdict }) => verdict === 'unknown');
  // What is known to go wrong goes wrong whatever the rest is; what lacks may be in the rest.
  if (wrong && (wrong.sure || unknown.length === 0)) {
    return { claim, kind: 'mismatch', instead: wrong.instead, outcomes: wrong.outcomes };
  }
  if (unknown.length === 0) return undefined;
  const reasons = new Map(unknown.flatMap(({ reason }) => (reason ? [[keyOfReason(reason), reason]] : [])));
  return {
    claim,
    kind: 'unknown',
    instead: { code: 'not-known', reasons: [...reasons.values()] },
    outcomes: unknown,
  };
}

interface Wrong {
  readonly instead: Instead;
  readonly outcomes: readonly Outcome[];
  /** Wrong even if what is not known were right. */
  readonly sure: boolean;
}

type Judge<Kind extends PacketClaim['kind']> = (claim: ClaimOf<Kind>, trace: Trace) => Wrong | undefined;

const judges: { readonly [Kind in PacketClaim['kind']]: Judge<Kind> } = {
  to: ({ goals }, { outcomes }) => unlessAll(outcomes, (outcome) => arrivesAt(goals, outcome)),
  endpoints: judgeEndpoints,
  source: judgeSource,
  verdict: ({ is }, { outcomes }) => unlessAll(outcomes, ({ verdict }) => verdict === is),
  by({ cause }, { outcomes }) {
    const others = known(outcomes).filter(({ matched }) => !matched.some((one) => isCause(cause, one)));
    if (others.length === 0) return undefined;
    return { instead: { code: 'no-rule-met', share: sumOf(others) }, outcomes: others, sure: true };
  },
  never({ goals }, { outcomes }) {
    const there = outcomes.filter((outcome) => arrivesAt(goals, outcome));
    return there.length === 0 ? undefined : wrong(there);
  },
};

function judgeEndpoints({ goals }: ClaimOf<'endpoints'>, { outcomes }: Trace): Wrong | undefined {
  const others = unlessAll(outcomes, (outcome) => arrivesAt(goals, outcome));
  if (others) return others;
  for (const goal of goals) {
    const there = outcomes.filter((outcome) => arrivesAt([goal], outcome));
    const share = sumOf(there);
    if (goal.share ? isNear(share, goal.share) : share.n > 0n) continue;
    const instead = { code: 'goal-gets', goal: goal.name, share } as const;
    return { instead, outcomes: there, sure: goal.share !== null && isLess(goal.share.value, share) };
  }
  return undefined;
}

function judgeSource({ is }: ClaimOf<'source'>, { packet, outcomes }: Trace): Wrong | undefined {
  const arriving = outcomes.filter(({ verdict }) => verdict === 'accept');
  if (arriving.length === 0) {
    const instead = { code: 'nothing-seen', fates: known(outcomes).map(fateOf) } as const;
    return { instead, outcomes, sure: false };
  }
  const wanted = typeof is === 'string' ? formatAddress(packet.source) : formatAddress(is);
  const others = arriving.filter(({ src }) => (is === 'masked' ? src === wanted : src !== wanted));
  if (others.length === 0) return undefined;
  const sources = [...new Set(others.map(({ src }) => src as string))];
  const own = sources.length === 1 && sources[0] === formatAddress(packet.source);
  const instead = { code: 'server-sees', sources, own, share: sumOf(others) } as const;
  return { instead, outcomes: others, sure: true };
}

/** All that is known must be as it should. */
function unlessAll(outcomes: readonly Outcome[], isRight: (outcome: Outcome) => boolean): Wrong | undefined {
  const others = known(outcomes).filter((outcome) => !isRight(outcome));
  return others.length === 0 ? undefined : wrong(others);
}

function wrong(outcomes: readonly Outcome[]): Wrong {
  const fates = [...groupedBy(outcomes, (outcome) => fateKey(fateOf(outcome))).values()].map(
    (alike): Shared => ({ fate: fateOf(alike[0]), share: sumOf(alike) }),
  );
  return { instead: { code: 'happens', fates }, outcomes, sure: true };
}

function known(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(({ verdict }) => verdict !== 'unknown');
}

/** Where a packet arrives that does. */
export function printGoal({ left: { destination, destinationPort: port } }: Outcome): string {
  return port === null ? formatAddress(destination) : formatEndpoint(destination, port);
}

function arrivesAt(goals: readonly Goal[], { verdict, left }: Outcome): boolean {
  return verdict === 'accept' && goals.some((goal) => isGoal(goal, left.destination, left.destinationPort));
}

function isCause(cause: Cause, { place }: Matched): boolean {
  if (cause.kind === 'rule') {
    const { table, chain, number } = cause;
    return place.table === table && place.chain === chain && (number === null || place.number === number);
  }
  const named = place.language === 'nftables' ? serviceOfChain(place) : serviceIn(commentOf(place.rule));
  if (named === null) return false;
  return cause.port === null
    ? named.split(':')[0] === cause.service
    : named === `${cause.service}:${cause.port}`;
}

/** `default/web:http`, of a chain that is named so. */
function serviceOfChain({ table, chain }: Matched['place']): string | null {
  const owner = ownerOfChain(table, chain);
  return owner && `${owner.service}${owner.port === '' ? '' : `:${owner.port}`}`;
}

/** Outcomes of which no rule of iptables tells the service, and rules of nft need not. */
function withoutName(claim: Claim, outcomes: readonly Outcome[]): readonly Outcome[] {
  if (claim.kind !== 'by' || claim.cause.kind !== 'service') return [];
  return outcomes.filter(({ matched }) => matched.some(({ place }) => place.language === 'nftables'));
}

export function sumOf(outcomes: readonly Outcome[]): Fraction {
  return outcomes.reduce((sum, { weight }) => add(sum, parseFraction(weight)), zero);
}
