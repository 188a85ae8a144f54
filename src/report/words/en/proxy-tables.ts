import type { ProxyTableWords } from '../proxy-tables.ts';
import { count } from './count.ts';

export const proxyTableWords: ProxyTableWords = {
  table: (name, release) => `table ${name}: ${release}`,
  noRelease: 'of no release of kube-proxy that is known',
  release: (first, last, by) => {
    const range = last === null ? `${first} or newer` : first === last ? first : `${first} to ${last}`;
    return `by its shape of kube-proxy ${range} (${by})`;
  },
  shapes: {
    'all-before-dnat': 'all filter chains stand before DNAT',
    'chain-of-each-endpoint': 'every endpoint has a chain',
    'map-of-endpoints': 'a lone endpoint is in a map',
    'lone-endpoint': 'a lone endpoint is in no map, or rejected node ports on loopback addresses are counted',
    'hairpin-set': 'there is a set of hairpin connections, and nothing tells more',
  },
  nodePorts: (addresses) => `node ports: at ${addresses ?? 'all local addresses but loopback'}`,
  counter: (name, counts, packets) => `counter ${name}: ${counts}, ${packets} packets`,
  unknownCounter: 'not one that is known',
  rejectedOnLoopback: (protocol) => `rejected ${protocol} for node ports on loopback addresses`,
  noServices: 'no Services',
  noElement: 'no element of a map leads to it',
  endpoints: (list) => `endpoints: ${list ?? 'none'}`,
  ofThisNode: (list) => `of this node: ${list ?? 'none'}`,
  affinity: (clients, endpoints) =>
    `session affinity: ${count(clients, 'client', 'clients')} remembered for ${count(endpoints, 'endpoint', 'endpoints')}`,

  nodePort: (port) => `node port ${port}`,
  asksForRanges: 'asks for source ranges',
  admits: (ranges) => `admits ${ranges} alone`,
  droppedByPolicy: 'what no other map took is dropped: no endpoint that its policy allows',
  refused: 'refused: no endpoints',
  to: (chain) => `to ${chain}`,
};
