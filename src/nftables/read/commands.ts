import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { Command } from '../command.ts';
import { readAdd, readInsert } from './add.ts';
import { readDelete, readFlush, readRename, readReplace } from './change.ts';
import { readDefinition } from './definitions.ts';
import { Reader } from './reader.ts';
import { recover } from './rules.ts';

/** Gives the texts that a path stands for, several where it is a pattern; null where there is no such file. */
export type Include = (path: string, from: Source) => readonly Source[] | null;

const noInclude: Include = () => null;

/** The commands of a text, and what was wrong with it. `leavesRules`: those that are like others are made when somebody asks. */
export function readCommands(
  source: Source,
  include: Include = noInclude,
  leavesRules = false,
): { readonly commands: readonly Command[]; readonly problems: readonly Problem[] } {
  const reader = new Reader(source, { leavesRules });
  const commands: Command[] = [];
  readAll(reader, commands, include, 0);
  return { commands, problems: reader.problems };
}

function readAll(reader: Reader, commands: Command[], include: Include, depth: number): void {
  for (;;) {
    reader.skipSeparators();
    if (reader.scanner.kind === 'end') return;
    const { start } = reader.scanner;
    try {
      if (reader.take('include')) readInclude(reader, commands, include, depth);
      else for (const command of readCommand(reader)) commands.push(command);
      if (!reader.isSeparator())
        reader.refuse(`unexpected ${reader.describe()}`, want.thing('end-of-command'));
    } catch (error) {
      recover(reader, error, start, blocksFrom(reader, start));
      if (reader.scanner.start === start || reader.isMark('}')) reader.next();
    }
  }
}

/** A table holds blocks; other things that are made are one, or none. */
function blocksFrom({ scanner: { source } }: Reader, start: number): number {
  const [, what] =
    /^(?:(?:add|create) +)?(table|chain|set|map|flowtable|counter|quota|limit|ct|secmark|synproxy)\b/.exec(
      source.text.slice(start, start + 40),
    ) ?? [];
  return what === undefined ? 0 : what === 'table' ? 2 : 1;
}

type Read = (reader: Reader, start: number) => readonly Command[];

const define: Read = (reader) => {
  readDefinition(reader);
  return [];
};

const verbs: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['define', define],
  ['redefine', define],
  ['undefine', undefine],
  ['add', verb((reader, start) => readAdd(reader, start, false))],
  ['create', verb((reader, start) => readAdd(reader, start, true))],
  ['insert', verb(readInsert)],
  ['replace', verb(readReplace)],
  ['delete', verb((reader, start) => readDelete(reader, start, false))],
  ['destroy', verb((reader, start) => readDelete(reader, start, true))],
  ['flush', verb(readFlush)],
  ['rename', verb(readRename)],
  // Commands that only tell something.
  ...['list', 'get', 'monitor', 'describe', 'export', 'import', 'reset'].map((word) => [word, skip] as const),
]);

/** A command without a verb adds. */
function readCommand(reader: Reader): readonly Command[] {
  const { start, kind } = reader.scanner;
  const read = kind === 'word' ? verbs.get(reader.value) : undefined;
  return read ? read(reader, start) : readAdd(reader, start, false);
}

/** Goes past the verb first. */
function verb(read: Read): Read {
  return (reader, start) => {
    reader.next();
    return read(reader, start);
  };
}

function undefine(reader: Reader): readonly Command[] {
  reader.next();
  reader.undefine(reader.name('name'));
  return [];
}

function skip(reader: Reader): readonly Command[] {
  while (!reader.isSeparator()) reader.next();
  return [];
}

const deepestInclude = 16;

function readInclude(reader: Reader, commands: Command[], include: Include, depth: number): void {
  const { span, source } = reader.scanner;
  const path = reader.takeValue();
  const sources =
    include(path, source) ??
    reader.refuse(`${path} is included, and not there`, want.thing('readable-file'), span);
  if (depth >= deepestInclude) reader.refuse(`${path} is included too deep`, undefined, span);
  for (const own of sources) reader.inside(own, () => readAll(reader, commands, include, depth + 1));
}
