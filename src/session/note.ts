import type { CutPlace, LeftOut } from '../diff/scope.ts';
import type { WalkAssumption } from '../engine/assumption.ts';
import type { MadeUp } from '../proof/assumption.ts';

/** Whose chains, and how many. */
export type Owned = readonly (readonly [owner: string, chains: number])[];

/** What was done to a side of a comparison, or what it holds that is not asked. The sentences are made in `report/words`. */
export type SideNote =
  /** It was given the jumps from the built-in chains that kube-proxy makes. */
  | { readonly code: 'jumps-added'; readonly side: string }
  /** It has chains of kubelet, and none of kube-proxy. */
  | { readonly code: 'no-proxy-chains'; readonly side: string }
  /** It has chains that are not kube-proxy's. */
  | { readonly code: 'others-compared'; readonly side: string; readonly owners: Owned }
  /** Its text does not show all rules of these chains. */
  | { readonly code: 'rules-not-shown'; readonly side: string; readonly places: readonly CutPlace[] }
  /** It has rules or chains that are not kube-proxy's, and nobody looked at them. */
  | OthersLeftOut;

export interface OthersLeftOut {
  readonly code: 'others-left-out';
  readonly side: string;
  /** Of rules of nft, and where rules stand in built-in chains alone: none. */
  readonly owners: Owned;
  /** Where there is more than an empty chain. */
  readonly places: readonly LeftOut[];
  /** The other side has the same ones. */
  readonly alike: boolean;
}

/** What a reader should know of an answer beside it. */
export type Note =
  | SideNote
  /** Both texts leave rules out, which are taken to be the same. */
  | { readonly code: 'left-out-alike' }
  /** A second procedure came to the same, in so many packets, of which it left some open. */
  | {
      readonly code: 'confirmed';
      readonly walked: number;
      readonly open: number;
      /** Every combination of values that rules tell apart was walked. */
      readonly whole: boolean;
    };

/** What a reader should know of rules that were checked. */
export type CheckNote =
  | SideNote
  | WalkAssumption
  | MadeUp
  /** Rules of kube-proxy's ipvs mode, which lead to sets and to IPVS. */
  | { readonly code: 'ipvs-rules' };
