import type { WalkAssumption } from '../engine/assumption.ts';
import { outcomeOf } from '../engine/outcome.ts';
import type { Program } from '../engine/program.ts';
import { type Trace, tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import type { Rule } from '../iptables/rule/ruleset.ts';
import type { NetworkAssumption } from '../path/assumption.ts';
import type { FateCell } from '../proof/explore/fates.ts';
import { fatesOf } from '../proof/explore/fates.ts';
import type { Dimension } from '../sets/box.ts';
import { type Box, withSide } from '../sets/box.ts';
import { type IntervalSet, intersect, isEmpty, single, subtract } from '../sets/intervals.ts';
import { subnetSet } from '../sets/subnet-set.ts';
import type { Claim, Goal, PacketClaim } from './claims.ts';
import type { Instead } from './instead.ts';
import { type Failure, judge } from './judge.ts';

/** A claim that does not hold, or of which that is not known, with a packet that shows it. */
export interface Finding extends Failure {
  /** What the interpreter says of that packet; null where the packets were not looked at. */
  readonly trace: Trace | null;
}

/** What was found out about claims. No finding: they hold, for each packet. */
export interface Judgement {
  readonly findings: readonly Finding[];
  /** How many kinds of packets were looked at: packets of one kind fare alike. */
  readonly looked: number;
  /** The rules that the packets matched, on whichever of their ways. */
  readonly matched: ReadonlySet<Rule>;
  readonly assumed: readonly (WalkAssumption | NetworkAssumption)[];
}

/** Kinds of packets that are looked at, at most, before what is left is given up as not proved. */
export const defaultLimit = 20_000;

/** Proves claims for every packet of the boxes, or finds a packet that shows the contrary. */
export function prove(
  claims: readonly PacketClaim[],
  program: Program,
  host: Host,
  boxes: readonly Box[],
  limit = defaultLimit,
): Judgement {
  const findings = new Map<PacketClaim, Finding>();
  const matched = new Set<Rule>();
  const parts = claims.reduce(divide, boxes);
  const isOpen = (claim: PacketClaim) => findings.get(claim)?.kind !== 'mismatch';
  let looked = 0;
  for (const cell of fatesOf(program.ruleset, host, parts)) {
    const open = claims.filter(isOpen);
    // With a counterexample to each there is nothing left to find out.
    if (open.length === 0) break;
    if (looked === limit) {
      for (const claim of open) findings.set(claim, findings.get(claim) ?? tooMany(claim, looked));
      break;
    }
    looked += 1;
    for (const item of cell.fate.items) for (const { place } of item.matched) matched.add(place.rule);
    for (const claim of open) {
      const finding = judgeCell(claim, cell, program, host);
      if (finding && (finding.kind === 'mismatch' || !findings.has(claim))) findings.set(claim, finding);
      else if (cell.isLast) findings.set(claim, findings.get(claim) ?? tooMany(claim, looked));
    }
  }
  const found = claims.flatMap((claim) => findings.get(claim) ?? (looked === 0 ? [nothingAsked(claim)] : []));
  return { findings: found, looked, matched, assumed: [...host.assumed, ...(program.assumed ?? [])] };
}

/** Judges claims on one packet. */
export function judgePacket(claims: readonly PacketClaim[], trace: Trace): Judgement {
  const findings = claims.flatMap((claim) => {
    const failure = judge(claim, trace);
    return failure ? [{ ...failure, trace }] : [];
  });
  const matched = new Set(
    trace.outcomes.flatMap((outcome) => outcome.matched.map(({ place }) => place.rule)),
  );
  return { findings, looked: 1, matched, assumed: trace.assumed };
}

/** What holds for the packet that was walked holds for all of its cell, unless there is a doubt. */
function judgeCell(claim: PacketClaim, cell: FateCell, program: Program, host: Host): Finding | undefined {
  const { packet, fate, doubt, box } = cell;
  const outcomes = fate.items.map(({ end, weight }) => outcomeOf({ end, weight }));
  const failure = judge(claim, { packet, outcomes, assumed: host.assumed });
  if (!failure && doubt === null) return undefined;
  // The interpreter, which supposes nothing, has the last word on the packet itself.
  const trace = tracePacket(program, host, packet, { trace: true });
  const confirmed = judge(claim, trace);
  if (confirmed) return { ...confirmed, trace };
  const supposed = [...box.symbols].map(([symbol]) => symbol.replace(/ #\d+$/, ''));
  const instead: Instead = doubt
    ? { code: 'in-doubt', doubt }
    : { code: 'depends', matches: [...new Set(supposed)] };
  return { claim, kind: 'unknown', instead, outcomes: trace.outcomes, trace };
}

/** What holds for no packet at all is not held to hold. */
function nothingAsked(claim: Claim): Finding {
  return {
    claim,
    kind: 'unknown',
    instead: { code: 'nothing-asked' },
    outcomes: [],
    trace: null,
  };
}

function tooMany(claim: Claim, looked: number): Finding {
  return { claim, kind: 'unknown', instead: { code: 'too-many-kinds', looked }, outcomes: [], trace: null };
}

/** Divides boxes so that a claim speaks of all packets of a part alike. */
function divide(boxes: readonly Box[], claim: PacketClaim): readonly Box[] {
  switch (claim.kind) {
    case 'to':
    case 'endpoints':
    case 'never':
      return claim.goals.reduce(divideByGoal, boxes);
    case 'source':
      return typeof claim.is === 'string' ? boxes : divideAt(boxes, 'source', single(claim.is));
    case 'verdict':
    case 'by':
      return boxes;
  }
}

/** Packets that nobody translates arrive where they were sent. */
function divideByGoal(boxes: readonly Box[], { places }: Goal): readonly Box[] {
  return places.reduce<readonly Box[]>((parts, { prefix, ports }) => {
    const byAddress = divideAt(parts, 'destination', subnetSet(prefix) as IntervalSet);
    return ports === null ? byAddress : divideAt(byAddress, 'destinationPort', [ports.first, ports.last]);
  }, boxes);
}

function divideAt(boxes: readonly Box[], dimension: Dimension, set: IntervalSet): readonly Box[] {
  return boxes.flatMap((box) => {
    const side = box.sides[dimension];
    const [inside, outside] = [intersect(side, set), subtract(side, set)];
    if (isEmpty(inside) || isEmpty(outside)) return [box];
    return [withSide(box, dimension, inside), withSide(box, dimension, outside)];
  });
}
