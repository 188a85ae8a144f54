import { type Family, families, familyOf } from '../../address/address.ts';
import { ipvsRefusal, type ProxyConfig } from '../../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../../kube/cluster/model.ts';
import type { ManifestDetail } from '../../kube/manifest/detail.ts';
import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import type { ProxyDetail } from './detail.ts';
import { doubtfulGates, gateRefusal } from './gates.ts';
import { fullVersion, minorOf, type Release, takenFor } from './release.ts';

/**
 * The node to compile for: the one that was asked for, else kube-proxy's `hostnameOverride`, else the only one. Throws
 * an InputError where that leaves none or several.
 */
export function chooseNode(cluster: Cluster, asked: string | undefined, config: ProxyConfig): ClusterNode {
  const names = cluster.nodes.map(({ name }) => name).join(', ');
  const name = asked ?? config.hostnameOverride;
  if (name !== null) {
    const node = cluster.nodes.find((candidate) => candidate.name === name);
    return (
      node ??
      refuse({ code: 'no-such-node', name, byConfig: asked === undefined }, want.thing('one-of-names', names))
    );
  }
  const [node, ...others] = cluster.nodes;
  if (!node) return refuse({ code: 'no-nodes' }, want.thing('node-among-manifests'));
  return others.length === 0 ? node : refuse({ code: 'several-nodes' }, want.thing('node-with', names));
}

function refuse(detail: ProxyDetail, expected: Expected): never {
  throw new InputError([{ code: 'node-choice', severity: 'error', ...told<ProxyDetail>(detail), expected }]);
}

/**
 * The address family to compile: the one that was asked for, else the only one in which there are cluster addresses,
 * else IPv4, with a note that there is another.
 */
export function chooseFamily(
  cluster: Cluster,
  asked: Family | undefined,
): { readonly family: Family; readonly problems: readonly Problem[] } {
  if (asked) return { family: asked, problems: [] };
  const [family, other] = usedFamilies(cluster);
  if (family !== undefined && other === undefined) return { family, problems: [] };
  const detail: ProxyDetail = { code: 'both-families' };
  return {
    family: 'ipv4',
    problems: [
      {
        code: 'other-family',
        severity: 'note',
        ...told<ProxyDetail>(detail),
        expected: want.thing('other-by-family'),
      },
    ],
  };
}

/** The families in which there are cluster addresses, IPv4 first; IPv4 where there are none. */
export function usedFamilies({ services }: Cluster): readonly Family[] {
  const used = new Set(services.flatMap(({ clusterAddresses }) => clusterAddresses.map(familyOf)));
  return used.has('ipv6') ? families.filter((family) => used.has(family)) : ['ipv4'];
}

/** What kube-proxy waits for, so that there would be no rules at all. */
export function warnOfWaiting(config: ProxyConfig, node: ClusterNode): Problem[] {
  if (config.localDetection.mode !== 'NodeCIDR' || node.podPrefixes.length > 0) return [];
  return [
    {
      code: 'proxy-config',
      severity: 'warning',
      ...told<ProxyDetail>({ code: 'waits-for-prefix', node: node.name }),
      expected: want.thing('pod-cidr-of-node'),
    },
  ];
}

/** Throws an InputError where a release does not start with a configuration, with kube-proxy's own words. */
export function refuseStart(config: ProxyConfig, release: Release, version: string): void {
  const gates = gateRefusal(minorOf(version), config.featureGates);
  const words = gates === null ? invalidAddress(config, release) : `failed complete: ${gates}`;
  if (words === null) return;
  const detail: ProxyDetail = { code: 'does-not-start', version: fullVersion(version), words };
  throw new InputError([{ code: 'proxy-config', severity: 'error', ...told<ProxyDetail>(detail) }]);
}

/** What is assumed of a release: that newer patches changed nothing, and that it knows the gates which it is given. */
export function supposedOf({ featureGates }: ProxyConfig, version: string): Problem[] {
  const known = takenFor(version);
  const newer: Problem[] =
    known === null
      ? []
      : [
          {
            code: 'release-unknown',
            severity: 'note',
            ...told<ProxyDetail>({ code: 'newer-release', version: fullVersion(version), known }),
          },
        ];
  const doubtful = doubtfulGates(featureGates).map(
    (name): Problem => ({
      code: 'proxy-config',
      severity: 'warning',
      ...told<ProxyDetail>({ code: 'gate-unknown', version: fullVersion(version), name }),
    }),
  );
  return [...newer, ...doubtful];
}

/** validateKubeProxyNodePortAddress of `pkg/proxy/apis/config/validation`. */
function invalidAddress({ nodePortAddresses }: ProxyConfig, { nodePortKeywords }: Release): string | null {
  const invalid = (index: number, what: string) =>
    `failed validate: KubeProxyConfiguration.NodePortAddresses[${index}]: Invalid value: "${nodePortAddresses[index]}": ${what}`;
  const keywords = [...nodePortAddresses.entries()].filter(([, one]) => typeof one === 'string');
  if (nodePortKeywords === 'mixed') {
    const twice = keywords.find(([index, one]) => nodePortAddresses.indexOf(one) < index);
    return (
      (twice &&
        `failed validate: KubeProxyConfiguration.NodePortAddresses[${twice[0]}]: Duplicate value: "${twice[1]}"`) ??
      null
    );
  }
  const [first] = keywords;
  if (first === undefined) return null;
  const [index, keyword] = first;
  if (keyword !== 'primary' || nodePortKeywords === 'none') return invalid(index, 'must be a valid CIDR');
  return nodePortAddresses.length > 1 ? invalid(index, "can't use both 'primary' and CIDRs") : null;
}

/** Throws an InputError: where rules of iptables are wanted, tables of nftables would be other rules. */
export function refuseTables(): never {
  const detail: ProxyDetail = { code: 'tables-not-asked' };
  const expected = want.orElse('--mode iptables', 'kubenat compile');
  throw new InputError([{ code: 'proxy-config', severity: 'error', ...told<ProxyDetail>(detail), expected }]);
}

/** The mode that rules are wanted of. Throws an InputError where a release does not have it, or nothing here knows it. */
export function chooseMode(
  { mode, featureGates }: ProxyConfig,
  release: Release,
  version: string,
): 'iptables' | 'nftables' {
  const refuseMode = (detail: ProxyDetail | ManifestDetail, expected: Expected): never => {
    throw new InputError([
      { code: 'proxy-config', severity: 'error', ...told<ProxyDetail | ManifestDetail>(detail), expected },
    ]);
  };
  if (mode === 'ipvs') {
    return refuseMode(...ipvsRefusal);
  }
  if (mode === 'nftables' && (release.nftables === null || featureGates.NFTablesProxyMode === false)) {
    return refuseMode({ code: 'nftables-gated', version: fullVersion(version) }, want.thing('release-1-31'));
  }
  return mode;
}
