import type { Address, Family } from '../../address/address.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { Protocol } from '../../kube/cluster/model.ts';
import type { Decision } from '../decide/decide.ts';

/** What kube-proxy asks of nft about its table, in its order (knftables' transactions). */
export type Operation =
  | { readonly do: 'add-table'; readonly comment: string }
  | { readonly do: 'add-chain'; readonly chain: ChainSpec }
  | { readonly do: 'add-set'; readonly set: SetSpec }
  | { readonly do: 'add-counter'; readonly name: string }
  | { readonly do: 'add-rule'; readonly chain: string; readonly rule: RuleSpec; readonly origin?: Decision }
  | {
      readonly do: 'add-element';
      readonly set: string;
      readonly element: ElementSpec;
      readonly origin?: Decision;
    }
  | { readonly do: 'delete-element'; readonly set: string; readonly element: ElementSpec }
  | {
      readonly do: 'flush' | 'delete';
      readonly what: 'chain' | 'set' | 'map' | 'counter';
      readonly name: string;
    };

export interface ChainSpec {
  readonly name: string;
  readonly base?: BaseSpec;
  readonly comment?: string;
}

export interface BaseSpec {
  readonly type: 'filter' | 'nat';
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  readonly priority: number;
}

/** A field of a packet that sets and maps are keyed by. */
export type KeyField = 'source' | 'destination' | 'protocol' | 'port';

export interface SetSpec {
  readonly name: string;
  /** `address` is of the table's family. */
  readonly key: readonly ('address' | 'protocol' | 'port')[];
  /** A map to verdicts rather than a set. */
  readonly verdicts: boolean;
  readonly comment?: string;
  /** Of a set that rules fill: how long clients are remembered. */
  readonly timeoutSeconds?: number;
}

export type KeyValue =
  | { readonly address: Address }
  | { readonly protocol: Protocol }
  | { readonly port: number };

export interface ElementSpec {
  readonly key: readonly KeyValue[];
  readonly verdict?: Verdict;
  readonly comment?: string;
}

export type Verdict = { readonly goto: string } | 'drop';

export interface RuleSpec {
  readonly parts: readonly Part[];
  readonly comment?: string;
}

export interface Destination {
  readonly address: Address;
  readonly port: number;
}

/** A match or a statement of a rule. */
export type Part =
  | { readonly is: 'new' }
  | { readonly is: 'dnatted' }
  | { readonly is: 'address'; readonly side: Side; readonly negated: boolean; readonly prefix: Subnet }
  | {
      readonly is: 'address-among';
      readonly side: Side;
      readonly negated: boolean;
      readonly prefixes: readonly Subnet[];
    }
  | { readonly is: 'address-in-set'; readonly side: Side; readonly set: string }
  | { readonly is: 'local-address'; readonly side: Side }
  | {
      readonly is: 'interface';
      readonly by: 'index' | 'name';
      readonly negated: boolean;
      readonly name: string;
    }
  | { readonly is: 'port'; readonly protocol: Protocol; readonly port: number }
  | { readonly is: 'protocol'; readonly protocol: Protocol }
  | { readonly is: 'in-set'; readonly fields: readonly KeyField[]; readonly set: string }
  | { readonly is: 'lookup'; readonly fields: readonly KeyField[]; readonly map: string }
  | { readonly is: 'marked'; readonly negated: boolean; readonly mark: number }
  | { readonly is: 'set-mark'; readonly operator: 'or' | 'xor'; readonly mark: number }
  | { readonly is: 'count'; readonly counter: string }
  | { readonly is: 'remember-source'; readonly set: string }
  | { readonly is: 'choose-chain'; readonly chains: readonly string[] }
  | { readonly is: 'translate'; readonly to: Destination }
  | { readonly is: 'choose-destination'; readonly among: readonly Destination[] }
  | { readonly is: 'jump' | 'goto'; readonly chain: string }
  | { readonly is: 'return' | 'drop' | 'reject' | 'masquerade' }
  /** Stands for what nobody can compile, as the endpoints are not known. nft takes no such statement. */
  | { readonly is: 'endpoints-unknown' };

export type Side = 'source' | 'destination';

/** A transaction of kube-proxy about its table of one family. */
export interface Transaction {
  readonly family: Family;
  readonly operations: readonly Operation[];
}
