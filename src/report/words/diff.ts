import type { Severity } from '../../proof/classes/classify.ts';
import type { EntryKind } from '../../proof/classes/entry.ts';
import type { FateWords } from './fates.ts';
import type { OthersLeftOutWords } from './left-out.ts';

/** What a comparison says, in one language. Parts of sentences without a full stop, but for `verdict` and its kin. */
export interface DiffWords extends FateWords {
  readonly severity: Readonly<Record<Severity, string>>;
  readonly entry: Readonly<Record<EntryKind, string>>;
  readonly status: Readonly<Record<'added' | 'removed' | 'changed', string>>;

  // The verdict, without a full stop.
  readonly equalText: string;
  readonly equalPackets: string;
  /** The same where rules of others are left out. */
  readonly ofProxy: { readonly equalText: string; readonly equalPackets: string };
  /** Where some packets are asked alone: before the verdict, and that nothing happens to them. */
  readonly asked: { readonly of: (packets: string) => string; readonly equal: string };
  /** Where they stand; nowhere: both sides have the same ones. */
  readonly othersLeftOut: OthersLeftOutWords;
  readonly changes: (counted: Counted) => string;
  readonly notProved: (counted: Counted) => string;
  readonly servicePorts: (count: number) => string;
  readonly rulesOfNoService: string;
  readonly nothingChanges: string;
  readonly reachable: (parts: {
    readonly outside: boolean;
    /** Of node ports: through which nodes; null of other entries. */
    readonly nodes: 'every' | 'this' | null;
    readonly ends: { readonly before: string; readonly after: string } | null;
  }) => string;
  readonly endpoints: (came: number, went: number) => string;
  readonly others: (shares: string) => string;

  // Labels of a change.
  readonly labels: Readonly<
    Record<
      | 'packets'
      | 'before'
      | 'after'
      | 'packet'
      | 'field'
      | 'sameField'
      | 'rule'
      | 'also'
      | 'note'
      | 'assumed',
      string
    >
  >;
  readonly furtherSets: (count: number) => string;
  /** Packets of one class that need other things to hold than those told before. */
  readonly otherwise: (packets: string) => string;
  readonly otherConditions: (count: number) => string;
  readonly furtherChanges: (count: number) => string;
  readonly later: string;
  /** A first packet that comes once more, before anybody has answered. */
  readonly again: string;
  /** What holds of packets that nothing tells; the number: which time it is asked. */
  readonly supposed: Readonly<
    Record<
      'remembered' | 'notEvaluated' | 'fails' | 'notKnown' | 'sentBy',
      (what: string, time: number) => string
    >
  > & { readonly linkLocal: (link: string, holds: boolean, time: number) => string };
  readonly groupHeard: string;
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

  /** A rule that makes a difference, and a field of a manifest. */
  readonly rule: (chain: string, number: number, line: number, text: string) => string;
  readonly field: (field: string, object: string) => string;

  readonly titles: Readonly<Record<'classes' | 'narrower' | 'text', string>>;
  readonly furtherClasses: (count: number) => string;
  readonly furtherLines: (count: number) => string;

  /** All that is known, as Markdown. */
  readonly whole: {
    readonly title: string;
    readonly classes: (count: number) => string;
    readonly rules: string;
    readonly assumptions: string;
    readonly notProved: string;
    readonly noService: string;
    readonly tooMany: string;
    readonly columns: readonly [service: string, change: string];
    readonly rule: BothSides<string>;
    readonly field: BothSides<string>;
    readonly more: (count: number) => string;
    readonly moreLines: (count: number) => string;
    readonly moreAlike: (count: number) => string;
    readonly moreRules: BothSides<(count: number) => string>;
  };

  // Several nodes or families.
  readonly node: (names: string, count: number, shownFor: string | null) => string;
  readonly onlyBefore: (names: string) => string;
  readonly onlyAfter: (names: string) => string;
  readonly onNodes: (counted: NodesCounted) => string;
  readonly familyLost: (family: string) => string;
  readonly familyGained: (family: string) => string;
}

interface BothSides<T> {
  readonly before: T;
  readonly after: T;
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
