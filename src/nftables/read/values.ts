import { parseAddress } from '../../address/address.ts';
import { servicePort } from '../../iptables/rule/services.ts';
import { byteLength } from '../../text/bytes.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { Constant } from '../expression.ts';
import type { FieldType } from '../fields.ts';
import { type TypeName, typeOf } from '../types.ts';
import { parseDuration } from './duration.ts';
import type { Reader } from './reader.ts';

/** A value of a type, or null where the text is none. */
type Parse = (text: string, reader: Reader) => number | bigint | null;

const parseSpecial: { readonly [K in TypeName]?: Parse } = {
  ipv4_addr: parseIPv4,
  ipv6_addr: (text) => {
    const address = parseAddress(text);
    return typeof address === 'bigint' ? address : null;
  },
  ether_addr: (text) => parseEthernet(text),
  inet_service: (text) => parseInteger(text) ?? servicePort(text, 0) ?? null,
  time: (text) => parseDuration(text),
  classid: parseHandle,
  hour: parseHour,
  date: parseDate,
  uid: (text) => (text === 'root' ? 0 : parseInteger(text)),
  gid: (text) => (text === 'root' ? 0 : parseInteger(text)),
  ct_label: (text) => {
    const bit = parseInteger(text);
    return bit !== null && bit < 128 ? 1n << BigInt(bit) : null;
  },
};

/** Types whose values are kept as texts: what they stand for is the node's. */
const texts: ReadonlySet<TypeName> = new Set<TypeName>(['string', 'ifname', 'iface_index', 'cgroupsv2']);

/** The longest name of an interface. */
const longestName = 15;

const longestText = 16;

/** The index of `lo` in every network namespace. */
const loopback = 1;

/** The greatest values of types that do not use all of their bits. */
const greatest: { readonly [K in TypeName]?: number } = { day: 6, hour: 86_399 };

/** A constant of the type: one token, or what is written between parentheses. */
export function readValue(reader: Reader, asked: FieldType): Constant {
  const { type, bits } = asked;
  const { scanner } = reader;
  const { span, kind } = scanner;
  if (kind === 'mark' || kind === 'newline' || kind === 'end') {
    reader.refuse(`unexpected ${reader.describe()}`, want.thing('value-of-type', type));
  }
  const text = scanner.value;
  reader.next();
  // Whether there is a way out is asked of its index.
  if (type === 'iface_index' && (text === 'exists' || text === 'missing'))
    return { kind: 'value', type: 'boolean', value: text === 'exists' ? 1 : 0 };
  if (texts.has(type)) {
    if (type === 'ifname' && text === '*')
      reader.refuse('a name that is all wildcard is none', want.thing('interface-name'), span);
    if (type === 'ifname' && text.replace(/\\?\*$/, '').length > longestName) {
      reader.refuse(`${text} is too long for the name of an interface`, undefined, span);
    }
    if (text === '' || byteLength(text) > longestText) {
      reader.refuse(
        text === '' ? 'the text is empty' : `${text} is too long`,
        want.counted(1, longestText, 'bytes'),
        span,
      );
    }
    const index = type === 'iface_index' && kind === 'number' ? parseInteger(text) : null;
    if (index !== null && index !== loopback) return { kind: 'value', type, value: index };
    return { kind: 'text', type, text: index === null ? text : 'lo' };
  }
  // With seconds nft takes it for an address, unless it is quoted.
  const value = type === 'hour' && kind === 'colons' ? null : parseValue(type, text, reader);
  if (value === null) reader.refuse(`${text} is no value of type ${type}`, expectedOf(type), span);
  if (BigInt(value) >> BigInt(bits) !== 0n) {
    reader.refuse(`${text} exceeds the range of the field`, want.range(0, (1n << BigInt(bits)) - 1n), span);
  }
  const most = greatest[type];
  if (most !== undefined && value > most)
    reader.refuse(`${text} exceeds the range of the field`, want.range(0, most), span);
  return { kind: 'value', type, value: bits > 48 ? BigInt(value) : Number(value) };
}

function expectedOf(type: TypeName): Expected | undefined {
  const { symbols } = typeOf(type);
  return symbols && symbols.length > 0 && symbols.length < 24
    ? want.orElse(want.thing('number'), want.oneOf(symbols.map(([name]) => name)))
    : undefined;
}

