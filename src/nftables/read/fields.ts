import { type Expected, want } from '../../text/expected.ts';
import type { Thing } from '../../text/things.ts';
import type { Expression, Fib, Field, Payload, RawBase } from '../expression.ts';
import { headers } from '../headers.ts';
import { ctKeys, ipsecKeys, metaAliases, metaKeys, rtKeys, socketKeys } from '../keys.ts';
import { extensionHeaders, ipOptions, sctpChunks, tcpOptions } from '../options.ts';
import type { Reader } from './reader.ts';

/** Reads what follows the word that a field begins with. */
type Read = (reader: Reader, word: string) => Expression;

/** Keys of `meta` that may stand without that word. */
const unqualified = [
  'mark',
  'iif',
  'iifname',
  'iiftype',
  'oif',
  'oifname',
  'oiftype',
  'skuid',
  'skgid',
  'nftrace',
  'rtclassid',
  'ibriport',
  'ibridgename',
  'ibrname',
  'obriport',
  'obridgename',
  'obrname',
  'pkttype',
  'cpu',
  'iifgroup',
  'oifgroup',
  'cgroup',
  'ipsec',
  'time',
  'day',
  'hour',
] as const;

const starters: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...Object.keys(headers).map((name) => [name, readPayload] as const),
  ...Object.keys(extensionHeaders).map((name) => [name, readExtension] as const),
  ...unqualified.map((name) => [name, readBareMeta] as const),
  ['arp', readArp],
  ['ip', readIp],
  ['tcp', readTcp],
  ['sctp', readSctp],
  ['rt', readRt],
  ['exthdr', readExtensionQuestion],
  ['meta', readMeta],
  ['ct', readCt],
  ['fib', readFib],
  ['socket', readSocket],
  ['osf', readOsf],
  ['ipsec', readIpsec],
  ['numgen', readNumgen],
  ['jhash', (reader) => reader.refuse('jhash needs what it is of')],
  ['symhash', (reader) => ({ kind: 'hash', ...readModulus(reader) })],
]);

/** Whether a field begins here. */
export function isFieldStart(reader: Reader): boolean {
  return reader.isMark('@')
    ? /^(?:ll|nh|th|ih)\b/.test(reader.ahead())
    : reader.scanner.kind === 'word' && isFieldWord(reader.value);
}

export const isFieldWord = (word: string): boolean => starters.has(word);

/** One field: a word and what belongs to it, or `@nh,72,8`. */
export function readField(reader: Reader): Expression {
  if (reader.isMark('@')) return readRaw(reader);
  const read = reader.scanner.kind === 'word' ? starters.get(reader.value) : undefined;
  if (!read) return reader.refuse(`unexpected ${reader.describe()}`, want.thing('packet-field'));
  return read(reader, reader.takeValue());
}

const bases: Readonly<Record<string, RawBase>> = { ll: 'll', nh: 'nh', th: 'th', ih: 'ih' };

function readRaw(reader: Reader): Field {
  reader.expect('@');
  const { span } = reader.scanner;
  const base =
    bases[reader.takeValue()] ?? reader.refuse('no such base', want.either('ll', 'nh', 'th', 'ih'), span);
  reader.expect(',');
  const offset = reader.number('offset-in-bits');
  reader.expect(',');
  return { kind: 'raw', base, offset, length: reader.number('length-in-bits') };
}

function readPayload(reader: Reader, header: string): Payload {
  // nft reads this name, and lists the other one.
  const isPointer = header === 'icmpv6' && reader.take('param-problem');
  const field = isPointer
    ? 'parameter-problem'
    : wordOf(reader, headers[header]?.fields, want.thing('field-of', header));
  return { kind: 'payload', header, field };
}

/** A word that is a key of the table. */
function wordOf(reader: Reader, table: object | undefined, what: Expected): string {
  const { value } = reader.scanner;
  if (!table || !Object.hasOwn(table, value)) return reader.refuse(`unexpected ${reader.describe()}`, what);
  return reader.takeValue();
}

function readArp(reader: Reader, header: string): Payload {
  const side = reader.takeOneOf(['saddr', 'daddr']);
  if (!side) return readPayload(reader, header);
  return {
    kind: 'payload',
    header,
    field: `${side} ${reader.takeOneOf(['ether', 'ip']) ?? reader.refuse(`unexpected ${reader.describe()}`, want.either('ether', 'ip'))}`,
  };
}

