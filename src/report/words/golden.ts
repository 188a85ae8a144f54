import type { GoldenFile } from '../../expect/golden/judge.ts';

export type GoldenStatus = GoldenFile['status'];

/** What is said of golden files, in one language. Whole lines, but for statuses. */
export interface GoldenWords {
  readonly statuses: Readonly<Record<GoldenStatus, string>>;
  readonly missing: (path: string, node: string, family: string) => string;
  readonly stale: (path: string, node: string, family: string) => string;
  readonly sameChange: (first: string) => string;
  readonly total: (files: number, counts: readonly (readonly [GoldenStatus, number])[]) => string;
  // Of an update.
  readonly written: string;
  readonly replaced: string;
  readonly updated: (verdict: string) => string;
  readonly removed: (node: string, family: string) => string;
  readonly rest: (count: number) => string;
  // Of Markdown.
  readonly asExpected: (count: number, all: number) => string;
  readonly file: string;
}
