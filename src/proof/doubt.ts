import type { Address } from '../address/address.ts';
import type { Reason } from '../engine/reasons.ts';
import type { HostDoubt } from '../host/doubt.ts';
import { dataKey } from '../text/data-key.ts';

/** Why what one packet shows is not proved of all packets of its set. */
export type ProofDoubt =
  /** A mask has too many holes to tell for which packets it holds. */
  | { readonly code: 'mask-has-holes' }
  /** An address or port is chosen from a range for each flow on its own. */
  | { readonly code: 'chosen-from-range' }
  /** ICMP goes untracked on one side alone: what errors quote of translated flows is translated back only where they are tracked. */
  | { readonly code: 'errors-untracked' }
  /** It hangs on a set that does not hold the same on both sides. */
  | { readonly code: 'sets-apart'; readonly set: string }
  /** They may be in a set that one side alone asks, and of which it is not known what it holds: then nothing changes. */
  | { readonly code: 'set-untold'; readonly set: string }
  /** It is not known what becomes of them. */
  | { readonly code: 'fate-unknown'; readonly reason: Reason };

/** Equal for equal doubts. */
export function doubtKey(doubt: ProofDoubt | null): string {
  if (doubt?.code === 'fate-unknown') return dataKey(told(doubt.reason));
  return doubt === null ? '' : dataKey(doubt);
}

/** Why it is not known, wherever the rule stands, and whatever address the packet came for. */
export function reasonKey(reason: Reason | null, destination: Address): string {
  return reason === null ? '' : dataKey(told(reason, destination));
}

/** Without the rule itself, of which the place tells enough; for `kept`, without the rule's number, and this address. */
function told(reason: Reason, kept?: Address): object {
  switch (reason.code) {
    case 'at-rule': {
      const { table, chain, number } = reason.place;
      return { table, chain, ...(kept === undefined && { number }), of: told(reason.reason, kept) };
    }
    case 'host':
      return { ...reason, doubt: withoutAddress(reason.doubt, kept) };
    default:
      return reason;
  }
}

function withoutAddress(doubt: HostDoubt, kept: Address | undefined): object {
  return 'address' in doubt && doubt.address === kept ? { ...doubt, address: '=' } : doubt;
}
