import type { Header } from './branch.ts';
import type { OutcomeEnd } from './outcome.ts';
import { isIcmp, type Packet } from './packet.ts';
import type { Reason } from './reasons.ts';

/** Whether who sent a packet hears that it was rejected, or that it was to be. `reason`: why not, or why nobody can tell. */
export type Hearing =
  | { readonly kind: 'heard' }
  | { readonly kind: 'unheard'; readonly reason: Reason | null }
  | { readonly kind: 'unknown'; readonly reason: Reason };

/** A reset counts for whoever sees it come from where the packet went; an error's quote is put back to what was sent. */
export function hearingOf(packet: Packet, { rejection, left, eaten }: OutcomeEnd): Hearing {
  if (eaten) return { kind: 'unknown', reason: { code: 'reset-way-unknown', doubt: eaten } };
  if (!rejection) return { kind: 'unheard', reason: null };
  const { protocol, header, pastRules } = rejection;
  if (isIcmp(protocol)) return heardIf(header.destination === packet.source, null);
  const isHeard = heardIf(
    isAnswer(header, packet),
    pastRules === true ? { code: 'reset-untranslated' } : null,
  );
  const isPlain = isAnswer(turned(left), packet);
  if (typeof pastRules === 'boolean' || (isPlain && isHeard.kind === 'heard')) return isHeard;
  return { kind: 'unknown', reason: { code: 'reset-way-unknown', doubt: pastRules } };
}

function heardIf(fits: boolean, reason: Reason | null): Hearing {
  return fits ? { kind: 'heard' } : { kind: 'unheard', reason };
}

/** Whether a packet comes from where another one went, to where that came from. */
export function isAnswer(answer: Header, packet: Header): boolean {
  return (
    answer.source === packet.destination &&
    answer.sourcePort === packet.destinationPort &&
    answer.destination === packet.source &&
    answer.destinationPort === packet.sourcePort
  );
}

/** The ends of what answers. */
export function turned(left: Header): Header {
  return {
    source: left.destination,
    sourcePort: left.destinationPort,
    destination: left.source,
    destinationPort: left.sourcePort,
  };
}