function readIp(reader: Reader, header: string): Field {
  if (!reader.take('option')) return readPayload(reader, header);
  const option = wordOf(reader, ipOptions, want.thing('option-of', 'IPv4'));
  return { kind: 'option', of: 'ip', option, field: optionalField(reader, ipOptions[option]) };
}

/** Names of options that were other ones once. */
const optionAliases: Readonly<Record<string, string>> = {
  noop: 'nop',
  'sack-permitted': 'sack-perm',
  sack0: 'sack',
};

function readTcp(reader: Reader, header: string): Field {
  if (!reader.take('option')) return readPayload(reader, header);
  if (reader.takeMark('@')) return readRawOption(reader);
  if (reader.scanner.kind === 'number') return readNumberedOption(reader);
  const option = readOptionName(reader);
  return { kind: 'option', of: 'tcp', option, field: optionalField(reader, tcpOptions[option]?.fields) };
}

function readOptionName(reader: Reader): string {
  const alias = optionAliases[reader.value];
  if (alias === undefined) return wordOf(reader, tcpOptions, want.thing('option-of', 'TCP'));
  reader.next();
  return alias;
}

function readRawOption(reader: Reader): Field {
  const number =
    reader.scanner.kind === 'word'
      ? (tcpOptions[readOptionName(reader)] as { number: number }).number
      : byte(reader, 'kind-of-an-option');
  reader.expect(',');
  const offset = reader.number('offset-in-bits');
  reader.expect(',');
  return { kind: 'raw-option', number, offset, length: reader.number('length-in-bits') };
}

function byte(reader: Reader, what: Thing, most = 255): number {
  const { span } = reader.scanner;
  const number = reader.number(what);
  if (number > most) reader.refuse(`${number} exceeds the range of the field`, want.range(0, most), span);
  return number;
}

/** So many transformations a packet has at most (XFRM_MAX_DEPTH), counted from 0. */
const lastTransformation = 5;

function readNumberedOption(reader: Reader): Field {
  const number = byte(reader, 'kind-of-an-option');
  const known = Object.entries(tcpOptions).find(([, option]) => option.number === number)?.[0];
  return { kind: 'option', of: 'tcp', option: known ?? String(number), field: null };
}

/** A field where one is named; else the question is whether the header is there. */
function optionalField(reader: Reader, fields: object | undefined): string | null {
  return fields && reader.scanner.kind === 'word' && Object.hasOwn(fields, reader.value)
    ? reader.takeValue()
    : null;
}

function readSctp(reader: Reader, header: string): Field {
  if (!reader.take('chunk')) return readPayload(reader, header);
  const chunk = wordOf(reader, sctpChunks, want.thing('chunk-of-sctp'));
  return { kind: 'chunk', chunk, field: optionalField(reader, sctpChunks[chunk]) };
}

function readExtension(reader: Reader, header: string): Field {
  const fields = extensionHeaders[header]?.fields as object;
  const indexed = /^(?:addr|sid)$/.test(reader.value) && !Object.hasOwn(fields, reader.value);
  if (!indexed)
    return { kind: 'exthdr', header, field: wordOf(reader, fields, want.thing('field-of', header)) };
  const name = reader.takeValue();
  reader.expect('[');
  const index = reader.number('index');
  reader.expect(']');
  return { kind: 'exthdr', header, field: `${name}[${index}]` };
}

function readExtensionQuestion(reader: Reader): Field {
  return {
    kind: 'exthdr',
    header: wordOf(reader, extensionHeaders, want.thing('extension-header')),
    field: null,
  };
}

/** `rt` is the route of a packet, or IPv6's header. */
function readRt(reader: Reader, word: string): Field {
  if (reader.is('nexthdr') || reader.is('hdrlength') || reader.is('type') || reader.is('seg-left'))
    return readExtension(reader, word);
  const family = reader.takeOneOf(['ip', 'ip6']);
  return { kind: 'rt', ...(family && { family }), key: wordOf(reader, rtKeys, want.thing('key-of', 'rt')) };
}

function readMeta(reader: Reader): Field {
  const alias = metaAliases[reader.value];
  if (alias === undefined)
    return { kind: 'meta', key: wordOf(reader, metaKeys, want.thing('key-of', 'meta')) };
  reader.next();
  return { kind: 'meta', key: alias };
}

