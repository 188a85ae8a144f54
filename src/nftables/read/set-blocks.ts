import { want } from '../../text/expected.ts';
import type { TableName } from '../command.ts';
import type { Expression } from '../expression.ts';
import type { NftSet, ObjectKind, SetData, SetFlag, SetType } from '../model.ts';
import { isTypeName, typeOf } from '../types.ts';
import { readDuration } from './amounts.ts';
import { readLeft, wantOf, wantsOf } from './left.ts';
import type { Reader } from './reader.ts';
import { readRange, type Wants } from './right.ts';
import { type DataWants, readNamedElements } from './sets.ts';
import { isStateful, readStateful } from './stateful.ts';

export const setKey = ({ family, table }: TableName, name: string): string => `${family} ${table} ${name}`;

type Building = { -readonly [K in keyof NftSet]: NftSet[K] extends readonly (infer T)[] ? T[] : NftSet[K] };

/** After the name of a set or map: its block. */
export function readSetBlock(reader: Reader, of: TableName, name: string, isMap: boolean): NftSet {
  const set: Partial<Building> & Pick<Building, 'name'> = { name, flags: [], statements: [], elements: [] };
  reader.family = of.family;
  reader.network = of.family === 'ip' || of.family === 'ip6' ? of.family : undefined;
  reader.scanner.handle = undefined;
  const { span } = reader.scanner;
  reader.expect('{');
  if (reader.scanner.handle !== undefined) set.handle = reader.scanner.handle;
  for (;;) {
    reader.skipSeparators();
    if (reader.takeMark('}')) break;
    readPart(reader, set, isMap);
    if (set.key) reader.sets.set(setKey(of, name), set as Building);
  }
  if (!set.key || (isMap && !set.data))
    return reader.refuse(`the type of ${name} is not told`, want.either('type', 'typeof'), span);
  return set as Building;
}

function readPart(reader: Reader, set: Partial<Building>, isMap: boolean): void {
  if (reader.take('auto-merge')) set.autoMerge = true;
  else if (reader.take('elements')) readOwnElements(reader, set);
  else {
    readProperty(reader, set, isMap);
    reader.expectSeparator();
  }
}

function readProperty(reader: Reader, set: Partial<Building>, isMap: boolean): void {
  if (reader.take('type')) readTypes(reader, set, isMap);
  else if (reader.take('typeof')) readTypeof(reader, set, isMap);
  else if (reader.take('flags')) set.flags = readFlags(reader);
  else if (reader.take('timeout')) set.timeout = readDuration(reader);
  else if (reader.take('gc-interval')) set.gcInterval = readDuration(reader);
  else if (reader.take('size')) set.size = reader.number('size');
  else if (reader.take('policy')) readPolicy(reader, set);
  else if (reader.take('comment')) set.comment = reader.takeValue();
  else if (isStateful(reader)) readStatements(reader, set);
  else reader.refuse(`unexpected ${reader.describe()}`, want.thing('set-property'));
}

function readStatements(reader: Reader, set: Partial<Building>): void {
  const found = [...(set.statements ?? [])];
  while (isStateful(reader)) found.push(readStateful(reader));
  set.statements = found;
}

function readOwnElements(reader: Reader, set: Partial<Building>): void {
  if (!set.key) reader.refuse('the elements stand before the type', want.thing('type-first'));
  reader.expect('=');
  const { key, data } = wantsOfSet(reader, set as Building);
  set.elements = readNamedElements(reader, key, data);
}

function readPolicy(reader: Reader, set: Partial<Building>): void {
  if (reader.take('memory')) set.policy = 'memory';
  else reader.expect('performance');
}

const setFlags: readonly SetFlag[] = ['constant', 'interval', 'timeout', 'dynamic'];

function readFlags(reader: Reader): SetFlag[] {
  const flags: SetFlag[] = [];
  do {
    const flag =
      reader.takeOneOf(setFlags) ??
      reader.refuse(`unexpected ${reader.describe()}`, want.written(setFlags.join(', ')));
    if (!flags.includes(flag)) flags.push(flag);
  } while (reader.takeMark(','));
  return flags;
}

/** What is printed of the type of a moment is what is printed of a time. */
function readTypeNames(reader: Reader): string[] {
  const names: string[] = [];
  do {
    const { span } = reader.scanner;
    const name = reader.isMark('$') ? reader.name('type-name') : reader.takeValue();
    if (!isTypeName(name))
      reader.refuse(`there is no type ${name}`, want.written('ipv4_addr, inet_service, …'), span);
    names.push(name);
  } while (reader.takeMark('.'));
  return names;
}

const objectWords = ['counter', 'quota', 'limit', 'secmark', 'synproxy'] as const;

function readObjectType(reader: Reader): ObjectKind | undefined {
  const plain = reader.takeOneOf(objectWords);
  if (plain) return plain;
  if (!/^\s+(?:helper|timeout|expectation)\b/.test(reader.is('ct') ? reader.ahead(16) : '')) return undefined;
  reader.next();
  return `ct ${reader.takeValue() as 'helper' | 'timeout' | 'expectation'}`;
}

function readTypes(reader: Reader, set: Partial<Building>, isMap: boolean): void {
  set.key = { by: 'type', types: readTypeNames(reader) };
  if (!isMap) return;
  reader.expect(':');
  set.data = readDataType(reader);
}

function readDataType(reader: Reader): SetData {
  if (reader.take('verdict')) return { by: 'verdict' };
  const object = readObjectType(reader);
  if (object) return { by: 'object', object };
  const interval = reader.take('interval');
  return { by: 'type', types: readTypeNames(reader), ...(interval && { interval }) };
}

function readTypeof(reader: Reader, set: Partial<Building>, isMap: boolean): void {
  set.key = { by: 'typeof', expression: readLeft(reader) };
  if (!isMap) return;
  reader.expect(':');
  set.data = readDataTypeof(reader);
}

function readDataTypeof(reader: Reader): SetData {
  if (reader.take('verdict')) return { by: 'verdict' };
  const object = readObjectType(reader);
  if (object) return { by: 'object', object };
  const interval = reader.take('interval');
  return { by: 'typeof', expression: readLeft(reader), ...(interval && { interval }) };
}

/** How elements of a set are read. */
export function wantsOfSet(
  reader: Reader,
  { key, data }: Pick<NftSet, 'key' | 'data'>,
): { readonly key: Wants; readonly data: DataWants | null } {
  return { key: wantsOfType(reader, key), data: data ? wantsOfData(reader, data) : null };
}

function wantsOfType(reader: Reader, type: SetType | { by: 'typeof'; expression: Expression }): Wants {
  if (type.by === 'typeof') return wantsOf(reader, type.expression);
  return type.types.flatMap((name) => (isTypeName(name) ? [wantOf(name, typeOf(name).bits)] : []));
}

function wantsOfData(reader: Reader, data: SetData): DataWants {
  if (data.by === 'verdict' || data.by === 'object') return data.by;
  const wants = wantsOfType(reader, data);
  const [want, more] = wants;
  return data.interval && want && !more ? (own) => readRange(own, want, true) : wants;
}
