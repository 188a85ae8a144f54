import type { Instruction } from '../../engine/ir.ts';
import type { ProgramRule } from '../../engine/program.ts';
import { type Box, isNothing, meet } from '../../sets/box.ts';
import { ByDestination } from '../../sets/by-destination.ts';
import { boxOfCube } from '../decisions/cube-box.ts';
import { sideBySide } from '../decisions/side-by-side.ts';
import type { HostSets } from '../explore/host-sets.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import type { LazyChain } from '../rules/program.ts';
import { ruleBox } from '../rules/rule-box.ts';
import { align } from './align.ts';
import { Compared } from './compared.ts';
import type { Keys } from './keys.ts';

/** Rules and pairs of chains that are compared before everything is suspect. */
const mostWork = 5_000_000;

interface Side {
  readonly print: Fingerprint;
  readonly keys: Keys;
  readonly chain: LazyChain | undefined;
}

/**
 * Packets (as they are when they enter the chains) that two chains may treat differently. Whatever is in none of these
 * boxes matches the same rules in the same order on both sides:
 *
 * - rules that only one side has are suspect as far as they can match;
 * - rules that both sides have, in another order, are so where they overlap;
 * - jumps that both sides have lead to chains that are compared in turn.
 *
 * `areWhole`: no packet is a later fragment, which meets neither a match of ports nor its opposite, so that one may be laid to the
 * other. Chains that call each other in ever so many ways are not followed on each of them: then more packets are suspect.
 */
export function chainSuspects(before: Side, after: Side, box: Box, host: HostSets, areWhole: boolean): Box[] {
  const found: Box[] = [];
  const compared = new Compared(box);
  const open = [{ left: before.chain, right: after.chain, box }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { left, right } = next;
    if (left && right && before.keys.chain(left) === after.keys.chain(right)) continue;
    const fresh = compared.take(left, right, next.box);
    if (fresh === null) continue;
    if (compared.work > mostWork) return [box];
    const decided =
      areWhole && decideChains({ ...before, chain: left }, { ...after, chain: right }, fresh, host);
    const { single, jumps } =
      decided || pairChains({ ...before, chain: left }, { ...after, chain: right }, fresh, host);
    for (const one of single) found.push(one);
    for (const [from, to, limited] of jumps) {
      open.push({ left: chainBehind(from), right: chainBehind(to), box: limited });
    }
  }
  return found;
}

function chainBehind(rule: ProgramRule | null): LazyChain | undefined {
  return (rule?.jump as LazyChain | null | undefined) ?? undefined;
}

interface Paired {
  readonly single: readonly Box[];
  /** Jumps under equal conditions to chains that differ; null: only one side has it, and the other goes on. */
  readonly jumps: readonly (readonly [ProgramRule | null, ProgramRule | null, Box])[];
}

/** Rules that are decided for all packets at once; null where they cannot be. */
function decideChains(before: Side, after: Side, box: Box, host: HostSets): Paired | null {
  const decided = sideBySide(
    sideOf(before, after.chain),
    sideOf(after, before.chain),
    before.print.program.family,
  );
  if (decided === null) return null;
  return {
    single: decided.cubes.map((cube) => boxOfCube(cube, box, host)).filter((one) => !isNothing(one)),
    jumps: decided.pairs.flatMap(([one, other]) => {
      const limited = ruleBox(one.rule.matches, box, host);
      return one.jump && !isNothing(limited) ? [[one, other, limited] as const] : [];
    }),
  };
}

/** A base chain that is not there lets everything through. */
function sideOf({ keys, chain }: Side, other: LazyChain | undefined) {
  return {
    rules: (chain?.rules ?? []).filter(doesSomething),
    policy: chain ? chain.policy : other?.policy ? 'ACCEPT' : null,
    wholeKey: (rule: ProgramRule) => keys.whole(rule),
    markKey: (rule: ProgramRule) => (rule.jump ? keys.jump(rule) : keys.whole(rule)),
  };
}

/** Rules that are laid beside each other by what is written in them. */
function pairChains(before: Side, after: Side, box: Box, host: HostSets): Paired {
  // A chain of the user's has no policy, and is never compared with a built-in one.
  if ((before.chain?.policy ?? 'ACCEPT') !== (after.chain?.policy ?? 'ACCEPT'))
    return { single: [box], jumps: [] };
  const rulesOf = ({ chain }: Side) => (chain?.rules ?? []).filter(doesSomething);
  return pairRules(rulesOf(before), rulesOf(after), before.keys, after.keys, box, host);
}

