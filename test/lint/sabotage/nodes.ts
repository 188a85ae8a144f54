import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '../../../src/address/address.ts';
import { cases, fixtures, readCase } from '../../cases.ts';
import type { Sent } from './outage.ts';

/** A node whose rules are as they should be. */
export interface HealthyNode {
  readonly id: string;
  readonly family: Family;
  readonly dump: string;
}

/** What is recorded of a node: packets for its services, and who was cut off when it was broken. */
export const sabotage = join(fixtures, 'sabotage');

/** Programs whose rules stand on a node beside those of kube-proxy, as they leave them. */
export const besides = ['docker', 'calico'] as const;

const plain = cases.filter((one) => readCase(one, 'iptables.save').includes('-j DNAT'));

/** Nodes of all topics, some of the generated ones, and some with others beside. */
export const nodes: readonly HealthyNode[] = [
  ...plain.filter(({ id }) => id.startsWith('named/') && !id.endsWith('large-cluster')).slice(0, 24),
  ...plain.filter(({ id }) => id.startsWith('random/')).slice(0, 12),
].map((one) => ({ id: one.id, family: one.family, dump: readCase(one, 'iptables.save') }));

export const mixed: readonly HealthyNode[] = besides.flatMap((beside) =>
  ['external-ips', 'internal-policy-local'].flatMap((name) => {
    const file = join(sabotage, `${beside}-${name}.save`);
    return existsSync(file)
      ? [{ id: `${beside}/${name}`, family: 'ipv4' as const, dump: readFileSync(file, 'utf8') }]
      : [];
  }),
);

interface Flows {
  readonly host: {
    readonly addresses: readonly string[];
    readonly podCIDR?: string;
    readonly clusterCIDR?: string;
    readonly podGateway?: string;
  };
  readonly packets: readonly Sent[];
}

/** The network of a node, and packets for its services. */
export function flowsOf({ id }: HealthyNode): Flows {
  const name = id.slice(id.indexOf('/') + 1);
  const own = cases.find((one) => one.id === id) ?? cases.find((one) => one.id === `named/${name}`);
  return JSON.parse(readCase(own as (typeof cases)[number], 'flows.json'));
}
