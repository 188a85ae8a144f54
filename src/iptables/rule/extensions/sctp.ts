import { want } from '../../../text/expected.ts';
import { integer } from '../codecs/numbers.ts';
import { anyPortRange, orderedPorts } from '../codecs/ports.ts';
import { wholeWords } from '../codecs/words.ts';
import type { TransportMatch } from '../match.ts';
import { defined, extension, refuseValue, value } from '../syntax.ts';
import { demandProtocol } from './demand.ts';
import { destinationNames, sourceNames } from './transport.ts';

const not = { negatable: true };

// Chunks of SCTP.

const chunkTypes = {
  names: ['chunk-types'],
  arity: 2,
  ...not,
  read: ([match = '', chunks = '']: readonly string[]) => ` ${chunkMatch.read(match)} ${readChunks(chunks)}`,
  print: (text: string) => text,
};

const chunkMatch = {
  read: (word: string) =>
    ['any', 'all', 'only'].find((one) => one === word.toLowerCase()) ??
    refuseValue(word, want.either('any', 'all', 'only')),
};

function readChunks(text: string): string {
  if (/^(?:all|none)$/i.test(text)) return text.toUpperCase();
  const asked = new Map<string, string>();
  for (const part of text.split(',')) {
    const [name = '', bits = ''] = part.split(':');
    const chunk =
      sctpChunks.find((one) => one.name === name.toUpperCase()) ??
      refuseValue(part, want.thing('chunk-types'));
    const flags = readChunkFlags(bits, chunk.flags);
    if (flags !== '' || !asked.has(chunk.name)) asked.set(chunk.name, flags === '' ? '' : `:${flags}`);
  }
  return sctpChunks.flatMap(({ name }) => (asked.has(name) ? [name + asked.get(name)] : [])).join();
}

/** Upper case: set; lower case: not set. In the order of the header's bits. */
function readChunkFlags(text: string, valid: string): string {
  for (const letter of text) {
    if (!valid.includes(letter.toUpperCase()))
      refuseValue(text, valid === '' ? want.thing('no-flags') : want.thing('flags-among', valid));
  }
  return [...valid].map((flag) => [...text].find((one) => one.toUpperCase() === flag) ?? '').join('');
}

/** By number; names and flags of RFC 4960, 3758, 4895, 5061, 8260. */
const sctpChunks: readonly { readonly name: string; readonly flags: string }[] = [
  ['DATA', 'IUBE'],
  ['INIT', ''],
  ['INIT_ACK', ''],
  ['SACK', ''],
  ['HEARTBEAT', ''],
  ['HEARTBEAT_ACK', ''],
  ['ABORT', 'T'],
  ['SHUTDOWN', ''],
  ['SHUTDOWN_ACK', ''],
  ['ERROR', ''],
  ['COOKIE_ECHO', ''],
  ['COOKIE_ACK', ''],
  ['ECN_ECNE', ''],
  ['ECN_CWR', ''],
  ['SHUTDOWN_COMPLETE', 'T'],
  ['I_DATA', 'IUBE'],
  ['ASCONF_ACK', ''],
  ['RE_CONFIG', ''],
  ['PAD', ''],
  ['FORWARD_TSN', ''],
  ['ASCONF', ''],
  ['I_FORWARD_TSN', ''],
].map(([name = '', flags = '']) => ({ name, flags }));

export const sctp = extension({
  name: 'sctp',
  options: {
    sourcePort: value(sourceNames, orderedPorts, not),
    destinationPort: value(destinationNames, orderedPorts, not),
  },
  further: { chunkTypes },
  build(given, context, words): TransportMatch {
    demandProtocol('sctp', context);
    return { kind: 'sctp', ...defined(given), ...furtherOf(words) };
  },
  take: (match) => match,
  words: (match) => match.unevaluated,
});

function furtherOf(words: readonly string[]): { readonly unevaluated?: readonly string[] } {
  return words.length === 0 ? {} : { unevaluated: words };
}

const dccpTypes = [
  'REQUEST',
  'RESPONSE',
  'DATA',
  'ACK',
  'DATAACK',
  'CLOSEREQ',
  'CLOSE',
  'RESET',
  'SYNC',
  'SYNCACK',
  'INVALID',
] as const;

export const dccp = extension({
  name: 'dccp',
  options: {
    sourcePort: value(sourceNames, anyPortRange, not),
    destinationPort: value(destinationNames, anyPortRange, not),
  },
  further: {
    types: value('dccp-types', wholeWords(dccpTypes), not),
    option: value('dccp-option', integer(1, 255), not),
  },
  build(given, context, words): TransportMatch {
    demandProtocol('dccp', context);
    return { kind: 'dccp', ...defined(given), ...furtherOf(words) };
  },
  take: (match) => match,
  words: (match) => match.unevaluated,
});
