import { type Family, familyOf } from '../../address/address.ts';
import type { ProxyConfig } from '../../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../../kube/cluster/model.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import { type Release, releases } from './release.ts';

/**
 * The node to compile for: the one that was asked for, else kube-proxy's `hostnameOverride`, else the only one. Throws
 * an InputError where that leaves none or several.
 */
export function chooseNode(cluster: Cluster, asked: string | undefined, config: ProxyConfig): ClusterNode {
  const names = cluster.nodes.map(({ name }) => name).join(', ');
  const name = asked ?? config.hostnameOverride;
  if (name !== null) {
    const node = cluster.nodes.find((candidate) => candidate.name === name);
    const said = asked === undefined ? ', which hostnameOverride of the configuration names' : '';
    return node ?? refuse(`there is no node ${name}${said}`, `one of ${names}`);
  }
  const [node, ...others] = cluster.nodes;
  if (!node) return refuse('there is no node', 'a Node among the manifests');
  return others.length === 0 ? node : refuse('there are several nodes', `--node with one of ${names}`);
}

function refuse(message: string, expected: string): never {
  throw new InputError([{ code: 'node-choice', severity: 'error', message, expected }]);
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
  const used = new Set(cluster.services.flatMap(({ clusterAddresses }) => clusterAddresses.map(familyOf)));
  if (!used.has('ipv6')) return { family: 'ipv4', problems: [] };
  if (!used.has('ipv4')) return { family: 'ipv6', problems: [] };
  const message = 'these services have addresses of both families; these are the rules for ipv4';
  return {
    family: 'ipv4',
    problems: [{ code: 'other-family', severity: 'note', message, expected: '--family ipv6 for the others' }],
  };
}

/** What keeps kube-proxy from starting, so that there would be no rules at all. */
export function warnOfStart(
  config: ProxyConfig,
  node: ClusterNode,
  release: Release,
  version: string,
): Problem[] {
  const warn = (message: string, expected: string): Problem[] => [
    { code: 'proxy-config', severity: 'warning', message, expected },
  ];
  const first = [...releases].find(([, { knowsPrimary }]) => knowsPrimary)?.[0];
  const isUnknown = config.nodePortPrimary && !release.knowsPrimary;
  const isWaiting = config.localDetection.mode === 'NodeCIDR' && node.podPrefixes.length === 0;
  return [
    isUnknown
      ? warn(
          `kube-proxy ${version} does not start with nodePortAddresses: primary, which these rules heed`,
          `prefixes, or --kube-version ${first} or later`,
        )
      : [],
    isWaiting
      ? warn(
          `with detectLocalMode NodeCIDR kube-proxy waits for the podCIDR of ${node.name}, which has none; these are the rules without`,
          'spec.podCIDR of the Node',
        )
      : [],
  ].flat();
}