function readBareMeta(_reader: Reader, word: string): Field {
  return { kind: 'meta', key: metaAliases[word] ?? word };
}

const ctAliases: Readonly<Record<string, string>> = { l3protocol: 'l3proto' };

/** Keys of either direction, and those of them that are of no connection as a whole. */
const directed: ReadonlySet<string> = new Set([
  'saddr',
  'daddr',
  'l3proto',
  'protocol',
  'proto-src',
  'proto-dst',
  'bytes',
  'packets',
  'avgpkt',
  'zone',
]);
const onlyDirected: ReadonlySet<string> = new Set(['saddr', 'daddr', 'proto-src', 'proto-dst']);

function readCt(reader: Reader): Field {
  const { span } = reader.scanner;
  const direction = reader.takeOneOf(['original', 'reply']);
  const family = reader.takeOneOf(['ip', 'ip6']);
  const alias = ctAliases[reader.value];
  const key = alias ?? wordOf(reader, ctKeys, want.thing('key-of', 'ct'));
  if (alias !== undefined) reader.next();
  if (direction && !directed.has(key)) reader.refuse(`ct ${key} has no direction`, undefined, span);
  if (!direction && onlyDirected.has(key))
    reader.refuse(`ct ${key} needs a direction`, want.either('original', 'reply'), span);
  return { kind: 'ct', key, ...(direction && { direction }), ...(family && { family }) };
}

const fibParts = ['saddr', 'daddr', 'mark', 'iif', 'oif'] as const;

function readFib(reader: Reader): Fib {
  const of = new Set<(typeof fibParts)[number]>();
  do {
    of.add(
      reader.takeOneOf(fibParts) ??
        reader.refuse(`unexpected ${reader.describe()}`, want.written(fibParts.join(', '))),
    );
  } while (reader.takeMark('.'));
  const result = reader.takeOneOf(['oifname', 'oif', 'type', 'check']);
  if (!result) return reader.refuse(`unexpected ${reader.describe()}`, want.either('oif', 'oifname', 'type'));
  const ordered = fibParts.filter((part) => of.has(part));
  return result === 'check'
    ? { kind: 'fib', of: ordered, result: 'oif', check: true }
    : { kind: 'fib', of: ordered, result };
}

function readSocket(reader: Reader): Field {
  const key = wordOf(reader, socketKeys, want.thing('key-of', 'socket'));
  if (key !== 'cgroupv2') return { kind: 'socket', key };
  reader.expect('level');
  return { kind: 'socket', key, level: reader.number('level') };
}

function readOsf(reader: Reader): Field {
  const ttl = reader.take('ttl') ? reader.takeOneOf(['loose', 'skip']) : undefined;
  const key =
    reader.takeOneOf(['name', 'version']) ??
    reader.refuse(`unexpected ${reader.describe()}`, want.either('name', 'version'));
  return { kind: 'osf', ...(ttl && { ttl }), key };
}

function readIpsec(reader: Reader): Field {
  const direction = reader.takeOneOf(['in', 'out']);
  if (!direction) return { kind: 'meta', key: 'ipsec' };
  const number = reader.take('spnum') ? byte(reader, 'number', lastTransformation) : 0;
  const family = reader.takeOneOf(['ip', 'ip6']);
  return {
    kind: 'ipsec',
    direction,
    number,
    ...(family && { family }),
    key: wordOf(reader, ipsecKeys, want.thing('key-of', 'ipsec')),
  };
}

function readNumgen(reader: Reader): Expression {
  const mode =
    reader.takeOneOf(['inc', 'random']) ??
    reader.refuse(`unexpected ${reader.describe()}`, want.either('inc', 'random'));
  const { modulus, offset } = readModulus(reader);
  return { kind: 'numgen', mode, modulus, offset };
}

/** `mod 4 seed 0x12 offset 10`. */
export function readModulus(reader: Reader): { modulus: number; seed?: number; offset: number } {
  reader.expect('mod');
  const modulus = reader.number('modulus');
  const seed = reader.take('seed') ? reader.number('seed') : undefined;
  const offset = reader.take('offset') ? reader.number('offset') : 0;
  return { modulus, offset, ...(seed !== undefined && { seed }) };
}
