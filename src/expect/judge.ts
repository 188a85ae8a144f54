import { type Address, formatAddress, formatEndpoint, parseAddress } from '../address/address.ts';
import type { Matched } from '../engine/branch.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Packet } from '../engine/packet.ts';
import type { Trace } from '../engine/trace.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import { splitEndpoint } from '../proof/explore/fate.ts';
import { commentOf } from '../proof/rules/keys.ts';
import { add, type Fraction, fraction, isLess, zero } from '../sets/fraction.ts';
import { type Cause, type Claim, type ClaimKind, type ClaimOf, type Goal, isGoal } from './claims.ts';
import { formatShare, isNear } from './shares.ts';

/** Why a claim does not hold. */
export interface Failure {
  readonly claim: Claim;
  /** Something else happens, or it is not known what does, so that nobody can say whether the claim holds. */
  readonly kind: 'mismatch' | 'unknown';
  /** What happens instead, in one sentence without a full stop. */
  readonly says: string;
  /** The outcomes that contradict the claim, or of which nothing is known. */
  readonly outcomes: readonly Outcome[];
}

/**
 * Judges a claim on all that can happen to a packet; undefined: it holds. An outcome that is not known satisfies nothing.
 * For `by` the trace must have been made with `{ trace: true }`, so that outcomes carry the rules that they met.
 */
export function judge(claim: Claim, trace: Trace): Failure | undefined {
  const wrong = (judges[claim.kind] as (claim: Claim, trace: Trace) => Wrong | undefined)(claim, trace);
  const unknown = trace.outcomes.filter(({ verdict }) => verdict === 'unknown');
  // What is known to go wrong goes wrong whatever the rest is; what lacks may be in the rest.
  if (wrong && (wrong.sure || unknown.length === 0)) {
    return { claim, kind: 'mismatch', says: wrong.says, outcomes: wrong.outcomes };
  }
  if (unknown.length === 0) return undefined;
  const reasons = [...new Set(unknown.map(({ because }) => because))];
  return {
    claim,
    kind: 'unknown',
    says: `it is not known what happens: ${reasons.join('; ')}`,
    outcomes: unknown,
  };
}

interface Wrong {
  readonly says: string;
  readonly outcomes: readonly Outcome[];
  /** Wrong even if what is not known were right. */
  readonly sure: boolean;
}

type Judge<Kind extends ClaimKind> = (claim: ClaimOf<Kind>, trace: Trace) => Wrong | undefined;

const judges: { readonly [Kind in ClaimKind]: Judge<Kind> } = {
  to: ({ goals }, { packet, outcomes }) =>
    unlessAll(packet, outcomes, (outcome) => arrivesAt(goals, packet, outcome)),
  endpoints: judgeEndpoints,
  source: judgeSource,
  verdict: ({ is }, { packet, outcomes }) => unlessAll(packet, outcomes, ({ verdict }) => verdict === is),
  by({ cause }, { outcomes }) {
    const others = known(outcomes).filter(({ matched }) => !matched.some((one) => isCause(cause, one)));
    if (others.length === 0) return undefined;
    return { says: often('no rule of it is met', others), outcomes: others, sure: true };
  },
  never({ goals }, { packet, outcomes }) {
    const there = outcomes.filter((outcome) => arrivesAt(goals, packet, outcome));
    return there.length === 0 ? undefined : wrong(packet, there);
  },
};

function judgeEndpoints({ goals }: ClaimOf<'endpoints'>, { packet, outcomes }: Trace): Wrong | undefined {
  const others = unlessAll(packet, outcomes, (outcome) => arrivesAt(goals, packet, outcome));
  if (others) return others;
  for (const goal of goals) {
    const there = outcomes.filter((outcome) => arrivesAt([goal], packet, outcome));
    const share = sumOf(there);
    if (goal.share ? isNear(share, goal.share) : share.n > 0n) continue;
    const says = share.n === 0n ? `${goal.name} gets none` : `${goal.name} gets ${formatShare(share)}`;
    return { says, outcomes: there, sure: goal.share !== null && isLess(goal.share.value, share) };
  }
  return undefined;
}

