import type { FieldName } from './fields.ts';
import type { Condition, Instruction, IrChain } from './ir.ts';

/** Whether some rule of these chains asks for connections, translates, or changes what is kept of them. */
export function usesConntrack(chains: Iterable<IrChain>): boolean {
  for (const { rules } of chains) {
    if (rules.some(({ code }) => code.some(tracks))) return true;
  }
  return false;
}

const ofConnections = (field: FieldName): boolean => field.startsWith('ct');

function tracks(instruction: Instruction): boolean {
  switch (instruction.do) {
    case 'test':
      return asks(instruction.condition);
    case 'nat':
    case 'masquerade':
    case 'redirect':
    case 'netmap':
    case 'notrack':
      return true;
    case 'set':
      return ofConnections(instruction.field.field) || takesFrom(instruction);
    case 'lookup':
      return (
        instruction.fields.some(({ field }) => ofConnections(field)) ||
        instruction.elements.some(({ code }) => code.some(tracks))
      );
    case 'choose':
      return instruction.ways.some(({ code }) => code.some(tracks));
    default:
      return false;
  }
}

function takesFrom({ change }: Extract<Instruction, { do: 'set' }>): boolean {
  return change.kind === 'bits' && change.flip.kind === 'field' && ofConnections(change.flip.field.field);
}

function asks(condition: Condition): boolean {
  if (condition.kind === 'test') return ofConnections(condition.field);
  if (condition.kind === 'not') return asks(condition.of);
  return condition.kind !== 'open' && condition.of.some(asks);
}
