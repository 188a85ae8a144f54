import { type Address, formatAddress, formatEndpoint } from '../address/address.ts';
import type { HostDoubt } from '../host/doubt.ts';
import type { SilentNeighbour } from '../host/model.ts';
import { type Fraction, formatFraction, toNumber } from '../sets/fraction.ts';
import { type Branch, type CopyEnd, type Header, headerOf, type Matched } from './branch.ts';
import type { End, PossibleEnd, Weighed } from './collector.ts';
import type { Kept } from './kept.ts';
import type { Memory } from './memory.ts';
import type { Passage } from './passage.ts';
import { keyOfReason, type Reason } from './reasons.ts';
import type { Reply } from './reply.ts';
import type { Stickiness } from './sticky.ts';

/** What becomes of a packet. `unknown`: nobody can tell, and `reason` says why. */
export type Verdict = 'accept' | 'drop' | 'reject' | 'unknown';

/** Where it left the node: by the pod interface, by any other one, or into the node itself. */
export type Delivered = 'pod' | 'uplink' | 'local' | 'none';

/** One thing that can happen to a packet, with its exact probability. */
export interface Outcome {
  readonly verdict: Verdict;
  /** The new destination, `address:port`; null where it is unchanged, or nothing arrives. */
  readonly dnat: string | null;
  /** The source that leaves, or that a local socket sees; null where nothing arrives. */
  readonly src: string | null;
  /** The ends of the packet as it left, or as it was when it was dropped. */
  readonly left: Header;
  readonly masqueraded: boolean;
  readonly delivered: Delivered;
  /** Between 0 and 1. */
  readonly probability: number;
  /** The same as an exact fraction, `n/d` in lowest terms. */
  readonly weight: string;
  /** Of `unknown`: why. Of a drop that no rule demands: what the kernel dislikes. `sayReason` says it in words. */
  readonly reason: Reason | null;
  /** Of `reject`: the answer. */
  readonly rejectWith: string | null;
  /** The way back of what was let through; null also of an answer. */
  readonly reply: Reply | null;
  /** Where `recent` will lead the client's next flows the same way. */
  readonly sticks: Stickiness | null;
  /** The interface that it left by. */
  readonly interface: string | null;
  /** The next hop, where it had not answered when the node's neighbours were listed: no part of the verdict, as the kernel asks again. */
  readonly silent?: SilentNeighbour | null;
  /** What becomes of the copy that the node keeps of what it sends to many; absent where it keeps none. */
  readonly copy?: CopyEnd;
  /** It belongs to a connection that the node knows, and goes the way of its answers. */
  readonly answers: boolean;
  /** What rules wrote into the packet; absent where that was not asked for. */
  readonly kept?: Kept;
  /** Of `unknown`, where that is known: what it may be. */
  readonly possible?: readonly PossibleOutcome[];
  /** The rule that dropped or rejected it; null: none did, or rules were not asked for. */
  readonly by: Matched | null;
  /** The rules that matched on one of the ways to this outcome, in their order. Empty where not asked for. */
  readonly matched: readonly Matched[];
  /** The last place where it came by; absent where that was not asked for. */
  readonly passed?: Passage | null;
}

/** One of the things that what is not known may be. */
export interface PossibleOutcome
  extends Pick<
    Outcome,
    'verdict' | 'dnat' | 'src' | 'masqueraded' | 'delivered' | 'interface' | 'reason' | 'rejectWith'
  > {
  /** Its part of the whole outcome where each answer counts the same: no chance. */
  readonly share: Fraction;
}

/** What a node answers instead of letting a packet through, as it leaves the node. */
export interface Rejection extends NonNullable<Branch['answer']> {
  readonly header: Header;
  readonly delivered: Delivered;
}

/** An outcome in the making: what merges it with equal ones. */
export interface OutcomeEnd extends End, Omit<Outcome, 'probability' | 'weight' | 'matched' | 'possible'> {
  readonly possible?: readonly PossibleEnd<OutcomeEnd>[];
  readonly last: Matched | null;
  readonly left: Header;
  /** Of what leaves: by whom it goes on; null: its destination is on the link. */
  readonly nextHop: Address | null;
  /** It never came to connection tracking, or went past it. */
  readonly untracked: boolean;
  /** Of `reject`. */
  readonly rejection?: Rejection;
  /** Of `drop`: rules ended a reset of the node's own, which may have gone past them. */
  readonly eaten?: HostDoubt;
  /** What merges it, whatever the node remembers afterwards. */
  readonly plainKey: string;
  /** Joined where outcomes are only told apart by what the node remembers afterwards. */
  readonly memory: Memory;
}

