import type { BaseChain, Instruction, IrChain, IrProgram, IrRule } from '../../engine/ir.ts';
import type { Hook, Policy } from '../../iptables/rule/ruleset.ts';
import { dataKey } from '../../text/data-key.ts';
import { allPackets } from '../decisions/agree.ts';
import { cubesThatDiffer } from '../decisions/differ.ts';
import { PlainRules } from '../decisions/plain.ts';
import { comesTo, mostRules } from '../decisions/side-by-side.ts';
import { isCounter, isHidden, isIdleRule, isUnseen, provesSame } from './rules.ts';

/** What two programs have in the same place, in whatever languages they were written. */
export interface ProgramsAlike {
  /** Proved: every packet has the same fate in both. */
  readonly same: boolean;
  /** Chains whose rules were laid side by side, the entered ones first. */
  readonly chains: readonly ChainsAlike[];
  /** Chains that the kernel enters on one side alone, or at another priority, or with another policy. */
  readonly entries: readonly EntryApart[];
}

export interface ChainsAlike {
  readonly left: IrChain;
  readonly right: IrChain;
  /** From where on the rules are not proved to do the same; null: they all are. A side that has come to its end has none. */
  readonly apart: { readonly left: IrRule | null; readonly right: IrRule | null } | null;
  /** Some rules were decided together, with the chains that they call. */
  readonly together?: true;
}

export interface EntryApart {
  readonly hook: Hook;
  readonly left: BaseChain | null;
  readonly right: BaseChain | null;
}

/** Rules of one side that together do what one of the other side does. */
const mostTogether = 6;

/**
 * Lays the chains of two programs side by side, from those that the kernel enters on, and proves rule by rule that they do the same: one for
 * one, or one for several. Chains that are called may have other names; they are pairs, too, and each pair is asked once. Where a pair is
 * not proved, nothing is said of its rules, and the answer is no.
 */
export function compareAlike(left: IrProgram, right: IrProgram): ProgramsAlike {
  return new Comparison(left, right).run();
}

class Comparison {
  private readonly left: IrProgram;
  private readonly right: IrProgram;
  /** Which chain of the right side stands for one of the left. */
  private readonly pairs = new Map<IrChain, IrChain>();
  private readonly queue: (readonly [IrChain, IrChain, Policy | null])[] = [];
  private readonly plain = new PlainRules(
    (instruction) => isUnseen(instruction) || (instruction.do === 'test' && !isHidden(instruction.condition)),
  );
  private readonly entries: EntryApart[] = [];

  constructor(left: IrProgram, right: IrProgram) {
    this.left = left;
    this.right = right;
  }

