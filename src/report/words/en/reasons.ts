import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import { formatSubnet } from '../../../address/subnet.ts';
import { type FieldName, fieldKey } from '../../../engine/fields.ts';
import type { RouteDrop } from '../../../engine/reasons.ts';
import type { HostDoubt } from '../../../host/doubt.ts';
import type { IntervalSet } from '../../../sets/intervals.ts';
import type { ReasonWords, ToldReason } from '../reasons.ts';
import { sayOf, type WordsOf } from '../words-of.ts';

/** What is said of fields that nothing tells. */
const fieldNames: Partial<Record<FieldName, string>> = {
  sourceMac: 'the MAC address that the packet came from is',
  mss: 'the maximum segment size that the packet offers is',
  length: 'the length of the packet is',
  tcpOption: 'the TCP options of the packet are',
  ttl: 'the TTL of the packet is',
  tos: 'the type of service of the packet is',
  user: 'the user and group of the process that sends the packet are',
  group: 'the user and group of the process that sends the packet are',
  ctDirection: "which side began the packet's flow is",
  ctStatus: "whether the packet's flow was expected is",
  ctExpire: 'how long the flow is still remembered is',
  packetType: 'whether the frame was for one, some or all is',
  time: 'the time at which the packet comes is',
  cpu: 'the processor that handles the packet is',
  ctHelper: "the helper of the packet's connection is",
  inGroup: 'the group of the interface by which the packet comes is',
  outGroup: 'the group of the interface by which the packet leaves is',
  realm: "the realm of the packet's route is",
  transport: 'what the header of TCP, DCCP or SCTP says beside ports is',
  extensionHeader: 'the extension header of the packet is',
  priority: 'the priority of the packet is',
  secmark: 'the security mark of the packet is',
  owned: 'which process of the node sends the packet is',
  cgroup: 'the control group of the process that sends the packet is',
  ctZone: "the zone of the packet's connection is",
  ctLabel: "the labels of the packet's connection are",
  hash: "the hash of the packet's connection is",
  ctAmount: "what the packet's connection has carried so far is",
};

const doubts: WordsOf<HostDoubt> = {
  'own-address-unknown': ({ address }) =>
    `it is not known whether ${formatAddress(address)} is an address of the node; give --host with addresses`,
  'pod-address-unknown': ({ address }) =>
    `it is not known whether ${formatAddress(address)} is a pod of this node; give --host with podCIDR`,
  'rule-asks-more': ({ priority }) => `ip rule ${priority} asks for more than the destination`,
  'rule-asks-tos': ({ priority }) =>
    `the type of service of the packet is not known, and ip rule ${priority} asks for it`,
  'rule-asks-user': ({ priority }) =>
    `the user of the process that sends the packet is not known, and ip rule ${priority} asks for it`,
  'rule-asks-port': ({ priority }) => `a port is not given, and ip rule ${priority} asks for it`,
  'route-asks-tos': ({ table }) =>
    `the type of service of the packet is not known, and a route of the table ${table} asks for it`,
  'table-unknown': ({ table }) =>
    `ip rule leads to the table ${table}, whose routes are not known; give --host with what ip route show table all prints`,
  'vrf-not-followed': (doubt) =>
    `${doubt.interface} is in the VRF ${doubt.master}, and the tables of VRFs are not followed`,
  'vrf-unknown': ({ master }) =>
    `whether ${master} is a VRF is not known; give --host with what ip -json -details link prints`,
  'link-local-unknown': (doubt) =>
    `the link-local address of ${doubt.interface} is not known; give --host with interfaces`,
  'addresses-unknown': (doubt) =>
    `the addresses of ${doubt.interface} are not known; give --host with addresses`,
  'bridge-unknown': (doubt) =>
    `whether ${doubt.interface} is a bridge whose frames meet these rules (br_netfilter) is not known; give --host with interfaces (kind, master) and ${doubt.sysctl}`,
  'bridged-or-routed': (doubt) =>
    `whether the packet is bridged or routed within ${doubt.interface} is not known`,
  'bridge-port-unknown': (doubt) =>
    `the port of the bridge ${doubt.interface} by which the packet ${doubt.does} is not known`,
  'group-unknown': ({ address }) =>
    `whether the node listens to the multicast group ${formatAddress(address)} is not known`,
  'has-link-local-unknown': (doubt) =>
    `whether ${doubt.interface} has a link-local address is not known; give --host with interfaces`,
  'link-unknown': ({ address }) =>
    `by which interface the node sends to ${formatAddress(address)} is not known`,
};

