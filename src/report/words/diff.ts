import type { Reason } from '../../engine/reasons.ts';
import type { Severity } from '../../proof/classes/classify.ts';
import type { Effect } from '../../proof/classes/effect.ts';
import type { EntryKind } from '../../proof/classes/entry.ts';
import type { ProofDoubt } from '../../proof/doubt.ts';
import type { Language } from './language.ts';
import type { WordsOf } from './words-of.ts';

/** One of an effect's forms. */
export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { readonly kind: Kind }>;

/** What a comparison says, in one language. Parts of sentences without a full stop, but for `verdict` and its kin. */
export interface DiffWords {
  readonly language: Language;
  readonly effects: { readonly [Kind in Effect['kind']]: (effect: EffectOf<Kind>) => string };
  readonly severity: Readonly<Record<Severity, string>>;
  readonly entry: Readonly<Record<EntryKind, string>>;
  readonly status: Readonly<Record<'added' | 'removed' | 'changed', string>>;

  // How packets of a class end.
  readonly masqueraded: string;
  readonly preserved: string;
  readonly dropped: (because: string | null) => string;
  readonly rejected: (how: string | null) => string;
  readonly unknown: (because: string | null) => string;
  readonly reason: (reason: Reason) => string;
  readonly doubts: WordsOf<ProofDoubt>;
  readonly toNode: string;
  copied(verdict: 'accept' | 'drop'): string;
  readonly unchanged: string;
  readonly more: (list: string, count: number) => string;

  // Which packets.
  readonly packets: string;
  readonly anyProtocol: string;
  readonly protocol: (number: number) => string;
  readonly protocols: (first: number, last: number) => string;
  readonly anywhere: string;
  /** By the number of an origin: the node itself, outside, pods of the node. */
  readonly places: readonly [string, string, string];
  readonly otherPlace: string;
  readonly allPlaces: string;
  readonly and: (parts: readonly string[]) => string;
  readonly anyone: string;
  readonly allBut: (list: string) => string;
  readonly range: (first: string, last: string) => string;
  readonly box: (box: BoxParts) => string;

  // The verdict.
  readonly equalText: string;
  readonly equalPackets: string;
  readonly changes: (counted: Counted) => string;
  readonly notProved: (counted: Counted) => string;
  readonly servicePorts: (count: number) => string;
  readonly rulesOfNoService: string;
  readonly nothingChanges: string;
  readonly reachable: (parts: {
    readonly outside: boolean;
    readonly everyNode: boolean;
    readonly ends: { readonly before: string; readonly after: string } | null;
  }) => string;
  readonly endpoints: (came: number, went: number) => string;
  readonly others: (shares: string) => string;

  // Labels of a change.
  readonly labels: Readonly<
    Record<'packets' | 'before' | 'after' | 'packet' | 'field' | 'rule' | 'also' | 'note' | 'assumed', string>
  >;
  readonly furtherSets: (count: number) => string;
  readonly furtherChanges: (count: number) => string;
  readonly later: string;
  /** A first packet that comes once more, before anybody has answered. */
  readonly again: string;
  /** What holds of packets that nothing tells; the number: which time it is asked. */
  readonly supposed: Readonly<
    Record<'remembered' | 'notEvaluated' | 'notKnown', (what: string, time: number) => string>
  >;
  readonly only: (condition: string) => string;
  readonly leftOpen: string;
  readonly notShownByTrace: string;
  readonly notProvedTitle: string;
  readonly because: (doubt: string) => string;
  readonly tooManyKinds: (count: number) => string;
  readonly suchAs: (packets: string) => string;
  readonly textChange: (added: number, removed: number) => string;
  readonly textTooDifferent: string;
  readonly assumptions: (first: string, more: number) => string;
  readonly remembered: (list: string | number) => string;
  readonly flowMark: (marks: readonly string[]) => string;

  readonly titles: Readonly<Record<'classes' | 'narrower' | 'text', string>>;
  readonly furtherClasses: (count: number) => string;
  readonly furtherLines: (count: number) => string;

  // Several nodes or families.
  readonly node: (names: string, count: number, shownFor: string | null) => string;
  readonly onlyBefore: (names: string) => string;
  readonly onlyAfter: (names: string) => string;
  readonly onNodes: (counted: NodesCounted) => string;
  readonly familyLost: (family: string) => string;
  readonly familyGained: (family: string) => string;
}

/** What packets of a set have in common; an absent part is any. */
export interface BoxParts {
  readonly protocols: string;
  readonly destination: string | null;
  readonly ports: string | null;
  readonly sourcePorts: string | null;
  readonly states: readonly string[];
  readonly places: string;
  readonly source: string;
}

export interface Counted {
  /** Service ports whose packets change. */
  readonly services: number;
  /** Changes, as they are told. */
  readonly changes: number;
  readonly classes: number;
  /** Classes of which it is not proved that they do not change, and sets that were not looked at. */
  readonly unproved: number;
  readonly left: number;
}

export interface NodesCounted {
  readonly all: number;
  readonly changed: number;
  readonly unproved: number;
  readonly services: number;
}
