import { familyOf } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import type { ServiceManifest } from '../manifest/kinds.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { placeOfClusterAddress, type ServiceSpec, typeOf } from '../manifest/service-rule.ts';
import type { Log } from './draft.ts';
import type { ClusterFamilies } from './families.ts';

/**
 * A Service that replaces another of its name, as the API server keeps it: what was given to the old one and is left open by the new one
 * stays (pkg/registry/core/service/storage, patchAllocatedValues), and what may not change is an error.
 */
export function updatedService(
  old: ServiceManifest,
  next: ServiceManifest,
  families: ClusterFamilies,
  log: Log,
): ServiceManifest {
  const before = old.value.spec ?? {};
  const after = next.value.spec ?? {};
  refuseChanges(before, next, families, log);
  const spec = {
    ...after,
    ...keptFamilies(before, after),
    ...keptAddresses(before, after),
    ...keptNodePorts(before, after),
  };
  return { ...next, value: { ...next.value, spec } };
}

function refuseChanges(
  before: ServiceSpec,
  next: ServiceManifest,
  families: ClusterFamilies,
  log: Log,
): void {
  const after = next.value.spec ?? {};
  const refuse = (path: (string | number)[], place: (string | number)[], was: string) => {
    const message = `${path.map(String).join('.').replace('.0', '[0]')}: it may not change once it is set`;
    log.problems.push(problemAt(next.origin, place, 'field-conflict', message, was));
  };
  const both = (type: string) => typeOf(before) === type && typeOf(after) === type;
  const isName = typeOf(before) === 'ExternalName' || typeOf(after) === 'ExternalName';
  const place = [...placeOfClusterAddress(after, 0)];
  // What was left open was given an address that nobody would name by chance.
  if (!isName && after.clusterIP && before.clusterIP !== after.clusterIP)
    refuse(['spec', 'clusterIPs', 0], place, before.clusterIP || 'the address that it was given');
  if (before.clusterIP === 'None' && !after.clusterIP && hasNodePorts(after))
    refuse(['spec', 'clusterIPs', 0], ['spec', 'type'], 'type ClusterIP, as None stays');
  if (!isName && changesFamily(before, after, families))
    refuse(
      ['spec', 'clusterIPs', 0],
      ['spec', 'ipFamilies', 0],
      'the family of the address that it was given',
    );
  if (!isName && releasesFamily(before, after, families))
    refuse(['spec', 'ipFamilyPolicy'], place, 'SingleStack, to release the second family');
  const { healthCheckNodePort: check } = after;
  if (isChecked(before) && isChecked(after) && check && check !== before.healthCheckNodePort)
    refuse(['spec', 'healthCheckNodePort'], ['spec', 'healthCheckNodePort'], 'the port that it was given');
  const { loadBalancerClass: was } = before;
  if (both('LoadBalancer') && was !== after.loadBalancerClass && (was || after.loadBalancerClass))
    refuse(['spec', 'loadBalancerClass'], ['spec', 'loadBalancerClass'], was || 'no class');
}

/** The first family stays that of the address that was given. */
function changesFamily(before: ServiceSpec, after: ServiceSpec, families: ClusterFamilies): boolean {
  const [wanted] = after.ipFamilies ?? [];
  if (wanted === undefined || after.clusterIP || before.clusterIP === 'None') return false;
  const address = parseSloppyAddress(before.clusterIP ?? '');
  const given = address === undefined ? families[0] : familyOf(address);
  const was = before.ipFamilies?.[0] ?? (given && (given === 'ipv4' ? 'IPv4' : 'IPv6'));
  return was !== undefined && was !== wanted;
}

/** Of two addresses or families one may only go where the policy says so. */
function releasesFamily(before: ServiceSpec, after: ServiceSpec, families: ClusterFamilies): boolean {
  const policy = after.ipFamilyPolicy || before.ipFamilyPolicy;
  const isDual = families.length > 1 || before.ipFamilyPolicy === 'RequireDualStack';
  const hadBoth = [before.ipFamilies, before.clusterIPs].some((list) => list?.length === 2);
  if (!policy || policy === 'SingleStack') return false;
  if (!hadBoth && !(isDual && before.ipFamilyPolicy && before.ipFamilyPolicy !== 'SingleStack')) return false;
  const isAlone = (list: readonly unknown[] | null | undefined) => list?.length === 1;
  const addresses = after.clusterIPs ?? (after.clusterIP ? [after.clusterIP] : []);
  return isAlone(after.ipFamilies) || (before.clusterIP !== 'None' && isAlone(addresses));
}

function keptFamilies(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  if (typeOf(before) === 'ExternalName' || typeOf(after) === 'ExternalName') return {};
  const ipFamilyPolicy = after.ipFamilyPolicy || before.ipFamilyPolicy || null;
  const known = (before.ipFamilies ?? []).slice(0, ipFamilyPolicy === 'SingleStack' ? 1 : 2);
  const { ipFamilies } = after;
  return { ipFamilyPolicy, ipFamilies: ipFamilies && ipFamilies.length > 0 ? ipFamilies : known };
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

const isGivenNodePorts = (spec: ServiceSpec) =>
  hasNodePorts(spec) && (typeOf(spec) === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false);

/** It has a port for health checks. */
const isChecked = (spec: ServiceSpec) =>
  typeOf(spec) === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

function keptNodePorts(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  if (!isGivenNodePorts(before) || !isGivenNodePorts(after) || !after.ports) return keptCheck(before, after);
  const known = new Map((before.ports ?? []).map(({ name, nodePort }) => [name || '', nodePort]));
  const named = new Set(after.ports.map(({ nodePort }) => nodePort));
  return {
    ports: after.ports.map((port) => ({
      ...port,
      nodePort: port.nodePort || keptPort(known.get(port.name || ''), named),
    })),
    ...keptCheck(before, after),
  };
}

/** By the port's name, whatever else changed of it, unless another port is given it now. */
function keptPort(known: number | null | undefined, named: ReadonlySet<unknown>): number | null {
  return known && !named.has(known) ? known : null;
}

function keptCheck(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  const isKept = isChecked(before) && isChecked(after) && before.healthCheckNodePort;
  return isKept ? { healthCheckNodePort: after.healthCheckNodePort || before.healthCheckNodePort } : {};
}
