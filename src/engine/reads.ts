import { type FieldName, fieldKey, fields } from './fields.ts';
import type { Condition, Instruction, IrProgram } from './ir.ts';
import { headerFields } from './kept.ts';

/** What some rule of a program asks. */
interface Reads {
  readonly fields: ReadonlySet<string>;
  readonly sets: ReadonlySet<string>;
}

const made = new WeakMap<IrProgram, Reads>();

/**
 * Whether it makes no difference to later rules that an instruction is carried out, or not. Looks at all rules where it is
 * asked of what some of them could ask. `goesOn`: rules of the next node meet the packet, too.
 */
export function isIdle(instruction: Instruction, program: IrProgram, goesOn: boolean): boolean {
  switch (instruction.do) {
    case 'test':
    case 'note':
    case 'fail':
      return true;
    case 'set': {
      const { field } = instruction.field;
      // What is forwarded is asked for its TTL by the kernel, too.
      if (fields[field].from !== 'unseen' || field === 'ttl') return false;
      if (goesOn && headerFields.has(field)) return false;
      return !readsOf(program).fields.has(fieldKey(instruction.field));
    }
    case 'lookup':
      return [...instruction.elements.map(({ code }) => code), instruction.otherwise ?? []].every((code) =>
        code.every((own) => isIdle(own, program, goesOn)),
      );
    case 'remember':
      return instruction.state.kind === 'element' && !readsOf(program).sets.has(instruction.state.set);
    default:
      return false;
  }
}

function readsOf(program: IrProgram): Reads {
  const known = made.get(program);
  if (known) return known;
  const reads = { fields: new Set<string>(), sets: new Set<string>() };
  for (const { rules } of program.chains.values()) {
    for (const { code } of rules) for (const instruction of code) note(instruction, reads);
  }
  // A list of sets asks its members.
  for (const [name, set] of program.states.sets ?? []) {
    if ('members' in set && reads.sets.has(name)) for (const member of set.members) reads.sets.add(member);
  }
  made.set(program, reads);
  return reads;
}

interface Noted {
  readonly fields: Set<string>;
  readonly sets: Set<string>;
}

function note(instruction: Instruction, reads: Noted): void {
  if (instruction.do === 'test') noteCondition(instruction.condition, reads);
  else if (instruction.do === 'recall' && instruction.state.kind === 'element') {
    reads.sets.add(instruction.state.set);
  } else if (instruction.do === 'recall' && instruction.state.kind === 'dynamic') {
    for (const field of instruction.state.fields) reads.fields.add(fieldKey(field));
  } else if (instruction.do === 'lookup') {
    for (const field of instruction.fields) reads.fields.add(fieldKey(field));
    for (const { code } of instruction.elements) for (const one of code) note(one, reads);
    for (const one of instruction.otherwise ?? []) note(one, reads);
  } else if (instruction.do === 'choose') {
    for (const { code } of instruction.ways) for (const one of code) note(one, reads);
  } else if (instruction.do === 'set' && instruction.change.kind === 'bits') {
    const { flip } = instruction.change;
    if (flip.kind === 'field') reads.fields.add(fieldKey(flip.field));
  }
}

/** Questions about the packet's bytes ask all of them. */
const ofHeader: readonly FieldName[] = ['tos', 'mss', 'tcpOption', 'transport'];

function noteCondition(condition: Condition, reads: Noted): void {
  if (condition.kind === 'test') reads.fields.add(fieldKey(condition));
  else if (condition.kind === 'not') noteCondition(condition.of, reads);
  else if (condition.kind === 'open') {
    if (condition.until === 'packet') for (const name of ofHeader) reads.fields.add(name);
  } else for (const part of condition.of) noteCondition(part, reads);
}
