import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { InputError } from '../../text/problem.ts';
import type { ProxyDetail } from './detail.ts';

/** How a release of kube-proxy decides and writes, as far as releases differ. */
export interface Release {
  /** Serving endpoints that terminate take over where no ready ones are left (gate ProxyTerminatingEndpoints). */
  readonly terminatingFallback: boolean;
  /** `iptables.localhostNodePorts` is known, and node ports on IPv6's loopback address are excluded. */
  readonly localhostNodePortsOption: boolean;
  /** kube-proxy makes KUBE-FIREWALL itself; before, it was kubelet's alone. */
  readonly ownsFirewallChain: boolean;
  /** A KUBE-FW chain ends with a rule without target, whose comment says what becomes of other traffic. */
  readonly firewallChainEndsWithComment: boolean;
  readonly topologyAnnotation: TopologyAnnotation;
  /** KUBE-FORWARD lets INVALID packets pass where nf_conntrack_tcp_be_liberal is set. */
  readonly honoursTcpBeLiberal: boolean;
  /** Load balancer addresses with `ipMode: Proxy` are left to the balancer (gate LoadBalancerIPMode). */
  readonly honoursIpMode: boolean;
  /** `externalTrafficPolicy` counts for a ClusterIP service with external addresses, too. */
  readonly externalPolicyOfClusterIP: boolean;
  /** Which words `nodePortAddresses` may hold: none, `primary` without anything beside it, or all of them beside prefixes. */
  readonly nodePortKeywords: 'none' | 'primary-alone' | 'mixed';
  /** INVALID packets that are dropped, and those to node ports on localhost, are counted by nfacct objects of the node. */
  readonly countsPackets: boolean;
  /** Hints for zones are followed (gate TopologyAwareHints). */
  readonly zoneHints: boolean;
  /** Hints for nodes come before hints for zones (gate PreferSameTrafficDistribution). */
  readonly nodeHints: boolean;
  readonly repeatedEndpoint: RepeatedEndpoint;
  /** `unknown`: not looked at. */
  readonly udpFlushing: UdpFlushing;
  /** Services and EndpointSlices are watched by one selector, so that a label meant for one of them hides the other. */
  readonly sharedSelector: boolean;
  /** A range of all addresses among the source ranges of a balancer admits everybody, as if there were no ranges. */
  readonly dropsTotalRange: boolean;
  /** `spec.externalIPs` are heeded (gate AllowServiceExternalIPs). */
  readonly externalAddresses: boolean;
  /** iptables is not asked any more whether it knows `--random-fully`. */
  readonly alwaysRandomFully: boolean;
  /** How the tables of nftables mode look; null where the mode is not to be had without a gate. */
  readonly nftables: NftablesShape | null;
}

/** How a release writes its tables in nftables mode. */
export interface NftablesShape {
  /** Where the filter chains hook in: all just before DNAT, or those that reject at the usual priority. */
  readonly baseChains: 'before-dnat' | 'around-dnat';
  /**
   * How the interface of local traffic is matched (`iif`, `iifname`). By index nft refuses a prefix of names always, and a bridge
   * that is not there.
   */
  readonly interfaceBy: 'index' | 'name';
  /** How traffic to cluster addresses is masqueraded: in each service's chain, by port or by address, or once for the set of all. */
  readonly clusterMasquerade: 'port' | 'address' | 'set';
  /** ServiceCIDR objects make the rule for unallocated addresses (gate MultiCIDRServiceAllocator). */
  readonly serviceCidrs: boolean;
  /** Only affinity needs chains of endpoints; hairpin traffic is known by a set of connections. */
  readonly translatesInServiceChain: boolean;
  readonly singleEndpointWithoutMap: boolean;
  /** The name of a service port is cut where it is too long for a comment; before, nft refused all. */
  readonly cutsComments: boolean;
  /** Node ports on loopback addresses are rejected and counted, or served by a proxy (gate KubeProxyNFTablesLocalhostNodePorts). */
  readonly rejectsLocalhostNodePorts: boolean;
}

