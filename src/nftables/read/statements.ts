import { want } from '../../text/expected.ts';
import type { Expression } from '../expression.ts';
import type { DynamicSet, ReferredObject, Statement } from '../statement.ts';
import { symbols } from '../symbols.ts';
import {
  readDup,
  readForward,
  readLog,
  readQueue,
  readReject,
  readReset,
  readSynproxy,
  readTproxy,
} from './actions.ts';
import { isFieldStart, isFieldWord } from './fields.ts';
import { readElementKey, readLeft } from './left.ts';
import { readMatch } from './match.ts';
import { readObjectUse } from './object-use.ts';
import type { Reader } from './reader.ts';
import { setKey, wantsOfSet } from './set-blocks.ts';
import { readOptions, readVerdict } from './sets.ts';
import { readConnlimit, readCounter, readLimit, readQuota, readStateful } from './stateful.ts';
import { readStatementValue } from './statement-value.ts';
import { readMasquerade, readNat, readRedirect } from './translation.ts';

/** Reads what follows the word that a statement begins with. */
type Read = (reader: Reader) => Statement;

const verdictWords = ['accept', 'drop', 'continue', 'return', 'break', 'jump', 'goto'];

const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['counter', named('counter', readCounter)],
  ['quota', named('quota', (reader) => ({ kind: 'quota', ...readQuota(reader) }))],
  ['limit', named('limit', readLimitStatement)],
  ['synproxy', named('synproxy', (reader) => ({ kind: 'synproxy', ...readSynproxy(reader) }))],
  ['log', readLog],
  ['reject', readReject],
  ['snat', (reader) => readNat(reader, 'snat')],
  ['dnat', (reader) => readNat(reader, 'dnat')],
  ['masquerade', readMasquerade],
  ['redirect', readRedirect],
  ['notrack', () => ({ kind: 'notrack' })],
  ['flow', readFlow],
  ['dup', readDup],
  ['fwd', readForward],
  ['queue', readQueue],
  ['tproxy', readTproxy],
  ['reset', readReset],
  ['meter', readMeter],
  ['add', (reader) => readSetAdd(reader, 'add')],
  ['update', (reader) => readSetAdd(reader, 'update')],
  ['delete', (reader) => readSetAdd(reader, 'delete')],
  ['set', readOldSetAdd],
  ['xt', readXt],
]);

/** One statement of a rule. */
export function readStatement(reader: Reader): Statement {
  if (reader.scanner.kind !== 'word') return readMatch(reader);
  const { value } = reader.scanner;
  if (verdictWords.includes(value)) return readVerdict(reader);
  if (value === 'ct') return readCtStatement(reader);
  if (value === 'last') return readStateful(reader);
  const read = readers.get(value);
  if (!read) return readMatch(reader);
  reader.next();
  return read(reader);
}

/** Whether the word is one that begins a statement. */
export function isStatementStart(reader: Reader): boolean {
  if (reader.scanner.kind !== 'word') return reader.scanner.kind === 'mark';
  const { value } = reader.scanner;
  return (
    isFieldStart(reader) ||
    readers.has(value) ||
    verdictWords.includes(value) ||
    value === 'last' ||
    value === 'jhash'
  );
}

/** `counter name "x"` names an object, all else is the statement itself. */
function named(object: ReferredObject, read: Read): Read {
  return (reader) => (reader.take('name') ? readObjectUse(reader, object) : read(reader));
}

function readLimitStatement(reader: Reader): Statement {
  reader.expect('rate');
  return { kind: 'limit', ...readLimit(reader) };
}

const ctObjects = ['helper', 'timeout', 'expectation'] as const;

