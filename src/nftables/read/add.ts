import { want } from '../../text/expected.ts';
import { type Command, nameOfTable, type RulePosition } from '../command.ts';
import { readTableBlock } from './blocks.ts';
import { readChainBlock } from './chains.ts';
import { readFlowtableBlock } from './flowtables.ts';
import { readObjectBlock, readObjectKind } from './objects.ts';
import type { Reader } from './reader.ts';
import { readRule, takeHeld } from './rules.ts';
import { readSetBlock, setKey, wantsOfSet } from './set-blocks.ts';
import { readNamedElements } from './sets.ts';
import { readTable } from './table-name.ts';

/** After `add` or `create`, or without either. */
export function readAdd(reader: Reader, start: number, create: boolean): readonly Command[] {
  if (reader.take('table')) return readTableBlock(reader, readTable(reader), create, start);
  if (reader.take('chain')) {
    const of = readTable(reader);
    return readChainBlock(reader, of, reader.name('chain-name'), create, start);
  }
  if (reader.is('set') || reader.is('map')) return [readSet(reader, start, create)];
  if (reader.take('element')) return [readElementCommand(reader, start, 'add-elements', create)];
  if (reader.take('flowtable')) {
    const of = readTable(reader);
    const flowtable = readFlowtableBlock(reader, reader.name('flowtable-name'));
    return [{ do: 'add-flowtable', create, of, flowtable, place: reader.since(start) }];
  }
  const kind = readObjectKind(reader);
  if (kind) {
    const of = readTable(reader);
    const object = readObjectBlock(reader, kind, reader.name('object-name'));
    return [{ do: 'add-object', create, of, object, place: reader.since(start) }];
  }
  reader.take('rule');
  return readRuleCommand(reader, start, 'last');
}

function readSet(reader: Reader, start: number, create: boolean): Command {
  const isMap = reader.takeValue() === 'map';
  const of = readTable(reader);
  const set = readSetBlock(reader, of, reader.name('set-name'), isMap);
  return { do: 'add-set', create, of, set, place: reader.since(start) };
}

export function readInsert(reader: Reader, start: number): readonly Command[] {
  reader.expect('rule');
  return readRuleCommand(reader, start, 'first');
}

/** `TABLE CHAIN [handle N | position N | index N] STATEMENTS`. */
function readRuleCommand(reader: Reader, start: number, end: 'first' | 'last'): readonly Command[] {
  const of = readTable(reader);
  const chain = reader.name('chain-name');
  const at = readPosition(reader, end === 'first' ? 'before' : 'after') ?? end;
  const { rule } = readRule(reader);
  if (rule.statements.length === 0) reader.refuse(`unexpected ${reader.describe()}`, want.thing('rule'));
  const place = reader.since(start);
  return [...takeHeld(reader, of, place), { do: 'add-rule', of, chain, rule, at, place }];
}

function readPosition(reader: Reader, side: 'before' | 'after'): RulePosition | undefined {
  if (reader.take('handle') || reader.take('position')) return { side, handle: reader.number('handle') };
  return reader.take('index') ? { side, index: reader.number('index') } : undefined;
}

/** `TABLE SET { … }`: the set must be known, as its type tells how elements are read. */
export function readElementCommand(
  reader: Reader,
  start: number,
  what: 'add-elements' | 'delete-elements',
  create: boolean,
): Command {
  const of = readTable(reader);
  const { span } = reader.scanner;
  const set = reader.name('set-name');
  const known = reader.sets.get(setKey(of, set));
  if (!known) return reader.refuse(`there is no set ${set} in ${nameOfTable(of)}`, undefined, span);
  const { key, data } = wantsOfSet(reader, known);
  const isWhole = what === 'add-elements' || reader.mapsElements();
  const elements = readNamedElements(reader, key, isWhole ? data : null);
  return { do: what, of, set, create, elements, place: reader.since(start) };
}
