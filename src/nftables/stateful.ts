/** A token bucket: `rate` packets or bytes in each `unit`. */
export interface Limit {
  readonly over: boolean;
  readonly of: 'packets' | 'bytes';
  readonly rate: number;
  readonly unit: LimitUnit;
  readonly burst: number;
}

export type LimitUnit = 'second' | 'minute' | 'hour' | 'day' | 'week';

export interface Quota {
  readonly over: boolean;
  readonly bytes: number | bigint;
  readonly used: number | bigint;
}

/** What keeps a state from packet to packet: in rules, and in each element of a set. */
export type Stateful =
  | { readonly kind: 'counter'; readonly packets?: number | bigint; readonly bytes?: number | bigint }
  | ({ readonly kind: 'quota' } & Quota)
  | ({ readonly kind: 'limit' } & Limit)
  | { readonly kind: 'connlimit'; readonly over: boolean; readonly count: number }
  /** Milliseconds before the listing; absent: never. */
  | { readonly kind: 'last'; readonly used?: number };
