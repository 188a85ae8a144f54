import { type Expected, want } from '../text/expected.ts';

/** JSON.parse tells neither where a value stands nor, dependably, where the text is broken: this scanner does. */

export class JsonSyntaxError extends Error {
  readonly offset: number;
  readonly expected: Expected;
  readonly code: 'json-syntax' | 'input-limit';

  constructor(offset: number, expected: Expected, code: 'json-syntax' | 'input-limit' = 'json-syntax') {
    super(`expected ${expected} at offset ${offset}`);
    this.offset = offset;
    this.expected = expected;
    this.code = code;
  }
}

/** Deeper than any Kubernetes object, and shallow enough for the stack. */
const deepest = 1000;

const blank = /[ \t\r\n\uFEFF]*/y;
const string = /"(?:(?=[ -\uffff])[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

export function skipBlanks(text: string, offset: number): number {
  blank.lastIndex = offset;
  blank.test(text);
  return blank.lastIndex;
}

/** The offset behind the value that begins at `offset`. Throws a JsonSyntaxError where it is not JSON. */
export function endOfValue(text: string, offset: number, depth = 0): number {
  if (depth > deepest) throw new JsonSyntaxError(offset, want.atMost(deepest, 'levels'), 'input-limit');
  const first = text[offset];
  if (first === '{' || first === '[') return endOfMembers(text, offset, depth);
  return first === '"' ? endOfString(text, offset) : endOfToken(scalar, text, offset, want.thing('value'));
}

/** A member of an object or an element of an array: the key (elements: null) and where the value begins. */
export interface Member {
  readonly key: string | null;
  readonly value: number;
}

/** The members of the object, or the elements of the array, that begins at `offset`. */
export function* membersOf(text: string, offset: number, depth = 0): Generator<Member, number> {
  const isObject = text[offset] === '{';
  const closing = isObject ? '}' : ']';
  let at = skipBlanks(text, offset + 1);
  if (text[at] === closing) return at + 1;
  for (;;) {
    let key: string | null = null;
    if (isObject) {
      if (text[at] !== '"') throw new JsonSyntaxError(at, want.thing('quoted-key'));
      const end = endOfString(text, at);
      key = JSON.parse(text.slice(at, end)) as string;
      at = skipBlanks(text, end);
      if (text[at] !== ':') throw new JsonSyntaxError(at, want.written("':'"));
      at = skipBlanks(text, at + 1);
    }
    yield { key, value: at };
    at = skipBlanks(text, endOfValue(text, at, depth + 1));
    if (text[at] === closing) return at + 1;
    if (text[at] !== ',') throw new JsonSyntaxError(at, want.either("','", `'${closing}'`));
    at = skipBlanks(text, at + 1);
  }
}

function endOfMembers(text: string, offset: number, depth: number): number {
  const members = membersOf(text, offset, depth);
  for (;;) {
    const step = members.next();
    if (step.done) return step.value;
  }
}

function endOfString(text: string, offset: number): number {
  return endOfToken(string, text, offset, want.thing('string-of-one-line'));
}

function endOfToken(token: RegExp, text: string, offset: number, expected: Expected): number {
  token.lastIndex = offset;
  if (!token.test(text)) throw new JsonSyntaxError(offset, expected);
  return token.lastIndex;
}
