import type { ConnectionVerdict, FailureReason, Reached, StepName } from '../engine/connect.ts';
import type { Outcome } from '../engine/outcome.ts';
import { keyOfReason, type Reason } from '../engine/reasons.ts';
import type { LostReason } from '../path/lost.ts';
import type { ProofDoubt } from '../proof/doubt.ts';
import type { Fraction } from '../sets/fraction.ts';

/** What happens instead of what was expected, or why nobody can say whether it does. */
export type Instead =
  /** Each thing with its part of all cases. */
  | { readonly code: 'happens'; readonly fates: readonly Shared[] }
  | { readonly code: 'no-rule-met'; readonly share: Fraction }
  /** A goal gets another share of the packets, or none. */
  | { readonly code: 'goal-gets'; readonly goal: string; readonly share: Fraction }
  /** Nothing arrives of which a source could be seen. */
  | { readonly code: 'nothing-seen'; readonly fates: readonly PacketFate[] }
  /** `own`: it is the client's own. */
  | {
      readonly code: 'server-sees';
      readonly sources: readonly string[];
      readonly own: boolean;
      readonly share: Fraction;
    }
  | { readonly code: 'connection'; readonly ways: readonly ConnectionFate[]; readonly share: Fraction }
  // Nobody can say.
  | { readonly code: 'not-known'; readonly reasons: readonly Reason[] }
  /** Rules of nft do not all tell for which service they are. */
  | { readonly code: 'services-unnamed' }
  /** It depends on these matches. */
  | { readonly code: 'depends'; readonly matches: readonly string[] }
  | { readonly code: 'in-doubt'; readonly doubt: ProofDoubt }
  /** No packet of the set comes to these rules. */
  | { readonly code: 'nothing-asked' }
  | { readonly code: 'too-many-kinds'; readonly looked: number }
  /** Sets of packets are divided by rules of iptables alone. */
  | { readonly code: 'nft-set' };

export type PacketFate =
  | { readonly code: 'arrives'; readonly at: Reached }
  | { readonly code: 'rejected'; readonly how: string | null }
  | { readonly code: 'dropped'; readonly reason: Reason | null };

export interface Shared {
  readonly fate: PacketFate;
  readonly share: Fraction;
}

/** How one way of a connection ends. */
export interface ConnectionFate {
  readonly verdict: ConnectionVerdict;
  /** Whom it reaches; null: nobody. */
  readonly reached: Reached | null;
  /** The packet at which it fails, and on which node, where there are several. */
  readonly step: StepName | null;
  readonly node: string | null;
  readonly by: ConnectionStop | null;
}

/** What ends it. */
export type ConnectionStop =
  | { readonly code: 'rule'; readonly table: string; readonly chain: string; readonly number: number }
  | { readonly code: 'policy'; readonly table: string; readonly chain: string }
  | { readonly code: 'reason'; readonly reason: FailureReason }
  | { readonly code: 'lost'; readonly lost: LostReason };

/** What becomes of a packet of which that is known. */
export function fateOf({ verdict, left, rejectWith, reason }: Outcome): PacketFate {
  if (verdict === 'accept')
    return { code: 'arrives', at: { address: left.destination, port: left.destinationPort } };
  if (verdict === 'reject') return { code: 'rejected', how: rejectWith };
  return { code: 'dropped', reason };
}

/** Equal of equal fates. */
export function fateKey(fate: PacketFate): string {
  switch (fate.code) {
    case 'arrives':
      return `${fate.at.address} ${fate.at.port}`;
    case 'rejected':
      return `rejected ${fate.how}`;
    case 'dropped':
      return `dropped ${fate.reason && keyOfReason(fate.reason)}`;
  }
}
