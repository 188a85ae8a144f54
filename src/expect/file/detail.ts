/** What a name stands for. */
export type NamedKind = 'node' | 'pod' | 'service' | 'port';

/** Why a name or an address means nothing among the objects and rules that there are. */
export type NameDetail =
  | { readonly code: 'name-no-port' | 'no-address-or-name' | 'name-other-family'; readonly text: string }
  | { readonly code: 'names-mean-nothing' }
  | { readonly code: 'no-chain'; readonly chain: string }
  | { readonly code: 'chain-has-rules'; readonly chain: string; readonly count: number }
  | {
      readonly code: 'named-no-address';
      readonly kind: string;
      readonly name: string;
      readonly family: string;
    }
  | { readonly code: 'service-without-endpoints'; readonly name: string }
  | { readonly code: 'kind-not-given'; readonly kind: string; readonly named: string }
  | { readonly code: 'service-sends-nothing' | 'not-one-address'; readonly who: string }
  | { readonly code: 'service-such-ports'; readonly name: string; readonly count: number }
  | { readonly code: 'service-no-cluster-address'; readonly name: string; readonly family: string }
  | { readonly code: 'not-one-address-and-port'; readonly whom: string }
  | {
      readonly code: 'name-missing-of';
      readonly what: NamedKind;
      readonly name: string;
      readonly of: string | null;
    };

/** What stands where something else should. */
export type Shown =
  | { readonly code: 'list' | 'mapping' | 'nothing' }
  /** As JSON, cut off where it is long. */
  | { readonly code: 'written'; readonly text: string };

/** What a record of a file that people write is. */
export type RecordName =
  | 'packet-set'
  | 'expectation'
  | 'expectation-file'
  | 'network'
  | 'ignored-finding'
  | 'check-settings'
  | 'severities'
  | 'settings-file'
  | 'baseline'
  | 'known-finding'
  | 'facts'
  | 'certificate-input'
  | 'certificate-family'
  | 'certificate';

/** Why a file that people write has not the form that it should have. */
export type ShapeDetail =
  | { readonly code: 'stands-here' | 'unfit-here' | 'unknown-here'; readonly value: Shown }
  | { readonly code: 'empty-list' | 'empty-mapping' }
  | { readonly code: 'empty-record'; readonly what: RecordName }
  | { readonly code: 'not-record'; readonly what: RecordName; readonly value: Shown }
  | { readonly code: 'record-no-field'; readonly what: RecordName; readonly value: Shown }
  | { readonly code: 'record-without'; readonly what: RecordName; readonly fields: readonly string[] }
  | { readonly code: 'fields-exclude'; readonly fields: readonly string[] };

/** Why an expectation, or the packets that it is about, make no sense. */
export type ExpectationDetail =
  | {
      readonly code:
        | 'reaches-of-packets'
        | 'reaches-opens-none'
        | 'no-such-packets'
        | 'from-says-addresses'
        | 'via-without-service'
        | 'ports-of-no-protocol';
    }
  | { readonly code: 'claims-contradict'; readonly one: string; readonly other: string }
  | { readonly code: 'packet-other-family'; readonly family: string }
  | {
      readonly code:
        | 'no-source-claim'
        | 'names-no-service'
        | 'names-no-rule'
        | 'no-share'
        | 'port-at-address'
        | 'no-protocol'
        | 'protocol-no-ports';
      readonly text: string;
    }
  /** In hundredths. */
  | { readonly code: 'shares-sum'; readonly share: number }
  | {
      readonly code: 'service-no-entry';
      readonly name: string;
      readonly family: string;
      readonly via: 'cluster-ip' | 'node-port' | 'load-balancer' | 'external-ip';
    }
  | { readonly code: 'service-several-ports'; readonly name: string }
  | { readonly code: 'service-no-port-of'; readonly name: string; readonly protocol: string };
