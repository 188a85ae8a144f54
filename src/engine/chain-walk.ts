import type { Match } from '../iptables/rule/match.ts';
import { multiply } from '../sets/fraction.ts';
import type { Branch } from './branch.ts';
import type { Collector } from './collector.ts';
import { evaluate } from './match.ts';
import { decide, type NatRange, type Side } from './nat.ts';
import { endOf, type OutcomeEnd } from './outcome.ts';
import type { ProgramRule } from './program.ts';
import { entryOf } from './program.ts';
import type { Step } from './steps.ts';
import { carryOut, isHarmless, type Verdict } from './target.ts';
import { isSplit, type Question, type Split } from './truth.ts';
import { sideOf, skipsNat, type Walk } from './walk.ts';

type TableStep = Extract<Step, { kind: 'table' }>;

/** Walks branches through the chains of one table at one hook. Where ways part, each goes on from that very match. */
export class ChainWalk {
  private readonly walk: Walk;
  private readonly open: Branch[] = [];

  constructor(walk: Walk) {
    this.walk = walk;
  }

  enter(branch: Branch, step: TableStep): void {
    const { table, hook } = step;
    showInterfaces(branch, step);
    const entry = entryOf(this.walk.program, table, hook);
    if (!entry || (table === 'nat' && skipsNat(branch, sideOf(hook)))) {
      this.walk.accepted(branch, step);
      return;
    }
    branch.chain = this.walk.narrow(entry, branch);
    branch.index = 0;
    branch.matchIndex = 0;
    branch.caller = null;
    this.open.push(branch);
    for (let next = this.open.pop(); next; next = this.open.pop()) this.run(next, step);
  }

  /** Goes on until the branch has its verdict, or parts. */
  private run(branch: Branch, step: TableStep): void {
    while (branch.chain) {
      const rule = branch.chain.rules[branch.index];
      if (!rule) {
        if (this.leaveChain(branch, step)) return;
      } else {
        // A match that is asked again after ways have parted is not a new rule.
        if (branch.matchIndex === 0 && !this.walk.mayTry(branch)) return;
        const matched = this.test(branch, rule);
        if (matched === null) return;
        branch.matchIndex = 0;
        branch.index += 1;
        if (matched && this.perform(branch, rule, step)) return;
      }
    }
  }

  /** Back to the caller; out of the built-in chain, its policy decides. True: the branch has its verdict. */
  private leaveChain(branch: Branch, step: TableStep): boolean {
    const { caller } = branch;
    if (caller) {
      branch.chain = caller.chain;
      branch.index = caller.index;
      branch.caller = caller.caller;
      return false;
    }
    branch.chain = null;
    const entry = entryOf(this.walk.program, step.table, step.hook);
    if (entry?.policy === 'DROP')
      this.walk.dropped(branch, `the policy of ${step.table}/${step.hook} is DROP`);
    else this.walk.accepted(branch, step);
    return true;
  }

  /** Whether the rule matches; null where the ways parted and each of them was put aside. */
  private test(branch: Branch, rule: ProgramRule): boolean | null {
    const { matches } = rule.rule;
    for (; branch.matchIndex < matches.length; branch.matchIndex += 1) {
      const match = matches[branch.matchIndex] as Match;
      const truth = this.walk.guide?.consult(match, branch) ?? evaluate(match, branch, this.walk);
      if (truth === false) return false;
      if (truth === true) continue;
      if (isSplit(truth)) return this.split(branch, truth);
      const answer = truth.key === null ? undefined : branch.supposed.get(truth.key);
      if (answer === undefined) {
        if (makesNoDifference(rule)) return false;
        return this.suppose(branch, truth, rule);
      }
      if (answer === (truth.negated ?? false)) return false;
    }
    return true;
  }

  private split(branch: Branch, { alternatives }: Split): null {
    for (const { share, holds, memory } of alternatives) {
      const way = branch.copy();
      way.weight = multiply(share, branch.weight);
      way.memory = memory;
      this.resume(way, holds);
    }
    return null;
  }

