import { type Command, Option } from 'commander';
import type { Family } from '../address/address.ts';
import type { DirectoryFlags } from '../files/expand.ts';
import type { Allocation } from '../session/allocation.ts';
import { parseShard, type Shard } from '../session/shard.ts';
import type { Io } from './io.ts';

/** What `--host` takes, whatever the command. */
export const hostText =
  "the node's network: YAML or JSON, or what ip addr, route, rule, neigh (with -json or without) and sysctl print";

export function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}

/** Of commands that compile manifests. That ipvs is refused is said by who compiles. */
export const modeOption = (): Option =>
  new Option('--mode <mode>', "kube-proxy's mode, whatever the configuration says").choices([
    'iptables',
    'nftables',
    'ipvs',
  ]);

/** The flags that say which node of which cluster is meant. */
export interface NodeFlags {
  readonly config?: string;
  readonly node?: string;
  readonly family?: Family;
}

export function declareNodeFlags(command: Command): Command {
  return command
    .option('--config <file>', "kube-proxy's configuration, or kubeadm's ConfigMap with it")
    .option('--node <name>', 'the node, where there are several')
    .addOption(new Option('--family <family>', 'the address family').choices(['ipv4', 'ipv6']));
}

/** How manifests are read, and where what they leave open comes from. */
export interface ManifestFlags extends Allocation, DirectoryFlags {
  readonly namespace?: string;
}

export function declareManifestFlags(command: Command): Command {
  return command
    .option('-R, --recursive', 'of directories, those below them, too')
    .option('-n, --namespace <name>', 'the namespace of objects that name none (default); others are refused')
    .option('--helm', 'render Helm charts among the directories, by helm template')
    .option('--service-cidr <prefixes>', 'where cluster addresses that are left open come from')
    .option('--node-port-range <range>', 'where node ports that are left open come from (30000-32767)')
    .option(
      '--load-balancer-cidr <prefixes>',
      'where addresses of load balancers come from (else they are pending)',
    );
}

export function declareContextFlag(command: Command): Command {
  return command.option(
    '--context <name>',
    "a cluster, by kubectl's context: its Services, EndpointSlices, Nodes, Pods and Ingresses are read, and nothing else",
  );
}

/** How the cluster's nodes and routes differ from what the files say. */
export function declareSceneFlags(command: Command): Command {
  return command
    .option('--client <address>', 'a client outside of the cluster (198.51.100.7)')
    .option('--without-node <name>', 'the node is gone, and its pods with it', collect, [])
    .option('--drain-node <name>', 'the pods of the node were moved away', collect, [])
    .option('--dead-node <name>', 'the node does not answer, and nobody has noticed yet', collect, [])
    .option(
      '--add-node <name=address,pods>',
      'a new node, such as node-9=10.100.0.9,10.0.9.0/24',
      collect,
      [],
    )
    .option('--stale-balancer', 'load balancers still send to nodes that --without-node takes away')
    .option('--service-route <node>', 'a router sends what is for cluster addresses to this node');
}

/** `--shard`, of what several jobs share. */
export function declareShardFlag(command: Command, what: string): Command {
  return command.option(
    '--shard <i/n>',
    `a part of ${what}; /n in an Indexed Job of Kubernetes (JOB_COMPLETION_INDEX)`,
  );
}

/** Null: all of it. */
export function shardOf(io: Io, text: string | undefined): Shard | null {
  return text === undefined ? null : parseShard(text, io.env.JOB_COMPLETION_INDEX);
}
