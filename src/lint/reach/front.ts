import type { Address } from '../../address/address.ts';
import type { RulePlace } from '../../engine/ir.ts';
import type { IntervalSet } from '../../sets/intervals.ts';

/** Where something is wrong. `rule` and `number` are null for a chain as a whole. */
export type Place = Pick<RulePlace, 'table' | 'chain'> & {
  readonly rule: RulePlace['rule'] | null;
  readonly number: number | null;
};

/** Of a rule. */
export function placeOf({ table, chain, rule, number }: RulePlace): Place {
  return { table, chain, rule, number };
}

/** Of a chain as a whole. */
export function chainPlace(table: string, chain: string): Place {
  return { table, chain, rule: null, number: null };
}

/** Where clients come to a service: an address and port of its own, or a port of the node. */
export interface Front {
  /** `namespace/name:port`, as kube-proxy's comments and names say; where they do not, the name of the service's chain. */
  readonly service: string;
  readonly kind: 'cluster-ip' | 'external' | 'node-port';
  readonly protocol: number;
  /** Null for node ports. */
  readonly address: Address | null;
  readonly port: number;
  /** The rule that takes its packets to the service's chain, or the chain that should. */
  readonly place: Place;
  /** Who may come to it, where kube-proxy asks for sources; null: everybody. */
  readonly sources: IntervalSet | null;
  /** Whether the endpoint is promised to see a client outside by its own address (external policy Local). */
  readonly keepsSource: boolean;
}