  /** No answer: both ways are followed, and what they do not have in common is unknown. */
  private suppose(branch: Branch, question: Question, rule: ProgramRule): null {
    const place = `rule ${rule.number} of ${rule.table}/${rule.chain}`;
    const unknown = endOf(branch, 'unknown', 'none', `${question.because} (${place})`);
    const { yes, no } = (branch.collector as Collector<OutcomeEnd>).part(unknown);
    for (const [answer, collector] of [
      [false, no],
      [true, yes],
    ] as const) {
      const way = branch.copy();
      way.collector = collector;
      if (question.key !== null) way.supposed = new Map(branch.supposed).set(question.key, answer);
      this.resume(way, answer !== (question.negated ?? false));
    }
    return null;
  }

  private resume(way: Branch, holds: boolean): void {
    way.index += holds ? 0 : 1;
    way.matchIndex = holds ? way.matchIndex + 1 : 0;
    if (this.walk.mayFork(way)) this.open.push(way);
  }

  /** Carries a rule's target out. True: the branch has its verdict, or parted. */
  private perform(branch: Branch, rule: ProgramRule, step: TableStep): boolean {
    const effect = carryOut(rule, branch, this.walk);
    if (this.walk.trace) note(branch, rule);
    this.walk.guide?.perform?.(branch, rule);
    switch (effect.kind) {
      case 'continue':
        return false;
      case 'return':
        return this.leaveChain(branch, step);
      case 'jump':
        return this.jump(branch, rule, effect.returns);
      case 'nat':
        return this.translate(branch, step, effect.side, effect.range);
      default:
        branch.chain = null;
        this.judge(branch, rule, step, effect);
        return true;
    }
  }

  private judge(branch: Branch, rule: ProgramRule, step: TableStep, effect: Verdict): void {
    if (effect.kind === 'accept') this.walk.accepted(branch, step);
    else if (effect.kind === 'drop') this.walk.dropped(branch);
    else if (effect.kind === 'reject') this.walk.refuse(branch, effect.with);
    else this.walk.giveUp(branch, `${effect.because} (rule ${rule.number} of ${rule.table}/${rule.chain})`);
  }

  private jump(branch: Branch, rule: ProgramRule, returns: boolean): false {
    if (returns && branch.chain) {
      branch.caller = { chain: branch.chain, index: branch.index, caller: branch.caller };
    }
    const { jump } = rule;
    branch.chain = jump && this.walk.narrow(jump, branch);
    branch.index = 0;
    return false;
  }

  private translate(branch: Branch, step: TableStep, side: Side, range: NatRange): true {
    branch.chain = null;
    const { tracking } = branch;
    if (typeof tracking !== 'object') {
      this.walk.accepted(branch, step);
      return true;
    }
    const decisions = decide(branch, tracking, side, range, this.walk.remember, this.walk.now);
    for (const { connection, share } of decisions) {
      const way = decisions.length === 1 ? branch : branch.copy();
      way.weight = multiply(share, branch.weight);
      way.tracking = connection;
      if (decisions.length === 1 || this.walk.mayFork(way)) this.walk.accepted(way, step);
    }
    return true;
  }
}

/** A rule that may or may not match, but does nothing either way. */
function makesNoDifference({ rule }: ProgramRule): boolean {
  return isHarmless(rule.target) && !rule.matches.some(({ kind }) => kind === 'recent');
}

/** What rules see as -i and -o depends on the hook. */
function showInterfaces(branch: Branch, { hook }: TableStep): void {
  branch.hook = hook;
  branch.in = hook === 'OUTPUT' || branch.local ? '' : branch.ingress;
  if (hook === 'OUTPUT') branch.out = branch.firstEgress;
  else branch.out = hook === 'FORWARD' || hook === 'POSTROUTING' ? branch.egress : '';
}

function note(branch: Branch, rule: ProgramRule): void {
  branch.matched = { place: rule, hook: branch.hook, mark: branch.mark, before: branch.matched };
}
