import { familyOf } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import {
  clusterAddressesOf,
  isExternal,
  isFreelyHeadless,
  type ServiceSpec,
  typeOf,
} from './service-rule.ts';

/**
 * What the API server makes of a Service that replaces another, before it judges it: what was given to the old one and is left open by
 * the new one is copied (pkg/registry/core/service/storage: patchAllocatedValues, normalizeClusterIPs, initIPFamilyFields), and what the
 * new type has no use for goes, where it is as it was (dropTypeDependentFields). `before` is what an earlier one left of this kind.
 */
export function replacedSpec(before: ServiceSpec, after: ServiceSpec): ServiceSpec {
  const named = isName(before) || isName(after);
  const shared = named ? {} : { ...keptAddresses(before, after), ...keptFamilies(before, after) };
  const kept = { ...after, ...shared, ...keptPorts(before, after), ...keptCheck(before, after) };
  return { ...kept, ...withoutUse(before, kept) };
}

const isName = (spec: ServiceSpec) => typeOf(spec) === 'ExternalName';
const isBalancer = (spec: ServiceSpec) => typeOf(spec) === 'LoadBalancer';
const hasNodePorts = (spec: ServiceSpec) => isBalancer(spec) || typeOf(spec) === 'NodePort';
const isGivenNodePorts = (spec: ServiceSpec) =>
  hasNodePorts(spec) && (!isBalancer(spec) || spec.allocateLoadBalancerNodePorts !== false);

/** It has a port for health checks. */
export const isChecked = (spec: ServiceSpec) => isBalancer(spec) && spec.externalTrafficPolicy === 'Local';

/** The policy of families that the API server keeps. */
export function familyPolicyOf(spec: ServiceSpec): NonNullable<ServiceSpec['ipFamilyPolicy']> | null {
  if (isName(spec)) return null;
  return spec.ipFamilyPolicy || (isFreelyHeadless(spec) ? 'RequireDualStack' : 'SingleStack');
}

const isFilled = (list: readonly unknown[] | null | undefined) => (list ?? []).length > 0;
const isSameList = (left: readonly unknown[], right: readonly unknown[]) =>
  left.length === right.length && left.every((value, index) => value === right[index]);

function keptAddresses(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  const clusterIP = after.clusterIP || before.clusterIP;
  if (!clusterIP) return {};
  const isOpen = clusterIP === before.clusterIP && !isFilled(after.clusterIPs);
  const own = (isOpen ? before : after).clusterIPs ?? [];
  // Who changes the one and leaves the list as it was means the list, too.
  const isMoved = isFilled(own) && clusterIP !== before.clusterIP && isSameList(own, before.clusterIPs ?? []);
  const addresses = isMoved ? [clusterIP] : own;
  const isReleased = after.ipFamilyPolicy === 'SingleStack' && isSameList(addresses, before.clusterIPs ?? []);
  return isFilled(addresses)
    ? { clusterIP, clusterIPs: addresses.slice(0, isReleased ? 1 : addresses.length) }
    : { clusterIP };
}

/** Families that are left open follow the addresses; headless there are none, and the cluster's first counts anew. */
function keptFamilies(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  const ipFamilyPolicy = after.ipFamilyPolicy || familyPolicyOf(before);
  const isSingle = ipFamilyPolicy === 'SingleStack';
  const known = familiesOf(before);
  const { ipFamilies } = after;
  if (ipFamilies && ipFamilies.length > 0) {
    const isReleased = isSingle && isSameList(ipFamilies, known ?? ipFamilies);
    const isTwo = familyPolicyOf(before) !== 'SingleStack';
    return { ipFamilyPolicy, ipFamilies: isReleased && isTwo ? ipFamilies.slice(0, 1) : ipFamilies };
  }
  // Those of an address that is another now are read off it.
  if (after.clusterIP && after.clusterIP !== before.clusterIP) return { ipFamilyPolicy };
  const isHeadless = (after.clusterIP || before.clusterIP) === 'None';
  return {
    ipFamilyPolicy,
    ipFamilies: isHeadless ? [] : (before.ipFamilies ?? []).slice(0, isSingle ? 1 : 2),
  };
}

