import type { Condition, Instruction, Test } from './ir.ts';

/** All steps of a rule, with those that lookups and choices lead to. */
export function* instructionsIn(code: readonly Instruction[]): Generator<Instruction> {
  for (const instruction of code) {
    yield instruction;
    if (instruction.do === 'choose') for (const way of instruction.ways) yield* instructionsIn(way.code);
    if (instruction.do !== 'lookup') continue;
    for (const element of instruction.elements) yield* instructionsIn(element.code);
    if (instruction.otherwise) yield* instructionsIn(instruction.otherwise);
  }
}

/** All that the steps of a rule test of fields, whatever follows of it. */
export function* testsIn(code: readonly Instruction[]): Generator<Test> {
  for (const instruction of instructionsIn(code))
    if (instruction.do === 'test') yield* testsOf(instruction.condition);
}

function* testsOf(condition: Condition): Generator<Test> {
  if (condition.kind === 'test') yield condition;
  else if (condition.kind === 'not') yield* testsOf(condition.of);
  else if (condition.kind !== 'open') for (const one of condition.of) yield* testsOf(one);
}
