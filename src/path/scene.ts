import type { ProxyConfig } from '../kube/cluster/config.ts';
import type { Cluster } from '../kube/cluster/model.ts';
import type { RulesOf } from './connection.ts';
import type { Network } from './network.ts';

/** A cluster in which connections can be followed. */
export interface Scene {
  readonly cluster: Cluster;
  readonly network: Network;
  /** What all nodes' kube-proxies have in common. */
  readonly config: ProxyConfig;
  readonly rulesOf: RulesOf;
  /** The node to which a router sends what is for cluster addresses; null: no router knows them. */
  readonly serviceRoute: string | null;
  /** Nodes that do not answer any more, though others may still send to them. */
  readonly dead: ReadonlySet<string>;
  /** Nodes that are gone, but that load balancers still send to. */
  readonly stale: readonly string[];
}
