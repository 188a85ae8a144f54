import type { ClientKind } from '../../path/clients.ts';
import type { EntryKind } from '../../path/entries.ts';
import type { ResultKind } from '../../path/results.ts';

import type { ResultWords } from './results.ts';

/** What is said of a service's source-IP matrix, in one language. */
export interface ExplainWords extends ResultWords {
  readonly entries: Readonly<Record<EntryKind, string>>;
  /** `hasEndpoint`: null where it is not known of some endpoint where it runs. */
  readonly onNode: (entry: string, node: string, hasEndpoint: boolean | null) => string;
  readonly handedTo: (entry: string, node: string) => string;
  readonly modes: Readonly<Record<'VIP' | 'Proxy', string>>;
  readonly clients: Readonly<Record<ClientKind, (address: string, node: string | null) => string>>;
  /** `server`: null where none is reached. */
  readonly verdicts: Readonly<Record<ResultKind, (server: string | null) => string>>;
  readonly nowhere: string;
  readonly joined: (names: readonly string[]) => string;
  readonly ingress: (key: string, rule: string | null, className: string | null) => string;
  readonly port: (key: string, port: string) => string;
  readonly notKnown: string;
  readonly none: string;
  /** Of an endpoint. */
  readonly states: Readonly<Record<'terminating' | 'gone' | 'notReady', string>>;
  readonly more: (count: number) => string;
  readonly unproxied: Readonly<
    Record<'other-proxy' | 'headless' | 'external-name', (key: string, name: string | null) => string>
  >;
  // Of the whole.
  readonly nothing: string;
  readonly endpoints: (list: string) => string;
  readonly note: (note: string) => string;
  readonly from: (client: string) => string;
  readonly stopped: (why: string) => string;
  readonly foundIn: (where: string) => string;
  readonly moreLike: (count: number) => string;
  readonly oneOf: (count: number, share: string, servers: string, rest: number) => string;
  // Told briefly.
  readonly callers: Readonly<Record<ClientKind, (address: string, node: string | null) => string>>;
  readonly servers: (count: number) => string;
  /** `servers`: how many there are; `sources`: what they see, null: the client's own address. */
  readonly whichAll: (result: string, servers: number, sources: readonly string[] | null) => string;
  readonly moreWithVerbose: string;
  /** Of a table. */
  readonly columns: readonly string[];
  readonly which: (result: string, source: string) => string;
}