  run(): ProgramsAlike {
    for (const hook of Object.keys(this.left.baseChains) as Hook[]) this.enter(hook);
    const chains: ChainsAlike[] = [];
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      chains.push(this.compare(...next));
    }
    const { left, right, entries } = this;
    const isBesideAlike =
      left.usesConntrack === right.usesConntrack &&
      !left.virtualServers &&
      !right.virtualServers &&
      dataKey(left.assumed ?? []) === dataKey(right.assumed ?? []) &&
      // What rules change, and ask, must have been the same at first.
      dataKey([...(left.states.dynamic ?? [])]) === dataKey([...(right.states.dynamic ?? [])]);
    const same =
      isBesideAlike &&
      entries.length === 0 &&
      chains.every(({ apart }) => apart === null) &&
      !this.joinsCounters();
    return { same, chains, entries };
  }

  /** Copies of a chain do what one of them does, but for those that count: two rounds are not one. */
  private joinsCounters(): boolean {
    const counting = [...this.pairs.values()].filter(({ rules }) => rules.some(isCounter));
    return new Set(counting).size < counting.length;
  }

  private enter(hook: Hook): void {
    const [left, right] = [this.left, this.right].map(({ baseChains }) =>
      baseChains[hook].filter((base) => !isIdleChain(base)),
    ) as [BaseChain[], BaseChain[]];
    for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
      const [one, other] = [left[at] ?? null, right[at] ?? null];
      if (one && other && isEnteredAlike(one, other)) this.pair(one.chain, other.chain, one.policy);
      else this.entries.push({ hook, left: one, right: other });
    }
  }

  private pair(left: IrChain, right: IrChain, policy: Policy | null = null): void {
    if (this.pairs.has(left)) return;
    this.pairs.set(left, right);
    this.queue.push([left, right, policy]);
  }

  private compare(one: IrChain, other: IrChain, policy: Policy | null): ChainsAlike {
    const [left, right] = [one, other].map(({ rules }) => rules.filter((rule) => !isIdleRule(rule))) as [
      IrRule[],
      IrRule[],
    ];
    let [at, from] = [0, 0];
    let together = {};
    while (at < left.length || from < right.length) {
      const rests = [left.slice(at), right.slice(from)] as const;
      const step = this.step(rests[0].slice(0, mostTogether), rests[1].slice(0, mostTogether));
      const run = step ?? this.runOf(...rests, policy);
      if (!run) break;
      if (!step) together = { together: true };
      at += run[0];
      from += run[1];
    }
    const isWhole = at === left.length && from === right.length;
    const apart = isWhole ? null : { left: left[at] ?? null, right: right[from] ?? null };
    return { left: one, right: other, apart, ...together };
  }

  /** How many rules of either side, up to the next that is more than a question and an end, do the same together. */
  private runOf(
    left: readonly IrRule[],
    right: readonly IrRule[],
    policy: Policy | null,
  ): readonly [number, number] | null {
    const [own, others] = [this.plainOf(left), this.plainOf(right)];
    if (own === null || others === null || own.length + others.length === 0) return null;
    const isEnd = own.length === left.length && others.length === right.length;
    const differing = cubesThatDiffer({
      left: own,
      right: others,
      family: this.left.family,
      of: allPackets,
      after: (decided) => comesTo(decided, policy, isEnd),
    });
    return differing?.length === 0 ? [own.length, others.length] : null;
  }

  /** The rules before the first that is not plain; null: too many. */
  private plainOf(rules: readonly IrRule[]): readonly IrRule[] | null {
    const sizes = rules.slice(0, mostRules + 1).map((rule) => this.plain.sizeOf(rule));
    const end = sizes.indexOf(null);
    const own = end === -1 ? sizes : sizes.slice(0, end);
    const sum = own.reduce<number>((all, size) => all + (size as number), 0);
    return sum > mostRules ? null : rules.slice(0, own.length);
  }

  /** How many rules of either side do the same. */
  private step(left: readonly IrRule[], right: readonly IrRule[]): readonly [number, number] | null {
    const { family } = this.left;
    const [one, other] = [left[0], right[0]];
    if (!one || !other) return null;
    const called = this.calledBy(one, other);
    if (!called) return null;
    const forward = new Map(called.map(([from, to]) => [from.name, to.name]));
    const backward = new Map(called.map(([from, to]) => [to.name, from.name]));
    for (let count = 1; count <= Math.max(left.length, right.length); count += 1) {
      const isOneForSeveral =
        count <= right.length && provesSame(one, right.slice(0, count), family, forward);
      const isSeveralForOne =
        !isOneForSeveral && count <= left.length && provesSame(other, left.slice(0, count), family, backward);
      if (!isOneForSeveral && !isSeveralForOne) continue;
      for (const [from, to] of called) this.pair(from, to);
      return isOneForSeveral ? [1, count] : [count, 1];
    }
    return null;
  }

  /** The chains that two rules call, as pairs: the one at their end, and those of equal names; null where they are none. */
  private calledBy(one: IrRule, other: IrRule): readonly (readonly [IrChain, IrChain])[] | null {
    const [left, right] = [chainsIn(one.code), chainsIn(other.code)];
    if (left.length !== right.length) return null;
    const pairs = left.map((chain) => {
      const like = left.length === 1 ? right[0] : right.find(({ name }) => name === chain.name);
      return like && (this.pairs.get(chain) ?? like) === like ? ([chain, like] as const) : null;
    });
    return pairs.includes(null) ? null : (pairs as (readonly [IrChain, IrChain])[]);
  }
}

/** Every chain that a code leads to, once. */
export function chainsIn(code: readonly Instruction[]): readonly IrChain[] {
  const chains = code.flatMap((instruction): readonly IrChain[] => {
    switch (instruction.do) {
      case 'jump':
      case 'goto':
        return [instruction.chain];
      case 'choose':
        return instruction.ways.flatMap((way) => chainsIn(way.code));
      case 'lookup':
        return [...instruction.elements, { code: instruction.otherwise ?? [] }].flatMap((element) =>
          chainsIn(element.code),
        );
      default:
        return [];
    }
  });
  return [...new Set(chains)];
}

/** A chain of nat without rules, too, is nothing to packets. */
function isIdleChain({ policy, chain }: BaseChain): boolean {
  return policy === 'ACCEPT' && chain.rules.every(isIdleRule);
}

function isEnteredAlike(one: BaseChain, other: BaseChain): boolean {
  return (
    one.type === other.type &&
    one.priority === other.priority &&
    one.policy === other.policy &&
    !areToldApart(one, other)
  );
}

/** Whether both sides say which place a chain has among those of its priority, and say another one. */
function areToldApart({ registered: one }: BaseChain, { registered: other }: BaseChain): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

/** The same of whole programs, whose chains are the same. */
export function orderedApart(left: IrProgram, right: IrProgram): boolean {
  return (Object.keys(left.baseChains) as Hook[]).some((hook) =>
    left.baseChains[hook].some((one) =>
      right.baseChains[hook].some(
        (other) =>
          one.chain.table === other.chain.table && one.name === other.name && areToldApart(one, other),
      ),
    ),
  );
}
