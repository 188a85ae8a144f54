import { has, type IntervalSet, intersect, isEmpty, isWithin, subtract } from '../sets/intervals.ts';
import type { Branch } from './branch.ts';
import { asBegun } from './connection.ts';
import { before, bitsOf, masked } from './content.ts';
import { fieldKey, fullSet, packetTypes } from './fields.ts';
import type { Condition, OpenCondition, Test } from './ir.ts';
import { ownerOf } from './owner.ts';
import type { Reason } from './reasons.ts';
import type { Surroundings } from './surroundings.ts';
import type { Question } from './truth.ts';
import { isUnknown, openEnd, readField, type Unknown } from './values.ts';

/** Whether a condition holds of a branch: yes, no, or by the answer to a question. */
export function judge(condition: Condition, branch: Branch, surroundings: Surroundings): boolean | Question {
  switch (condition.kind) {
    case 'test':
      return judgeTest(condition, branch, surroundings);
    case 'not': {
      const truth = judge(condition.of, branch, surroundings);
      return typeof truth === 'boolean' ? !truth : { ...truth, negated: !truth.negated };
    }
    case 'open':
      return judgeOpen(condition, branch, surroundings);
    default:
      return judgeSeveral(condition.of, condition.kind === 'any', branch, surroundings);
  }
}

/** The first that decides ends it; else what is open is asked, the first of it first. */
function judgeSeveral(
  parts: readonly Condition[],
  deciding: boolean,
  branch: Branch,
  surroundings: Surroundings,
): boolean | Question {
  let open: Question | undefined;
  for (const part of parts) {
    const truth = judge(part, branch, surroundings);
    if (truth === deciding) return deciding;
    if (typeof truth === 'object') open ??= truth;
  }
  return open ?? !deciding;
}

function judgeTest(test: Test, branch: Branch, surroundings: Surroundings): boolean | Question {
  const end = openEnd(test.field, branch);
  if (end) {
    const { key, reason } = end;
    const answers = settle({ kind: 'question', key, reason }, null, branch, surroundings);
    if (typeof answers !== 'boolean') return answers;
    if (typeof branch.tracking === 'object') branch.tracking = asBegun(branch.tracking, answers);
  }
  const value = readField(test, branch, surroundings, test.mask);
  if (isUnknown(value)) return judgeUnknown(test, value, branch, surroundings);
  const { guide } = surroundings;
  if (guide?.test) guide.test(ownerOf(test, value, branch, surroundings), branch);
  return has(test.set, test.mask === undefined ? value : bitsOf(value, test.mask));
}

/** What the answer says of the value that the packet came with, where that can be said. */
function judgeUnknown(
  test: Test,
  { key, reason, changes }: Unknown,
  branch: Branch,
  surroundings: Surroundings,
): boolean | Question {
  const full = fullSet(test.field, surroundings.host.family);
  const asked = test.mask === undefined ? test.set : masked(test.set, test.mask, full);
  const set = asked && before(asked, changes, full);
  const why = withAsked(reason, test.set);
  if (set === null) {
    const apart = `${key} & ${test.mask} ${test.set.join()} ${changes.length}`;
    return settle({ kind: 'question', key: apart, reason: why }, test, branch, surroundings);
  }
  return settle({ kind: 'question', key, reason: why, values: { set, full } }, test, branch, surroundings);
}

/** Some reasons say what was asked. */
function withAsked(reason: Reason, set: IntervalSet): Reason {
  if (reason.code === 'port-unknown') return { ...reason, ports: set };
  if (reason.code !== 'frame-unknown') return reason;
  const type = Object.entries(packetTypes).find(([, number]) => has(set, number))?.[0];
  return { ...reason, type: type ?? reason.type };
}

function judgeOpen(condition: OpenCondition, branch: Branch, surroundings: Surroundings): boolean | Question {
  const { key, reason, until } = condition;
  const own = branch.answer ? `answer's ${key}` : key;
  const asked = until === 'packet' ? `${own} ${branch.epochs.packet}` : own;
  return settle({ kind: 'question', key: asked, reason }, null, branch, surroundings);
}

/** Answers that are supposed already, or that whoever looks on gives. */
function settle(
  question: Question,
  test: Test | null,
  branch: Branch,
  surroundings: Surroundings,
): boolean | Question {
  const known = recall(question, branch);
  if (known !== undefined) return known;
  const { guide } = surroundings;
  const answer = guide?.answerOpen?.(
    { key: question.key, reason: question.reason, asked: test && askedOf(test, question, branch) },
    branch,
  );
  if (answer === undefined) return question;
  suppose(question, answer, branch);
  return answer;
}

function askedOf(test: Test, { values }: Question, branch: Branch) {
  const { field, of } = test;
  const owner = branch.answer ? ('answer' as const) : ('arrival' as const);
  return {
    field,
    ...(of !== undefined && { of }),
    owner,
    set: values?.set ?? test.set,
    ...(values === undefined && test.mask !== undefined && { mask: test.mask }),
  };
}

/** The answer to a question that follows from those which a branch supposes. */
export function recall({ key, values }: Question, { supposed }: Branch): boolean | undefined {
  const known = key === null ? undefined : supposed.get(key);
  if (values === undefined) return known as boolean | undefined;
  const possible = (known as IntervalSet | undefined) ?? values.full;
  if (isWithin(possible, values.set)) return true;
  return isEmpty(intersect(possible, values.set)) ? false : undefined;
}

/** Supposes an answer, on this way. */
export function suppose({ key, values }: Question, answer: boolean, branch: Branch): void {
  if (key === null) return;
  if (values === undefined) {
    branch.supposed = new Map(branch.supposed).set(key, answer);
    return;
  }
  const possible = (branch.supposed.get(key) as IntervalSet | undefined) ?? values.full;
  const left = answer ? intersect(possible, values.set) : subtract(possible, values.set);
  branch.supposed = new Map(branch.supposed).set(key, left);
}

/** For messages and symbols. */
export function testKey(test: Test): string {
  return `${fieldKey(test)}${test.mask === undefined ? '' : ` & ${test.mask}`} in ${test.set.join()}`;
}
