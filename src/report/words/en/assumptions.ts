import { formatAddress } from '../../../address/address.ts';
import { formatSubnet } from '../../../address/subnet.ts';
import type { AnswerWords } from '../assumptions.ts';

const behind = (where: string, gateway: Parameters<typeof formatAddress>[0] | null) =>
  gateway === null ? '' : `${where}${formatAddress(gateway)}`;

export const answerWords: AnswerWords = {
  // What a node is taken to be.
  uplink: (one) => `the uplink is ${one.interface}`,
  'pod-interface': (one) => `the pod interface is ${one.interface}`,
  'pod-gateway': ({ address, prefix }) =>
    `the pod gateway is ${formatAddress(address)}, the first host of ${formatSubnet(prefix)}`,
  'default-route': (one) =>
    `everything that is not on a link of the node is out of ${one.interface}${behind(', behind ', one.gateway)}`,
  sysctls: ({ values }) => `sysctls: ${values.map(([name, value]) => `${name}=${value}`).join(', ')}`,
  'usual-policy-routing': () =>
    'there are no rules of policy routing but the usual ones (--host with what ip rule prints)',
  'virtual-server-addresses': (one) => `the addresses of the virtual servers are on ${one.interface}`,

  // Of a packet, or a connection.
  'sent-by-node': ({ source }) =>
    `${formatAddress(source)} is an address of the node, so the node sends the packet`,
  'sent-by-pod': (one) =>
    `${formatAddress(one.source)} is a pod of the node, so the packet comes from ${one.interface}`,
  'sent-from-outside': (one) =>
    `${formatAddress(one.source)} is not of this node, so the packet comes from ${one.interface}`,
  'arrival-by-source': (one) =>
    `--host names no interface ${one.interface}, so that where the packet came in goes by its source`,
  'flow-plain': () => 'the flow that the packet belongs to is not translated and has no mark',
  'expected-plain': () =>
    'the packet is the first of a connection that a helper expects and does not translate itself, and has no mark',
  'table-not-shown': ({ table }) => `the table ${table}, which is not shown, has no rules`,
  'chain-not-walked': ({ table, chain }) => `chain ${chain} of table ${table} is not walked`,
  'server-answers': () => 'a server listens at the other end, and answers',
  'client-port': ({ port }) => `the client's port is ${port} (SRC:SPORT gives another one)`,
  'first-port': () => 'of ports that translation chooses, the first stands for all',
  'to-chosen-port': () =>
    'translation chose a port: the packet is to one that may be it, and is taken for an answer',
  'answer-to-chosen-port': () =>
    'translation chose the port of its connection: an earlier packet is taken for the answer to it',

  // What was made up for a comparison.
  'node-address': ({ address }) => `the node's address is ${formatAddress(address)} (--host says otherwise)`,
  'pod-prefix': ({ prefix }) => `the node's pods are ${formatSubnet(prefix)} (--host says otherwise)`,
  'named-interfaces': ({ interfaces }) => {
    const list = interfaces.map(({ name, prefixes }) => `${name} (${prefixes.map(formatSubnet).join(', ')})`);
    return `the node has the interfaces that rules name: ${list.join(', ')} (--host says otherwise)`;
  },
  'unnamed-interface': ({ interfaces }) => {
    const list = interfaces.map(({ name, prefixes }) => `${name} (${prefixes.map(formatSubnet).join(', ')})`);
    return `the node has another interface, which no rule names, made up as ${list.join(', ')} (--host says otherwise)`;
  },

  // Of the network between nodes.
  'node-made-up': ({ node, addresses, prefixes }) =>
    `no Node is given, so ${node} is made up, with the address ${addresses.map(formatAddress).join(', ')} and the pods ${prefixes.map(formatSubnet).join(', ')} (Nodes among the manifests, as kubectl get nodes -o yaml prints them, say otherwise)`,
  'no-node-address': () => 'no node has an address, so nothing is known of the network between them',
  'shared-link': ({ prefix, gateway }) =>
    `the nodes share the link ${formatSubnet(prefix)}${behind(' with the gateway ', gateway)}`,
  'no-overlay': () => 'each node is the next hop to its pods (no overlay)',
  'pods-not-told': () =>
    'kube-proxy is not told which addresses are those of pods; with a clusterCIDR, or another way to tell them (--config), pods reach addresses from outside of a service with externalTrafficPolicy Local also where their node has no endpoint of it',
  'bridged-pods-filtered': () =>
    'packets between pods of one node pass its rules (net.bridge.bridge-nf-call-iptables and hairpin mode, or no bridge)',
};
