import type { Between } from '../../path/results.ts';

/** What becomes of connections to a service, in one language. Apart, since the page tells no more. */
export interface ResultWords {
  readonly server: (end: string, node: string | null) => string;
  readonly own: string;
  readonly seen: (address: string, whose: string | null) => string;
  readonly anotherOf: (count: number) => string;
  readonly betweens: Readonly<Record<Between, string>>;
  readonly by: (
    rule: number | null,
    table: string,
    chain: string,
    node: string,
    comment: string | null,
  ) => string;
}
