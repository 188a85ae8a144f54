import { type Address, formatAddress } from '../../address/address.ts';
import { formatSubnet, type Subnet } from '../../address/subnet.ts';
import { shortened } from '../../text/lists.ts';
import type { Problem } from '../../text/problem.ts';

/** What the objects left open, and how it was filled in. `collided`: another has what the hash of the name gives. */
export type Filled =
  | {
      readonly code: 'cluster-address' | 'balancer-address';
      readonly address: Address;
      readonly collided: boolean;
    }
  /** As spec.loadBalancerIP asks for. */
  | { readonly code: 'balancer-as-asked'; readonly address: Address }
  /** No range is given for it. */
  | { readonly code: 'balancer-pending' }
  | {
      readonly code: 'node-port';
      readonly port: number;
      readonly nodePort: number;
      readonly collided: boolean;
    }
  | { readonly code: 'health-port'; readonly nodePort: number; readonly collided: boolean }
  /** Pods that nobody started yet. */
  | {
      readonly code: 'endpoints-planned';
      readonly owner: string;
      /** How many there should be; null: as many as there are. */
      readonly wanted: number | null;
      readonly pods: readonly { readonly addresses: readonly Address[]; readonly node: string | null }[];
    }
  | { readonly code: 'pods-moved'; readonly names: readonly string[] }
  | { readonly code: 'cron-job'; readonly name: string }
  /** What --dry-run=server made up. */
  | { readonly code: 'dry-run-open' }
  /** No Node says its processors. */
  | { readonly code: 'no-hints' }
  /** Which of the zones gives is chance. */
  | { readonly code: 'zones-alike'; readonly zones: readonly string[] }
  | {
      readonly code: 'zone-gives';
      readonly zone: string;
      readonly count: number;
      readonly total: number;
    }
  // A table says no more.
  | {
      readonly code: 'service-row';
      /** That was taken; null: the table has it. */
      readonly type: string | null;
      readonly namespace: boolean;
      readonly portNames: boolean;
    }
  /** `placed`: their nodes are known. */
  | { readonly code: 'endpoints-row'; readonly placed: boolean }
  | { readonly code: 'node-row'; readonly labels: boolean }
  /** No Node is given. */
  | {
      readonly code: 'node-assumed';
      readonly addresses: readonly Address[];
      readonly prefixes: readonly Subnet[];
    };

const taken = (collided: boolean) =>
  collided ? 'the next free one, because another has what the hash of its name gives' : 'by hash of its name';

const words: { readonly [Code in Filled['code']]: (one: Filled & { readonly code: Code }) => string } = {
  'cluster-address': ({ address, collided }) =>
    `cluster address ${formatAddress(address)}, ${taken(collided)}`,
  'balancer-address': ({ address, collided }) =>
    `load balancer address ${formatAddress(address)}, ${taken(collided)}`,
  'balancer-as-asked': ({ address }) =>
    `load balancer address ${formatAddress(address)}, as spec.loadBalancerIP asks for`,
  'balancer-pending': () => 'its load balancer address is pending, because no range is given for it',
  'node-port': ({ port, nodePort, collided }) => `node port of port ${port}: ${nodePort}, ${taken(collided)}`,
  'health-port': ({ nodePort, collided }) => `health check node port: ${nodePort}, ${taken(collided)}`,
  'endpoints-planned': ({ owner, wanted, pods }) => {
    const shown = pods.map(({ addresses, node }) => `${addresses.map(formatAddress).join('+')} on ${node}`);
    const less = wanted === null ? '' : `, as many as the nodes take and the selector, of the ${wanted}`;
    const places = pods.length > 0 ? ` (${shortened(shown)})` : '';
    return `endpoints by hash of the pods' names: ${pods.length}${less} of ${owner}${places}`;
  },
  'pods-moved': ({ names }) =>
    `another has what the hash of its name gives, so the next free one: ${names.join(', ')}`,
  'cron-job': ({ name }) => `the pods of CronJob ${name} run at times only: none is counted`,
  'dry-run-open': () => 'what --dry-run=server made up is left open',
  'no-hints': () => 'no hints, as no Node says its processors and that it is ready',
  'zones-alike': ({ zones }) =>
    `which of the zones ${zones.join(', ')} gives or receives is chance: they are alike`,
  'zone-gives': ({ zone, count, total }) =>
    `${count} of ${total} endpoints of ${zone} are meant for other zones${count === total ? '' : ': which ones is chance, and here the first of their addresses'}`,
  'service-row': ({ type, namespace, portNames }) => {
    const guesses = [
      type === null ? [] : `type ${type}`,
      namespace ? 'namespace default' : [],
      portNames ? 'the names of its ports, on which chain names depend' : [],
    ].flat();
    return `${[...guesses, 'traffic policies Cluster, no session affinity'].join(', ')}: the table says no more`;
  },
  'endpoints-row': ({ placed }) =>
    `its endpoints are ready${placed ? '' : ' and on unknown nodes'}: the table says no more`,
  'node-row': ({ labels }) =>
    `it has ${labels ? 'no pod prefix' : 'no labels and no pod prefix'}: the table says no more`,
  'node-assumed': ({ addresses, prefixes }) =>
    `it is assumed, because no Node is given: address ${addresses.map(formatAddress).join(', ')}, pods ${prefixes.map(formatSubnet).join(', ')}`,
};

/** In English, as notes about manifests say it. */
export function sayFilled(one: Filled): string {
  return (words[one.code] as (one: Filled) => string)(one);
}

/** A note of what was filled in for objects of a kind, alike for all of them, with the data that its message is made of. */
export interface FilledNote extends Problem {
  readonly code: 'assumed';
  readonly filled: {
    readonly kind: string;
    readonly names: readonly string[];
    readonly all: readonly Filled[];
  };
}
