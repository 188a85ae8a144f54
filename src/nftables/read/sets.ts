import { want } from '../../text/expected.ts';
import type { Expression, SetElement, Verdict } from '../expression.ts';
import type { Place } from '../model.ts';
import type { Stateful } from '../stateful.ts';
import { readDuration } from './amounts.ts';
import { keepPlaces } from './element-places.ts';
import { NftSyntaxError } from './error.ts';
import { Molds } from './molds.ts';
import { Reader } from './reader.ts';
import { readKey, type Wants } from './right.ts';
import { isStateful, readStateful } from './stateful.ts';

/** What the elements of a map give; a function reads what has a form of its own. */
export type DataWants = 'verdict' | 'object' | Wants | ((reader: Reader) => Expression);

/** `{ … }`, or a name that was defined for one. Elements may be sets that were defined, of which all elements are taken. */
export function readElements(reader: Reader, key: Wants, data: DataWants | null): SetElement[] {
  const elements: SetElement[] = [];
  readSet(reader, () => elements.push(readElement(reader, key, data)));
  return elements;
}

/** Those of a set that has a name, of which a refusal tells the place. There may be very many, most of them alike. */
export function readNamedElements(reader: Reader, key: Wants, data: DataWants | null): SetElement[] {
  const elements: SetElement[] = [];
  const places: Place[] = [];
  const molds = new Molds((text) => readAlone(text, reader, key, data), true);
  readSet(reader, () => {
    const { source, start } = reader.scanner;
    const alike = molds.find(source.text, start)?.make();
    const element = alike ?? readElement(reader, key, data);
    if (alike) reader.jump(molds.end);
    else molds.learn(source.text.slice(start, reader.lastEnd), element);
    elements.push(element);
    places.push(reader.since(start));
  });
  keepPlaces(elements, places);
  return elements;
}

/** An element that is all of a text; null where it is none. */
function readAlone(
  text: string,
  { family, network }: Reader,
  key: Wants,
  data: DataWants | null,
): SetElement | null {
  const reader = new Reader({ name: '', text });
  Object.assign(reader, { family, network });
  try {
    const element = readElement(reader, key, data);
    return reader.scanner.kind === 'end' && reader.problems.length === 0 ? element : null;
  } catch (error) {
    if (error instanceof NftSyntaxError) return null;
    throw error;
  }
}

function readSet(reader: Reader, readOne: () => void): void {
  if (reader.isMark('$')) reader.within(() => readSet(reader, readOne));
  else {
    reader.expect('{');
    readInto(reader, readOne);
  }
}

/** Up to the brace that closes. */
function readInto(reader: Reader, readOne: () => void): void {
  for (;;) {
    reader.skipNewlines();
    if (reader.takeMark('}')) return;
    if (reader.isMark('{')) readSet(reader, readOne);
    else if (reader.isMark('$') && reader.standsForSet()) reader.within(() => readSet(reader, readOne));
    else readOne();
    reader.skipNewlines();
    if (!reader.takeMark(',') && !reader.isMark('}')) {
      reader.refuse(`unexpected ${reader.describe()}`, want.thing('comma-or-brace'));
    }
  }
}

function readElement(reader: Reader, key: Wants, data: DataWants | null): SetElement {
  const own = readKey(reader, key);
  const more = isOption(reader) ? readOptions(reader) : undefined;
  if (data === null) return more ? { key: own, ...more } : { key: own };
  reader.skipNewlines();
  reader.expect(':');
  reader.skipNewlines();
  const value = readData(reader, data);
  if (!more && !isOption(reader)) return { key: own, data: value };
  return { key: own, data: value, ...more, ...(isOption(reader) && readOptions(reader)) };
}

function isOption(reader: Reader): boolean {
  return reader.scanner.kind === 'word';
}

type Options = Pick<SetElement, 'comment' | 'timeout' | 'expires' | 'statements'>;

/** `counter timeout 1h expires 5m comment "…"`, in any order. */
export function readOptions(reader: Reader): Options {
  let comment: string | undefined;
  let timeout: number | undefined;
  let expires: number | undefined;
  const statements: Stateful[] = [];
  for (;;) {
    if (reader.take('comment')) comment = reader.takeValue();
    else if (reader.take('timeout')) timeout = readDuration(reader);
    else if (reader.take('expires')) expires = readDuration(reader);
    else if (isStateful(reader)) statements.push(readStateful(reader));
    else break;
  }
  return {
    ...(comment !== undefined && { comment }),
    ...(timeout !== undefined && { timeout }),
    ...(expires !== undefined && { expires }),
    ...(statements.length > 0 && { statements }),
  };
}

function readData(reader: Reader, data: DataWants): Expression {
  if (data === 'verdict') return readVerdict(reader);
  if (data === 'object') return { kind: 'text', type: 'string', text: reader.name('object-name') };
  return typeof data === 'function' ? data(reader) : readKey(reader, data);
}

const verdicts = ['accept', 'drop', 'continue', 'return', 'break'] as const;
const jumps = ['jump', 'goto'] as const;

export function readVerdict(reader: Reader): Verdict {
  if (reader.isMark('$')) return reader.within(() => readVerdict(reader));
  const own = reader.takeOneOf(verdicts);
  if (own) return { kind: 'verdict', verdict: own };
  const jump = reader.takeOneOf(jumps);
  if (!jump) return reader.refuse(`unexpected ${reader.describe()}`, want.thing('verdict'));
  return { kind: 'verdict', verdict: jump, chain: reader.name('chain-name') };
}
