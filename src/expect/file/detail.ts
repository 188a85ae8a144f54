/** What a name stands for. */
export type NamedKind = 'node' | 'pod' | 'service' | 'port';

/** Why a name or an address means nothing among the objects that there are. */
export type NameDetail =
  | { readonly code: 'name-no-port' | 'no-address-or-name' | 'name-other-family'; readonly text: string }
  | { readonly code: 'names-mean-nothing' }
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
