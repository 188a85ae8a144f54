import type { ExplainWords } from '../explain.ts';
import { resultWords } from './results.ts';

const reaching = (verb: string) => (server: string | null) => (server === null ? verb : `${verb} ${server}`);

export const explainWords: ExplainWords = {
  ...resultWords,
  entries: {
    'cluster-ip': 'Cluster address',
    'node-port': 'Node port',
    'service-port-on-node': "The service's own port on a node's address",
    'load-balancer': 'Load balancer',
    'external-ip': 'External address',
  },
  onNode: (entry, node, hasEndpoint) =>
    hasEndpoint === null
      ? `${entry} (${node})`
      : `${entry} (${node}, which ${hasEndpoint ? 'has an endpoint' : 'has no endpoint'})`,
  handedTo: (entry, node) => `${entry}, where the network outside hands it to ${node}`,
  modes: { VIP: "keeps the packet's addresses", Proxy: 'makes connections of its own' },
  clients: {
    endpoint: (address, node) => `the endpoint ${address} itself, on ${node}`,
    pod: (address, node) => `a pod on ${node} (${address})`,
    node: (address, node) => `node ${node} itself (${address})`,
    outside: (address) => `outside (${address})`,
    'outside-admitted': (address) => `outside, within the ranges admitted (${address})`,
  },
  verdicts: {
    reached: reaching('reaches'),
    unanswered: (server) => `${reaching('reaches')(server)} (no answer comes back)`,
    dropped: () => 'is dropped',
    rejected: () => 'is rejected',
    refused: () => 'is refused',
    lost: () => 'gets nowhere',
    left: (server) => `leaves the cluster${server === null ? '' : ` for ${server}`}`,
    unplaced: (server) => `is sent ${server === null ? 'on' : `to ${server}`} (on a node that is not known)`,
    unknown: () => 'cannot be told',
  },
  nowhere: 'nowhere',
  joined: (names) => names.join(' and '),
  ingress: (key, rule, className) =>
    `Ingress ${key}: ${rule ?? 'default backend'} (class ${className ?? 'none'})`,
  port: (key, port) => `${key}, port ${port}`,
  notKnown: 'not known',
  none: 'none',
  states: { terminating: 'terminating', gone: 'terminating and not serving', notReady: 'not ready' },
  more: (count) => `… and ${count} more`,
  unproxied: {
    'other-proxy': (key) =>
      `${key} has the label service.kubernetes.io/service-proxy-name: kube-proxy does not see it, and what another proxy does is not known here.`,
    headless: (key) =>
      `${key} is headless: it has no address of its own. DNS gives clients the pods' addresses, and they call the pods directly, so every source is preserved; outside of the cluster nobody has a route to them.`,
    'external-name': (key, name) =>
      `${key} is of type ExternalName: DNS answers with the name ${name}, and no packet meets a rule.`,
  },
  nothing: 'There is no service to explain.',
  endpoints: (list) => `Endpoints: ${list}`,
  note: (note) => `Note: ${note}.`,
  from: (client) => `from ${client}`,
  stopped: (why) => `gets nowhere: ${why}`,
  foundIn: (where) => `the client's address is still to be found in: ${where}`,
  moreLike: (count) => `… and ${count} more like these`,
  oneOf: (count, share, servers, rest) =>
    `one of ${count} endpoints, ${share} each: ${servers}; and ${rest} more`,
  callers: {
    endpoint: (address) => `the endpoint ${address} itself`,
    pod: (_, node) => `a pod on ${node}`,
    node: (_, node) => `${node}`,
    outside: () => 'outside',
    'outside-admitted': () => 'outside, where it is admitted',
  },
  servers: (count) => `${count} endpoints`,
  whichAll: (result, servers, sources) =>
    `${result}, which ${servers === 1 ? 'sees' : 'see'} ${sources === null ? "the client's own address" : `${sources.join(', ')} instead of the client`}`,
  moreWithVerbose: '(every client, share and rule: --verbose)',
  columns: ['Entry', 'Client', 'Share', 'What becomes of it', 'The server', 'Why'],
  which: (result, source) => `${result}, which ${source}`,
};
