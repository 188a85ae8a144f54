import type { Match } from '../iptables/rule/match.ts';
import { multiply } from '../sets/fraction.ts';
import { assign } from './assign.ts';
import type { Branch, Matched } from './branch.ts';
import type { Collector } from './collector.ts';
import type { BaseChain, Instruction, IrChain, IrRule, NatRange, Side, Verdict } from './ir.ts';
import { judge, suppose } from './judge.ts';
import { lookUp } from './lookup.ts';
import { decide } from './nat.ts';
import { endOf, type OutcomeEnd } from './outcome.ts';
import { notePassage } from './passage.ts';
import { isIdle } from './reads.ts';
import { changeState, recallState, splitOf, type Way, waysOf } from './recall.ts';
import { resolve } from './translation.ts';
import { isSplit, type Question, type Split, type Truth } from './truth.ts';
import type { Walk } from './walk.ts';

/** What becomes of a branch that leaves a base chain alive. */
export type Leaving =
  /** By `accept`, or its end. */
  | 'accepted'
  /** A translation was decided. */
  | 'translated';

type Left = (branch: Branch, how: Leaving) => void;

/** Walks branches through the rules of one base chain. Where ways part, each goes on from that very instruction. */
export class ChainWalk {
  private readonly walk: Walk;
  private readonly open: Branch[] = [];
  private base: BaseChain | undefined;
  private left: Left = () => {};

  constructor(walk: Walk) {
    this.walk = walk;
  }

  /** `left` is told of every branch that comes out at the other end. */
  enter(branch: Branch, base: BaseChain, left: Left): void {
    this.base = base;
    this.left = left;
    branch.chain = this.walk.narrow(base.chain, branch);
    branch.index = 0;
    branch.at = -1;
    branch.caller = null;
    this.open.push(branch);
    for (let next = this.open.pop(); next; next = this.open.pop()) this.run(next);
  }

  /** Goes on until the branch has its verdict, or parts. */
  private run(branch: Branch): void {
    while (branch.chain) {
      const rule = branch.chain.rules[branch.index];
      if (!rule) {
        if (this.leaveChain(branch)) return;
        continue;
      }
      if (branch.at === -1) {
        if (!this.walk.mayTry(branch)) return;
        branch.code = rule.code;
        branch.at = 0;
      }
      if (this.runRule(branch, rule)) return;
    }
  }

  /** True: the branch is put aside, or has its verdict. */
  private runRule(branch: Branch, rule: IrRule): boolean {
    for (;;) {
      const instruction = branch.code[branch.at];
      if (!instruction) {
        this.note(branch, rule, null);
        nextRule(branch);
        return false;
      }
      const truth = this.consult(branch, rule, instruction) ?? this.perform(branch, rule, instruction);
      if (truth === true) branch.at += 1;
      else if (truth === false) {
        this.walk.guide?.failed?.(branch, rule, instruction, truth);
        nextRule(branch);
        return false;
      } else if (truth === 'gone-on') return false;
      else if (truth === 'done') return true;
      else {
        this.walk.guide?.failed?.(branch, rule, instruction, truth);
        if (isSplit(truth)) return this.split(branch, truth);
        if (this.makesNoDifference(branch)) {
          this.notePerhaps(branch, rule);
          nextRule(branch);
          return false;
        }
        return this.suppose(branch, truth, rule);
      }
    }
  }

  /** Who looks on may answer for a whole match. */
  private consult(branch: Branch, rule: IrRule, instruction: Instruction): Truth | undefined {
    const { guide } = this.walk;
    if (!guide?.consult || !('part' in instruction) || instruction.part === undefined) return undefined;
    return guide.consult(rule.rule.matches[instruction.part] as Match, branch);
  }

