import type { Instruction } from './ir.ts';

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
