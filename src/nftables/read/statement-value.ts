import type { Expression } from '../expression.ts';
import { isComputedAhead, readLeft, readMap } from './left.ts';
import type { Reader } from './reader.ts';
import { readKey, readList, type Wants } from './right.ts';
import type { DataWants } from './sets.ts';

/** What a statement is given: a constant, a field with what is computed of it, or a map of one. */
export function readStatementValue(reader: Reader, wants: Wants, data: DataWants = wants): Expression {
  if (reader.isMark('$')) return reader.within(() => readStatementValue(reader, wants, data));
  if (!isComputedAhead(reader)) {
    return wants.length === 1 ? readList(reader, wants[0] as Wants[number]) : readKey(reader, wants);
  }
  const key = readGiven(reader);
  return reader.take('map') ? readMap(reader, key, data) : key;
}

/** Fields as statements take them. */
export function readGiven(reader: Reader): Expression {
  const { span } = reader.scanner;
  const key = readLeft(reader);
  if (isOnlyAsked(key)) reader.refuse('a field that nft takes in matches alone', undefined, span);
  return key;
}

/** No version of nft takes these in a statement; `fib` later ones than 1.0.6 do. */
function isOnlyAsked(key: Expression): boolean {
  switch (key.kind) {
    case 'exthdr':
    case 'ipsec':
      return true;
    case 'concat':
      return key.parts.some(isOnlyAsked);
    case 'binary':
      return isOnlyAsked(key.left) || isOnlyAsked(key.right);
    default:
      return false;
  }
}
