import { type Address, type Family, families, familyOf } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { ServiceManifest } from '../manifest/kinds.ts';
import { isFreelyHeadless, type ServiceSpec, typeOf } from '../manifest/service-rule.ts';
import { clusterTexts } from './cluster-texts.ts';
import type { ClusterNode, FamilyPolicy } from './model.ts';

/** The address families that a cluster is set up for: one or both, the one that services get by default first. */
export type ClusterFamilies = readonly Family[];

/** What tells a cluster's families: the service prefixes, else its nodes, else the addresses that its services have. */
export function familiesOfCluster(
  prefixes: readonly Subnet[] | undefined,
  nodes: readonly ClusterNode[],
  services: readonly ServiceManifest[],
): ClusterFamilies {
  const seen = (addresses: readonly Address[]) => [...new Set(addresses.map(familyOf))];
  const network = (subnets: readonly Subnet[]) => seen(subnets.map(({ address }) => address));
  const evidence = [
    () => network(prefixes ?? []),
    () => network(nodes.flatMap(({ podPrefixes }) => podPrefixes)),
    () => seen(nodes.flatMap(({ internalAddresses }) => internalAddresses)),
    () =>
      seen(
        services
          .flatMap(({ value }) => clusterTexts(value.spec ?? {}))
          .flatMap((text) => parseSloppyAddress(text) ?? []),
      ),
  ];
  for (const look of evidence) {
    const found = look();
    if (found.length > 0) return found;
  }
  return ['ipv4'];
}

const familyNames: Readonly<Record<'IPv4' | 'IPv6', Family>> = { IPv4: 'ipv4', IPv6: 'ipv6' };

/** The families of a service, the first one first (pkg/registry/core/service/storage/alloc.go, initIPFamilyFields). */
export function familiesOfService(manifest: ServiceManifest, cluster: ClusterFamilies): readonly Family[] {
  const spec = manifest.value.spec ?? {};
  if (typeOf(spec) === 'ExternalName') return [];
  const named = (spec.ipFamilies ?? []).map((name) => familyNames[name]);
  const given = clusterTexts(spec)
    .flatMap((text) => parseSloppyAddress(text) ?? [])
    .map(familyOf);
  const result = named.length >= given.length ? named : given;
  if (result.length > 1) return result;
  const first = result[0] ?? cluster[0] ?? 'ipv4';
  const policy = familyPolicyOf(spec);
  const wantsBoth = policy === 'RequireDualStack' || (policy === 'PreferDualStack' && cluster.length > 1);
  // Whoever makes the endpoints of a headless service without selector has both families, whatever the cluster has.
  const isFree = isFreelyHeadless(spec) && policy !== 'SingleStack';
  return wantsBoth || isFree ? [first, families.find((family) => family !== first) as Family] : [first];
}

export function familyPolicyOf(spec: ServiceSpec): FamilyPolicy {
  return spec.ipFamilyPolicy ?? (isFreelyHeadless(spec) ? 'RequireDualStack' : 'SingleStack');
}
