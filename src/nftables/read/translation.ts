import { want } from '../../text/expected.ts';
import type { Expression } from '../expression.ts';
import type { FieldType } from '../fields.ts';
import type { Translation, TranslationFlag } from '../statement.ts';
import { isFieldStart } from './fields.ts';
import { readMap, wantOf } from './left.ts';
import type { Reader } from './reader.ts';
import { rangeOf, readPrefix, readRange } from './right.ts';
import { readGiven, readStatementValue } from './statement-value.ts';
import { readValue } from './values.ts';

const port = wantOf('inet_service');
const flagWords: readonly TranslationFlag[] = ['random', 'fully-random', 'persistent'];

/** After `snat` or `dnat`. */
export function readNat(reader: Reader, kind: 'snat' | 'dnat'): Translation {
  const family = saysFamily(reader) ? reader.takeOneOf(['ip', 'ip6']) : undefined;
  if (!family && reader.is('addr'))
    reader.refuse(`unexpected ${reader.describe()}`, want.thing('family-before'));
  skipConcatenation(reader);
  if (reader.take('interval')) reader.next();
  const prefix = reader.take('prefix');
  reader.take('to');
  if (family && reader.isMark(':'))
    reader.refuse('ports alone are of no family', want.written(`${kind} to :80`), reader.scanner.span);
  const address = reader.isMark(':') ? undefined : readAddress(reader, family);
  const own = reader.takeMark(':') ? readStatementValue(reader, [port]) : undefined;
  return {
    kind,
    ...(family && { family }),
    ...(address && { address }),
    ...(own && { port: own }),
    ...(prefix && { prefix: true }),
    flags: readFlags(reader),
  };
}

/** `snat ip saddr map …` begins with a field, and not with a family. */
function saysFamily(reader: Reader): boolean {
  return /^\s+(?:to|addr|prefix|interval)\b/.test(reader.ahead(12));
}

/** `addr . port`, which the map itself tells. */
function skipConcatenation(reader: Reader): void {
  if (!reader.take('addr')) return;
  reader.expect('.');
  reader.expect('port');
}

/** After `masquerade`: only ports may be told. */
export function readMasquerade(reader: Reader): Translation {
  const own = readPorts(reader);
  return { kind: 'masquerade', ...(own && { port: own }), flags: readFlags(reader) };
}

/** After `redirect`. */
export function readRedirect(reader: Reader): Translation {
  const own = readPorts(reader);
  return { kind: 'redirect', ...(own && { port: own }), flags: readFlags(reader) };
}

function readPorts(reader: Reader): Expression | undefined {
  if (!reader.take('to')) return undefined;
  reader.takeMark(':');
  return readStatementValue(reader, [port]);
}

function readFlags(reader: Reader): readonly TranslationFlag[] {
  const found = new Set<TranslationFlag>();
  let flag = reader.takeOneOf(flagWords);
  while (flag) {
    found.add(flag);
    flag = reader.takeMark(',')
      ? (reader.takeOneOf(flagWords) ?? reader.refuse(`unexpected ${reader.describe()}`))
      : undefined;
  }
  return flagWords.filter((word) => found.has(word));
}

/** An address, a range or prefix of addresses, or a map of them, to which ports may belong. */
export function readAddress(reader: Reader, family: 'ip' | 'ip6' | undefined): Expression {
  if (reader.isMark('$')) return reader.within(() => readAddress(reader, family));
  if (isFieldStart(reader) || reader.is('jhash')) {
    const key = readGiven(reader);
    return reader.take('map') ? readMap(reader, key, (own) => readTarget(own, family)) : key;
  }
  if (!reader.isMark('[')) return readRange(reader, addressWant(reader, family), true);
  return readBracketed(reader);
}

/** `[2001:db8::1]`, `[2001:db8::1]-[2001:db8::2]`, `[2001:db8::]/64`. */
function readBracketed(reader: Reader): Expression {
  const want = wantOf('ipv6_addr');
  reader.expect('[');
  const from = readValue(reader, want);
  reader.expect(']');
  if (reader.isMark('/')) return readPrefix(reader, from, want, true);
  const { span } = reader.scanner;
  if (!reader.takeMark('-')) return from;
  reader.expect('[');
  const to = readValue(reader, want);
  reader.expect(']');
  return rangeOf(reader, from, to, span);
}

/** In an element of a map: an address, with a port after a dot. */
function readTarget(reader: Reader, family: 'ip' | 'ip6' | undefined): Expression {
  const parts: Expression[] = [readRange(reader, addressWant(reader, family), true)];
  while (reader.takeMark('.'))
    parts.push(readRange(reader, reader.scanner.kind === 'number' ? port : addressWant(reader, family)));
  return parts.length === 1 ? (parts[0] as Expression) : { kind: 'concat', parts };
}

/** In tables of both families the address itself tells of which it is. */
function addressWant(reader: Reader, family: 'ip' | 'ip6' | undefined): FieldType {
  const known = family ?? reader.network ?? (reader.scanner.kind === 'colons' ? 'ip6' : 'ip');
  return wantOf(known === 'ip6' ? 'ipv6_addr' : 'ipv4_addr');
}
