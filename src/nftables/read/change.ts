import { want } from '../../text/expected.ts';
import type { Command } from '../command.ts';
import { readElementCommand } from './add.ts';
import { readObjectKind } from './objects.ts';
import type { Reader } from './reader.ts';
import { readRule, takeHeld } from './rules.ts';
import { families, readFamily, readTable } from './table-name.ts';

const deletable = ['table', 'chain', 'set', 'map', 'flowtable'] as const;

/** After `delete` or `destroy`. */
export function readDelete(reader: Reader, start: number, ifThere: boolean): readonly Command[] {
  if (reader.take('element')) return [readElementCommand(reader, start, 'delete-elements', false)];
  if (reader.take('rule')) return [readDeleteRule(reader, start)];
  const what = reader.takeOneOf(deletable) ?? readObjectKind(reader);
  if (!what) return reader.refuse(`unexpected ${reader.describe()}`, want.thing('what-to-delete'));
  if (what === 'table') return [readDeleteTable(reader, start, ifThere)];
  const of = readTable(reader);
  const name = readNameOrHandle(reader);
  if (reader.isMark('{')) skipBlock(reader);
  return [
    { do: 'delete', ifThere, of, what: what === 'map' ? 'set' : what, name, place: reader.since(start) },
  ];
}

function readDeleteRule(reader: Reader, start: number): Command {
  const of = readTable(reader);
  const chain = reader.name('chain-name');
  reader.expect('handle');
  return { do: 'delete-rule', of, chain, handle: reader.number('handle'), place: reader.since(start) };
}

function readDeleteTable(reader: Reader, start: number, ifThere: boolean): Command {
  const family = readFamily(reader);
  const name = readNameOrHandle(reader);
  const of = { family, table: String(name) };
  return { do: 'delete', ifThere, of, what: 'table', name, place: reader.since(start) };
}

function readNameOrHandle(reader: Reader): string | number {
  return reader.take('handle') ? reader.number('handle') : reader.name('name');
}

function skipBlock(reader: Reader): void {
  let depth = 0;
  do {
    if (reader.isMark('{')) depth += 1;
    if (reader.isMark('}')) depth -= 1;
    reader.next();
  } while (depth > 0 && reader.scanner.kind !== 'end');
}

export function readFlush(reader: Reader, start: number): readonly Command[] {
  if (reader.take('ruleset')) {
    const family = reader.takeOneOf(families);
    return [{ do: 'flush-ruleset', ...(family && { family }), place: reader.since(start) }];
  }
  const what = reader.takeOneOf(['table', 'chain', 'set', 'map', 'meter']);
  if (!what)
    return reader.refuse(
      `unexpected ${reader.describe()}`,
      want.either('ruleset', 'table', 'chain', 'set', 'map'),
    );
  const of = readTable(reader);
  if (what === 'table') return [{ do: 'flush', of, what, name: of.table, place: reader.since(start) }];
  const name = reader.name('name');
  return [{ do: 'flush', of, what: what === 'chain' ? 'chain' : 'set', name, place: reader.since(start) }];
}

export function readReplace(reader: Reader, start: number): readonly Command[] {
  reader.expect('rule');
  const of = readTable(reader);
  const chain = reader.name('chain-name');
  reader.expect('handle');
  const handle = reader.number('handle');
  const { rule } = readRule(reader);
  const place = reader.since(start);
  return [...takeHeld(reader, of, place), { do: 'replace-rule', of, chain, handle, rule, place }];
}

export function readRename(reader: Reader, start: number): readonly Command[] {
  reader.expect('chain');
  const of = readTable(reader);
  const from = reader.name('chain-name');
  const to = reader.name('chain-name');
  return [{ do: 'rename-chain', of, from, to, place: reader.since(start) }];
}
