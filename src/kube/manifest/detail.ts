import type { SloppyFault } from '../../address/sloppy.ts';

/** What stands where a value of another type should. */
export type Found =
  | { readonly kind: 'null' | 'list' | 'object' }
  /** Where people keep what is nobody's business. */
  | { readonly kind: 'private'; readonly type: string }
  | { readonly kind: 'plain'; readonly type: string; readonly text: string };

/** The forms that texts have. */
export type FormName =
  | 'prefix'
  | 'ip-address'
  | 'address'
  | 'port-name'
  | 'namespace-name'
  | 'finalizer-name'
  | 'time'
  | 'version';

/** Addresses that stand for no machine one could send to. */
export type Special = 'unspecified' | 'loopback' | 'link-local' | 'link-local-multicast';

/** What an endpoint's hints name. */
export type HintKind = 'zone' | 'node';

/** Values of which each service has its own. */
export type ValueKind = 'cluster-address' | 'balancer-address' | 'node-port' | 'health-port';

/** What is wrong with manifests, tables of kubectl and kube-proxy's configuration. */
export type ManifestDetail =
  | { readonly code: 'in-field'; readonly path: string; readonly of: ManifestDetail }
  | {
      readonly code: 'too-many-blocks';
      readonly name: string;
      readonly blocks: number;
      readonly lines: number;
    }
  | {
      readonly code:
        | 'outside-blocks'
        | 'not-gates'
        | 'all-comments'
        | 'helm-template-in'
        | 'is-kustomization'
        | 'no-object-at-all'
        | 'kubectl-failed'
        | 'is-describe'
        | 'is-names'
        | 'is-without-header'
        | 'no-such-field'
        | 'null-here'
        | 'required-field'
        | 'ready-untold'
        | 'addresses-untold'
        | 'not-in-cell'
        | 'table-not-read'
        | 'name-missing'
        | 'config-not-used'
        | 'not-for-name'
        | 'not-for-cluster-ip'
        | 'only-beside-cluster-ip'
        | 'more-than-two'
        | 'none-alone'
        | 'two-families'
        | 'too-large'
        | 'finalizers-exclude'
        | 'version-missing'
        | 'event-owns-nothing'
        | 'several-controllers'
        | 'several-of-family'
        | 'needs-ports'
        | 'ports-need-names'
        | 'no-port-for-proxy'
        | 'port-of-before'
        | 'port-of-port'
        | 'rows-left-out'
        | 'needs-name'
        | 'ports-of-name'
        | 'annotation-unread'
        | 'only-from-outside'
        | 'only-beside-ip'
        | 'only-local-balancer'
        | 'address-lacks'
        | 'fixed'
        | 'no-node-port-left'
        | 'two-prefixes'
        | 'needs-bridge'
        | 'needs-interface-prefix'
        | 'ipvs-leaving'
        | 'no-object-here'
        | 'sign-in-name'
        | 'prefix-lacks';
    }
  | { readonly code: 'dropped-before'; readonly release: string }
  | { readonly code: 'other-namespace'; readonly namespace: string; readonly flag: string }
  | { readonly code: 'no-kind-in'; readonly kind: string; readonly version: string }
  | { readonly code: 'no-kind'; readonly kind: string }
  | { readonly code: 'kind-passed'; readonly kind: string; readonly meant: string }
  | { readonly code: 'passed-over'; readonly of: ManifestDetail }
  | { readonly code: 'no-object'; readonly lacking: readonly string[] }
  | {
      readonly code:
        | 'no-endpoint'
        | 'no-type'
        | 'no-address'
        | 'no-service-port'
        | 'no-key'
        | 'no-label-value'
        | 'not-known-here'
        | 'twice'
        | 'address-passed'
        | 'no-prefix'
        | 'no-taint-value'
        | 'no-integer'
        | 'no-protocol-name'
        | 'no-dns-name'
        | 'no-class-name'
        | 'no-host-domain'
        | 'no-host-name'
        | 'not-canonical'
        | 'no-proxy-version'
        | 'no-quantity'
        | 'less-than-nothing';
      readonly text: string;
    }
  | {
      readonly code:
        | 'no-node-name'
        | 'no-service-name'
        | 'row-again'
        | 'name-of-other-port'
        | 'port-name-twice'
        | 'endpoint-port-untold'
        | 'endpoint-nodes-untold';
      readonly name: string;
    }
  | { readonly code: 'out-of-range'; readonly value: number }
  | { readonly code: 'port-out-of-range'; readonly port: string }
  | { readonly code: 'not-of-form'; readonly text: string; readonly form: FormName }
  | {
      readonly code: 'spelled-with';
      readonly text: string;
      readonly fault: SloppyFault;
      readonly strict: boolean;
    }
  | { readonly code: 'special-address'; readonly text: string; readonly special: Special }
  | { readonly code: 'cells'; readonly cells: number; readonly columns: number }
  | { readonly code: 'begins-no-name'; readonly text: string; readonly kind: string }
  | { readonly code: 'no-name-of'; readonly name: string; readonly kind: string }
  | { readonly code: 'kinds-unread'; readonly kinds: string }
  | { readonly code: 'ingress-uncompiled' | 'directories-unread'; readonly names: string }
  | { readonly code: 'config-maps-passed' | 'there-are'; readonly count: number }
  | { readonly code: 'not-for-type' | 'none-for-type'; readonly type: string }
  | {
      readonly code:
        | 'first-must-equal'
        | 'outside-range'
        | 'range-address'
        | 'broadcast-address'
        | 'api-address';
      readonly address: string;
    }
  | { readonly code: 'not-of-family' | 'not-family'; readonly text: string; readonly family: string }
  | { readonly code: 'same-family'; readonly text: string; readonly other: string }
  | { readonly code: 'taint-twice'; readonly key: string; readonly effect: string }
  | { readonly code: 'port-twice'; readonly field: string; readonly key: string }
  | { readonly code: 'kubelet-port'; readonly port: number }
  | { readonly code: 'hints-differ'; readonly annotation: string; readonly hints: string }
  | { readonly code: 'wrong-type'; readonly found: Found }
  | { readonly code: 'no-hint-name' | 'hint-twice'; readonly name: string; readonly what: HintKind }
  | { readonly code: 'no-family-range'; readonly family: string }
  | { readonly code: 'range-empty'; readonly what: ValueKind }
  | { readonly code: 'node-port-of-other'; readonly nodePort: number; readonly port: number }
  | { readonly code: 'value-out-of-range'; readonly what: ValueKind; readonly port: number }
  | {
      readonly code: 'taken-too';
      readonly value: string;
      readonly what: ValueKind;
      readonly service: string;
      readonly place: string;
    }
  | { readonly code: 'no-proxy-config'; readonly file: string }
  | { readonly code: 'no-proxy-mode'; readonly mode: string }
  | { readonly code: 'mode-unread'; readonly mode: string; readonly field: string }
  | { readonly code: 'no-field-of-this'; readonly key: string }
  | { readonly code: 'external-cut'; readonly service: string }
  | { readonly code: 'name-of-several'; readonly name: string; readonly services: readonly string[] }
  | {
      readonly code: 'no-named-port';
      readonly service: string;
      readonly protocol: string;
      readonly port: string;
    }
  | { readonly code: 'endpoints-unknown' | 'endpoints-untold'; readonly services: readonly string[] }
  | { readonly code: 'endpoints-omitted'; readonly count: number; readonly name: string }
  | {
      readonly code: 'table-differs';
      readonly inManifest: string;
      readonly place: string;
      readonly inTable: string;
    }
  | {
      readonly code: 'object-twice';
      readonly kind: string;
      readonly name: string;
      readonly place: string;
      readonly isRow: boolean;
    }
  | { readonly code: 'hidden-by-label'; readonly label: string; readonly before: boolean }
  | { readonly code: 'no-field-since'; readonly version: string };
