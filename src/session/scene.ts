import { type Address, type Family, familyOf, parseAddress } from '../address/address.ts';
import { parsePrefix, type Subnet } from '../address/subnet.ts';
import { buildProgram } from '../engine/program.ts';
import type { HostFields } from '../host/model.ts';
import type { ProxyConfig } from '../kube/cluster/config.ts';
import type { Cluster, ClusterNode, Service } from '../kube/cluster/model.ts';
import { changeNodes } from '../path/change.ts';
import type { NodeRules, RulesOf } from '../path/connection.ts';
import { withNamedBalancers } from '../path/named-balancers.ts';
import { Network } from '../path/network.ts';
import { restrictTo } from '../path/restrict.ts';
import type { Scene } from '../path/scene.ts';
import { compileNode } from '../proxy/compile-node.ts';
import { want } from '../text/expected.ts';
import type { SessionDetail } from './detail.ts';
import { refuse } from './refuse.ts';

/** How the cluster's nodes and routes differ from what the files say. */
export interface SceneChanges {
  readonly client?: string;
  readonly withoutNode: readonly string[];
  readonly drainNode: readonly string[];
  readonly deadNode: readonly string[];
  readonly addNode: readonly string[];
  readonly staleBalancer?: boolean;
  readonly serviceRoute?: string;
  readonly kubeVersion?: string;
}

/**
 * A cluster after what the flags do to its nodes: some gone, some drained, some new. Throws an InputError where a name is
 * none of a node.
 */
export function changedCluster(cluster: Cluster, flags: SceneChanges): Cluster {
  for (const [flag, names] of [
    ['--without-node', flags.withoutNode],
    ['--drain-node', flags.drainNode],
    ['--dead-node', flags.deadNode],
  ] as const) {
    for (const name of names) checkNode(cluster, flag, name);
  }
  const added = flags.addNode.map((text) => addedNode(cluster, text));
  const changed = changeNodes(cluster, { without: flags.withoutNode, drained: flags.drainNode, added });
  if (flags.serviceRoute !== undefined) {
    checkNode(flags.staleBalancer ? cluster : changed, '--service-route', flags.serviceRoute);
  }
  return changed;
}

/**
 * A stage for connections to these services, on a network as `Network` describes it. Rules are compiled node by node, when
 * a packet comes there. Of the flags, those that `changedCluster` has not seen to yet: nodes that nobody has noticed to be
 * dead, balancers that still send to nodes that are gone, the router for cluster addresses, the release of kube-proxy.
 */
export function makeScene(
  cluster: Cluster,
  services: readonly Service[],
  family: Family,
  config: ProxyConfig,
  flags: SceneChanges,
  compile: RulesMaker = compiledRules,
): Scene {
  const restricted = restrictTo(cluster, services);
  const stale = flags.staleBalancer ? flags.withoutNode : [];
  const staged = withNamedBalancers(restricted, family);
  return {
    cluster: staged,
    network: new Network(staged, family, { host: podInterface(config) }),
    config,
    rulesOf: remembered(compile(restricted, family, sharedOf(config), flags.kubeVersion)),
    serviceRoute: flags.serviceRoute ?? null,
    dead: new Set([...flags.deadNode, ...flags.withoutNode]),
    stale,
  };
}

/** Where the configuration tells pods by their interface, they are behind one of that name. */
function podInterface({ localDetection }: ProxyConfig): HostFields {
  if (localDetection.mode === 'BridgeInterface') return { podIf: localDetection.name };
  if (localDetection.mode === 'InterfaceNamePrefix') return { podIf: `${localDetection.prefix}0` };
  return {};
}

/** Compiles the rules of each node of a cluster. */
export type RulesMaker = (
  cluster: Cluster,
  family: Family,
  config: ProxyConfig,
  kubeVersion: string | undefined,
) => RulesOf;

/** One node's address is not another's: what the configuration says of a single node is left out. */
function sharedOf(config: ProxyConfig): ProxyConfig {
  return { ...config, hostnameOverride: null, bindAddress: null };
}

function remembered(rulesOf: RulesOf): RulesOf {
  const known = new Map<string, NodeRules>();
  return (node) => {
    const rules = known.get(node) ?? rulesOf(node);
    known.set(node, rules);
    return rules;
  };
}

/** In iptables mode. */
export const compiledRules: RulesMaker = (cluster, family, config, kubeVersion) => (node) => {
  const version = kubeVersion === undefined ? {} : { kubeVersion };
  const { ruleset } = compileNode(cluster, { node, family, config, ...version });
  return { program: buildProgram(ruleset), ruleset };
};

const outsiders: Readonly<Record<Family, string>> = { ipv4: '198.51.100.7', ipv6: '2001:db8:7::7' };

export function clientAddress(text: string | undefined, family: Family): Address {
  const address = parseAddress(text ?? outsiders[family]);
  if (address !== undefined && familyOf(address) === family) return address;
  return refuse<SessionDetail>(
    { code: 'client-no-address', text: text ?? '', family },
    want.suchAs(outsiders[family]),
  );
}

function checkNode({ nodes }: Cluster, flag: string, name: string): void {
  if (nodes.some((node) => node.name === name)) return;
  refuse<SessionDetail>({ code: 'flag-no-node', flag, name }, want.oneOf(nodes.map((node) => node.name)));
}

function addedNode(cluster: Cluster, text: string): ClusterNode {
  const [, name = '', address = '', pods] = /^([^=]+)=([^,]+)(?:,(.+))?$/.exec(text) ?? [];
  const parsed = parseAddress(address);
  const prefix = pods === undefined ? undefined : parsePrefix(pods);
  if (parsed === undefined || (pods !== undefined && !prefix)) {
    return refuse<SessionDetail>(
      { code: 'added-no-node', text },
      want.suchAs('node-9=10.100.0.9,10.0.9.0/24'),
    );
  }
  if (cluster.nodes.some((node) => node.name === name)) {
    return refuse<SessionDetail>({ code: 'added-twice', name }, want.thing('new-name'));
  }
  return {
    name,
    internalAddresses: [parsed],
    externalAddresses: [],
    podPrefixes: prefix ? [prefix as Subnet] : [],
    labels: { 'kubernetes.io/hostname': name },
  };
}
