import { Composer, type CST, type Document, Lexer, Parser } from 'yaml';

/**
 * What Kubernetes objects never reach. The composer calls itself for every level, and where the stack ends in the middle of
 * an expression being compiled, V8 ends the process, which nobody can catch.
 */
const deepest = 300;

/** Where a text is nested too deeply, as an offset. */
export class TooDeep extends RangeError {
  readonly offset: number;

  constructor(offset: number) {
    super(`deeper than ${deepest} levels at offset ${offset}`);
    this.offset = offset;
  }
}

/** Scalars stay texts, and keys may stand twice: what that means is said where values are made. */
const plainly = {
  schema: 'failsafe',
  resolveKnownTags: false,
  merge: false,
  prettyErrors: false,
  logLevel: 'silent',
  uniqueKeys: false,
} as const;

/**
 * The documents of a text with their positions, one after the other, so that nobody has to hold them all. Throws a
 * TooDeep where one is nested too deeply.
 */
export function* documentsOf(text: string): Generator<Document.Parsed> {
  const composer = new Composer(plainly);
  yield* composer.compose(tokensOf(text)) as Generator<Document.Parsed>;
}

function* tokensOf(text: string): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > deepest) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}
