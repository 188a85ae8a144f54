import { longestComment } from '../../nftables/comment.ts';
import type { Transaction } from './operations.ts';

/** Why nft refuses a transaction as a whole, so that there is no table on the node. */
export type NftRefusal =
  /** `iif` wants an interface that is there; one of many (`cni*`) never is. */
  | { readonly because: 'no-interface'; readonly name: string }
  /** nft takes 128 bytes; the comment is the name of a service port. */
  | { readonly because: 'long-comment'; readonly name: string };

/** What nft refuses on a node whose interfaces are not there yet, which is when kube-proxy starts. */
export function refusalOf({ operations }: Transaction): NftRefusal | null {
  for (const operation of operations) {
    if (operation.do === 'add-rule') {
      const part = operation.rule.parts.find(({ is }) => is === 'interface');
      if (part?.is === 'interface' && part.by === 'index')
        return { because: 'no-interface', name: part.name };
    }
    if (operation.do === 'add-element') {
      const { comment } = operation.element;
      if (comment && comment.length > longestComment) return { because: 'long-comment', name: comment };
    }
  }
  return null;
}
