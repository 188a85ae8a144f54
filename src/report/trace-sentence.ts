import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Matched } from '../engine/branch.ts';
import { maskingOf } from '../engine/masking.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Packet } from '../engine/packet.ts';
import type { PlaceTexts } from './place-texts.ts';
import { sayReason } from './reasons.ts';
import { sentenceWords as en } from './words/en/sentences.ts';
import { sentenceWords as ko } from './words/ko/sentences.ts';
import type { Language } from './words/language.ts';
import type { SentenceWords } from './words/sentences.ts';

export const sentenceTables: Readonly<Record<Language, SentenceWords>> = { en, ko };

/** In one sentence: does the server see the client's own address, and if not, which rule hid it. */
export function explain(
  outcome: Outcome,
  packet: Packet,
  rules: PlaceTexts,
  language: Language = 'en',
): string[] {
  const w = sentenceTables[language];
  const client = formatAddress(packet.source);
  const loser = outcome.by ? nameRule(outcome.by.place, rules, w) : w.kernel;
  const why = outcome.reason ? sayReason(outcome.reason, language) : null;
  switch (outcome.verdict) {
    case 'accept':
      // Nobody takes a source in 127/8 from a wire.
      if (outcome.delivered !== 'local' && outcome.src?.startsWith('127.')) return [];
      if (outcome.answers) return [`  ${w.answers(receiverOf(outcome, packet), outcome.src)}`];
      if (!outcome.masqueraded) return [`  ${w.preserved(client)}`];
      return [`  ${w.masked(client, outcome.src, hidden(outcome, rules, w))}`];
    case 'drop':
      return [`  ${why === null ? w.dropped(loser) : w.nothing(why)}`];
    case 'reject':
      return [`  ${w.rejected(loser)}`];
    case 'unknown':
      return [`  ${w.unknown(why ?? '')}`];
  }
}

/** Who gets the answer of a connection that the node knows: it sees it come from where the connection was asked for. */
function receiverOf({ dnat }: Outcome, packet: Packet): string {
  const port = packet.destinationPort;
  return (
    dnat ?? (port === null ? formatAddress(packet.destination) : formatEndpoint(packet.destination, port))
  );
}

/** Who marked the packet, where somebody did, and who then replaced its source. */
function hidden({ matched }: Outcome, rules: PlaceTexts, w: SentenceWords) {
  const masking = maskingOf(matched, rules.rulesIn);
  if (!masking) return null;
  const [marking] = masking.marking;
  return {
    marking: marking ? nameRule(marking.place, rules, w) : null,
    replacing: nameRule(masking.replacing.place, rules, w),
  };
}

function nameRule(place: Matched['place'], rules: PlaceTexts, w: SentenceWords): string {
  const found = place.rule.matches.find(({ kind }) => kind === 'comment');
  const { number, table } = place;
  return w.rule({
    number,
    table,
    chain: rules.chain(table, place.chain),
    where: rules.where(place),
    comment: found?.kind === 'comment' && found.text !== '' ? found.text : null,
  });
}
