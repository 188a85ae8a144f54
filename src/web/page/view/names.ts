import type { Client } from '../../../path/clients.ts';
import type { Entry } from '../../../path/entries.ts';
import type { Words } from '../words/en.ts';

export function nameClient({ kind, node }: Client, w: Words): string {
  if (node === null) return w.outside;
  return {
    endpoint: w.endpointOn,
    pod: w.podOn,
    node: w.nodeItself,
    outside: w.podOn,
    'outside-admitted': w.podOn,
  }[kind](node);
}

const entryWords = {
  'cluster-ip': 'clusterAddress',
  'node-port': 'nodePort',
  'service-port-on-node': 'servicePortOnNode',
  'load-balancer': 'balancer',
  'external-ip': 'externalAddress',
} as const;

export function nameEntry({ kind, node }: Entry, w: Words): string {
  return `${w[entryWords[kind]]}${node === null ? '' : ` (${node})`}`;
}
