import { protocolNumber } from '../protocols.ts';
import { type Context, type Given, type Options, Refusal } from '../syntax.ts';

/** The rule's `-p` must give the protocol that an extension needs. */
export function demandProtocol(name: string, context: Context): void {
  if (context.protocol !== protocolNumber(name) || context.protocolNegated) {
    throw new Refusal('option-needs', `-m ${name} needs -p ${name}`);
  }
}

/** At least one option must be given. */
export function demandOne(name: string, given: Given<Options>): Given<Options> {
  if (Object.keys(given).length === 0)
    throw new Refusal('option-missing', `${name} needs one of its options`);
  return given;
}