/** `ct count` and `ct helper set` are statements, all else begins with a field of the connection. */
function readCtStatement(reader: Reader): Statement {
  const follows = /^\s+(\w+)(?:\s+(\w+))?/.exec(reader.ahead(64));
  if (follows?.[1] === 'count') {
    reader.next();
    reader.next();
    return readConnlimit(reader);
  }
  if (lacksStatus(reader)) return readLackedStatus(reader);
  const object = follows?.[2] === 'set' ? ctObjects.find((word) => word === follows[1]) : undefined;
  if (!object) return readMatch(reader);
  for (let words = 0; words < 3; words += 1) reader.next();
  return readObjectUse(reader, `ct ${object}`);
}

const statusNames: ReadonlySet<string> = new Set(symbols.ctStatus.map(([name]) => name));

/** Of iptables' `--ctstatus NONE` nft lists no value. */
function lacksStatus(reader: Reader): boolean {
  const word = /^\s+status\s+(?:!\s*)?(\w+)/.exec(reader.ahead(64))?.[1];
  return word !== undefined && !statusNames.has(word) && (readers.has(word) || isFieldWord(word));
}

function readLackedStatus(reader: Reader): Statement {
  reader.next();
  reader.next();
  reader.takeMark('!');
  return { kind: 'xt', type: 'match', name: 'conntrack', isOfListing: true };
}

/** `flow add @ft`; `flow offload @ft` in older times. */
function readFlow(reader: Reader): Statement {
  if (!reader.take('offload')) reader.expect('add');
  reader.expect('@');
  return { kind: 'flow', table: reader.name('flowtable-name') };
}

/** `add @set { KEY timeout 1m limit rate 3/second : DATA }`. */
function readSetAdd(reader: Reader, operation: 'add' | 'update' | 'delete'): DynamicSet {
  reader.expect('@');
  const set = reader.name('set-name');
  return { kind: 'set-add', operation, set, element: readDynamicElement(reader, set) };
}

/** `set add ip saddr @set`, of older times. */
function readOldSetAdd(reader: Reader): DynamicSet {
  const operation = reader.takeOneOf(['add', 'update', 'delete']);
  if (!operation)
    return reader.refuse(`unexpected ${reader.describe()}`, want.either('add', 'update', 'delete'));
  const key = readLeft(reader);
  const options = readOptions(reader);
  reader.expect('@');
  return { kind: 'set-add', operation, set: reader.name('set-name'), element: { key, ...options } };
}

function readDynamicElement(reader: Reader, set: string) {
  reader.expect('{');
  reader.skipNewlines();
  const known = reader.sets.get(setKey(reader, set));
  const key = readElementKey(reader, known ? wantsOfSet(reader, known).key : []);
  const options = readOptions(reader);
  const data = reader.takeMark(':') ? readDynamicData(reader, set) : undefined;
  reader.skipNewlines();
  reader.expect('}');
  return { key, ...options, ...(data && { data }) };
}

/** What a map keeps of an element: a field, or a value of the map's type. */
function readDynamicData(reader: Reader, name: string): Expression {
  if (isFieldStart(reader)) return readLeft(reader);
  const set = reader.sets.get(setKey(reader, name));
  const data = set ? wantsOfSet(reader, set).data : null;
  if (!Array.isArray(data)) reader.refuse('rules put no verdicts into maps');
  return readStatementValue(reader, data);
}

/** `meter NAME size 128 { KEY limit rate 3/second }`. */
function readMeter(reader: Reader): DynamicSet {
  const set = reader.name('meter-name');
  const size = reader.take('size') ? reader.number('size') : undefined;
  return {
    kind: 'meter',
    set,
    ...(size !== undefined && { size }),
    element: readDynamicElement(reader, set),
  };
}

const xtTypes = ['match', 'target', 'watcher'] as const;

/** What nft prints of extensions of iptables that it cannot translate; from 1.0.7 on the name stands between quotes. */
function readXt(reader: Reader): Statement {
  const type =
    reader.takeOneOf(xtTypes) ??
    reader.refuse(`unexpected ${reader.describe()}`, want.written(xtTypes.join(', ')));
  return { kind: 'xt', type, name: reader.takeValue() };
}
