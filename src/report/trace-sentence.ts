import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Matched } from '../engine/branch.ts';
import { maskingOf } from '../engine/masking.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Packet } from '../engine/packet.ts';
import type { PlaceTexts } from './place-texts.ts';

/** In one sentence: does the server see the client's own address, and if not, which rule hid it. */
export function explain(outcome: Outcome, packet: Packet, rules: PlaceTexts): string[] {
  const client = formatAddress(packet.source);
  switch (outcome.verdict) {
    case 'accept':
      // Nobody takes a source in 127/8 from a wire.
      if (outcome.delivered !== 'local' && outcome.src?.startsWith('127.')) return [];
      if (outcome.answers) return [`  ${answerSentence(outcome, packet)}`];
      if (!outcome.masqueraded) return [`  The server sees the client's own address, ${client}.`];
      return [
        `  The server does not see the client's address ${client} but ${outcome.src}: ${hidden(outcome, rules)}.`,
      ];
    case 'drop':
      return [`  Nothing arrives: ${outcome.because ?? `${lastRule(outcome, rules)} drops it`}.`];
    case 'reject':
      return [`  Nothing arrives: ${lastRule(outcome, rules)} refuses it, and the client is told so.`];
    case 'unknown':
      return [`  It cannot be told what happens: ${outcome.because}.`];
  }
}

/** The answer of a connection that the node knows: its receiver sees it come from where the connection was asked for. */
function answerSentence({ src, dnat }: Outcome, packet: Packet): string {
  const port = packet.destinationPort;
  const receiver =
    dnat ?? (port === null ? formatAddress(packet.destination) : formatEndpoint(packet.destination, port));
  return `It is the answer of a connection that the node knows: ${receiver} sees it come from ${src}.`;
}

/** Who marked the packet, where somebody did, and who then replaced its source. */
function hidden({ matched }: Outcome, rules: PlaceTexts): string {
  const masking = maskingOf(matched, rules.rulesIn);
  if (!masking) return 'its source was replaced';
  const replaced = `${nameRule(masking.replacing, rules)} replaces the source`;
  const [marking] = masking.marking;
  return marking ? `${nameRule(marking, rules)} marks the packet, and for the mark ${replaced}` : replaced;
}

function nameRule({ place }: Matched, rules: PlaceTexts): string {
  const comment = place.rule.matches.find(({ kind }) => kind === 'comment');
  const said = comment?.kind === 'comment' && comment.text !== '' ? `, “${comment.text}”` : '';
  const chain = rules.chain(place.table, place.chain);
  return `rule ${place.number} of ${place.table} ${chain} (${rules.where(place)}${said})`;
}

function lastRule({ matched }: Outcome, rules: PlaceTexts): string {
  const last = matched.findLast(({ place }) => {
    const target = place.rule.target;
    return target?.kind === 'reject' || (target?.kind === 'verdict' && target.verdict === 'DROP');
  });
  return last ? nameRule(last, rules) : 'the kernel';
}