/**
 * What makes kube-proxy follow topology hints: the annotation `service.kubernetes.io/topology-aware-hints` with the
 * value Auto; this one or `service.kubernetes.io/topology-mode` with any value but Disabled; or the hints alone (gate
 * ServiceTrafficDistribution).
 */
export type TopologyAnnotation = 'hints-auto' | 'hints-or-mode' | 'not-needed';

/**
 * Which one counts of several endpoints with one address and port: the first, unless a later one is on this node; or the
 * first, unless a later one does not terminate (a pod that got the address of one that is not quite gone).
 */
export type RepeatedEndpoint = 'local' | 'running';

/**
 * Which UDP entries of connection tracking kube-proxy deletes (of TCP and SCTP it deletes none). `events`: those to an endpoint that does
 * not serve any more, those to a service's addresses when its first endpoint serves, and those to a cluster address that goes.
 * `addresses`: whenever UDP endpoints change, all entries to a front that has endpoints which lead to another address than theirs;
 * `ends`: to another address or port; `ends-and-empty`: those to the addresses of services without endpoints, too.
 */
export type UdpFlushing = 'unknown' | 'events' | 'addresses' | 'ends' | 'ends-and-empty';

/** The first release that is known, and what each later one changed, from kube-proxy's source. */
const firstRelease: Release = {
  terminatingFallback: false,
  localhostNodePortsOption: false,
  ownsFirewallChain: false,
  firewallChainEndsWithComment: false,
  topologyAnnotation: 'hints-auto',
  honoursTcpBeLiberal: false,
  honoursIpMode: false,
  externalPolicyOfClusterIP: false,
  nodePortKeywords: 'none',
  countsPackets: false,
  zoneHints: true,
  nodeHints: false,
  repeatedEndpoint: 'local',
  udpFlushing: 'unknown',
  sharedSelector: true,
  dropsTotalRange: false,
  externalAddresses: true,
  alwaysRandomFully: false,
  nftables: null,
};

const firstTables: NftablesShape = {
  baseChains: 'before-dnat',
  interfaceBy: 'index',
  clusterMasquerade: 'port',
  serviceCidrs: false,
  translatesInServiceChain: false,
  singleEndpointWithoutMap: false,
  cutsComments: false,
  rejectsLocalhostNodePorts: false,
};

/** A minor release: the newest patch that is known, what changed against the minor before as it came out, and by patches. */
interface Minor {
  readonly name: string;
  readonly newest: number;
  readonly change?: Change;
  readonly patches?: readonly (readonly [patch: number, change: Change])[];
}

interface Change extends Partial<Omit<Release, 'nftables'>> {
  readonly nftables?: Partial<NftablesShape>;
}

const minors: readonly Minor[] = [
  { name: '1.25', newest: 16 },
  { name: '1.26', newest: 15, change: { terminatingFallback: true, localhostNodePortsOption: true } },
  {
    name: '1.27',
    newest: 16,
    change: {
      ownsFirewallChain: true,
      firewallChainEndsWithComment: true,
      topologyAnnotation: 'hints-or-mode',
    },
  },
  { name: '1.28', newest: 15 },
  { name: '1.29', newest: 15, change: { honoursTcpBeLiberal: true, externalPolicyOfClusterIP: true } },
  { name: '1.30', newest: 14, change: { honoursIpMode: true, udpFlushing: 'events' } },
  {
    name: '1.31',
    newest: 14,
    change: {
      countsPackets: true,
      nodePortKeywords: 'primary-alone',
      topologyAnnotation: 'not-needed',
      nftables: firstTables,
    },
  },
  { name: '1.32', newest: 13, change: { udpFlushing: 'addresses' } },
  {
    name: '1.33',
    newest: 13,
    change: { nftables: { serviceCidrs: true } },
    patches: [[6, { nftables: { baseChains: 'around-dnat', interfaceBy: 'name' } }]],
  },
  {
    name: '1.34',
    newest: 4,
    change: {
      nodeHints: true,
      dropsTotalRange: true,
      udpFlushing: 'ends',
      nftables: { baseChains: 'around-dnat', clusterMasquerade: 'address' },
    },
    patches: [[2, { nftables: { interfaceBy: 'name' } }]],
  },
  { name: '1.35', newest: 4, change: { nftables: { interfaceBy: 'name' } } },
  {
    name: '1.36',
    newest: 3,
    change: {
      repeatedEndpoint: 'running',
      sharedSelector: false,
      nftables: { clusterMasquerade: 'set', translatesInServiceChain: true },
    },
  },
  {
    name: '1.37',
    newest: 2,
    change: {
      nodePortKeywords: 'mixed',
      alwaysRandomFully: true,
      udpFlushing: 'ends-and-empty',
      nftables: { singleEndpointWithoutMap: true, cutsComments: true },
    },
  },
];

