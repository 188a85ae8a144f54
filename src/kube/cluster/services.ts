import type { Address } from '../../address/address.ts';
import { parseSloppyAddress, parseSloppyPrefix } from '../../address/sloppy.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { ServiceManifest } from '../manifest/kinds.ts';
import { clusterTexts } from './cluster-texts.ts';
import { type ClusterFamilies, familiesOfService, familyPolicyOf } from './families.ts';
import { headlessLabel, otherProxyLabel } from './labels.ts';
import type { LoadBalancerIngress, Service, ServicePort } from './model.ts';

type Spec = NonNullable<ServiceManifest['value']['spec']>;

/** The API server's default of sessionAffinityConfig.clientIP.timeoutSeconds. */
const defaultAffinitySeconds = 10800;

/** A Service with the API server's defaults (pkg/apis/core/v1/defaults.go, SetDefaults_Service). */
export function normalizeService(manifest: ServiceManifest, families: ClusterFamilies): Service {
  const { namespace, name, value } = manifest;
  const spec: Spec = value.spec ?? {};
  const type = spec.type || 'ClusterIP';
  const external = type === 'NodePort' || type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0;
  const isLocal = external && spec.externalTrafficPolicy === 'Local';
  const timeout = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds;
  return {
    namespace,
    name,
    type,
    externalName: (type === 'ExternalName' && spec.externalName) || null,
    clusterAddresses: type === 'ExternalName' ? [] : addressesOf(clusterTexts(spec)),
    families: familiesOfService(manifest, families),
    familyPolicy: type === 'ExternalName' ? null : familyPolicyOf(spec),
    externalAddresses: addressesOf(spec.externalIPs ?? []),
    loadBalancer: loadBalancerOf(value),
    sourceRanges: rangesOf(spec.loadBalancerSourceRanges ?? []),
    externalTrafficPolicy: isLocal ? 'Local' : 'Cluster',
    internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster',
    affinitySeconds: spec.sessionAffinity === 'ClientIP' ? timeout : null,
    healthCheckNodePort: (type === 'LoadBalancer' && isLocal && spec.healthCheckNodePort) || null,
    topologyAnnotations: topologyOf(value.metadata?.annotations ?? {}),
    trafficDistribution: spec.trafficDistribution ?? null,
    ...watching(spec, value.metadata?.labels ?? {}),
    ports: (spec.ports ?? []).map(normalizePort),
  };
}

function normalizePort(port: NonNullable<Spec['ports']>[number]): ServicePort {
  const number = port.port as number;
  return {
    name: port.name ?? '',
    protocol: port.protocol || 'TCP',
    port: number,
    nodePort: port.nodePort || null,
    targetPort: port.targetPort || number,
  };
}

/** What keeps kube-proxy from watching it (cmd/kube-proxy/app/server.go). */
function watching(
  spec: Spec,
  labels: Readonly<Record<string, string>>,
): Pick<Service, 'unproxied' | 'labelledHeadless'> {
  if (spec.type === 'ExternalName') return { unproxied: 'external-name' };
  if (spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None') return { unproxied: 'headless' };
  if (Object.hasOwn(labels, otherProxyLabel)) return { unproxied: 'other-proxy' };
  return Object.hasOwn(labels, headlessLabel)
    ? { unproxied: null, labelledHeadless: true }
    : { unproxied: null };
}

function loadBalancerOf(value: ServiceManifest['value']): LoadBalancerIngress[] {
  return (value.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname, ipMode }) => ({
    address: ip ? (parseSloppyAddress(ip) ?? null) : null,
    hostname: hostname || null,
    mode: ipMode ?? 'VIP',
  }));
}

function topologyOf(annotations: Readonly<Record<string, string>>): Service['topologyAnnotations'] {
  const hints = annotations['service.kubernetes.io/topology-aware-hints'];
  const mode = annotations['service.kubernetes.io/topology-mode'];
  return { ...(hints === undefined ? {} : { hints }), ...(mode === undefined ? {} : { mode }) };
}

function addressesOf(texts: readonly string[]): Address[] {
  return texts.flatMap((text) => parseSloppyAddress(text) ?? []);
}

function rangesOf(texts: readonly string[]): Subnet[] {
  return texts.flatMap((text) => parseSloppyPrefix(text.trim()) ?? []);
}