function judgeSource({ is }: ClaimOf<'source'>, { packet, outcomes }: Trace): Wrong | undefined {
  const arriving = outcomes.filter(({ verdict }) => verdict === 'accept');
  if (arriving.length === 0) {
    const says = `${known(outcomes).map(tell(packet)).join(', ')}, so no server sees any address`;
    return { says, outcomes, sure: false };
  }
  const wanted = typeof is === 'string' ? formatAddress(packet.source) : formatAddress(is);
  const others = arriving.filter(({ src }) => (is === 'masked' ? src === wanted : src !== wanted));
  if (others.length === 0) return undefined;
  const seen = [...new Set(others.map(({ src }) => src))].join(', ');
  const own = seen === formatAddress(packet.source) ? "the client's own address " : '';
  return { says: often(`the server sees ${own}${seen}`, others), outcomes: others, sure: true };
}

/** All that is known must be as it should. */
function unlessAll(
  packet: Packet,
  outcomes: readonly Outcome[],
  isRight: (outcome: Outcome) => boolean,
): Wrong | undefined {
  const others = known(outcomes).filter((outcome) => !isRight(outcome));
  return others.length === 0 ? undefined : wrong(packet, others);
}

function wrong(packet: Packet, outcomes: readonly Outcome[]): Wrong {
  const told = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = tell(packet)(outcome);
    told.set(key, [...(told.get(key) ?? []), outcome]);
  }
  const parts = [...told].map(([what, some]) => often(what, some));
  const shown =
    parts.length > mostTold ? [...parts.slice(0, mostTold), `${parts.length - mostTold} more`] : parts;
  return { says: shown.join(', '), outcomes, sure: true };
}

const mostTold = 4;

function known(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(({ verdict }) => verdict !== 'unknown');
}

const tell =
  (packet: Packet) =>
  (outcome: Outcome): string => {
    if (outcome.verdict === 'accept') {
      const { address, port } = endOf(packet, outcome);
      return `it arrives at ${port === null ? formatAddress(address) : formatEndpoint(address, port)}`;
    }
    if (outcome.verdict === 'reject') return `it is rejected with ${outcome.rejectWith}`;
    return outcome.because === null ? 'it is dropped' : `it is dropped: ${outcome.because}`;
  };

/** Where a packet arrives that does: where it was sent, unless that was translated. */
export function endOf(
  packet: Packet,
  { dnat }: Outcome,
): { readonly address: Address; readonly port: number | null } {
  if (dnat === null) return { address: packet.destination, port: packet.destinationPort };
  const { address, port } = splitEndpoint(dnat);
  return { address: parseAddress(address) as Address, port };
}

function arrivesAt(goals: readonly Goal[], packet: Packet, outcome: Outcome): boolean {
  if (outcome.verdict !== 'accept') return false;
  const { address, port } = endOf(packet, outcome);
  return goals.some((goal) => isGoal(goal, address, port));
}

function isCause(cause: Cause, { place }: Matched): boolean {
  if (cause.kind === 'rule') {
    const { table, chain, number } = cause;
    return place.table === table && place.chain === chain && (number === null || place.number === number);
  }
  const named = serviceIn(commentOf(place.rule));
  if (named === null) return false;
  return cause.port === null
    ? named.split(':')[0] === cause.service
    : named === `${cause.service}:${cause.port}`;
}

export function sumOf(outcomes: readonly Outcome[]): Fraction {
  return outcomes.reduce((sum, { weight }) => add(sum, parseWeight(weight)), zero);
}

function parseWeight(weight: string): Fraction {
  const [n = '0', d = '1'] = weight.split('/');
  return fraction(BigInt(n), BigInt(d));
}

/** How often, unless always. */
function often(says: string, outcomes: readonly Outcome[]): string {
  const share = sumOf(outcomes);
  return share.n === share.d ? says : `${says} in ${formatShare(share)} of all cases`;
}
