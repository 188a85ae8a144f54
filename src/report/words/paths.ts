import type { Filled } from '../../kube/cluster/filled.ts';
import type { ExplainNote } from '../../path/explain.ts';
import type { Carrier, ClientNote, LegEnd, UrlNote, UrlStop } from '../../path/url.ts';
import type { WordsOf } from './words-of.ts';

/** A note of a way through the cluster, or of a service. */
export type PathNote = UrlNote | ExplainNote;

/** What is said of ways through a cluster, in one language. Sentences have no full stop. */
export interface PathWords {
  readonly ends: WordsOf<LegEnd>;
  readonly stops: WordsOf<UrlStop>;
  readonly clientNotes: WordsOf<ClientNote>;
  readonly notes: WordsOf<PathNote>;
  /** Where a server finds who calls. */
  readonly carriers: Readonly<Record<Carrier, string>>;
  readonly filled: (filled: Filled) => string;
}
