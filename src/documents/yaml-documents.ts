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
  const documents = new Composer(plainly).compose(tokensOf(text)) as Generator<Document.Parsed>;
  for (let next = withoutStacks(documents); !next.done; next = withoutStacks(documents)) yield next.value;
}

/** A text that is no YAML has thousands of errors, and most of the time was spent on their stacks, which nobody reads. */
function withoutStacks<Result>(generator: Generator<Result>): IteratorResult<Result> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return generator.next();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function* tokensOf(text: string): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > deepest) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}
