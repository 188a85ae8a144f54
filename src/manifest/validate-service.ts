import { familyOf, parseAddress } from '../address/address.ts';
import { nearest } from '../text/nearest.ts';
import type { ServiceManifest } from './kinds.ts';
import { parseSubdomain } from './names.ts';
import { type Report, reportSpecial } from './validate.ts';

type Spec = NonNullable<ServiceManifest['value']['spec']>;
type Rule = (spec: Spec, report: Report) => void;

/**
 * What the API server (release 1.30, ValidateService) demands of a Service beyond the form of its fields, one rule after
 * the other. What it ignores without a word is a warning here.
 */
const rules: readonly Rule[] = [
  misspeltFields,
  portsRequired,
  headlessTypes,
  externalNames,
  portNames,
  duplicatePorts,
  nodePortTypes,
  clusterFamilies,
  externalAddresses,
  loadBalancerOnly,
  externalPolicy,
  healthCheckPort,
];

export function validateService({ spec }: ServiceManifest['value'], report: Report): void {
  if (spec) for (const rule of rules) rule(spec, report);
}

const typeOf = (spec: Spec) => spec.type || 'ClusterIP';
const isHeadless = (spec: Spec) => spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None';

/** Fields of ServiceSpec and ServicePort, release 1.34 (k8s.io/api core/v1). */
const specFields = new Set([
  'allocateLoadBalancerNodePorts',
  'clusterIP',
  'clusterIPs',
  'externalIPs',
  'externalName',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'internalTrafficPolicy',
  'ipFamilies',
  'ipFamilyPolicy',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  'ports',
  'publishNotReadyAddresses',
  'selector',
  'sessionAffinity',
  'sessionAffinityConfig',
  'topologyKeys',
  'trafficDistribution',
  'type',
]);
const portFields = new Set(['appProtocol', 'name', 'nodePort', 'port', 'protocol', 'targetPort']);

/** What newer releases know is passed over; what is nearly a field that is known here was meant to be that field. */
function misspeltFields(spec: Spec, report: Report): void {
  const check = (value: object, known: ReadonlySet<string>, path: readonly (string | number)[]) => {
    for (const name of Object.keys(value)) {
      const meant = known.has(name) ? undefined : nearest(name, known);
      if (!meant) continue;
      report('field-unknown', [...path, name], 'a Service has no such field', `${meant}?`, 'warning');
    }
  };
  check(spec, specFields, ['spec']);
  (spec.ports ?? []).forEach((port, index) => {
    check(port, portFields, ['spec', 'ports', index]);
  });
}

function portsRequired(spec: Spec, report: Report): void {
  if ((spec.ports ?? []).length > 0 || isHeadless(spec) || typeOf(spec) === 'ExternalName') return;
  report('field-missing', ['spec', 'ports'], 'a Service needs ports', 'at least one port');
}

function headlessTypes(spec: Spec, report: Report): void {
  const type = typeOf(spec);
  if (!isHeadless(spec) || type === 'ClusterIP' || type === 'ExternalName') return;
  report(
    'field-conflict',
    ['spec', 'clusterIP'],
    `None is not allowed for type ${type}`,
    'an address, or nothing',
  );
}

function externalNames(spec: Spec, report: Report): void {
  if (typeOf(spec) !== 'ExternalName') return;
  const { externalName, clusterIP, ports } = spec;
  if (!externalName) {
    report('field-missing', ['spec', 'externalName'], 'type ExternalName needs a name', 'a DNS name');
  } else if (parseSubdomain(externalName.replace(/\.$/, '')) === undefined) {
    report('name-syntax', ['spec', 'externalName'], `'${externalName}' is no DNS name`, 'a DNS name');
  }
  if (clusterIP) {
    report(
      'field-conflict',
      ['spec', 'clusterIP'],
      'not allowed for type ExternalName',
      'no cluster address',
    );
  }
  if (ports && ports.length > 0) {
    const message = 'the ports of an ExternalName service have no effect';
    report('field-conflict', ['spec', 'ports'], message, 'no ports', 'warning');
  }
}

function portNames(spec: Spec, report: Report): void {
  const ports = spec.ports ?? [];
  const seen = new Set<string>();
  ports.forEach(({ name }, index) => {
    const path = ['spec', 'ports', index, 'name'];
    if (!name) {
      if (ports.length > 1) report('field-missing', path, 'each of several ports needs a name', 'a name');
    } else if (seen.has(name)) {
      report('duplicate', path, `the name '${name}' is used by another port`, 'a name of its own');
    } else seen.add(name);
  });
}