const drops: Readonly<Record<RouteDrop, string>> = {
  'loopback-from-wire': '::1 does not come from a wire',
  'node-multicast-from-wire': 'multicast of a node alone does not come from a wire',
  'multicast-source': 'the source is a multicast address',
  'not-forwarding': 'the node does not forward',
  'source-of-nobody': 'the source is no address of a host',
  'localnet-source': 'a source in 127/8 from outside, and route_localnet is off',
  'localnet-destination': 'a destination in 127/8 from outside, and route_localnet is off',
  'localnet-leaves': 'a source in 127/8 cannot leave the node, since route_localnet is off',
  'source-unspecified': 'the source is 0.0.0.0',
  'destination-unspecified': 'the destination is 0.0.0.0',
  'source-is-own': 'the source is an address of this node, and accept_local is off',
  'no-way-back': 'there is no way back to the source, and rp_filter is on',
  'other-way-back': 'the way back to the source is another, and rp_filter is on',
  'group-not-heard': 'the node does not listen to the multicast group',
  'group-of-node': 'the multicast group is of this node alone',
  'no-route': 'no route',
  'no-route-of-own': 'there is no route to the destination',
  blackhole: 'a blackhole route',
  'no-interface-to-many': 'no interface has the source of an answer to many',
};

/** Why something is not known, does not arrive, or is not answered. */
const sentences: ReasonWords = {
  'field-unknown': ({ field }) => `${fieldNames[field.field] ?? `${fieldKey(field)} is`} not known`,
  'port-unknown': ({ side, ports }) =>
    `the ${side} port is not given, and rules ask whether it is ${sayPorts(ports)}`,
  'set-port-unknown': ({ side, set }) =>
    `the ${side} port is not given, and a set is asked for it (set ${set})`,
  'set-unknown': ({ set }) =>
    `the contents of the set ${set} are not known; give --sets with what ipset save prints`,
  'set-missing': ({ set }) => `the set ${set} is not in what --sets says; give all that ipset save prints`,
  'set-count-unknown': ({ set, option }) => `what the set ${set} has counted is not known (${option})`,
  'set-part-unevaluated': ({ set }) =>
    `what the set asks beside addresses and ports is not evaluated (set ${set})`,
  'set-protocol-unevaluated': ({ set }) =>
    `entries for protocols without ports are not evaluated (set ${set})`,
  'set-changed': ({ set }) => `a rule has changed the set ${set}, and what it holds is not known`,
  'set-unswept': ({ set }) =>
    `whether the set ${set} is full is not known: what was deleted or has timed out takes up room until the kernel sweeps the set`,
  'match-unevaluated': ({ name }) => `-m ${name} is not evaluated`,
  'match-not-shown': () => 'not all that the rule asks is shown',
  'rule-unread': () => 'the line could not be read',
  'rules-not-shown': () => 'the rules that follow are not shown',
  'endpoints-unknown': () =>
    'the endpoints of the service are not known, since what was given does not say enough of them',
  'by-ipvs': () =>
    'kube-proxy runs in ipvs mode here: IPVS sends the packet to an endpoint, which no rule tells',
  'chain-unwalked': ({ table, chain }) =>
    `the packet meets the chain ${chain} of table ${table}, which is not walked`,
  'target-unknown': ({ name }) => `${name} is neither a chain that is shown nor a target that is known`,
  'statement-unevaluated': ({ text }) => `what “${text}” comes to is not known`,
  'order-unknown': ({ chains: [one, other] }) =>
    `${one} and ${other} have one hook and one priority: the one that was made last is asked first, and rules do not tell which that is`,
  'option-unevaluated': ({ option }) => `${option} is not evaluated`,
  'other-protocol': ({ extension }) => `-m ${extension} looks into a packet of another protocol`,
  'target-unevaluated': ({ name }) => `the target ${name} is not carried out`,
  'kernel-owner-unknown': () => 'whether the kernel itself owns the errors that it sends is not known',
  'owner-unknown': () => 'the user and group of the process that sends the packet are not known',
  'sockets-unknown': () => 'the sockets of the node are not known',
  'listeners-unknown': () => 'which sockets listen on the node is not known (TPROXY)',
  'frame-unknown': ({ type }) => `whether the frame was a ${type} is not known`,
  'assured-unknown': () => 'whether the flow is assured is not known',
  'interface-addresses-unknown': (reason) =>
    `the addresses of ${reason.interface} are not known; give --host with addresses`,
  'flow-may-be-gone': () =>
    'whether the node still knows the connection is not known: that depends on sequence numbers and data, which nobody told',
  'flow-may-be-expected': () =>
    'whether the helper of a connection (CT --helper) expects the packet is not known: that depends on data, which nobody told',
  'flow-ambiguous': () =>
    'which of several connections the packet belongs to is not known: translation may have chosen its port for each',
  'earlier-packet-unknown': () => 'what became of an earlier packet is not known, and it depends on that',
  'too-many-ways': ({ most }) => `there are more than ${most} ways through these rules`,
  'too-many-rules': ({ most }) =>
    `it meets more than ${most} rules, in chains that are called again and again`,
  'reset-untranslated': () =>
    'with br_netfilter the kernel sends the reset back into the bridge past all rules and untranslated, and the client, who asked for another address, does not take it',
  'reset-way-unknown': ({ doubt }) =>
    `with br_netfilter the kernel sends a reset back into a bridge past all rules and untranslated, else through them; ${sayOf(doubts, doubt)}`,
  host: ({ doubt }) => sayOf(doubts, doubt),
  'at-rule': ({ place, reason }) =>
    reason.code === 'rules-not-shown'
      ? `${sayReason(reason)} (in ${place.table}/${place.chain})`
      : `${sayReason(reason)} (rule ${place.number} of ${place.table}/${place.chain})`,
  'policy-drop': ({ table, chain }) => `the policy of ${table}/${chain} is DROP`,
  'flow-clash': () => 'an older flow already has these ends, and no other port was free',
  'hops-spent': () => 'its TTL is spent on this node',
  'route-drop': ({ drop }) => drops[drop],

  // The answer's way.
  'asked-many': ({ asked }) =>
    `who answers what was sent to ${formatAddress(asked)}, to many, does so from an address of its own`,
  'node-answers': () => 'the node itself answers',
  'martian-source': ({ source }) =>
    `the receiver takes a source in 127/8 from a wire for a martian and drops the packet, and could not answer ${formatAddress(source)} over a wire`,
  'answers-node': ({ server, client, undone }) =>
    `${formatAddress(server)} answers ${formatAddress(client)}, an address of this node${undone ? ', which translates it back for the client' : ''}`,
  'answers-itself': ({ server }) =>
    `${formatAddress(server)} sees its own address as the client's and answers itself`,
  'client-is-pod': ({ client }) => `${formatAddress(client)} is a pod of this node`,
  'both-are-pods': () =>
    'client and server are both pods of this node: on one bridge, answers meet its rules only with br_netfilter',
  'server-is-pod': ({ server }) => `${formatAddress(server)} is a pod of this node, which is its way out`,
  'nothing-translated': ({ server, client }) =>
    `${formatAddress(server)} answers ${formatAddress(client)} by its own way; nothing was translated`,
  'past-node': ({ server, client, asked }) =>
    `${formatAddress(server)} answers ${formatAddress(client)} past this node, and the client, who asked ${formatAddress(asked)}, takes no answer from ${formatAddress(server)}`,
  'answer-from-other': ({ source, client }) =>
    `the answer comes from ${formatAddress(source)} to ${formatAddress(client)}, not from where the client asked`,

  // Between nodes.
  'node-silent': ({ node }) => `node ${node} does not answer`,
  'in-a-circle': () => 'it goes from node to node in a circle',
  'pod-not-routed': ({ address }) =>
    `${formatAddress(address)} is a pod's address: routes to pods are known inside the cluster only, no router outside has one`,
  'service-not-routed': ({ address }) =>
    `${formatAddress(address)} is a cluster address: no machine has it and no router has a route to it, only the rules of the nodes know it`,
  'not-a-service-port': ({ address, port, node }) =>
    `${formatEndpoint(address, port)} is no port of the service, so node ${node} has no rule for it, and no router knows the address`,
  'not-a-balancer-port': ({ service, port }) => `the load balancer of ${service} has no port ${port}`,
  'source-not-admitted': ({ ranges, source }) =>
    `the load balancer admits only ${ranges.map(formatSubnet).join(', ')}, and ${formatAddress(source)} is not among them`,
  'balancer-without-node-port': () =>
    'the load balancer makes connections to node ports, and the service has none (allocateLoadBalancerNodePorts: false)',
  'no-healthy-node': () =>
    'no node has a ready endpoint, so all fail the health check and the load balancer has nowhere to send',
  'no-node': () => 'the load balancer has no node to send to',
  'nobody-listens': ({ node, port }) => `nothing is known to listen at port ${port} of ${node} itself`,
  'host-port': ({ node, port, owner }) =>
    `${owner} asks for port ${port} of ${node} (hostPort); what leads there is not among these rules`,
  'answer-strays': ({ node, server, client, asked }) =>
    `the answer goes straight to ${formatAddress(client)}, past node ${node}, which alone could translate it: it comes from ${formatAddress(server)}, but the client called ${formatAddress(asked)} and refuses it`,
  'balancer-may-tell': () =>
    'it is for the load balancer, which makes connections of its own; what that tells the client is not known',
};

export function sayReason(reason: ToldReason): string {
  return sayOf(sentences, reason);
}

function sayPorts(ports: IntervalSet): string {
  const ranges: string[] = [];
  for (let at = 0; at < ports.length; at += 2) {
    ranges.push(ports[at] === ports[at + 1] ? `${ports[at]}` : `${ports[at]} to ${ports[at + 1]}`);
  }
  return ranges.join(', ');
}