/** Those that the API server keeps, as far as they follow from what was written. */
function familiesOf(spec: ServiceSpec): NonNullable<ServiceSpec['ipFamilies']> | undefined {
  const addresses = clusterAddressesOf(spec).flatMap((text) => parseSloppyAddress(text) ?? []);
  const known = isFilled(spec.ipFamilies)
    ? (spec.ipFamilies ?? [])
    : addresses.map((address) => (familyOf(address) === 'ipv4' ? 'IPv4' : 'IPv6'));
  const [first] = known;
  if (first === undefined) return undefined;
  if (familyPolicyOf(spec) === 'SingleStack' || known.length > 1) return known;
  return [first, first === 'IPv4' ? 'IPv6' : 'IPv4'];
}

function keptPorts(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  if (!isGivenNodePorts(before) || !isGivenNodePorts(after) || !after.ports) return {};
  const known = new Map((before.ports ?? []).map(({ name, nodePort }) => [name || '', nodePort]));
  const named = new Set(after.ports.map(({ nodePort }) => nodePort));
  return {
    ports: after.ports.map((port) => ({
      ...port,
      nodePort: port.nodePort || keptPort(known.get(port.name || ''), named),
    })),
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

/** What the new type has no use for, and who replaced the Service did not touch. What was touched is for the rules to refuse. */
function withoutUse(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  return {
    ...(!isName(before) && isName(after) ? unnamedFields(before, after) : {}),
    ...(hasNodePorts(before) && !hasNodePorts(after) ? unusedNodePorts(before, after) : {}),
    ...(isChecked(before) && !isChecked(after) && same(before, after, 'healthCheckNodePort')
      ? { healthCheckNodePort: null }
      : {}),
    ...(isBalancer(before) && !isBalancer(after) ? unusedOfBalancer(before, after) : {}),
    ...(isExternal(before) && !isExternal(after) && policyOf(before) === policyOf(after)
      ? { externalTrafficPolicy: null }
      : {}),
  };
}

const policyOf = (spec: ServiceSpec) => spec.externalTrafficPolicy || 'Cluster';
const same = (left: ServiceSpec, right: ServiceSpec, field: keyof ServiceSpec) =>
  (left[field] ?? null) === (right[field] ?? null);

function unnamedFields(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = after;
  const count = familyPolicyOf(before) === 'SingleStack' ? 1 : 2;
  const isAll = (list: readonly unknown[] | null | undefined) => !isFilled(list) || list?.length === count;
  // One alone is looked at only where it makes a list, which it does of none.
  const areAsWere =
    isSameList(clusterIPs ?? [], clusterAddressesOf(before)) &&
    (!clusterIP || clusterIP === before.clusterIP);
  const areGone = !isFilled(clusterIPs) || (areAsWere && (isAll(clusterIPs) || clusterIPs?.[0] === 'None'));
  const families = familiesOf(before) ?? ipFamilies ?? [];
  return {
    ...(areGone ? { clusterIP: null, clusterIPs: null } : {}),
    ...(isAll(ipFamilies) && isSameList(ipFamilies ?? [], families) ? { ipFamilies: null } : {}),
    ...(familyPolicyOf(before) === ipFamilyPolicy ? { ipFamilyPolicy: null } : {}),
  };
}

function unusedNodePorts(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  const were = new Set((before.ports ?? []).map(({ nodePort }) => nodePort));
  const { ports } = after;
  if (!ports?.every(({ nodePort }) => !nodePort || were.has(nodePort))) return {};
  return { ports: ports.map((port) => ({ ...port, nodePort: null })) };
}

function unusedOfBalancer(before: ServiceSpec, after: ServiceSpec): Partial<ServiceSpec> {
  const was = before.allocateLoadBalancerNodePorts ?? true;
  return {
    ...(after.allocateLoadBalancerNodePorts === was ? { allocateLoadBalancerNodePorts: null } : {}),
    ...(same(before, after, 'loadBalancerClass') ? { loadBalancerClass: null } : {}),
  };
}
