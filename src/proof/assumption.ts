import type { Address } from '../address/address.ts';
import type { Subnet } from '../address/subnet.ts';
import type { WalkAssumption } from '../engine/assumption.ts';
import type { RenamedList } from './rules/renamed-lists.ts';

/** What was made up of a host, so that there is one to compare rules on. */
export type MadeUp =
  | { readonly code: 'node-address'; readonly address: Address }
  | { readonly code: 'pod-prefix'; readonly prefix: Subnet }
  | { readonly code: 'named-interfaces'; readonly interfaces: readonly MadeUpInterface[] }
  /** One that stands for all that no rule names. */
  | { readonly code: 'unnamed-interface'; readonly interfaces: readonly MadeUpInterface[] };

interface MadeUpInterface {
  readonly name: string;
  readonly prefixes: readonly Subnet[];
}

/** What a proof takes for true and no input says. */
export type ProofAssumption =
  | WalkAssumption
  | MadeUp
  /** A translated flow keeps what either side gave it. */
  | { readonly code: 'flows-kept' }
  | { readonly code: 'unmarked-on-arrival' }
  /** Routing asks for none of these bits of the mark, of which rules ask. */
  | { readonly code: 'routing-ignores-mark'; readonly bits: number }
  /** Connections are tracked on either side, though no rule of this one asks for it. */
  | { readonly code: 'conntrack-on'; readonly missing: 'before' | 'after' | 'both' }
  /** What is to be forwarded has a hop left, fits its link, and needs no redirect: the node answers others before FORWARD, and rules before that changed. */
  | { readonly code: 'fit-to-forward' }
  /** No packet ends before a header that rules read, which are not the same on both sides. */
  | { readonly code: 'headers-whole' }
  /** No packet is a later fragment where fragments are not put together: before connection tracking does, or anywhere without it. */
  | { readonly code: 'no-fragments'; readonly tracked: boolean }
  /** Lists of `recent` hold under their new names what they held before. */
  | { readonly code: 'lists-renamed'; readonly lists: readonly RenamedList[] }
  /** These sets, of which not both sides say what they hold, hold the same on both. */
  | { readonly code: 'sets-kept'; readonly names: readonly string[] }
  /** Nobody changes what these sets were told to hold. */
  | { readonly code: 'sets-held'; readonly names: readonly string[] }
  /** The node keeps its addresses: MASQUERADE of one side, where the other has SNAT, takes those that there are by then, and forgets flows. */
  | { readonly code: 'addresses-kept' }
  /** These interfaces stay, and keep their names: rules of one side name them by index. */
  | { readonly code: 'interfaces-kept'; readonly names: readonly string[] }
  // What somebody says of the host.
  | { readonly code: 'fact-match'; readonly match: string; readonly holds: boolean }
  | { readonly code: 'fact-interfaces'; readonly names: readonly string[] }
  | { readonly code: 'fact-groups'; readonly groups: readonly Address[] }
  // What equal texts of nft do not tell.
  | { readonly code: 'sets-listed' }
  /** Elements of these sets of nft (`ip TABLE SET`) expire at other times in either text. */
  | { readonly code: 'elements-alive'; readonly sets: readonly string[] }
  | { readonly code: 'chains-in-order' }
  | { readonly code: 'extensions-alike'; readonly names: readonly string[] };
