/** What is said of expectations and of how much of the rules they cover, in one language. */
export interface TestWords {
  readonly passed: (counted: {
    readonly passed: number;
    readonly failed: number;
    readonly files: number;
  }) => string;
  readonly kinds: (count: number) => string;
  readonly labels: Readonly<Record<'expected' | 'happens' | 'packet', string>>;

  readonly coverage: string;
  readonly covered: (covered: number, total: number, percent: string) => string;
  readonly inAll: (covered: string) => string;
  readonly ofChain: (covered: number, total: number) => string;
  readonly rule: (number: number, line: number, text: string) => string;
}