function parseValue(type: TypeName, text: string, reader: Reader): number | bigint | null {
  const special = parseSpecial[type];
  if (special) return special(text, reader);
  const named = symbolValue(type, text);
  if (named !== undefined) return named;
  return typeOf(type).bits > 48 || /^\d{16,}$|^0x[0-9a-f]{13,}$/i.test(text)
    ? parseBig(text)
    : parseInteger(text);
}

const valuesOf = new Map<TypeName, ReadonlyMap<string, number>>();

function symbolValue(type: TypeName, text: string): number | undefined {
  let values = valuesOf.get(type);
  if (!values) {
    values = new Map(typeOf(type).symbols ?? []);
    valuesOf.set(type, values);
  }
  return values.get(text);
}

/** As strtoul with base 0 reads it: decimal, `0x…`, or octal after a zero. */
export function parseInteger(text: string): number | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (!/^\d+$/.test(text)) return null;
  if (text.length > 1 && text.startsWith('0')) return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : null;
  return Number(text);
}

function parseBig(text: string): bigint | null {
  return /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? BigInt(text) : null;
}

/** As getaddrinfo reads it: parts with a leading zero are octal, fewer than four parts fill up. */
function parseIPv4(text: string): number | null {
  const plain = parseAddress(text);
  if (typeof plain === 'number') return plain;
  const parts = text.split('.').map(parseInteger);
  if (parts.length > 4 || parts.some((part) => part === null)) return null;
  const numbers = parts as number[];
  const last = numbers.pop() as number;
  if (numbers.some((part) => part > 255) || last >= 256 ** (4 - numbers.length)) return null;
  return numbers.reduce((sum, part, index) => sum + part * 256 ** (3 - index), last);
}

function parseEthernet(text: string): number | null {
  const parts = text.split(':');
  if (parts.length !== 6 || parts.some((part) => !/^[0-9a-fA-F]{1,2}$/.test(part))) return null;
  return parts.reduce((sum, part) => sum * 256 + Number.parseInt(part, 16), 0);
}

/** `1:2` in hexadecimal, `root`, `none`, or a number; the tokens are `1`, `:` and `2`. */
function parseHandle(text: string, reader: Reader): number | null {
  if (text === 'root') return 0xffffffff;
  if (text === 'none') return 0;
  if (!reader.takeMark(':')) return parseInteger(text);
  const minor = reader.isSeparator() ? '0' : takeMinor(reader);
  const parts = [text, minor].map((part) =>
    /^[0-9a-fA-F]{1,4}$/.test(part) ? Number.parseInt(part, 16) : null,
  );
  const [high, low] = parts as [number | null, number | null];
  return high === null || low === null ? null : high * 65536 + low;
}

/** What stands behind a colon; a range may go on in the same word. */
function takeMinor(reader: Reader): string {
  const dash = reader.value.indexOf('-');
  if (dash > 0) reader.scanner.cut(dash);
  return reader.takeValue();
}

/** `17:30`, `"17:30:10"`, or seconds; without quotes the tokens are `17`, `:` and `30`. */
function parseHour(text: string, reader: Reader): number | null {
  return /^\d{1,2}$/.test(text) && reader.takeMark(':')
    ? parseClock(`${text}:${takeMinor(reader)}`)
    : parseClock(text);
}

function parseClock(text: string): number | null {
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (!clock) return parseInteger(text);
  const [hours, minutes, seconds] = clock.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ];
  return hours > 23 || minutes > 59 || seconds > 59 ? null : hours * 3600 + minutes * 60 + seconds;
}

/** A day with or without the time of it, or seconds of Unix; on a node that keeps UTC. */
function parseDate(text: string): bigint | null {
  const nanoseconds = 1_000_000_000n;
  if (/^\d+$/.test(text)) return BigInt(text) * nanoseconds;
  if (!/^\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?$/.test(text)) return null;
  const time = Date.parse(`${text.replace(' ', 'T')}${text.includes(' ') ? '' : 'T00:00'}Z`);
  return Number.isNaN(time) ? null : BigInt(time / 1000) * nanoseconds;
}
