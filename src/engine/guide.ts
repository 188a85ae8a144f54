import type { Match } from '../iptables/rule/match.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import type { Branch } from './branch.ts';
import type { FieldRef } from './fields.ts';
import type { Instruction, IrChain, IrRule, StateUse } from './ir.ts';
import type { Memory } from './memory.ts';
import type { Reason } from './reasons.ts';
import type { Truth } from './truth.ts';

/**
 * Whose value a field has at the moment that it is asked. `arrival`: the packet's own, as it came (changed by a fixed
 * rule at most: the set that is told is then about what it came with). `changed`: one that the rules or the node gave it,
 * the same for all packets that go this way. `answer`: that of the answer which the node gives instead: its ends are the
 * packet's, turned round.
 */
export type Owner = 'arrival' | 'changed' | 'answer';

/** A test of a field, while a branch stands before it. */
export interface Asked extends FieldRef {
  readonly owner: Owner;
  /** For `arrival`: values with which the packet can have come for the test to hold. */
  readonly set: IntervalSet;
  /** Which bits count, where not all do. */
  readonly mask?: number | bigint;
  /** The value that was found; without it nothing says it. */
  readonly value?: number | bigint;
}

/** A question that nothing answers. */
export interface OpenAsked {
  /** The same for the same question on one way; null: each time that it is asked is another question. */
  readonly key: string | null;
  /** What is asked, where it is a field. */
  readonly asked: Asked | null;
  /** Or a state. */
  readonly state?: StateUse;
  readonly reason: Reason;
}

/**
 * Looks on while a packet is walked. Who reasons about many packets at once sees here which questions decided the way of
 * one of them; every hook may be left out, and every answer that is `undefined` leaves it to the walk.
 */
export interface Guide {
  /** What stands for rules that a text does not show is noted as matched, too: who compares the ways of packets must see where they part. */
  readonly notesStandIns?: true;
  /** Each place where a packet comes by is noted, and ends of different ways are kept apart: who holds a way against a trace of the kernel must see all of it. */
  readonly notesPassages?: true;
  /** Called before what a match of iptables asks; may answer in its place. Goes as soon as nobody needs it. */
  consult?(match: Match, branch: Branch): Truth | undefined;
  /** A field is tested, by a rule or by the index of a long chain. */
  test?(asked: Asked, branch: Branch): void;
  /** Nothing answers: the guide may. Without an answer both ways are followed. */
  answerOpen?(question: OpenAsked, branch: Branch): boolean | undefined;
  /** A state is asked or changed; the guide may answer in its place. */
  recallState?(state: StateUse, branch: Branch): Truth | undefined;
  /** Before each station: whether nobody asks what becomes of the branch from there on. It is left, and ends nowhere. */
  isPast?(branch: Branch): boolean;
  /** A chain is entered. */
  enter?(chain: IrChain, branch: Branch): void;
  /** The chain, or one without rules that cannot match this branch; goes as soon as nobody needs it. */
  narrow?(chain: IrChain, branch: Branch): IrChain;
  /** Routing has two answers, of which nobody knows the right one; the guide may suppose one. */
  suppose?(question: string, branch: Branch): boolean | undefined;
  /** What is known of the mark beside what the walk itself keeps: equal for equal marks. */
  markOf?(branch: Branch): string;
  /** Routing is asked by what the packet is now, its mark among it. */
  routed?(branch: Branch): void;
  /** Of a packet and its copy, both of which have gone on: what is kept of the packet itself, beside what they did to the node. */
  rejoin?(packet: Memory, copy: Memory, arrives: boolean): Memory;
  /** The node would answer instead of letting a branch through: not every packet is answered. */
  refuse?(branch: Branch, kind: string): void;
  /** A rule that a branch came to went no further than that instruction, or parts there; `truth` is what was found. */
  failed?(branch: Branch, rule: IrRule, instruction: Instruction, truth: Truth): void;
  /** A rule was carried out, and is noted as the last that the branch matched. */
  perform?(branch: Branch, rule: IrRule): void;
}
