import { type Address, formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { Matched } from '../../../engine/branch.ts';
import type { Outcome } from '../../../engine/outcome.ts';
import type { Packet } from '../../../engine/packet.ts';

/** What a packet carries between two steps of its way. */
export interface RibbonStep {
  readonly kind:
    | 'leaves'
    | 'destinationReplaced'
    | 'sourceReplaced'
    | 'arrives'
    | 'answers'
    | 'translatedBack'
    | 'notBack'
    | 'mayPassBy';
  readonly from: string;
  readonly to: string;
  readonly changed: 'from' | 'to' | 'both' | null;
  /** The rule that did it. */
  readonly by: Matched | null;
}

export interface Ribbon {
  readonly request: readonly RibbonStep[];
  /** Empty where nothing arrives. */
  readonly answer: readonly RibbonStep[];
}

const destinationNat: readonly string[] = ['dnat', 'redirect', 'netmap'];
const sourceNat: readonly string[] = ['snat', 'masquerade', 'netmap'];

/** The addresses before and after each step, from the client to what it reaches and back, as this node sees them. */
export function ribbonOf(packet: Packet, outcome: Outcome): Ribbon {
  const client = end(packet.source, packet.sourcePort);
  const called = end(packet.destination, packet.destinationPort);
  const still = { changed: null, by: null } as const;
  const request: RibbonStep[] = [{ kind: 'leaves', from: client, to: called, ...still }];
  if (outcome.verdict !== 'accept') return { request, answer: [] };
  const server = outcome.dnat ?? called;
  const seen = outcome.masqueraded ? (outcome.src as string) : client;
  const by = (kinds: readonly string[]) =>
    outcome.matched.findLast(({ place }) => kinds.includes(place.rule.target?.kind ?? '')) ?? null;
  if (server !== called)
    request.push({
      kind: 'destinationReplaced',
      from: client,
      to: server,
      changed: 'to',
      by: by(destinationNat),
    });
  if (outcome.masqueraded)
    request.push({ kind: 'sourceReplaced', from: seen, to: server, changed: 'from', by: by(sourceNat) });
  request.push({ kind: 'arrives', from: seen, to: server, ...still });
  const answer: RibbonStep[] = [{ kind: 'answers', from: server, to: seen, ...still }];
  const isTranslated = server !== called || outcome.masqueraded;
  const back = outcome.reply?.comesBack;
  if (back === true && isTranslated) {
    const changed = server === called ? 'to' : outcome.masqueraded ? 'both' : 'from';
    answer.push({ kind: 'translatedBack', from: called, to: client, changed, by: null });
  } else if (back !== true && outcome.reply) {
    answer.push({ kind: back === null ? 'mayPassBy' : 'notBack', from: server, to: seen, ...still });
  }
  return { request, answer };
}

function end(address: Address, port: number | null): string {
  return port === null ? formatAddress(address) : formatEndpoint(address, port);
}