function duplicatePorts(spec: Spec, report: Report): void {
  for (const field of ['port', 'nodePort'] as const) {
    const seen = new Set<string>();
    (spec.ports ?? []).forEach((port, index) => {
      const number = port[field];
      if (!number) return;
      const key = `${number}/${port.protocol || 'TCP'}`;
      const path = ['spec', 'ports', index, field];
      if (seen.has(key)) report('duplicate', path, `${field} ${key} is there twice`, 'a port of its own');
      seen.add(key);
    });
  }
}

function nodePortTypes(spec: Spec, report: Report): void {
  if (typeOf(spec) !== 'ClusterIP') return;
  (spec.ports ?? []).forEach(({ nodePort }, index) => {
    if (!nodePort) return;
    const path = ['spec', 'ports', index, 'nodePort'];
    report('field-conflict', path, 'not allowed for type ClusterIP', 'type NodePort or LoadBalancer');
  });
}

function clusterFamilies(spec: Spec, report: Report): void {
  const addresses = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
  const { clusterIP, ipFamilies: families } = spec;
  if (clusterIP && spec.clusterIPs && spec.clusterIPs.length > 0 && spec.clusterIPs[0] !== clusterIP) {
    report('field-conflict', ['spec', 'clusterIPs', 0], `it must equal clusterIP, ${clusterIP}`, clusterIP);
  }
  if (addresses.length > 2) {
    report('field-value', ['spec', 'clusterIPs'], 'there are more than two', 'one address for each family');
  }
  addresses.forEach((text, index) => {
    const address = parseAddress(text);
    if (address === undefined) return;
    const name = familyOf(address) === 'ipv4' ? 'IPv4' : 'IPv6';
    const path = spec.clusterIPs ? ['spec', 'clusterIPs', index] : ['spec', 'clusterIP'];
    const wanted = families?.[index];
    if (wanted && wanted !== name) {
      report(
        'address-family',
        path,
        `${text} is no ${wanted} address`,
        `an ${wanted} address, as ipFamilies says`,
      );
    }
    const first = index === 1 ? parseAddress(addresses[0] ?? '') : undefined;
    if (first !== undefined && familyOf(first) === familyOf(address)) {
      report(
        'address-family',
        path,
        `it is of the family of ${addresses[0]}`,
        'an address of the other family',
      );
    }
  });
  const isDual = addresses.length === 2 || families?.length === 2;
  if (isDual && (spec.ipFamilyPolicy ?? 'SingleStack') === 'SingleStack') {
    const message = 'two families need a policy of two';
    report('field-conflict', ['spec', 'ipFamilyPolicy'], message, 'PreferDualStack or RequireDualStack');
  }
  if (families && families.length === 2 && families[0] === families[1]) {
    report('duplicate', ['spec', 'ipFamilies', 1], `${families[1]} is there twice`, 'each family once');
  }
}

function externalAddresses(spec: Spec, report: Report): void {
  (spec.externalIPs ?? []).forEach((text, index) => {
    const address = parseAddress(text);
    if (address !== undefined) reportSpecial(report, ['spec', 'externalIPs', index], text, address);
  });
}

function loadBalancerOnly(spec: Spec, report: Report): void {
  if (typeOf(spec) === 'LoadBalancer') return;
  const fields = ['loadBalancerSourceRanges', 'allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const;
  for (const field of fields) {
    const value = spec[field];
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    report('field-conflict', ['spec', field], `not allowed for type ${typeOf(spec)}`, 'type LoadBalancer');
  }
}

function externalPolicy(spec: Spec, report: Report): void {
  if (!spec.externalTrafficPolicy || isExternal(spec)) return;
  const message = 'only for a service that is reachable from outside';
  report('field-conflict', ['spec', 'externalTrafficPolicy'], message, 'type NodePort or LoadBalancer');
}

function isExternal(spec: Spec): boolean {
  const type = typeOf(spec);
  const hasAddresses = (spec.externalIPs ?? []).length > 0;
  return type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && hasAddresses);
}

function healthCheckPort(spec: Spec, report: Report): void {
  if (!spec.healthCheckNodePort) return;
  if (typeOf(spec) === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') return;
  const message = 'only for type LoadBalancer with externalTrafficPolicy Local';
  report('field-conflict', ['spec', 'healthCheckNodePort'], message, 'no such port');
}
