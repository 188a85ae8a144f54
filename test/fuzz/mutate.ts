import fc from 'fast-check';

/** One change of a text: a stretch of it, from a fraction of its length on, is replaced, doubled, moved or cut off. */
interface Edit {
  readonly kind: 'replace' | 'insert' | 'delete' | 'repeat' | 'move' | 'cut';
  readonly at: number;
  readonly to: number;
  readonly length: number;
  readonly token: string;
}

/** What has meaning somewhere, or where something could go wrong. */
const signs = [
  ...'"\'\\!#*:-[]{}|>&,%@`~ \t\r\n\0',
  '\r\n',
  '\ufeff',
  '\u2028',
  '\u001b[2J',
  '\ud800',
  '\u0130',
  '__proto__',
  'constructor',
  'null',
  '0x10',
  '-1',
  '1e999',
  '99999999999999999999',
  '4294967296',
  '65536',
  '255.255.255.255/33',
  '::ffff:1.2.3.4',
  '---\n',
  '&a ',
  '*a',
  '<<: *a',
  'COMMIT\n',
  '{"a":',
  '[[[[[[[[',
];

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const kinds = fc.constantFrom<Edit['kind'][]>('replace', 'insert', 'delete', 'repeat', 'move', 'cut');

function edit(words: readonly string[]): fc.Arbitrary<Edit> {
  const token = fc.oneof(fc.constantFrom(...signs), fc.constantFrom(...words), fc.string({ maxLength: 6 }));
  const length = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 300 }));
  return fc.record({ kind: kinds, at: fraction, to: fraction, length, token });
}

function apply(text: string, { kind, at, to, length, token }: Edit): string {
  const start = Math.floor(at * text.length);
  const part = text.slice(start, start + length);
  const before = text.slice(0, start);
  const after = text.slice(start + length);
  if (kind === 'replace') return before + token + after;
  if (kind === 'insert') return before + token + text.slice(start);
  if (kind === 'delete') return before + after;
  if (kind === 'repeat') return before + part.repeat(Math.floor(to * 12)) + after;
  if (kind === 'cut') return before;
  const rest = before + after;
  const place = Math.floor(to * rest.length);
  return rest.slice(0, place) + part + rest.slice(place);
}

/** Shorter ones than so many characters have no more in them that could go wrong for being short. */
const short = 700;

/**
 * Texts that nearly are one of those that were recorded; the longer one is, the less often: a short one shows the same, and many of them are
 * tried in the time of one. `words` are put in besides what is odd everywhere.
 */
export function mutated(texts: readonly string[], words: readonly string[]): fc.Arbitrary<string> {
  const edits = fc.array(edit(words), { minLength: 1, maxLength: 6 });
  const longest = Math.max(...texts.map(({ length }) => length));
  const some = texts.map((text) => ({
    weight: Math.ceil((longest / Math.max(text.length, short)) ** 1.5),
    arbitrary: fc.constant(text),
  }));
  return fc.tuple(fc.oneof(...some), edits).map(([text, all]) => all.reduce(apply, text));
}