export function outcomeOf({ end, weight }: Weighed<OutcomeEnd>): Outcome {
  const {
    key: _key,
    plainKey: _plain,
    last,
    memory: _memory,
    memories: _memories,
    untracked: _untracked,
    nextHop: _nextHop,
    ...told
  } = end;
  const { possible, rejection: _rejection, eaten: _eaten, ...rest } = told;
  return {
    ...rest,
    ...(possible && { possible: possible.map(possibleOutcome) }),
    probability: toNumber(weight),
    weight: formatFraction(weight),
    matched: listMatched(last),
  };
}

function possibleOutcome({ end, share }: PossibleEnd<OutcomeEnd>): PossibleOutcome {
  const { verdict, dnat, src, masqueraded, delivered, reason, rejectWith } = end;
  return {
    verdict,
    dnat,
    src,
    masqueraded,
    delivered,
    interface: end.interface,
    reason,
    rejectWith,
    share,
  };
}

export function listMatched(last: Matched | null): Matched[] {
  const list: Matched[] = [];
  for (let matched = last; matched; matched = matched.before) list.push(matched);
  return list.reverse();
}

/** What a branch came to. The header before the node's own answer counts, where it gave one. */
export function endOf(
  branch: Branch,
  verdict: Verdict,
  delivered: Delivered,
  reason: Reason | null = null,
): OutcomeEnd {
  const header = branch.rejected?.header ?? branch;
  const { packet } = branch;
  const moved =
    header.destination !== packet.destination || header.destinationPort !== packet.destinationPort;
  const arrives = verdict === 'accept';
  const dnat = arrives && moved ? printEnd(header.destination, header.destinationPort) : null;
  const src = arrives ? formatAddress(header.source) : null;
  const rejectWith = verdict === 'reject' ? (branch.rejected?.with ?? null) : null;
  const link = arrives && delivered !== 'local' ? branch.egress : null;
  const why = verdict === 'unknown' && reason ? keyOfReason(reason) : rejectWith;
  const { pastRules } = branch.answer ?? {};
  const eaten = verdict === 'drop' && typeof pastRules === 'object' ? pastRules : null;
  const key = `${verdict} ${dnat ?? ''} ${src ?? ''} ${delivered} ${link ?? ''} ${why ?? ''}`;
  const end: OutcomeEnd = {
    verdict,
    dnat,
    src,
    masqueraded: arrives && header.source !== packet.source,
    delivered,
    reason,
    rejectWith,
    reply: null,
    sticks: null,
    interface: link,
    by: whoLost(branch, verdict, reason),
    answers: typeof branch.tracking === 'object' && branch.tracking.direction === 'REPLY' && !branch.rejected,
    key,
    plainKey: key,
    last: branch.matched,
    memory: branch.memory,
    left: headerOf(header),
    nextHop: link === null ? null : branch.gateway,
    untracked: branch.tracking === 'none' || branch.tracking === 'untracked',
  };
  const passed = branch.passed && { passed: branch.passed };
  return eaten || passed ? { ...end, ...(eaten && { eaten }), ...passed } : end;
}

/** The answer that a branch has become arrives, or goes out. */
export function rejectionOf(branch: Branch, delivered: Delivered): OutcomeEnd {
  const answer = branch.answer as NonNullable<Branch['answer']>;
  return {
    ...endOf(branch, 'reject', 'none'),
    rejection: { ...answer, header: headerOf(branch), delivered },
  };
}

/** Rules that the node's own answer meets after a rejection have rejected nothing. */
function whoLost({ rejectedAt, matched }: Branch, verdict: Verdict, reason: Reason | null): Matched | null {
  if (verdict === 'reject') return rejectedAt;
  return verdict === 'drop' && reason === null ? matched : null;
}

function printEnd(address: Address, port: number | null): string {
  return port === null ? formatAddress(address) : formatEndpoint(address, port);
}
