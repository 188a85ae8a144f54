import type { Reader } from './reader.ts';

/** `define NAME = …`: the text is read where it is used, with the types that stand there. */
export function readDefinition(reader: Reader): void {
  const isNew = reader.value === 'define';
  reader.next();
  const name = reader.name('name');
  reader.expect('=');
  const { source, start } = reader.scanner;
  let depth = 0;
  let end = start;
  while (reader.scanner.kind !== 'end' && (depth > 0 || !reader.isSeparator())) {
    if (reader.isMark('{')) depth += 1;
    if (reader.isMark('}')) depth -= 1;
    end = reader.scanner.end;
    reader.next();
  }
  reader.define(name, { source, start, end }, isNew);
}
