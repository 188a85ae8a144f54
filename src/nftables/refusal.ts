import type { Expected } from '../text/expected.ts';
import type { SetElement } from './expression.ts';

/** Why nft or the kernel would not take a rule, a set or a chain. */
export class Refusal extends Error {
  readonly expected: Expected | undefined;
  /** The element of a set that is refused, where it is one. */
  readonly element: SetElement | undefined;

  constructor(message: string, expected?: Expected, element?: SetElement) {
    super(message);
    this.expected = expected;
    this.element = element;
  }
}
