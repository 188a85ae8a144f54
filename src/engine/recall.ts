import type { Address } from '../address/address.ts';
import { notShown } from '../iptables/rule/target.ts';
import { fraction } from '../sets/fraction.ts';
import type { Branch } from './branch.ts';
import { bitsOf } from './content.ts';
import { askDynamic } from './dynamic.ts';
import { changeElement, testElement } from './element.ts';
import type { Instruction, StateUse } from './ir.ts';
import { consultRecent, type RecentUse } from './memory.ts';
import type { Reason } from './reasons.ts';
import type { Surroundings } from './surroundings.ts';
import { negateIf, type Question, type Split, type Truth } from './truth.ts';

type Recall = Extract<Instruction, { do: 'recall' }>;

/** What a state says of a branch. May change what the node remembers. */
export function recallState({ state, negated }: Recall, branch: Branch, surroundings: Surroundings): Truth {
  const guided = surroundings.guide?.recallState?.(state, branch);
  if (guided !== undefined) return guided;
  return negateIf(negated, ask(state, branch, surroundings));
}

/** Changes a state, whatever it says. */
export function changeState(state: StateUse, branch: Branch, surroundings: Surroundings): void {
  if (surroundings.guide?.recallState?.(state, branch) !== undefined) return;
  ask(state, branch, surroundings);
}

function ask(state: StateUse, branch: Branch, surroundings: Surroundings): boolean | Question {
  switch (state.kind) {
    case 'recent':
      return askRecent(state, branch, surroundings);
    case 'element':
      if (state.action === 'test') return testElement(state, branch, surroundings);
      changeElement(state, branch, surroundings);
      return true;
    case 'dynamic':
      return askDynamic(state, branch, surroundings);
    case 'meter':
      return askMeter(state, branch, surroundings);
  }
}

/** Whoever looks on may answer; each time it may be another answer. */
function askMeter(
  state: Extract<StateUse, { kind: 'meter' }>,
  branch: Branch,
  { guide }: Surroundings,
): boolean | Question {
  const { name, reason: given } = state;
  const reason: Reason =
    given ?? (name === notShown ? { code: 'match-not-shown' } : { code: 'match-unevaluated', name });
  const question: Question = { kind: 'question', key: null, reason };
  return guide?.answerOpen?.({ ...question, asked: null, state }, branch) ?? question;
}

const stampsKept = 32;

function askRecent(use: RecentUse, branch: Branch, { program, now }: Surroundings): boolean {
  const list = program.states.recent.get(use.list);
  const own = use.side === 'source' ? branch.source : branch.destination;
  const address: Address = list ? bitsOf(own, list.mask) : own;
  const { found, memory } = consultRecent(branch.memory, use, address, now, list?.stamps ?? stampsKept);
  branch.memory = memory;
  return found;
}

type Choose = Extract<Instruction, { do: 'choose' }>;

/** One of the ways that chance, or a counter, can take. */
export interface Way {
  readonly share: ReturnType<typeof fraction>;
  readonly code: readonly Instruction[];
  readonly memory: Branch['memory'];
}

/**
 * A counter may stand at any of several positions, all of the same weight. Those of one way part from those of another,
 * and each of them goes on by one: so the same rule asked twice, or by the next packet, answers as one counter.
 */
export function waysOf({ by, ways }: Choose, { memory }: Branch): readonly Way[] {
  if (by.kind === 'chance') {
    return ways.filter(({ share }) => share.n !== 0n).map(({ share, code }) => ({ share, code, memory }));
  }
  const { key, every } = by;
  const positions = memory.counters.get(key) ?? Array.from({ length: every }, (_, position) => position);
  const wayAt = (position: number) => ways.findIndex(({ at }) => !at || at.includes(position));
  return ways.flatMap(({ code }, index) => {
    const chosen = positions.filter((position) => wayAt(position) === index);
    if (chosen.length === 0) return [];
    const next = chosen.map((position) => (position + 1) % every);
    const counters = new Map(memory.counters).set(key, next);
    return [{ share: fraction(chosen.length, positions.length), code, memory: { ...memory, counters } }];
  });
}

/** The ways as what a match says: whether the rule goes on. */
export function splitOf(ways: readonly Way[]): Split {
  return {
    kind: 'split',
    alternatives: ways.map(({ share, code, memory }) => ({ share, memory, holds: code[0]?.do !== 'fail' })),
  };
}
