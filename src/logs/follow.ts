import type { WalkAssumption } from '../engine/assumption.ts';
import type { Branch, Matched } from '../engine/branch.ts';
import type { Connection } from '../engine/connection.ts';
import type { Guide } from '../engine/guide.ts';
import type { IrProgram, RulePlace } from '../engine/ir.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Packet } from '../engine/packet.ts';
import { listPassages } from '../engine/passage.ts';
import { keyOfReason } from '../engine/reasons.ts';
import { tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import { arrivals, isAtStart, originOf } from './arrival.ts';
import { compareWay, isNamed, logsWith, type Parting } from './compare.ts';
import { laterFlow } from './flows.ts';
import type { Log, LoggedPacket } from './model.ts';
import { placed } from './nft.ts';
import { NftTexts } from './nft-text.ts';
import { asTracked, isTranslated, type Supposition, suppositions, type Taken } from './suppositions.ts';

/** A way through the rules on which a packet is. */
export interface FollowedWay {
  /** As what: more than one where that makes no difference. */
  readonly taken: readonly Taken[];
  /** The packet as it arrived. */
  readonly packet: Packet;
  /** Null: the log does not tell how the packet's flow is translated, and the fate depends on that. */
  readonly outcome: Outcome | null;
  /** Whether the source that leaves is known: of later packets, only where the log shows the flow or its beginning. */
  readonly sourceKnown: boolean;
  /** The rule of its last line; null: no line names one. */
  readonly at: Matched | null;
  /** The rules that match after that. */
  readonly next: readonly Matched[];
}

/** A packet of a log, held against the rules. */
export interface Followed {
  readonly logged: LoggedPacket;
  /** All ways that agree with every line; where none does, the one that goes farthest. */
  readonly ways: readonly FollowedWay[];
  /** The first line at which log and rules part; null: nowhere. */
  readonly parting: Parting | null;
  /** Whether its first line stands after destinations were translated, so that it may have come for another one. */
  readonly late: boolean;
  readonly assumed: readonly WalkAssumption[];
}

/** What a log is held against. */
export interface Rules {
  readonly program: IrProgram;
  readonly host: Host;
  /** A rule as the dump spells it, without `-A CHAIN`. */
  readonly textOf: (place: RulePlace) => string;
}

interface Against extends Rules {
  readonly nft: NftTexts;
}

/** Follows all packets of a log, in their order: what is seen of a flow's first packet tells of the later ones. */
export function followPackets(rules: Rules, log: Log): readonly Followed[] {
  const flows: Connection[] = [];
  const against = { ...rules, nft: new NftTexts(rules.program.family) };
  return log.packets.map((logged) => {
    const followed = followPacket(against, placed(logged, rules.program), [
      ...log.entries.map(({ connection }) => connection),
      ...flows,
    ]);
    const begun = flowOf(followed);
    if (begun) flows.push(begun);
    return followed;
  });
}

/** Finds where in the rules a packet is, and what comes next. */
function followPacket(rules: Against, logged: LoggedPacket, known: readonly Connection[]): Followed {
  const first = logged.sights[0];
  const { from, assumed } = originOf(first, rules.host);
  const late = !isAtStart(first);
  const tried = arrivals(first, late, known).map((header) =>
    asTracked(suppositions(header, logged, known), logged).map((supposed) =>
      supposed.flatMap((supposition) => tryOne(rules, { ...header, from }, logged, supposition, late)),
    ),
  );
  // Less likely ones are asked where none of the likelier agrees.
  const agreeing = whereSeen(
    tried.flatMap((tiers) => tiers.map((ways) => ways.filter(agrees)).find((ways) => ways.length > 0) ?? []),
    logged,
  );
  const all = tried.flat(2);
  const farthest = all.reduce((best, one) => (one.agreed > best.agreed ? one : best));
  const chosen = agreeing.length > 0 ? agreeing : [farthest];
  return {
    logged,
    ways: joined(chosen.map(({ way }) => way)),
    // What is not known contradicts no line.
    parting: agreeing.length > 0 || farthest.open ? null : farthest.parting,
    late,
    assumed: [...assumed, ...(chosen[0]?.assumed ?? [])],
  };
}

/** Of ways that lead to several ends by chance, those to the one that a line behind the translation shows. */
function whereSeen(ways: readonly Tried[], { sights }: LoggedPacket): readonly Tried[] {
  const last = sights.findLast(isTranslated)?.packet;
  if (!last || ways.length < 2) return ways;
  const there = ways.filter(({ way: { outcome } }) => {
    if (outcome?.verdict !== 'accept') return true;
    const { destination, destinationPort } = outcome.left;
    return (
      destination === last.destination && (destinationPort ?? last.destinationPort) === last.destinationPort
    );
  });
  return there.length > 0 ? there : ways;
}

function agrees({ parting }: Tried): boolean {
  return parting === null;
}

interface Tried {
  readonly agreed: number;
  readonly parting: Parting | null;
  /** Where it goes is not known. */
  readonly open: boolean;
  readonly way: FollowedWay;
  readonly assumed: readonly WalkAssumption[];
}

/** A line that names a rule answers what nothing else does: whether a limit, or another open question of it, held. */
function tryOne(
  rules: Against,
  header: Packet,
  logged: LoggedPacket,
  supposition: Supposition,
  late: boolean,
): Tried[] {
  const { taken, memory, state, sourceKnown } = supposition;
  const packet: Packet = { ...header, state };
  const isOwn = logged.sights[0].in === null && logged.sights[0].out !== null;
  const held = {
    marks: !late && !isOwn,
    destinations: !late && supposition.known && taken !== 'related',
  };
  const tries = [undefined, true, false].map((answer) => {
    const guide = answersOf(rules, logged, answer);
    const { outcomes, assumed } = tracePacket(rules.program, rules.host, packet, {
      trace: true,
      memory,
      guide,
    });
    return outcomes.map((outcome): Tried => {
      const way = listPassages(outcome.passed ?? null);
      const { at, next, marked, ...compared } = compareWay(rules, way, logged.sights, held);
      const known = supposition.known && !marked;
      const followed = {
        taken: [taken],
        packet,
        outcome: known ? outcome : null,
        sourceKnown,
        at,
        next: known ? next : [],
      };
      return { ...compared, open: outcome.verdict === 'unknown', way: followed, assumed };
    });
  });
  return tries.find((ways) => ways.some(agrees)) ?? (tries[0] as Tried[]);
}

/** Of the rule that a line names the state held; of its neighbours in the chain that says nothing. */
function answersOf(rules: Against, { sights }: LoggedPacket, open: boolean | undefined): Guide {
  const named = ({ chain, index }: Branch) => {
    const rule = chain?.rules[index];
    return sights.some(({ place, writer, prefix }) => {
      if (!rule || writer === 'log') return logsWith(rule, prefix);
      if (place?.kind !== 'rule') return false;
      const leads = rule.jump === null || place.jump === null || rule.jump.name === place.jump;
      const isThere = place.table === chain.table && place.chain === chain.name;
      return isThere && leads && isNamed(rules, rule, place);
    });
  };
  return {
    notesPassages: true,
    recallState: (_state, branch) => (named(branch) ? true : undefined),
    answerOpen: (_question, branch) => (named(branch) ? open : undefined),
  };
}

/** Ways that differ only in what connection tracking takes the packet for are one. */
function joined(ways: readonly FollowedWay[]): readonly FollowedWay[] {
  const byKey = new Map<string, FollowedWay>();
  for (const way of ways) {
    const { outcome, at, packet, sourceKnown } = way;
    const place = at && `${at.hook} ${at.place.table}/${at.place.chain}/${at.place.number}`;
    const fate = outcome && [
      outcome.verdict,
      outcome.dnat,
      sourceKnown && outcome.src,
      outcome.delivered,
      outcome.reason && keyOfReason(outcome.reason),
    ];
    const key = [String(packet.destination), packet.destinationPort, place, ...(fate ?? ['?'])].join(' ');
    const before = byKey.get(key);
    byKey.set(key, before ? { ...before, taken: [...new Set([...before.taken, ...way.taken])] } : way);
  }
  return [...byKey.values()];
}

/** The flow that a packet begins, where its lines leave one way for it; the answers are taken to come. */
function flowOf({ ways, parting }: Followed): Connection | null {
  const [way, ...others] = ways;
  if (!way?.outcome || parting || others.length > 0 || !way.taken.includes('first')) return null;
  const { outcome, packet } = way;
  if (outcome.verdict !== 'accept') return null;
  const { source, destination, destinationPort } = outcome.left;
  // The port that masquerading chose is not in the log.
  const sourcePort = outcome.masqueraded ? null : packet.sourcePort;
  const picked = outcome.masqueraded ? { first: 1, last: 65535 } : null;
  return { ...laterFlow(packet, { ...packet, source, destination, destinationPort, sourcePort }), picked };
}
