import type { FileDetail } from '../../text/file-detail.ts';

/** What is wrong with a command line. */
export type CommandDetail =
  | {
      readonly code:
        | 'rules-with-context'
        | 'no-ruleset'
        | 'no-service-or-file'
        | 'coverage-of-nft'
        | 'dump-of-one-node'
        | 'rules-as-expectations'
        | 'no-file-name'
        | 'is-directory'
        | 'no-manifests-in'
        | 'no-such-code'
        | 'manifests-with-both'
        | 'rollout-of-dump'
        | 'several-services';
      readonly name: string;
    }
  | {
      readonly code:
        | 'nothing-to-check'
        | 'one-side'
        | 'two-sides-with-context'
        | 'no-manifests'
        | 'no-proxy-table'
        | 'page-unbuilt'
        | 'service-and-chain'
        | 'nothing-to-draw'
        | 'nothing-to-show'
        | 'config-before-alone'
        | 'before-of-nft'
        | 'page-of-tables'
        | 'json-of-nft'
        | 'needs-directory'
        | 'program-of-nft'
        | 'nothing-to-hold-against'
        | 'lcov-of-compiled'
        | 'nodes-with-connection'
        | 'rules-of-one-node'
        | 'node-rules-with-nodes'
        | 'one-question'
        | 'first-with-packet'
        | 'timeline-beside';
    }
  | { readonly code: 'answer-not-kept'; readonly why: FileDetail }
  | { readonly code: 'no-expectations-below' | 'no-golden-case'; readonly paths: readonly string[] }
  | {
      readonly code: 'golden-name-unfit' | 'json-of-dump' | 'counters-of-ruleset' | 'not-certified';
      readonly name: string;
    }
  | { readonly code: 'filter-fits-none'; readonly filter: string; readonly count: number }
  /** Shares in hundredths. */
  | { readonly code: 'coverage-below'; readonly share: number; readonly least: number }
  | { readonly code: 'host-of-one-node'; readonly one: string | null; readonly other: string | null }
  | { readonly code: 'why-not-no-chain'; readonly text: string }
  | { readonly code: 'flag-without-effect'; readonly flag: string }
  | { readonly code: 'between-modes'; readonly before: string; readonly after: string }
  | { readonly code: 'boxes-too-many' | 'chains-too-many'; readonly count: number }
  | { readonly code: 'sets-apart-of-nft'; readonly names: readonly string[] }
  | { readonly code: 'first-of-nodes'; readonly node: string; readonly count: number }
  | { readonly code: 'no-rule-for' | 'no-service'; readonly service: string }
  | { readonly code: 'no-ingress-serves'; readonly host: string; readonly family: string }
  | { readonly code: 'no-port' | 'no-mode-with-release' | 'flag-as'; readonly text: string }
  | { readonly code: 'coverage-mixed'; readonly coverage: string; readonly format: string }
  | { readonly code: 'not-as-written' | 'other-assumptions'; readonly file: string }
  | { readonly code: 'of-other-rules'; readonly file: string; readonly family: string }
  | { readonly code: 'no-word-for-command'; readonly word: string }
  | { readonly code: 'no-node-sets-out'; readonly nodes: string; readonly packet: string }
  | { readonly code: 'questions-together'; readonly flags: readonly string[] }
  | { readonly code: 'flag-with'; readonly flag: string; readonly others: readonly string[] }
  | { readonly code: 'flag-without' | 'goes-only-with'; readonly flag: string; readonly other: string }
  | { readonly code: 'flag-with-nft' | 'not-with-url'; readonly flag: string }
  | { readonly code: 'format-of-nft' | 'format-between-modes'; readonly format: string }
  | { readonly code: 'no-such-finding' | 'no-such-node-for'; readonly flag: string; readonly name: string }
  | { readonly code: 'no-common-node'; readonly before: readonly string[]; readonly after: readonly string[] }
  | { readonly code: 'not-printed-rules'; readonly name: string; readonly but: string | null }
  | {
      readonly code: 'of-other-inputs';
      readonly file: string;
      readonly role: string;
      readonly had: string;
      readonly has: string;
    }
  | { readonly code: 'of-family'; readonly file: string; readonly family: string; readonly was: boolean }
  | { readonly code: 'no-node-for-rules'; readonly text: string; readonly node: string };
