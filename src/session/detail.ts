import type { NameDetail } from '../expect/file/detail.ts';

/** A part of a run that several machines share. */
export interface RunPart {
  readonly name: string;
  readonly command: string;
  readonly part: number;
  readonly of: number;
}

/** What is wrong with what is asked, or with the texts that it is asked of. */
export type SessionDetail =
  | { readonly code: 'sets-of-which-node'; readonly name: string; readonly rules: number }
  | { readonly code: 'flag-unfit'; readonly flag: string; readonly text: string }
  | {
      readonly code:
        | 'hooks-alone'
        | 'opens-none'
        | 'only-never-arrives'
        | 'no-rules-to-walk'
        | 'dump-and-manifests'
        | 'no-service-given'
        | 'no-results'
        | 'no-events'
        | 'event-goes-back'
        | 'no-rules-yet'
        | 'no-event'
        | 'event-without-time'
        | 'event-no-time'
        | 'nothing-happens'
        | 'event-no-packet'
        | 'event-not-true'
        | 'event-no-files'
        | 'no-baseline'
        | 'no-list-there';
    }
  | {
      readonly code: 'table-differs-between' | 'table-in-two';
      readonly table: string;
      readonly one: string;
      readonly other: string;
    }
  | {
      readonly code:
        | 'ruleset-without-proxy'
        | 'added-twice'
        | 'nft-already'
        | 'no-iptables-rules'
        | 'collected-breaks-off'
        | 'collected-nothing'
        | 'collected-both'
        | 'rules-no-objects'
        | 'empty-input'
        | 'not-json'
        | 'no-merged-result'
        | 'no-shared-part';
      readonly name: string;
    }
  | {
      readonly code: 'takes-part-of-dump' | 'takes-of-which-backend' | 'take-each-other';
      readonly one: string;
      readonly other: string;
    }
  | { readonly code: 'taken-for-first'; readonly name: string }
  | {
      readonly code: 'table-not-shown';
      readonly name: string;
      readonly table: string;
      readonly family: string;
    }
  | { readonly code: 'refused-table'; readonly family: string; readonly node: string }
  | { readonly code: 'client-no-address'; readonly text: string; readonly family: string }
  | { readonly code: 'flag-no-node'; readonly flag: string; readonly name: string }
  | {
      readonly code:
        | 'added-no-node'
        | 'shard-index'
        | 'shard-no-part'
        | 'fact-unasked'
        | 'fact-for-all-and-none'
        | 'no-multicast';
      readonly text: string;
    }
  | {
      readonly code: 'families-differ';
      readonly before: string;
      readonly one: string;
      readonly after: string;
      readonly other: string;
    }
  | { readonly code: 'only-family'; readonly texts: string; readonly family: string }
  | {
      readonly code: 'tables-not-alike';
      readonly table: string;
      readonly name: string;
      readonly one: string;
      readonly other: string;
    }
  | { readonly code: 'certificate-form'; readonly form: string }
  | { readonly code: 'both-one-part'; readonly one: string; readonly other: string; readonly part: number }
  | { readonly code: 'parts-missing'; readonly of: number; readonly missing: string }
  | { readonly code: 'event-of-two'; readonly one: string; readonly other: string }
  | { readonly code: 'parts-of-two-runs'; readonly one: RunPart; readonly other: RunPart }
  | { readonly code: 'only-of'; readonly of: NameDetail };
