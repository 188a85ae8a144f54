import type { Stateful } from './stateful.ts';
import type { TypeName } from './types.ts';

/** Whatever stands in a rule that has, or is, a value. */
export type Expression = Field | Constant | Computed;

/** What is read from a packet, from its connection, or from the node. */
export type Field =
  | Payload
  | { readonly kind: 'raw'; readonly base: RawBase; readonly offset: number; readonly length: number }
  | { readonly kind: 'exthdr'; readonly header: string; readonly field: string | null }
  | {
      readonly kind: 'option';
      readonly of: 'tcp' | 'ip';
      readonly option: string;
      readonly field: string | null;
    }
  /** `tcp option @kind,offset,length`. */
  | { readonly kind: 'raw-option'; readonly number: number; readonly offset: number; readonly length: number }
  | { readonly kind: 'chunk'; readonly chunk: string; readonly field: string | null }
  | { readonly kind: 'meta'; readonly key: string }
  | Ct
  | { readonly kind: 'rt'; readonly family?: 'ip' | 'ip6'; readonly key: string }
  | { readonly kind: 'socket'; readonly key: string; readonly level?: number }
  | Fib
  | { readonly kind: 'osf'; readonly ttl?: 'loose' | 'skip'; readonly key: 'name' | 'version' }
  | {
      readonly kind: 'ipsec';
      readonly direction: 'in' | 'out';
      readonly number: number;
      readonly family?: 'ip' | 'ip6';
      readonly key: string;
    };

/** A field of a header that nft knows. `th` is the transport header of any protocol that has ports. */
export interface Payload {
  readonly kind: 'payload';
  readonly header: string;
  readonly field: string;
}

/** Link, network, transport header, and what follows it. */
export type RawBase = 'll' | 'nh' | 'th' | 'ih';

export interface Ct {
  readonly kind: 'ct';
  readonly key: string;
  readonly direction?: 'original' | 'reply';
  readonly family?: 'ip' | 'ip6';
  /** The rule does not say the family here, but before: the kernel is asked by another key then. */
  readonly isImplied?: true;
}

export interface Fib {
  readonly kind: 'fib';
  readonly of: readonly ('saddr' | 'daddr' | 'mark' | 'iif' | 'oif')[];
  readonly result: 'oif' | 'oifname' | 'type';
  /** Whether there is a route, and not which. */
  readonly check?: true;
}

export type Constant =
  | Value
  /** Names of interfaces and the like; one that ends in a star stands for all that begin so. */
  | { readonly kind: 'text'; readonly type: TypeName; readonly text: string }
  | Prefix
  | Range
  /** `*`: what no other element holds. */
  | { readonly kind: 'any' }
  | Verdict
  | { readonly kind: 'set'; readonly elements: readonly SetElement[] }
  | { readonly kind: 'set-reference'; readonly name: string };

/** A number of up to 48 bits, or a bigint where the type is wider. */
export interface Value {
  readonly kind: 'value';
  readonly type: TypeName;
  readonly value: number | bigint;
}

export interface Prefix {
  readonly kind: 'prefix';
  readonly type: TypeName;
  readonly value: number | bigint;
  readonly length: number;
  /** Bits of the field, where its type does not tell. */
  readonly of?: number;
}

/** Both ends are in it. */
export interface Range {
  readonly kind: 'range';
  readonly from: Constant;
  readonly to: Constant;
}

export type Verdict =
  | { readonly kind: 'verdict'; readonly verdict: 'accept' | 'drop' | 'continue' | 'return' | 'break' }
  | { readonly kind: 'verdict'; readonly verdict: 'jump' | 'goto'; readonly chain: string };

export interface SetElement {
  readonly key: Expression;
  /** Of maps. */
  readonly data?: Expression;
  readonly comment?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly expires?: number;
  readonly statements?: readonly Stateful[];
}

export type Computed =
  | { readonly kind: 'concat'; readonly parts: readonly Expression[] }
  | Binary
  | { readonly kind: 'map'; readonly key: Expression; readonly map: Expression }
  | {
      readonly kind: 'numgen';
      readonly mode: 'inc' | 'random';
      readonly modulus: number;
      readonly offset: number;
    }
  | {
      readonly kind: 'hash';
      /** Absent: symhash, of the connection. */
      readonly of?: Expression;
      readonly modulus: number;
      readonly seed?: number;
      readonly offset: number;
    };

export interface Binary {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export type BinaryOperator = '&' | '|' | '^' | '<<' | '>>';
