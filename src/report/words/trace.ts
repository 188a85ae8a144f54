import type { Family } from '../../address/address.ts';
import type { ConnectionVerdict, ErrorName, StepName } from '../../engine/connect.ts';
import type { SilentNeighbour } from '../../host/model.ts';
import type { Where } from './where.ts';

/** What becomes of a connection, or of a question where there are no connections. */
export type ToldVerdict = ConnectionVerdict | 'answered' | 'never-closed';

/** Why a packet of a connection does not come through. */
export type FailedAs = 'unknown' | 'rejected' | 'not-arriving' | 'dropped';

/** What packets matched: rules that are shown, none, or such only as lead from chain to chain. */
export type MetRules = 'rules' | 'none' | 'leading';

/** A next hop that had not answered when the node's neighbours were listed. */
export interface SilentHop {
  readonly address: string;
  readonly family: Family;
  /** Null: the list does not name it. */
  readonly link: string | null;
  readonly state: SilentNeighbour['state'];
  readonly steps: readonly StepName[];
}

/** What is said of packets' and connections' ways, in one language, beside their outcomes. */
export interface TraceWords {
  // A packet.
  readonly where: (where: Where) => string;
  readonly likewise: (title: string, more: number) => string;
  /** Null: to the same destination. */
  readonly to: (dnat: string | null, source: string | null) => string;
  readonly stopped: Readonly<Record<'drop' | 'reject' | 'unknown', string>>;
  /** By whether the answer comes back through the node; null: perhaps. */
  readonly back: (comesBack: boolean | null, why: string) => string;
  /** Of what was sent to many. */
  readonly backOfMany: (why: string) => string;
  readonly connectionNotAsked: (packet: string) => string;
  readonly stays: (until: number, list: string) => string;
  /** Of a connection, the packets whose next hop it is; of one packet, none. */
  readonly silent: (hop: SilentHop) => string;
  readonly noRule: string;
  /** Where rules matched, and none of them is shown. */
  readonly noneDecides: string;
  /** Rules that are not shown, as they only lead from chain to chain. */
  readonly leadingRules: (count: number) => string;
  readonly hiddenRules: (count: number) => string;
  readonly rule: (chain: string, number: number, where: Where, perhaps: boolean) => string;

  /** Of which text the lines are, where nobody has it. */
  readonly compiledLines: string;
  // Why a rule did not match.
  readonly namedRule: (number: number, table: string, chain: string, where: Where) => string;
  readonly whyNot: (rule: string) => string;
  readonly matches: string;
  readonly byChance: string;
  readonly doesNotHold: (match: string, found: string) => string;
  readonly cannotBeTold: (match: string, why: string) => string;
  readonly leftBefore: string;
  readonly goneBy: (rule: string) => string;
  readonly tooFar: string;
  readonly noCaller: string;
  readonly notEntered: string;
  readonly leadsThere: (rule: string) => string;

  // A connection.
  readonly stepNames: Readonly<Record<StepName, string>>;
  readonly verdicts: Readonly<Record<ToldVerdict, string>>;
  /** The same, before whom it is with. */
  readonly titles: Readonly<Record<ToldVerdict, string>>;
  readonly server: (verdict: string, server: string, seen: string | null) => string;
  readonly titleWith: (title: string, server: string | null) => string;
  readonly failsAt: (step: StepName, verdict: ConnectionVerdict, server: string | null) => string;
  readonly failure: (step: StepName, as: FailedAs, why: string) => string;
  readonly policy: (table: string, chain: string) => string;
  readonly byKernel: string;
  readonly steps: (names: readonly StepName[], met: MetRules) => string;
  readonly others: (met: MetRules) => string;
  /** Behind the packet before them: those that go like it, or like the one before it in their direction. */
  readonly alikeSteps: (names: readonly string[]) => string;
  /** Of each of several. */
  readonly each: (share: string) => string;
  /** Any one of them; `rest`: how many are not named. */
  readonly oneOf: (servers: readonly string[], rest: number) => string;
  readonly notThrough: (why: string) => string;
  readonly errorsArrive: string;
  readonly errorNames: Readonly<Record<ErrorName, string>>;
  /** What the sender does who does not hear of an error. */
  readonly consequences: Readonly<Record<ErrorName, string>>;
  readonly lostError: (error: ErrorName, about: readonly StepName[], as: FailedAs, why: string) => string;
  readonly errorAbout: (error: ErrorName, about: StepName) => string;
  readonly more: (count: number) => string;

  // Through a cluster.
  /** Of ways that are like one that is told. */
  readonly otherWays: (count: number) => string;
  readonly throughAll: (packet: string) => string;
  readonly rejection: string;
  readonly packetFails: (step: StepName, how: string) => string;
  readonly rejectionFails: (how: string) => string;
  readonly lost: (why: string) => string;
  readonly perhapsLost: (why: string) => string;
  readonly strays: (from: string, called: string, past: readonly string[]) => string;
  readonly endsOn: (node: string, how: string) => string;
  readonly ends: string;
  readonly droppedByPolicy: (table: string, chain: string) => string;
  readonly stoppedBy: (
    rejected: boolean,
    number: number,
    table: string,
    chain: string,
    text: string,
  ) => string;
}
