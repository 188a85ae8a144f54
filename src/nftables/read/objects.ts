import { want } from '../../text/expected.ts';
import type { NftObject, ObjectKind } from '../model.ts';
import { readSynproxy } from './actions.ts';
import { readDuration } from './amounts.ts';
import type { Reader } from './reader.ts';
import { readLimit, readQuota } from './stateful.ts';

/** A kind of named objects, where one is told here: `counter`, `ct helper`. */
export function readObjectKind(reader: Reader): ObjectKind | undefined {
  const plain = reader.takeOneOf(['counter', 'quota', 'limit', 'secmark', 'synproxy'] as const);
  if (plain || !reader.take('ct')) return plain;
  const own = reader.takeOneOf(['helper', 'timeout', 'expectation'] as const);
  return own
    ? `ct ${own}`
    : reader.refuse(`unexpected ${reader.describe()}`, want.either('helper', 'timeout', 'expectation'));
}

type Fields = { [key: string]: unknown };

/** After the name of an object: its block, or in a command what it holds. */
export function readObjectBlock(reader: Reader, kind: ObjectKind, name: string): NftObject {
  const fields: Fields = { kind, name, ...defaults[kind] };
  if (kind.startsWith('ct ')) fields.l3proto = reader.family;
  reader.scanner.handle = undefined;
  if (!reader.takeMark('{')) {
    if (!reader.isSeparator()) parts[kind](reader, fields, kind);
    return fields as unknown as NftObject;
  }
  if (reader.scanner.handle !== undefined) fields.handle = reader.scanner.handle;
  for (;;) {
    reader.skipSeparators();
    if (reader.takeMark('}')) return fields as unknown as NftObject;
    if (reader.take('comment')) fields.comment = reader.takeValue();
    else parts[kind](reader, fields, kind);
  }
}

/** What is so where nothing is said. */
const defaults: Readonly<Record<ObjectKind, Fields>> = {
  counter: { packets: 0, bytes: 0 },
  quota: {},
  limit: {},
  secmark: {},
  synproxy: { timestamp: false, sackPerm: false },
  'ct helper': {},
  'ct timeout': { states: [] },
  'ct expectation': { port: 0, timeout: 0, size: 0 },
};

type ReadPart = (reader: Reader, fields: Fields, kind: ObjectKind) => void;

const parts: Readonly<Record<ObjectKind, ReadPart>> = {
  counter: readCounter,
  quota: (reader, fields) => Object.assign(fields, readQuota(reader)),
  limit: (reader, fields) => {
    reader.expect('rate');
    Object.assign(fields, readLimit(reader));
  },
  secmark: (reader, fields) => {
    fields.context = reader.takeValue();
  },
  synproxy: readSynproxyPart,
  'ct helper': readConnectionLine,
  'ct timeout': readConnectionLine,
  'ct expectation': readConnectionLine,
};

function readCounter(reader: Reader, fields: Fields): void {
  if (reader.take('packets')) fields.packets = reader.number('number-of-packets');
  else if (reader.take('bytes')) fields.bytes = reader.number('number-of-bytes');
  else reader.refuse(`unexpected ${reader.describe()}`, want.either('packets', 'bytes'));
}

function readSynproxyPart(reader: Reader, fields: Fields): void {
  const before = reader.scanner.start;
  const { mss, wscale, timestamp, sackPerm } = readSynproxy(reader);
  if (reader.scanner.start === before)
    reader.refuse(`unexpected ${reader.describe()}`, want.either('mss', 'wscale', 'timestamp', 'sack-perm'));
  if (mss !== undefined) fields.mss = mss;
  if (wscale !== undefined) fields.wscale = wscale;
  if (timestamp) fields.timestamp = true;
  if (sackPerm) fields.sackPerm = true;
}

/** The protocol of a helper stands beside its type; all else ends as a line does. */
function readConnectionLine(reader: Reader, fields: Fields, kind: ObjectKind): void {
  const isType = reader.is('type');
  readConnectionPart(reader, fields, kind);
  if (!isType) reader.expectSeparator();
}

function readConnectionPart(reader: Reader, fields: Fields, kind: ObjectKind): void {
  if (reader.take('type')) fields.helper = reader.takeValue();
  else if (reader.take('protocol'))
    fields.protocol =
      reader.takeOneOf(['tcp', 'udp', 'icmp', 'icmpv6', 'sctp', 'dccp', 'gre', 'udplite']) ??
      reader.refuse(`unexpected ${reader.describe()}`, want.thing('protocol'));
  else if (reader.take('l3proto'))
    fields.l3proto =
      reader.takeOneOf(['ip6', 'ip', 'inet', 'arp', 'bridge']) ??
      reader.refuse(`unexpected ${reader.describe()}`, want.either('ip', 'ip6', 'inet'));
  else if (reader.take('dport')) fields.port = reader.number('port');
  else if (reader.take('timeout')) fields.timeout = readDuration(reader);
  else if (reader.take('size')) fields.size = reader.number('size');
  else if (kind === 'ct timeout' && reader.take('policy')) fields.states = readStates(reader);
  else reader.refuse(`unexpected ${reader.describe()}`, want.thing('property-of', kind));
}

/** `= { established : 123, close : 12 }`: seconds, or times from 1.0.9 on. */
function readStates(reader: Reader): (readonly [string, number])[] {
  const states: (readonly [string, number])[] = [];
  reader.expect('=');
  reader.expect('{');
  for (;;) {
    reader.skipNewlines();
    if (reader.takeMark('}')) return states;
    const state = reader.takeValue();
    reader.expect(':');
    states.push([state, readDuration(reader) / 1000]);
    reader.skipNewlines();
    if (!reader.takeMark(',') && !reader.isMark('}'))
      reader.refuse(`unexpected ${reader.describe()}`, want.thing('comma'));
  }
}
