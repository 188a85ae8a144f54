import type { ServiceManifest } from '../manifest/kinds.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { placeOfClusterAddress, type ServiceSpec, typeOf } from '../manifest/service-rule.ts';
import type { Log } from './draft.ts';

/**
 * A Service that replaces another of its name, as the API server keeps it: what was given to the old one and is left open by the new one
 * stays (pkg/registry/core/service/storage, patchAllocatedValues), and what may not change is an error.
 */
export function updatedService(old: ServiceManifest, next: ServiceManifest, log: Log): ServiceManifest {
  const before = old.value.spec ?? {};
  const after = next.value.spec ?? {};
  refuseChanges(before, next, log);
  const spec = { ...after, ...keptAddresses(before, after), ...keptNodePorts(before, after) };
  return { ...next, value: { ...next.value, spec } };
}

function refuseChanges(before: ServiceSpec, next: ServiceManifest, log: Log): void {
  const after = next.value.spec ?? {};
  const refuse = (path: (string | number)[], place: (string | number)[], was: string) => {
    const message = `${path.map(String).join('.').replace('.0', '[0]')}: it may not change once it is set`;
    log.problems.push(problemAt(next.origin, place, 'field-conflict', message, was));
  };
  const both = (type: string) => typeOf(before) === type && typeOf(after) === type;
  const isName = typeOf(before) === 'ExternalName' || typeOf(after) === 'ExternalName';
  const place = [...placeOfClusterAddress(after, 0)];
  if (!isName && before.clusterIP && after.clusterIP && before.clusterIP !== after.clusterIP)
    refuse(['spec', 'clusterIPs', 0], place, before.clusterIP);
  const { loadBalancerClass: was } = before;
  if (both('LoadBalancer') && was !== after.loadBalancerClass && (was || after.loadBalancerClass))
    refuse(['spec', 'loadBalancerClass'], ['spec', 'loadBalancerClass'], was || 'no class');
}

function keptAddresses(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  const isName = typeOf(before) === 'ExternalName' || typeOf(after) === 'ExternalName';
  if (isName || !before.clusterIP) return {};
  const clusterIP = after.clusterIP || before.clusterIP;
  const hasOwn = (after.clusterIPs ?? []).length > 0 || clusterIP !== before.clusterIP;
  const isSingle = after.ipFamilyPolicy === 'SingleStack';
  const kept = isSingle ? before.clusterIPs?.slice(0, 1) : before.clusterIPs;
  return { clusterIP, ...(hasOwn || !kept ? {} : { clusterIPs: kept }) };
}

const hasNodePorts = (spec: ServiceSpec) => ['NodePort', 'LoadBalancer'].includes(typeOf(spec));

function keptNodePorts(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  if (!hasNodePorts(before) || !hasNodePorts(after) || !after.ports) return {};
  const keyOf = ({ port, protocol }: NonNullable<ServiceSpec['ports']>[number]) =>
    `${port}/${protocol || 'TCP'}`;
  const known = new Map((before.ports ?? []).map((port) => [keyOf(port), port.nodePort]));
  const isChecked = (spec: ServiceSpec) =>
    typeOf(spec) === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  const keepsCheck = isChecked(before) && isChecked(after) && before.healthCheckNodePort;
  return {
    ports: after.ports.map((port) => ({
      ...port,
      nodePort: port.nodePort || (known.get(keyOf(port)) ?? null),
    })),
    ...(keepsCheck ? { healthCheckNodePort: after.healthCheckNodePort || before.healthCheckNodePort } : {}),
  };
}
