/** What kube-proxy would not do as it is asked, or what is not known of it. */
export type ProxyDetail =
  | { readonly code: 'no-such-node'; readonly name: string; readonly byConfig: boolean }
  | { readonly code: 'no-nodes' | 'several-nodes' | 'both-families' | 'tables-not-asked' }
  | { readonly code: 'waits-for-prefix'; readonly node: string }
  | { readonly code: 'does-not-start'; readonly version: string; readonly words: string }
  | { readonly code: 'newer-release'; readonly version: string; readonly known: string }
  | { readonly code: 'gate-unknown'; readonly version: string; readonly name: string }
  | { readonly code: 'nftables-gated' | 'release-lacks'; readonly version: string }
  | {
      readonly code: 'nft-no-interface' | 'nft-long-comment';
      readonly version: string;
      readonly name: string;
      readonly family: string;
    };
