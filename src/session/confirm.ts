import { formatAddress } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import type { Host } from '../host/model.ts';
import type { Turn } from '../proof/second/conversation.ts';
import { lookAgain } from '../proof/second/second.ts';
import { want } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';
import type { Note } from './note.ts';

/** Throws where the second procedure finds a packet that a proof says cannot be. */
export function confirm(before: IrProgram, after: IrProgram, host: Host): Note {
  const { differing, walked, open, whole } = lookAgain(before, after, host);
  const [found] = differing;
  if (found) {
    const { first, turn } = found;
    const name = `protocol ${first.protocol} from ${formatAddress(first.source)} to ${formatAddress(first.destination)} port ${first.destinationPort}`;
    const message = `two procedures disagree: one proves that no packet changes fate, and of a flow that begins with a packet of ${name} the ${turnNames[turn]} does`;
    throw new InputError([
      {
        code: 'proof-refuted',
        severity: 'error',
        message,
        expected: want.thing('report-of-fault'),
      },
    ]);
  }
  return { code: 'confirmed', walked, open, whole };
}

const turnNames: Readonly<Record<Turn, string>> = {
  first: 'first packet',
  again: 'first packet, sent again,',
  answer: 'answer',
  later: 'later packet',
  another: 'first packet of another flow, sent after it,',
};