  /** Whether the rule goes on; or where the branch is now. */
  private perform(branch: Branch, rule: IrRule, instruction: Instruction): Truth | 'gone-on' | 'done' {
    const { walk } = this;
    switch (instruction.do) {
      case 'test':
        return judge(instruction.condition, branch, walk);
      case 'recall':
        return recallState(instruction, branch, walk);
      case 'choose':
        return this.choose(branch, waysOf(instruction, branch));
      case 'lookup':
        return lookUp(instruction, branch, walk);
      case 'remember':
        changeState(instruction.state, branch, walk);
        return true;
      case 'fail':
        return false;
      case 'set':
        assign(instruction, branch, walk);
        return true;
      case 'notrack':
        if (typeof branch.tracking !== 'object' && !branch.template) branch.tracking = 'untracked';
        return true;
      case 'note':
        return true;
      case 'jump':
      case 'goto':
        this.note(branch, rule, instruction);
        jump(branch, walk.narrow(instruction.chain, branch), instruction.do === 'jump');
        return 'gone-on';
      case 'nat':
      case 'masquerade':
      case 'redirect':
      case 'netmap': {
        const translated = resolve(instruction, branch, walk);
        this.note(branch, rule, translated);
        if (translated.do === 'nat') this.translate(branch, translated.side, translated.range);
        else this.judgeVerdict(branch, rule, translated);
        return 'done';
      }
      case 'return':
        this.note(branch, rule, instruction);
        return this.leaveChain(branch) ? 'done' : 'gone-on';
      default:
        this.note(branch, rule, instruction);
        this.judgeVerdict(branch, rule, instruction);
        return 'done';
    }
  }

  /** Back to the caller; out of the base chain, its policy decides. True: the branch has its verdict. */
  private leaveChain(branch: Branch): boolean {
    const { caller } = branch;
    branch.at = -1;
    if (this.walk.guide?.notesPassages) this.noteEnd(branch);
    if (caller) {
      branch.chain = caller.chain;
      branch.index = caller.index;
      branch.caller = caller.caller;
      return false;
    }
    branch.chain = null;
    const { chain, policy } = this.base as BaseChain;
    if (policy === 'DROP')
      this.walk.dropped(branch, { code: 'policy-drop', table: chain.table, chain: chain.name });
    else this.left(branch, 'accepted');
    return true;
  }

  /** What was entered by goto from a base chain leads to the end of that one. */
  private noteEnd(branch: Branch): void {
    const { chain, caller } = branch;
    const { chain: base, policy } = this.base as BaseChain;
    const { table, name } = chain as IrChain;
    const isBase = table === base.table && name === base.name;
    const end = { rule: null, how: null, policy: null };
    if (!isBase) notePassage(branch, { ...end, table, chain: name });
    if (!caller) notePassage(branch, { ...end, table: base.table, chain: base.name, policy });
  }

  /** What is left of the rule may be carried out or not, but does nothing either way. */
  private makesNoDifference({ code, at }: Branch): boolean {
    const asked = code[at] as Instruction;
    if (asked.do === 'recall' && asked.state.kind === 'dynamic' && asked.state.action !== 'test')
      return false;
    // What a lookup leads to is in it, not behind it.
    for (let next = code[at]?.do === 'lookup' ? at : at + 1; next < code.length; next += 1) {
      if (!isIdle(code[next] as Instruction, this.walk.program, this.walk.kept !== undefined)) return false;
    }
    return true;
  }

  private choose(branch: Branch, ways: readonly Way[]): Truth | 'done' {
    if (ways.every(({ code }) => code.length === 0 || code[0]?.do === 'fail')) return splitOf(ways);
    for (const { share, code, memory } of ways) {
      const way = branch.copy();
      way.weight = multiply(share, branch.weight);
      way.memory = memory;
      way.code = [...code, ...branch.code.slice(branch.at + 1)];
      way.at = 0;
      if (this.walk.mayFork(way)) this.open.push(way);
    }
    return 'done';
  }

  private split(branch: Branch, { alternatives }: Split): true {
    for (const { share, holds, memory } of alternatives) {
      const way = branch.copy();
      way.weight = multiply(share, branch.weight);
      way.memory = memory;
      this.resume(way, holds);
    }
    return true;
  }

