/** What is wrong with rules of iptables. */
export type DumpDetail =
  | { readonly code: 'foreign-protocol'; readonly word: string; readonly number: number }
  | { readonly code: 'chain-name-cut'; readonly bytes: number }
  | { readonly code: 'chain-rules' | 'too-many-words'; readonly count: number }
  | {
      readonly code:
        | 'one-by-one'
        | 'no-such-rule'
        | 'policy-of-own-chain'
        | 'policy-value'
        | 'nat-drop'
        | 'rule-anchors'
        | 'rule-number'
        | 'rule-zeroed'
        | 'no-command'
        | 'addresses-negated'
        | 'counters'
        | 'negates-nothing'
        | 'negated-twice'
        | 'one-target'
        | 'one-command'
        | 'line-ends'
        | 'outside-table'
        | 'unreadable-from'
        | 'line-too-long'
        | 'commit-newline'
        | 'chain-name-long'
        | 'chain-name-verdict'
        | 'chain-name-blank'
        | 'chain-name-target'
        | 'no-rename'
        | 'takes-no-value'
        | 'is-ipvsadm'
        | 'is-ipset'
        | 'is-kernel-log'
        | 'is-conntrack'
        | 'is-objects'
        | 'is-ebtables'
        | 'is-firewall'
        | 'is-proxy-log'
        | 'is-nothing-known'
        | 'is-listing'
        | 'is-decorated'
        | 'is-spec'
        | 'is-headless'
        | 'goes-on'
        | 'is-script'
        | 'line-unread'
        | 'line-unended'
        | 'tables-follow'
        | 'left-out'
        | 'table-untold'
        | 'other-back-end'
        | 'excludes-all'
        | 'packet-below-every'
        | 'rateest-estimator'
        | 'rateest-rate'
        | 'rateest-interval'
        | 'rateest-ewmalog'
        | 'burst-most'
        | 'fewer-nodes'
        | 'ipvs-alone'
        | 'clusterip-new'
        | 'no-queue'
        | 'from-above-to'
        | 'empty-string'
        | 'strict-elements'
        | 'policy-elements'
        | 'rate-uncountable'
        | 'contiguous';
    }
  | {
      readonly code:
        | 'chain-there'
        | 'chain-built-in'
        | 'chain-not-empty'
        | 'chain-jumped-to'
        | 'chain-unmade'
        | 'chain-loop'
        | 'jump-to-built-in';
      readonly chain: string;
    }
  | { readonly code: 'takes-no-rule'; readonly letter: string; readonly word: string }
  | { readonly code: 'takes-no-counters' | 'short-option' | 'chain-name-begin'; readonly letter: string }
  | { readonly code: 'other-family'; readonly option: string; readonly family: string }
  | { readonly code: 'needs-space'; readonly value: string }
  | {
      readonly code:
        | 'negation-before'
        | 'needs-chain'
        | 'needs-more-than-chain'
        | 'option-ambiguous'
        | 'option-protocol'
        | 'option-lacks'
        | 'not-negatable'
        | 'not-for-dumps'
        | 'given-twice'
        | 'needs-value'
        | 'needs-two-values';
      readonly option: string;
    }
  | { readonly code: 'other-table'; readonly name: string; readonly tables: string }
  | { readonly code: 'other-hook'; readonly name: string; readonly hooks: string; readonly hook: string }
  | { readonly code: 'belongs-to-none' | 'policy-word'; readonly word: string }
  | { readonly code: 'no-match'; readonly name: string; readonly family: string }
  | { readonly code: 'place'; readonly part: string; readonly chain: string }
  | { readonly code: 'chain-lacks'; readonly chain: string; readonly table: string }
  | {
      readonly code:
        | 'table-open'
        | 'table-open-before'
        | 'no-table'
        | 'other-back-end-met'
        | 'shown-before'
        | 'breaks-off'
        | 'breaks-off-within'
        | 'table-unprinted';
      readonly table: string;
    }
  | {
      readonly code: 'must-follow' | 'exclude-each-other' | 'needs' | 'excludes';
      readonly option: string;
      readonly other: string;
    }
  | { readonly code: 'broken-lines'; readonly width: number }
  | { readonly code: 'lines-unread' | 'left-out-more' | 'more-unknown'; readonly more: number }
  | { readonly code: 'no-rules-at-all'; readonly file: string }
  | { readonly code: 'part-of-rules'; readonly files: readonly string[]; readonly table: string }
  | { readonly code: 'jump-assumed'; readonly chains: string }
  | {
      readonly code: 'unknown-target' | 'needs-option' | 'needs-own-option' | 'older-iptables';
      readonly name: string;
    }
  | { readonly code: 'value'; readonly text: string }
  | { readonly code: 'ipv6-type'; readonly type: string }
  | { readonly code: 'both-need'; readonly options: readonly string[]; readonly other: string }
  | { readonly code: 'web-blanks' | 'word-processor'; readonly isRead: boolean }
  | {
      readonly code: 'needs-one-of' | 'needs-all';
      readonly name: string;
      readonly options: readonly string[];
    }
  | { readonly code: 'needs-protocol'; readonly name: string; readonly protocols: readonly string[] }
  | { readonly code: 'port-needs-protocol'; readonly protocols: readonly string[] }
  | { readonly code: 'needs-or-another'; readonly name: string; readonly option: string }
  | { readonly code: 'in-more-rules'; readonly of: DumpDetail; readonly more: number }
  | { readonly code: 'part-unknown'; readonly of: DumpDetail; readonly part: string }
  | { readonly code: 'rule-unknown'; readonly of: DumpDetail }
  | { readonly code: 'part'; readonly openTables: readonly string[]; readonly assumed: readonly string[] }
  | { readonly code: 'excludes-both'; readonly option: string; readonly others: readonly string[] }
  | { readonly code: 'burst-least'; readonly unit: string };