function changed(release: Release, { nftables, ...rest }: Change): Release {
  const tables = nftables ? { ...(release.nftables ?? firstTables), ...nftables } : release.nftables;
  return { ...release, ...rest, nftables: tables };
}

/** Each minor as it came out, and with all the patches that are known. */
const timeline: { readonly minor: Minor; readonly first: Release }[] = [];
for (const minor of minors) {
  const last = timeline.at(-1)?.first ?? firstRelease;
  timeline.push({ minor, first: minor.change ? changed(last, minor.change) : last });
}

function patched(minor: Minor, first: Release, patch: number): Release {
  const own = (minor.patches ?? []).filter(([since]) => since <= patch);
  return own.reduce((release, [, change]) => changed(release, change), first);
}

/** Every minor release that is known, by `major.minor`, oldest first, each as its newest patch has it. */
export const releases: ReadonlyMap<string, Release> = new Map(
  timeline.map(({ minor, first }) => [minor.name, patched(minor, first, minor.newest)]),
);

/** Patches that changed the rules, as `1.33.6`. */
export const patchesThatMatter: readonly string[] = minors.flatMap(({ name, patches = [] }) =>
  patches.map(([patch]) => `${name}.${patch}`),
);

/** The release of kube-proxy whose rules are compiled where nobody names one. */
export const defaultRelease = '1.30';

/** The same for nftables mode, which younger clusters have. */
export const defaultTablesRelease = '1.37';

/** A release by its version. Throws an InputError where it is not known. */
export function knownRelease(version: string): Release {
  const release = findRelease(version);
  if (release) return release;
  const detail: ProxyDetail = { code: 'release-lacks', version };
  const expected = want.oneOf([...releases.keys()]);
  throw new InputError([
    { code: 'release-unknown', severity: 'error', ...told<ProxyDetail>(detail), expected },
  ]);
}

/**
 * Finds `1.29`, `v1.29` or `v1.29.4`; undefined where the release is not known. Without a patch it is the newest, and so it is for a
 * patch that is newer than what is known.
 */
export function findRelease(version: string): Release | undefined {
  const [, name, patch] = /^v?(\d+\.\d+)(?:\.(\d+))?$/.exec(version) ?? [];
  const found = timeline.find(({ minor }) => minor.name === name);
  if (!found) return undefined;
  const { minor, first } = found;
  if (patch === undefined || Number(patch) >= minor.newest) return releases.get(minor.name);
  return patched(minor, first, Number(patch));
}

/** `1.33` of `v1.33.6`. */
export function minorOf(version: string): string {
  return /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version;
}

/** `1.33.13` for `v1.33`; as it is where a patch is named. */
export function fullVersion(version: string): string {
  const [, name = '', patch] = /^v?(\d+\.\d+)(?:\.(\d+))?$/.exec(version) ?? [];
  return `${name}.${patch ?? minors.find((minor) => minor.name === name)?.newest}`;
}

/** The patch that is taken for one that is newer than what is known, as `1.33.13`; null where the patch itself is known. */
export function takenFor(version: string): string | null {
  const [, name = '', patch] = /^v?(\d+\.\d+)\.(\d+)$/.exec(version) ?? [];
  const newest = minors.find((minor) => minor.name === name)?.newest;
  return newest !== undefined && Number(patch) > newest ? `${name}.${newest}` : null;
}
