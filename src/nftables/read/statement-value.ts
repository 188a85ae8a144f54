import type { Expression } from '../expression.ts';
import { isFieldStart } from './fields.ts';
import { readLeft, readMap } from './left.ts';
import type { Reader } from './reader.ts';
import { readKey, readList, type Wants } from './right.ts';
import type { DataWants } from './sets.ts';

/** What a statement is given: a constant, a field with what is computed of it, or a map of one. */
export function readStatementValue(reader: Reader, wants: Wants, data: DataWants = wants): Expression {
  if (reader.isMark('$')) return reader.within(() => readStatementValue(reader, wants, data));
  if (!isComputed(reader)) {
    return wants.length === 1 ? readList(reader, wants[0] as Wants[number]) : readKey(reader, wants);
  }
  const key = readLeft(reader);
  return reader.take('map') ? readMap(reader, key, data) : key;
}

/** A parenthesis may hold a field or a number. */
function isComputed(reader: Reader): boolean {
  return (
    isFieldStart(reader) || reader.is('jhash') || (reader.isMark('(') && /^\s*[a-z]/.test(reader.ahead()))
  );
}
