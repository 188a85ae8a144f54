import type { Match } from '../../iptables/rule/match.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
import type { RulesetWriter } from '../../iptables/rule/writer.ts';
import type { NodeDecisions } from '../decide/node.ts';
import type { PodDetection } from '../decide/pods.ts';
import { RulesetBuilder } from './builder.ts';
import { type NodeContext, servicePortContext, type Traffic } from './context.ts';
import { writeForward, writeLocalhostFirewall, writeMasquerade, writeNodePortJump } from './frame.ts';
import { writeJumps } from './jumps.ts';
import { fromSubnet, inInterface, jump } from './spell.ts';
import { declareTopChains } from './top-chains.ts';
import {
  clusterMasquerade,
  endpointChoice,
  endpointTranslation,
  externalPolicy,
  ownChains,
  sourceRanges,
} from './traffic/chains.ts';
import {
  balancerAddresses,
  clusterAddress,
  externalAddresses,
  healthCheckNodePort,
  nodePort,
} from './traffic/entries.ts';

/** What of the rules depends on the node rather than on the cluster. */
export interface CompileOptions {
  /** The jumps from the built-in chains, which kube-proxy makes apart from the rest. Default: true. */
  readonly jumps?: boolean;
  /** iptables on the node knows `--random-fully`. Default: true. */
  readonly randomFully?: boolean;
  /** The node has nfacct objects to count packets with (from release 1.31 on). Default: false. */
  readonly nfacct?: boolean;
  /** The chains by which kube-proxy sees that its rules were flushed, which it makes apart from the rest. Default: false. */
  readonly canary?: boolean;
}

/** kube-proxy counts endpoints, and beyond this many saves the comments. */
const largeCluster = 1000;

/** What is written for each service port, in kube-proxy's order. */
const traffic: readonly Traffic[] = [
  ownChains,
  clusterAddress,
  externalAddresses,
  balancerAddresses,
  nodePort,
  healthCheckNodePort,
  clusterMasquerade,
  externalPolicy,
  sourceRanges,
  endpointChoice,
  endpointTranslation,
];

/** Spells decisions as the filter and nat rules of kube-proxy's iptables mode. */
export function compile(decisions: NodeDecisions, options: CompileOptions = {}): Ruleset {
  const builder = new RulesetBuilder();
  writeRules(builder, decisions, options);
  return builder.ruleset(decisions.family);
}

/** The same rules, to whatever takes them. */
export function writeRules(
  writer: RulesetWriter,
  decisions: NodeDecisions,
  options: CompileOptions = {},
): void {
  const { release, config, nodePorts } = decisions;
  const node = nodeContext(writer, decisions, options);
  if (options.jumps ?? true) writeJumps(writer, release.ownsFirewallChain);
  if (options.canary)
    for (const table of ['filter', 'nat'] as const) writer.chain(table, 'KUBE-PROXY-CANARY');
  const mark = 2 ** config.masqueradeBit;

  writeMasquerade(node, mark, release.alwaysRandomFully || (options.randomFully ?? true));
  if (release.ownsFirewallChain && nodePorts.localhost) writeLocalhostFirewall(node);
  for (const decision of decisions.servicePorts) {
    const context = servicePortContext(node, decision);
    for (const write of traffic) write(context);
  }
  writeNodePortJump(node, nodePorts);
  writeForward(node, mark, config.tcpBeLiberal);
}

function nodeContext(writer: RulesetWriter, decisions: NodeDecisions, options: CompileOptions): NodeContext {
  const endpoints = decisions.servicePorts.reduce((sum, { endpointCount }) => sum + endpointCount, 0);
  const top = declareTopChains(writer);
  return {
    writer,
    top,
    markMasquerade: jump(top.nat.markMasquerade.name),
    release: decisions.release,
    pods: decisions.pods && podMatches(decisions.pods),
    masqueradeAll: decisions.config.masqueradeAll,
    isLarge: endpoints > largeCluster,
    countsPackets: decisions.release.countsPackets && (options.nfacct ?? false),
    localhostNodePorts: decisions.nodePorts.localhost,
    rejectWith: decisions.family === 'ipv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable',
  };
}

function podMatches(pods: PodDetection): { readonly inside: Match; readonly outside: Match } {
  return pods.by === 'source'
    ? { inside: fromSubnet(pods.prefix), outside: fromSubnet(pods.prefix, true) }
    : { inside: inInterface(pods.interface), outside: inInterface(pods.interface, true) };
}
