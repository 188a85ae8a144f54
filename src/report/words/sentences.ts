import type { Where } from './where.ts';

/** A rule, as it is told. */
export interface NamedRule {
  readonly number: number;
  readonly table: string;
  readonly chain: string;
  readonly where: Where;
  readonly comment: string | null;
}

/** Whom the server sees, or why nothing arrives, in one language: whole sentences, and names within them. */
export interface SentenceWords {
  readonly where: (where: Where) => string;
  readonly rule: (rule: NamedRule) => string;
  readonly kernel: string;
  readonly answers: (receiver: string, source: string | null) => string;
  readonly preserved: (client: string) => string;
  /** `by`: who replaced the source, and who marked the packet for that; null: nobody that is known. */
  readonly masked: (
    client: string,
    seen: string | null,
    by: { readonly marking: string | null; readonly replacing: string } | null,
  ) => string;
  readonly nothing: (why: string) => string;
  readonly dropped: (by: string) => string;
  readonly rejected: (by: string) => string;
  readonly unknown: (why: string) => string;
}
