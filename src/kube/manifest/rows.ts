import type { Address } from '../../address/address.ts';
import type { Span } from '../../text/source.ts';

/** A row of the table that `kubectl get services` prints: some of what the API server knows of a Service. */
export interface ServiceRow {
  readonly kind: 'ServiceRow';
  /** Empty where the table has no such column. */
  readonly namespace: string;
  readonly name: string;
  readonly span: Span;
  /** Null where the table has no such column (kubectl before 1.8). */
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName' | null;
  /** Null for headless services and for ExternalName. */
  readonly clusterAddress: Address | null;
  readonly headless: boolean;
  /** What stands under EXTERNAL-IP: addresses and host names, or why there are none. */
  readonly external: readonly (Address | string)[];
  /** kubectl cuts what is longer than 16 characters off, unless asked with `-o wide`. */
  readonly cut: boolean;
  readonly absent: 'none' | 'pending' | 'nodes' | null;
  readonly ports: readonly RowPort[];
  /** Under SELECTOR (`-o wide`); null where the table has no such column. */
  readonly selector: Readonly<Record<string, string>> | null;
}

export interface RowPort {
  readonly port: number;
  readonly nodePort: number | null;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** A row of the table that `kubectl get endpoints` prints. */
export interface EndpointsRow {
  readonly kind: 'EndpointsRow';
  readonly namespace: string;
  readonly name: string;
  readonly span: Span;
  readonly endpoints: readonly { readonly address: Address; readonly port: number }[];
  /** How many more there are (`+ 2 more...`). */
  readonly omitted: number;
}

/** A row of the table that `kubectl get nodes -o wide` prints. */
export interface NodeRow {
  readonly kind: 'NodeRow';
  /** Nodes live in no namespace. */
  readonly namespace: '';
  readonly name: string;
  readonly span: Span;
  /** Null for `<none>`, and without `-o wide`. */
  readonly internalAddress: Address | null;
  readonly externalAddress: Address | null;
  /** Under LABELS (`--show-labels`); null where the table has no such column. */
  readonly labels: Readonly<Record<string, string>> | null;
}

/** A row of the table that `kubectl get pods -o wide` prints. */
export interface PodRow {
  readonly kind: 'PodRow';
  readonly namespace: string;
  readonly name: string;
  readonly span: Span;
  /** Null where it has none yet. */
  readonly address: Address | null;
  /** Null where it is on none yet. */
  readonly node: string | null;
  /** Under LABELS (`--show-labels`); null where the table has no such column. */
  readonly labels: Readonly<Record<string, string>> | null;
  /** Under STATUS, as kubectl sums the phase up. */
  readonly status: string;
  /** All of its containers are ready, and all gates. */
  readonly ready: boolean;
}

/** A table or an object that was not read. */
export interface UnreadRow {
  readonly kind: 'UnreadRow';
  readonly namespace: '';
  /** Its place. */
  readonly name: string;
  readonly span: Span;
  /** It may list what services have for endpoints, or start such; null: neither. */
  readonly endpoints: 'listed' | 'started' | null;
}

export type TableRow = ServiceRow | EndpointsRow | NodeRow | PodRow | UnreadRow;
