/** What is said of a picture and on one, in one language; what stands on the edges of chains is of `GraphWords`. */
export interface PictureWords {
  /** Null: of all; of rules whose node nobody named. */
  readonly chainsOf: (subject: string | null, node: string | null) => string;
  readonly chains: (nodes: number, steps: number) => string;
  readonly sourcesOf: (services: readonly string[]) => string;
  readonly sources: (entries: number) => string;
  /** Of the callers of an entry. */
  readonly moreCallers: (count: number) => string;
  /** What servers see instead of their client. */
  readonly sees: (source: string) => string;
}
