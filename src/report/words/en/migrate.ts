import type { MigrateWords } from '../migrate.ts';
import { count } from './count.ts';

export const migrateWords: MigrateWords = {
  exceptions: {
    'no-table': {
      what: 'packets to services: nft refuses the tables that one side makes, so that no service is served by a node that it runs on',
      advice: 'take a release whose tables nft takes: kubenat compile says what it refuses of this one',
    },
    'unused-port': {
      what: 'packets to a cluster address at a port, or of a protocol, that no service port has: in nftables mode they are refused, in iptables mode they leave by the default route',
      advice:
        'nothing, unless something relies on silence there: a ping of a cluster address is answered by an error',
    },
    'unallocated-address': {
      what: 'packets to an address of a ServiceCIDR that no Service has: in nftables mode they are dropped',
      advice: 'see that no other network uses addresses of the ServiceCIDRs',
    },
    'node-port-served': {
      what: 'node ports on addresses of the node where only one side serves them: nftables mode serves the primary addresses unless told otherwise, and never loopback addresses',
      advice:
        'set nodePortAddresses to what clients use; let callers on the node use its address in the place of localhost',
    },
    'node-port-refused': {
      what: 'node ports without endpoints on addresses of the node where only one side refuses them',
      advice:
        'nothing, unless a program of the node listens on such a port of loopback: it is reached there now',
    },
    'own-packet-refused': {
      what: 'packets of the node itself to an external or balancer address without endpoints: in nftables mode they are refused at once, in iptables mode they leave the node',
      advice: 'nothing, unless the node is meant to reach such an address by a balancer outside',
    },
    'own-packet-dropped': {
      what: 'packets of the node itself to an external or balancer address of a Service of external policy Local that has endpoints on other nodes alone: before 1.33.6 nftables mode drops them, all others send them to those',
      advice: 'in nftables mode, take 1.33.6 or later where programs of a node call such addresses',
    },
    'ranges-before-refusal': {
      what: 'packets from outside of loadBalancerSourceRanges to a balancer address without endpoints: in nftables mode they are dropped, in iptables mode refused',
      advice: 'nothing: outsiders time out, as they do while there are endpoints',
    },
    'loopback-from-outside': {
      what: "packets to 127.0.0.0/8 from the wire, or from the node's other addresses: with route_localnet, which only iptables mode sets, the first may reach what listens there; from 1.27 on kube-proxy drops both",
      advice: 'nothing, unless a program of the node calls a loopback address from another one',
    },
    masquerade: {
      what: 'packets to cluster addresses whose source is replaced on one side only: each mode reads masqueradeAll of its own section',
      advice: 'set masqueradeAll in the section of the new mode, too',
    },
    hairpin: {
      what: 'packets of a pod on another node that go to a service by this node and come back to the same pod: from 1.36 on nftables mode replaces the source of pods of this node alone',
      advice: 'nothing, unless pods use another node as their gateway to services',
    },
    endpoints: {
      what: 'packets that another release sends to other endpoints, or answers otherwise: by hints, by the state of endpoints, by policy, or because only one side serves the address or watches the Service',
      advice: 'see that the endpoints that get more packets can bear them',
    },
    'invalid-packets': {
      what: 'packets that connection tracking takes for INVALID: iptables mode drops those that are forwarded, nftables mode does not',
      advice: 'set conntrack.tcpBeLiberal, or drop them by a rule of your own',
    },
    'no-accept': {
      what: "iptables mode accepts in FORWARD what is marked, what belongs to known connections, and in INPUT health check node ports; nftables mode leaves that to the node's own firewall",
      advice: "let the node's firewall accept forwarded packets of services and health check node ports",
    },
    'affinity-memory': {
      what: 'clients with session affinity: iptables mode remembers 100 of them for each endpoint and forgets the oldest, nftables mode 65,535 and then no more; what was remembered is lost with the move',
      advice: 'expect that clients change their endpoint once',
    },
  },
  verdict: ({ from, to, reasons, nodes, rest, isUnnamed }) => {
    const fault = isUnnamed ? ' A packet changes fate for a reason that is not named, too.' : '';
    if (reasons > 0)
      return `${from} → ${to}: packets change fate for ${count(reasons, 'reason', 'reasons')} on ${count(nodes, 'node', 'nodes')}.${fault}`;
    if (rest === 'proved') return `${from} → ${to}: no packet changes fate: both sides have the same rules.`;
    return isUnnamed
      ? `${from} → ${to}: no reason is known.${fault}`
      : `${from} → ${to}: no packet is known to change fate.`;
  },
  toDo: (advice) => `what to do: ${advice}`,
  on: (nodes, more, families) =>
    `on ${nodes.join(', ')}${more > 0 ? ` and ${more} more` : ''}, ${families.join(' and ')}`,
  forInstance: (node, packet) => `for instance on ${node}: ${packet}`,
  restNotProved: 'That no other packet changes fate is not proved for these rules.',
  walked: (packets, nodes, isNamed) =>
    `${packets} packets were walked through the rules of both sides on ${nodes.join(', ')}${isNamed ? ', and none changes fate for another reason' : ''}.`,
  unnamed: 'unnamed: a packet changes fate, and none of these reasons says why: please report this',
  onNode: (node, packet) => `on ${node}: ${packet}`,
  before: (fates) => `before: ${fates.join(', or ')}`,
  after: (fates) => `after: ${fates.join(', or ')}`,
};
