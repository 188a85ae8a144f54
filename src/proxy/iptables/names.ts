import { hashedName } from '../decide/hashed-name.ts';

/** kube-proxy's chain prefixes for what belongs to one service port, or to one of its endpoints. */
export type ChainPrefix = 'KUBE-SVC-' | 'KUBE-SVL-' | 'KUBE-EXT-' | 'KUBE-FW-' | 'KUBE-SEP-';

/** A chain's name: the prefix, and 16 letters of a hash of `text`. */
export function chainName(prefix: ChainPrefix, text: string): string {
  return hashedName(prefix, text, 16);
}
