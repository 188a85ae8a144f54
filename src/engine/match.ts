import type { Match } from '../iptables/rule/match.ts';
import { dataKey } from '../text/data-key.ts';
import type { Branch } from './branch.ts';
import type { Condition, Instruction } from './ir.ts';
import { judge } from './judge.ts';
import { recallState, splitOf, waysOf } from './recall.ts';
import type { Surroundings } from './surroundings.ts';
import type { Truth } from './truth.ts';

export type { Surroundings } from './surroundings.ts';

/** What the instruction at which the branch stands, which says this match, says of it. */
export function evaluate(_match: Match, branch: Branch, surroundings: Surroundings): Truth {
  const instruction = branch.code[branch.at] as Instruction;
  if (instruction.do === 'test') return judgeWhole(instruction.condition, branch, surroundings);
  if (instruction.do === 'recall') return recallState(instruction, branch, surroundings);
  return instruction.do === 'choose' ? splitOf(waysOf(instruction, branch)) : true;
}

/** One question, about all that the condition asks: parts of it may be open, too. */
function judgeWhole(condition: Condition, branch: Branch, surroundings: Surroundings): Truth {
  const truth = judge(condition, branch, surroundings);
  if (typeof truth === 'boolean') return truth;
  const negated = condition.kind === 'not';
  const asked = dataKey(negated ? condition.of : condition);
  return { kind: 'question', key: `${truth.key} of ${asked}`, reason: truth.reason, negated };
}
