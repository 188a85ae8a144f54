import { protocolNumber } from '../protocols.ts';
import { type Context, type Given, type Options, Refusal } from '../syntax.ts';

/** The rule's `-p` must give the protocol that an extension needs. `asker`: what needs it, as it is written. */
export function demandProtocol(protocol: string, context: Context, asker = `-m ${protocol}`): void {
  if (context.protocol !== protocolNumber(protocol) || context.protocolNegated) {
    throw new Refusal('option-needs', { code: 'needs', option: asker, other: `-p ${protocol}` });
  }
}

/** At least one option must be given. */
export function demandOne(name: string, given: Given<Options>): Given<Options> {
  if (Object.keys(given).length === 0)
    throw new Refusal('option-missing', { code: 'needs-own-option', name });
  return given;
}
