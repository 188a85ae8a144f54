/** Why nft or the kernel would not take a rule, a set or a chain. */
export class Refusal extends Error {
  readonly expected: string | undefined;

  constructor(message: string, expected?: string) {
    super(message);
    this.expected = expected;
  }
}