function pairRules(
  left: readonly ProgramRule[],
  right: readonly ProgramRule[],
  before: Keys,
  after: Keys,
  box: Box,
  host: HostSets,
): Paired {
  const whole = align(
    left.map((rule) => before.whole(rule)),
    right.map((rule) => after.whole(rule)),
  );
  // Of what is left, jumps that ask the same are the same rule with something changed behind it.
  const restLeft = whole.onlyLeft.filter((index) => left[index]?.jump);
  const restRight = whole.onlyRight.filter((index) => right[index]?.jump);
  const jumps = align(
    restLeft.map((index) => before.jump(left[index] as ProgramRule)),
    restRight.map((index) => after.jump(right[index] as ProgramRule)),
  );
  const jumpPairs = jumps.pairs.map(
    ([from, to]) => [restLeft[from] as number, restRight[to] as number] as const,
  );
  const pairedLeft = new Set(jumpPairs.map(([from]) => from));
  const pairedRight = new Set(jumpPairs.map(([, to]) => to));
  const boxOf = (rule: ProgramRule) => ruleBox(rule.rule.matches, box, host);
  const loneLeft = whole.onlyLeft.filter((index) => !pairedLeft.has(index));
  const loneRight = whole.onlyRight.filter((index) => !pairedRight.has(index));
  const lone = [
    ...loneLeft.map((index) => [left[index] as ProgramRule, null] as const),
    ...loneRight.map((index) => [null, right[index] as ProgramRule] as const),
  ];
  const ruleOf = ([one, other]: (typeof lone)[number]) => (one ?? other) as ProgramRule;
  const common = [...whole.pairs, ...jumpPairs].sort(([a], [b]) => a - b);
  const single = [
    ...lone.filter((pair) => !comesBack(ruleOf(pair))).map((pair) => boxOf(ruleOf(pair))),
    ...reordered(left, common, boxOf),
  ];
  const jumpedTo = [
    ...jumpPairs.map(([from, to]) => [left[from] as ProgramRule, right[to] as ProgramRule] as const),
    ...lone.filter((pair) => comesBack(ruleOf(pair))),
  ];
  return {
    single: single.filter((found) => !isNothing(found)),
    jumps: jumpedTo.flatMap(([one, other]) => {
      const limited = boxOf((one ?? other) as ProgramRule);
      return isNothing(limited) ? [] : [[one, other, limited] as const];
    }),
  };
}

/** A jump to an empty chain leads back at once. */
function doesSomething(rule: ProgramRule): boolean {
  return rule.jump?.rules.length !== 0 || !comesBack(rule);
}

/** After `-j CHAIN` a packet that the chain did nothing to is where it would be without the rule. */
function comesBack({ rule, code }: ProgramRule): boolean {
  if (rule.target?.kind !== 'jump' || !rule.target.returns) return false;
  return code.every((instruction, at) => at === code.length - 1 || leavesNoTrace(instruction));
}

/** Whether a question is only asked: who counts, or notes who was there, answers others otherwise afterwards. */
function leavesNoTrace(instruction: Instruction): boolean {
  switch (instruction.do) {
    case 'test':
    case 'note':
      return true;
    case 'choose':
      return instruction.by.kind === 'chance';
    case 'recall':
      return instruction.state.kind === 'element' && instruction.state.action === 'test';
    default:
      return false;
  }
}

/** Of the rules that moved past others: what both of such a pair can match. */
function reordered(
  left: readonly ProgramRule[],
  common: readonly (readonly [number, number])[],
  boxOf: (rule: ProgramRule) => Box,
): Box[] {
  const { moved } = align(
    common.map((_, index) => index),
    [...common.keys()].sort((a, b) => (common[a]?.[1] as number) - (common[b]?.[1] as number)),
  );
  if (moved.length === 0) return [];
  const boxes = common.map(([index]) => boxOf(left[index] as ProgramRule));
  const placed = new ByDestination<number>();
  for (const [index, box] of boxes.entries()) placed.like(box).push(index);
  return moved.flatMap(([at]) => {
    const own = boxes[at] as Box;
    const [, place] = common[at] as readonly [number, number];
    const met = placed.near(own).some((other) => {
      const [, otherPlace] = common[other] as readonly [number, number];
      return at < other !== place < otherPlace && other !== at && meet(own, boxes[other] as Box) !== null;
    });
    return met ? [own] : [];
  });
}
