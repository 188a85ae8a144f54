import type { Address } from '../address/address.ts';
import type { TableName } from '../iptables/rule/ruleset.ts';
import type { Fraction } from '../sets/fraction.ts';
import type { ConnectionState } from '../sets/states.ts';

/** Chains, and what they lead to, as a graph from the hooks to the endpoints. */
export interface ChainGraph {
  /** In the order in which a walk from the hooks meets them. */
  readonly nodes: readonly GraphNode[];
  /** In the order of their first rules. */
  readonly edges: readonly GraphEdge[];
}

export type NodeKind = 'hook' | 'chain' | 'endpoint' | 'mark' | 'source' | 'verdict' | 'other';

export interface GraphNode {
  /** `nat/KUBE-SERVICES`, `endpoint/10.0.0.1:8080`, `verdict/DROP`. */
  readonly id: string;
  readonly kind: NodeKind;
  /** The table and the chain of a hook or a chain, else null. */
  readonly table: TableName | null;
  readonly chain: string | null;
  /** `KUBE-SVC[default/web]`, `10.0.0.1:8080`, `DROP`, of no language; or what is done to packets there. */
  readonly label: string | Doing;
  /** How many rules the chain has in all; 0 for what is no chain. Not all of them need be edges of this graph. */
  readonly rules: number;
}

/** What is done to packets at an end of the graph. */
export type Doing =
  /** Null: by an address of the node. */
  | { readonly code: 'source-becomes'; readonly address: Address | null }
  | { readonly code: 'mark'; readonly value: number; readonly mask: number }
  /** Endpoints that stand as one, of a picture that would hold too many. */
  | { readonly code: 'more-endpoints'; readonly count: number };

/** What a rule asks; a text is as its language prints it, of what there are no words for. */
export type Asked = string | (Condition & { readonly negated: boolean });

export type Condition =
  /** An address, or a prefix. */
  | { readonly code: 'from' | 'to'; readonly prefix: string }
  | { readonly code: 'in' | 'out'; readonly name: string }
  | { readonly code: 'protocol'; readonly name: string }
  /** `80`, `80, 443`, `1-1023`. */
  | { readonly code: 'from-port' | 'port'; readonly ports: string }
  | { readonly code: 'states'; readonly states: readonly ConnectionState[] }
  | { readonly code: 'from-node' | 'to-node' }
  | { readonly code: 'seen'; readonly seconds: number };

/** From a chain to what its rules lead to; rules that lead to the same are one edge. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly rules: readonly GraphRule[];
  /** Null where a rule of it is met by chance or not at all, so that no one share can be told. */
  readonly share: Fraction | null;
}

export interface GraphRule {
  readonly table: TableName;
  readonly chain: string;
  /** From 1, as in `iptables -L --line-numbers`. */
  readonly number: number;
  /** See `Rule.at`. */
  readonly at: number;
  /** What must hold, chance left out. */
  readonly conditions: readonly Asked[];
  /** Of the packets that come into the chain and meet all conditions, those that this rule takes by chance. */
  readonly share: Fraction;
}

/** What of a rule set is shown: what leads to a service and away from it, or to a chain, or everything. */
export type Selection =
  | { readonly kind: 'service'; readonly service: string; readonly port: string | null }
  | { readonly kind: 'chain'; readonly chain: string }
  | { readonly kind: 'all' };
