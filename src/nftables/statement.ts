import type { Expression, Field, SetElement, Verdict } from './expression.ts';
import type { Stateful } from './stateful.ts';

/** One thing that a rule asks or does. A match that fails ends the rule. */
export type Statement =
  | Match
  | Verdict
  | HeldChain
  | { readonly kind: 'vmap'; readonly key: Expression; readonly map: Expression }
  | { readonly kind: 'set'; readonly target: Field; readonly value: Expression }
  | Stateful
  | ObjectUse
  | Translation
  | Reject
  | Log
  | DynamicSet
  | Other;

/** `jump { … }`: a chain that the rule itself holds, by the name that it has in its table, and what its rules say. */
export interface HeldChain {
  readonly kind: 'verdict';
  readonly verdict: 'jump' | 'goto';
  readonly chain: string;
  readonly rules: readonly HeldRule[];
}

export interface HeldRule {
  readonly statements: readonly Statement[];
  readonly comment?: string;
}

export interface Match {
  readonly kind: 'match';
  readonly left: Expression;
  readonly operator: MatchOperator;
  readonly right: Expression;
}

/**
 * `has`: one of the bits at least, which nft writes without an operator; `lacks`: none of them, written `!`. A field is `in` or
 * `not in` a set, written as `==` and `!=` are.
 */
export type MatchOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'has' | 'lacks';

/** A named counter, quota, limit or synproxy; for helpers, timeouts and the like of connections: it is set. */
export interface ObjectUse {
  readonly kind: 'object';
  readonly object: ReferredObject;
  readonly name: Expression;
}

export type ReferredObject =
  | 'counter'
  | 'quota'
  | 'limit'
  | 'synproxy'
  | 'ct helper'
  | 'ct timeout'
  | 'ct expectation'
  | 'secmark';

export interface Translation {
  readonly kind: 'snat' | 'dnat' | 'masquerade' | 'redirect';
  /** Told in tables of both families, and before some maps. */
  readonly family?: 'ip' | 'ip6';
  readonly address?: Expression;
  readonly port?: Expression;
  readonly prefix?: true;
  readonly flags: readonly TranslationFlag[];
}

export type TranslationFlag = 'random' | 'fully-random' | 'persistent';

export interface Reject {
  readonly kind: 'reject';
  /** Absent: ICMP port unreachable, in the family of the packet. */
  readonly with?: RejectAnswer;
  /** The kernel holds an answer of one network, and a listing does not tell of which. */
  readonly isUntold?: true;
}

export type RejectAnswer =
  | { readonly type: 'tcp reset' }
  | { readonly type: 'icmp' | 'icmpv6' | 'icmpx'; readonly code: number };

export interface Log {
  readonly kind: 'log';
  readonly prefix?: string;
  readonly group?: number;
  readonly snaplen?: number;
  readonly queueThreshold?: number;
  /** Absent: warn. */
  readonly level?: string;
  readonly flags: readonly LogFlag[];
}

export type LogFlag = 'tcp sequence' | 'tcp options' | 'ip options' | 'skuid' | 'ether' | 'all';

/** A rule that changes a set: `add @set { … }`, or a meter with a set of its own. */
export type DynamicSet =
  | {
      readonly kind: 'set-add';
      readonly operation: 'add' | 'update' | 'delete';
      readonly set: string;
      readonly element: SetElement;
    }
  | { readonly kind: 'meter'; readonly set: string; readonly size?: number; readonly element: SetElement };

export type Other =
  | { readonly kind: 'notrack' }
  | { readonly kind: 'flow'; readonly table: string }
  | {
      readonly kind: 'dup' | 'fwd';
      readonly family?: 'ip' | 'ip6';
      readonly to: Expression;
      readonly device?: Expression;
    }
  | {
      readonly kind: 'queue';
      /** A number, a range of numbers, or an expression that chooses. */
      readonly to: Expression;
      readonly flags: readonly ('bypass' | 'fanout')[];
    }
  | {
      readonly kind: 'tproxy';
      readonly family?: 'ip' | 'ip6';
      readonly address?: Expression;
      readonly port?: Expression;
    }
  | {
      readonly kind: 'synproxy';
      readonly mss?: number;
      readonly wscale?: number;
      readonly timestamp: boolean;
      readonly sackPerm: boolean;
    }
  | { readonly kind: 'reset-option'; readonly option: string }
  /** An extension of iptables, of which nft prints no more than the name, or words that do not hold all that it says. */
  | {
      readonly kind: 'xt';
      readonly type: 'match' | 'target' | 'watcher';
      readonly name: string;
      readonly spelled?: Statement;
      /** Where the words are none that nft itself loads. */
      readonly isOfListing?: true;
    }
  /** What is not understood, word for word. */
  | { readonly kind: 'unknown'; readonly text: string };
