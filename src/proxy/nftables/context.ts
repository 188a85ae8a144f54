import type { Address } from '../../address/address.ts';
import type { Decision } from '../decide/decide.ts';
import type { NodeDecisions } from '../decide/node.ts';
import type { NftablesShape } from '../decide/release.ts';
import type { NamePrefix } from './names.ts';
import type { ElementSpec, Operation, Part } from './operations.ts';

/** What the whole table has in common. */
export interface TableContext {
  readonly decisions: NodeDecisions;
  readonly shape: NftablesShape;
  readonly mark: number;
  /** Matches packets of pods, and packets of everybody else; null where kube-proxy cannot tell. */
  readonly pods: { readonly inside: Part; readonly outside: Part } | null;
  add(...operations: readonly Operation[]): void;
  /** Makes a chain empty, once: whether that is done now. */
  ensureChain(name: string): boolean;
  ensureElement(set: string, element: ElementSpec, origin: Decision): void;
}

/** One service port with its names. */
export interface ServiceContext {
  readonly table: TableContext;
  readonly decision: Decision;
  /** The chain that serves a policy's traffic, or another of the service's own. */
  chain(prefix: Exclude<NamePrefix, 'endpoint' | 'affinity'>): string;
  /** What belongs to one endpoint. */
  endpoint(prefix: 'endpoint' | 'affinity', address: Address, port: number): string;
  rule(chain: string, parts: readonly Part[], comment?: string): void;
  element(set: string, element: ElementSpec): void;
}
