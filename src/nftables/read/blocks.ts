import { want } from '../../text/expected.ts';
import type { Command, TableName } from '../command.ts';
import type { TableFlag } from '../model.ts';
import { readChainBlock } from './chains.ts';
import { readDefinition } from './definitions.ts';
import { readFlowtableBlock } from './flowtables.ts';
import { readObjectBlock, readObjectKind } from './objects.ts';
import type { Reader } from './reader.ts';
import { recover } from './rules.ts';
import { readSetBlock } from './set-blocks.ts';

interface TableHead {
  readonly flags: TableFlag[];
  comment?: string;
}

/** After `table FAMILY NAME`: its block, where there is one. The table is added first, then its chains, what else stands in it, and rules last. */
export function readTableBlock(
  reader: Reader,
  of: TableName,
  create: boolean,
  start: number,
): readonly Command[] {
  const head: TableHead = { flags: [] };
  const parts: Command[] = [];
  const place = reader.since(start);
  reader.scanner.handle = undefined;
  let handle: number | undefined;
  if (reader.takeMark('{')) {
    handle = reader.scanner.handle;
    reader.scoped(() => readParts(reader, of, head, parts));
  }
  const { flags, comment } = head;
  return [
    {
      do: 'add-table',
      create,
      of,
      flags,
      ...(comment !== undefined && { comment }),
      ...(handle !== undefined && { handle }),
      place,
    },
    ...parts.filter((part) => part.do === 'add-chain'),
    ...parts.filter((part) => !addsRules(part) && part.do !== 'add-chain'),
    ...parts.filter(addsRules),
  ];
}

const addsRules = (part: Command) => part.do === 'add-rule' || part.do === 'add-rules';

function readParts(reader: Reader, of: TableName, head: TableHead, parts: Command[]): void {
  for (;;) {
    reader.skipSeparators();
    if (reader.takeMark('}')) return;
    if (reader.scanner.kind === 'end')
      reader.refuse('the block of a table has no end', want.thing('closing-brace'));
    const { start } = reader.scanner;
    try {
      for (const part of readPart(reader, of, head)) parts.push(part);
      reader.expectSeparator();
    } catch (error) {
      recover(reader, error, start, 1);
      if (reader.scanner.start === start) reader.next();
    }
  }
}

function readPart(reader: Reader, of: TableName, head: TableHead): readonly Command[] {
  const { start } = reader.scanner;
  if (reader.take('chain')) {
    return readChainBlock(reader, of, reader.name('chain-name'), false, start);
  }
  if (reader.is('set') || reader.is('map')) {
    const isMap = reader.takeValue() === 'map';
    const set = readSetBlock(reader, of, reader.name('set-name'), isMap);
    return [{ do: 'add-set', create: false, of, set, place: reader.since(start) }];
  }
  if (reader.take('flowtable')) {
    const flowtable = readFlowtableBlock(reader, reader.name('flowtable-name'));
    return [{ do: 'add-flowtable', create: false, of, flowtable, place: reader.since(start) }];
  }
  if (readOwn(reader, head)) return [];
  const kind = readObjectKind(reader);
  if (!kind)
    return reader.refuse(
      `unexpected ${reader.describe()}`,
      want.orElse('chain, set, map, flowtable', want.thing('object')),
    );
  const object = readObjectBlock(reader, kind, reader.name('object-name'));
  return [{ do: 'add-object', create: false, of, object, place: reader.since(start) }];
}

/** What is said of the table itself, and definitions. */
function readOwn(reader: Reader, head: TableHead): boolean {
  if (reader.is('define') || reader.is('redefine')) readDefinition(reader);
  else if (reader.take('comment')) head.comment = reader.takeValue();
  else if (reader.take('flags')) head.flags.push(...readFlags(reader));
  else return false;
  return true;
}

const tableFlags: readonly TableFlag[] = ['dormant', 'owner', 'persist'];

function readFlags(reader: Reader): readonly TableFlag[] {
  const flags: TableFlag[] = [];
  do {
    flags.push(
      reader.takeOneOf(tableFlags) ??
        reader.refuse(`unexpected ${reader.describe()}`, want.written(tableFlags.join(', '))),
    );
  } while (reader.takeMark(','));
  return tableFlags.filter((flag) => flags.includes(flag));
}
