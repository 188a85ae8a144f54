import type { ProblemCode } from '../../text/codes.ts';
import type { Expected } from '../../text/expected.ts';
import type { Span } from '../../text/source.ts';

/** Thrown where a command or rule cannot be read or is refused; caught where the next one begins. */
export class NftSyntaxError extends Error {
  readonly span: Span;
  readonly expected: Expected | undefined;
  readonly code: ProblemCode;

  constructor(message: string, span: Span, expected?: Expected, code: ProblemCode = 'nft-syntax') {
    super(message);
    this.span = span;
    this.expected = expected;
    this.code = code;
  }
}
