import { Composer, type CST, type Document, isScalar, Lexer, Parser, visit, YAMLParseError } from 'yaml';

/**
 * What Kubernetes objects never reach. The composer calls itself for every level, and where the stack ends in the middle of
 * an expression being compiled, V8 ends the process, which nobody can catch.
 */
const deepest = 300;

/**
 * The documents of a text with their positions, one after the other, so that nobody has to hold them all. Throws a
 * RangeError where one is nested too deeply.
 */
export function* documentsOf(text: string): Generator<Document.Parsed> {
  // The composer itself would compare every key with every other one.
  const composer = new Composer({ merge: true, prettyErrors: false, logLevel: 'silent', uniqueKeys: false });
  for (const document of composer.compose(tokensOf(text))) {
    checkKeys(document as Document.Parsed);
    yield document as Document.Parsed;
  }
}

function* tokensOf(text: string): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > deepest) throw new RangeError('nested too deeply');
  }
  yield* parser.end();
}

/** A key that is there twice is an error, as it is for Kubernetes: which of the two values would count? */
function checkKeys(document: Document.Parsed): void {
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key) || key.value === '<<') continue;
        const [start, end] = key.range ?? document.range;
        if (keys.has(key.value)) {
          const message = 'a key is there twice in this map';
          document.errors.push(new YAMLParseError([start, end], 'DUPLICATE_KEY', message));
        }
        keys.add(key.value);
      }
    },
  });
}
