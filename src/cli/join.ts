import { type Family, familyOf } from '../address/address.ts';
import { isPort, type PortRange } from '../address/port.ts';
import { parsePrefix, type Subnet } from '../address/subnet.ts';
import type { Flow } from '../engine/flows.ts';
import type { Program } from '../engine/program.ts';
import { Sequence } from '../engine/sequence.ts';
import { type Trace, tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import { DumpWriter } from '../iptables/dump/dump-writer.ts';
import { readDump } from '../iptables/dump/read.ts';
import { writeDump } from '../iptables/dump/write.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { readRules } from '../iptables/pasted/read.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { type BuildOptions, buildCluster } from '../kube/cluster/build.ts';
import type { ProxyConfig } from '../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../kube/cluster/model.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { readManifests } from '../kube/manifest/read.ts';
import { summariseUnused } from '../kube/manifest/unread.ts';
import { otherMode, otherText } from '../lint/modes.ts';
import { compileNode, type NodeCompileOptions, writeNode } from '../proxy/compile-node.ts';
import { addProxyJumps } from '../proxy/iptables/proxy-jumps.ts';
import type { NamedTrace } from '../report/trace-json.ts';
import { InputError, type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { FieldFinder } from './side-fields.ts';

/** What the commands do with texts once they are read, and the page with the texts that it was given. */

/** The flags that say what manifests leave open. */
export interface AllocationFlags {
  readonly serviceCidr?: string;
  readonly nodePortRange?: string;
  readonly loadBalancerCidr?: string;
}

export interface LoadedCluster {
  readonly cluster: Cluster;
  /** All that was read, for what the cluster's model does not hold. */
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
}

/**
 * Puts manifests together to a cluster. `node` is the name that the node gets where the manifests hold none; `configured`:
 * kube-proxy's configuration is known already. Throws an InputError with every problem that was found.
 */
export function joinCluster(
  sources: readonly Source[],
  flags: AllocationFlags,
  configured: boolean,
  node: string | null = null,
): LoadedCluster {
  refuseErrors(sources.flatMap(rulesAmongManifests));
  const manifests = readManifests(sources);
  const built = buildCluster(manifests.objects, {
    ...buildOptions(flags),
    ...(node === null ? {} : { assumedNode: node }),
  });
  const problems = [...manifests.problems, ...built.problems];
  // Where there is no answer, nobody asks what was filled in for it.
  if (problems.some(({ severity }) => severity === 'error')) {
    throw new InputError([
      ...manifests.problems,
      ...built.problems.filter(({ severity }) => severity !== 'note'),
    ]);
  }
  const unused = summariseUnused(manifests.objects, configured);
  const none = built.cluster.services.length === 0 ? [noServices] : [];
  return { cluster: built.cluster, objects: manifests.objects, problems: [...problems, ...unused, ...none] };
}

/** Nobody learns anything from what YAML makes of a listing of iptables. */
function rulesAmongManifests({ name, text }: Source): Problem[] {
  if (text.trim() === '' || /^\s*(?:#.*\n\s*)*$/.test(text) || !looksLikeRules(text)) return [];
  const message = `${name}: these are rules of a node, and no Kubernetes objects`;
  return [
    { code: 'not-kubernetes', severity: 'error', message, expected: 'rules after --rules, manifests here' },
  ];
}

const noServices: Problem = {
  code: 'no-services',
  severity: 'warning',
  message: 'there is no Service among the manifests',
  expected: 'Services as YAML or JSON, or the table of kubectl get services',
};

/** The flags that say which node's rules are compiled, and of which kube-proxy. */
export interface CompileFlags {
  readonly node?: string;
  readonly family?: Family;
  readonly kubeVersion?: string;
}

/** The rules of one node, as data and as text, and the node where one is known. */
export interface LoadedRules {
  readonly ruleset: Ruleset;
  readonly source: Source;
  readonly node: ClusterNode | null;
  readonly problems: readonly Problem[];
}

/** Compiled rules are walked as their own dump, so that a trace can point at its lines. */
export function joinRules(
  cluster: Cluster,
  config: ProxyConfig,
  flags: CompileFlags,
  name: string,
): LoadedRules {
  const writer = new DumpWriter();
  const { node, family, problems } = writeNode(writer, cluster, nodeOptions(config, flags));
  const source = { name, text: new TextDecoder().decode(writer.finish()) };
  // Rules for services whose endpoints are not known are open.
  return { ruleset: readDump(source, { family, open: true }).ruleset, source, node, problems };
}

/** The same with the decisions behind the rules, and without a text. */
export function joinDecisions(cluster: Cluster, config: ProxyConfig, flags: CompileFlags): Ruleset {
  return compileNode(cluster, nodeOptions(config, flags)).ruleset;
}

function nodeOptions(config: ProxyConfig, { node, family, kubeVersion }: CompileFlags): NodeCompileOptions {
  return { node, family, config, ...(kubeVersion === undefined ? {} : { kubeVersion }) };
}

function buildOptions(flags: AllocationFlags): BuildOptions {
  return {
    ...(flags.serviceCidr === undefined
      ? {}
      : { serviceCidrs: prefixes('--service-cidr', flags.serviceCidr) }),
    ...(flags.nodePortRange === undefined ? {} : { nodePorts: portRange(flags.nodePortRange) }),
    ...(flags.loadBalancerCidr === undefined
      ? {}
      : { loadBalancerCidrs: prefixes('--load-balancer-cidr', flags.loadBalancerCidr) }),
  };
}

function prefixes(flag: string, text: string): readonly Subnet[] {
  const subnets = text
    .split(',')
    .map((part) => parsePrefix(part) ?? refuse(flag, text, 'prefixes such as 10.96.0.0/12'));
  const families = new Set(subnets.map(({ address }) => familyOf(address)));
  if (families.size < subnets.length) refuse(flag, text, 'one prefix, or one of each address family');
  return subnets;
}

function portRange(text: string): PortRange {
  const [, first, last] = (/^(\d+)-(\d+)$/.exec(text) ?? []).map(Number);
  if (isPort(first) && isPort(last) && first <= last) return { first, last };
  return refuse('--node-port-range', text, 'two ports such as 30000-32767');
}

function refuse(flag: string, text: string, expected: string): never {
  throw new InputError([{ code: 'flag-value', severity: 'error', message: `${flag} ${text}`, expected }]);
}

/** Packets with times are one sequence, in the order of their times; the answers come in the order of the file. */
export function traceAll(
  program: Program,
  host: Host,
  packets: readonly Flow[],
  trace: boolean,
): NamedTrace[] {
  if (packets.every(({ at }) => at === null)) {
    return packets.map(({ id, packet }) => ({ id, trace: tracePacket(program, host, packet, { trace }) }));
  }
  let now = 0;
  const timed = packets.map((flow) => {
    now = flow.at ?? now;
    return { flow, time: now };
  });
  const node = new Sequence(program, host, { trace });
  const traces = new Map<Flow, Trace>();
  for (const { flow, time } of timed.sort((left, right) => left.time - right.time)) {
    traces.set(flow, node.next(flow.packet, time));
  }
  return packets.map((flow) => ({ id: flow.id, trace: traces.get(flow) as Trace }));
}

/** One side of a comparison. */
export interface DiffSide {
  /** As the user named it. */
  readonly name: string;
  readonly ruleset: Ruleset;
  /** The rules as text; compiled ones as they would be saved. */
  readonly source: Source;
  readonly node: ClusterNode | null;
  readonly problems: readonly Problem[];
  /** What was done to it, in sentences for the reader. */
  readonly notes: readonly string[];
  /** Where the field stands that a rule came of. Only compiled rules come of fields. */
  readonly field?: FieldFinder;
}

/** A dump as a side, with kube-proxy's own jumps where it has none. Rules of other modes than iptables are refused. */
export function dumpSide(name: string, given: Source, family: Family | undefined): DiffSide {
  refuseMode(name, otherText(given.text));
  const { ruleset, problems, source } = readRules(given, family ? { family } : {});
  refuseMode(name, otherMode(ruleset));
  const { ruleset: whole, added } = addProxyJumps(ruleset);
  if (!added) return { name, ruleset, source, node: null, problems, notes: [] };
  const notes = [
    `${name} has no jumps from the built-in chains to kube-proxy's, so it was given kube-proxy's own`,
  ];
  const text = { name: source.name, text: writeDump(whole) };
  const read = readDump(text, { family: whole.family, open: true });
  return { name, ruleset: read.ruleset, source: text, node: null, problems, notes };
}

/** Refuses what is in another mode than iptables, for a reason from `otherText` or `otherMode`. */
export function refuseMode(name: string, other: string | null): void {
  if (other === null) return;
  const expected = 'what iptables-save prints on a node whose kube-proxy runs in iptables mode';
  throw new InputError([{ code: 'proxy-mode', severity: 'error', message: `${name}: ${other}`, expected }]);
}
