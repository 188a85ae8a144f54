import type { Family } from '../address/address.ts';
import { machineFiles, readBeside } from '../files/files.ts';
import { readRulesTexts } from '../files/rules-texts.ts';
import { hostFieldsOf } from '../host/build.ts';
import type { HostFields } from '../host/model.ts';
import { readHost } from '../host/read.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { nothingKnown, readNodeState } from '../session/node-state.ts';
import { type NodeProgram, openProgram } from '../session/program.ts';
import { openRules } from '../session/rules.ts';
import { TestNode } from './node.ts';

type Files = string | readonly string[];

/** Where a node's rules come from, as the flags of `kubenat trace` say it. Paths are relative to the working directory. */
export interface NodeOptions {
  /** Files and directories to compile. Either these or `rules`. */
  readonly manifests?: Files;
  /** What `iptables-save` or `nft list ruleset` printed; both, where a node has rules of both. */
  readonly rules?: Files;
  /** The node, where there are several. */
  readonly node?: string;
  /** Default: that of the input where it has only one, else ipv4. */
  readonly family?: Family;
  /** kube-proxy's configuration, or kubeadm's ConfigMap with it. */
  readonly config?: string;
  /** Kubernetes objects that describe the cluster, beside `rules`. */
  readonly cluster?: Files;
  /** The node's network: files, or what they would say. */
  readonly host?: Files | HostFields;
  /** What `ipset save` printed, and `ipvsadm -Sn`. */
  readonly sets?: Files;
  /** `major.minor` of kube-proxy's release, where manifests are compiled. */
  readonly kubeVersion?: string;
  /** Where what manifests leave open comes from: prefixes, a range of ports, prefixes. */
  readonly serviceCidr?: string;
  readonly nodePortRange?: string;
  readonly loadBalancerCidr?: string;
}

/** Reads and compiles what a node's rules come from. Throws an InputError with everything that is wrong with it. */
export function openNode(options: NodeOptions): TestNode {
  const { manifests, rules, cluster, host = [], sets = [], ...flags } = options;
  const names = { ...flags, ...(rules === undefined ? {} : { rules }), cluster: listOf(cluster) };
  const texts = readRulesTexts(machineFiles, listOf(manifests), names);
  const kept = readBeside(machineFiles, 'sets', listOf(sets), texts.dumps);
  const state = kept.length === 0 ? nothingKnown : readNodeState(kept);
  const isOnlyDump = texts.dumps.length < 2 && !texts.dumps.some(({ text }) => isNft(text));
  const all = isOnlyDump ? null : openProgram(texts, { ...flags, state });
  const loaded = all ? withoutNft(all) : openRules(texts, flags);
  const { ruleset, source, node } = loaded;
  const { family } = ruleset;
  const given = isFields(host)
    ? [{ fields: host, problems: [] }]
    : readBeside(machineFiles, 'host', listOf(host), texts.dumps).map((source) => readHost(source, family));
  return new TestNode({
    name: node?.name ?? options.node ?? listOf(rules)[0] ?? 'the node',
    ruleset,
    source,
    network: [...given.map(({ fields }) => fields), ...(node ? [hostFieldsOf(node, family)] : [])],
    state,
    ...(all && { all }),
    problems: [...loaded.problems, ...given.flatMap(({ problems }) => problems)],
  });
}

/** The rules of iptables, of which there need be none, and the text that stands first. */
function withoutNft({ family, iptables, texts, node, problems }: NodeProgram) {
  const source = texts[0]?.source ?? { name: 'the node', text: '' };
  const { ruleset } = iptables ?? { ruleset: { family, tables: [] } };
  return { ruleset, source: iptables?.source ?? source, node, problems };
}

function listOf(files: Files | undefined): readonly string[] {
  return files === undefined ? [] : typeof files === 'string' ? [files] : files;
}

function isFields(host: Files | HostFields): host is HostFields {
  return typeof host !== 'string' && !Array.isArray(host);
}
