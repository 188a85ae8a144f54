import type { NftFamily, NftHook } from '../model.ts';
import { namedPriority } from '../priority.ts';
import type { Reader } from './reader.ts';

/** `filter + 5`, `-100`. */
export function readPriority(reader: Reader, family: NftFamily, hook: NftHook): number {
  if (reader.isMark('$')) return reader.within(() => readPriority(reader, family, hook));
  if (reader.scanner.kind !== 'word') return readSigned(reader);
  const { span } = reader.scanner;
  const name = reader.takeValue();
  const value = namedPriority(family, hook, name);
  if (value === undefined) return reader.refuse(`${name} is no priority in this hook`, undefined, span);
  return reader.isMark('+') || reader.isMark('-') ? value + readSigned(reader) : value;
}

function readSigned(reader: Reader): number {
  const sign = reader.takeMark('-') ? -1 : 1;
  if (sign === 1) reader.takeMark('+');
  return sign * reader.number('priority');
}