  /** No answer: both ways are followed, and what they do not have in common is unknown. */
  private suppose(branch: Branch, question: Question, rule: IrRule): true {
    const reason = { code: 'at-rule', place: rule, reason: question.reason } as const;
    const unknown = endOf(branch, 'unknown', 'none', reason);
    const { yes, no } = (branch.collector as Collector<OutcomeEnd>).part(unknown);
    for (const [answer, collector] of [
      [false, no],
      [true, yes],
    ] as const) {
      const way = branch.copy();
      way.collector = collector;
      if (question.key === null) this.resume(way, answer !== (question.negated ?? false));
      else {
        // What is asked may have been one part of the condition only: with the answer it is asked again.
        suppose(question, answer, way);
        if (this.walk.mayFork(way)) this.open.push(way);
      }
    }
    return true;
  }

  private resume(way: Branch, holds: boolean): void {
    if (holds) way.at += 1;
    else nextRule(way);
    if (this.walk.mayFork(way)) this.open.push(way);
  }

  /** All of the rule's tests held. `how`: what ends it; null: the next one comes. */
  private note(branch: Branch, rule: IrRule, how: Instruction | null): void {
    const { walk } = this;
    if (walk.trace && (walk.guide?.notesStandIns || !standsForNone(rule))) {
      branch.matched = matchedAt(branch, rule);
      if (walk.guide?.notesPassages) notePassage(branch, passageAt(rule, how));
    }
    walk.guide?.perform?.(branch, rule);
  }

  private notePerhaps(branch: Branch, rule: IrRule): void {
    if (!this.walk.trace) return;
    branch.matched = { ...matchedAt(branch, rule), perhaps: true };
    if (this.walk.guide?.notesPassages) notePassage(branch, { ...passageAt(rule, null), perhaps: true });
  }

  private judgeVerdict(branch: Branch, rule: IrRule, verdict: Exclude<Verdict, { do: 'return' }>): void {
    branch.chain = null;
    if (verdict.do === 'accept') this.left(branch, 'accepted');
    else if (verdict.do === 'drop') this.walk.dropped(branch);
    else if (verdict.do === 'reject') this.walk.refuse(branch, verdict.with, branch.matched);
    else {
      const reason =
        verdict.do === 'queue'
          ? ({ code: 'target-unevaluated', name: verdict.what } as const)
          : verdict.reason;
      this.walk.giveUp(branch, { code: 'at-rule', place: rule, reason });
    }
  }

  private translate(branch: Branch, side: Side, range: NatRange): void {
    branch.chain = null;
    const { tracking } = branch;
    if (typeof tracking !== 'object') {
      this.left(branch, 'accepted');
      return;
    }
    const decisions = decide(branch, tracking, side, range, this.walk.remember, this.walk.now);
    for (const { connection, share } of decisions) {
      const way = decisions.length === 1 ? branch : branch.copy();
      way.weight = multiply(share, branch.weight);
      way.tracking = connection;
      if (decisions.length === 1 || this.walk.mayFork(way)) this.left(way, 'translated');
    }
  }
}

/** Whether it only stands for rules that a text does not show: that is none which a packet matches. */
function standsForNone({ code: [first] }: IrRule): boolean {
  return first?.do === 'open' && first.reason.code === 'rules-not-shown';
}

function passageAt(rule: IrRule, how: Instruction | null) {
  return { table: rule.table, chain: rule.chain, rule, how, policy: null };
}

function matchedAt({ hook, mark, matched }: Branch, place: IrRule): Matched {
  return { place, hook, mark, before: matched };
}

function nextRule(branch: Branch): void {
  branch.index += 1;
  branch.at = -1;
}

function jump(branch: Branch, chain: IrChain, returns: boolean): void {
  if (returns && branch.chain) {
    branch.caller = { chain: branch.chain, index: branch.index + 1, caller: branch.caller };
  }
  branch.chain = chain;
  branch.index = 0;
  branch.at = -1;
}
