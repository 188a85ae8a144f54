import type { Expression } from '../expression.ts';
import type { ReferredObject, Statement } from '../statement.ts';
import { isFieldStart } from './fields.ts';
import { readLeft, readMap } from './left.ts';
import type { Reader } from './reader.ts';

/** After `counter name`, `ct helper set` and the like: a name, or a map that gives one. */
export function readObjectUse(reader: Reader, object: ReferredObject): Statement {
  return { kind: 'object', object, name: readName(reader) };
}

function readName(reader: Reader): Expression {
  if (isFieldStart(reader) && reader.scanner.kind === 'word') {
    const key = readLeft(reader);
    reader.expect('map');
    return readMap(reader, key, 'object');
  }
  return { kind: 'text', type: 'string', text: reader.name('object-name') };
}
