import { parsePrefix } from '../../address/subnet.ts';
import type { ServiceManifest } from './kinds.ts';
import { misspeltFields } from './misspelt-fields.ts';
import { expectedForms, parseQualifiedName, parseSubdomain } from './names.ts';
import { isExternal, isHeadless, type ServiceRule, typeOf } from './service-rule.ts';
import type { Report } from './validate.ts';
import {
  clusterAddressFields,
  clusterFamilies,
  externalAddresses,
  externalNameAddresses,
  familyPolicy,
} from './validate-addresses.ts';
import {
  appProtocols,
  duplicatePorts,
  kubeletPorts,
  nodePortTypes,
  portNames,
  portsRequired,
} from './validate-ports.ts';

const topologyHints = 'service.kubernetes.io/topology-aware-hints';
const topologyMode = 'service.kubernetes.io/topology-mode';

const topologyAnnotations: ServiceRule = ({ annotations }, report) => {
  const { [topologyHints]: hints, [topologyMode]: mode } = annotations;
  if (hints === undefined || mode === undefined || hints === mode) return;
  const path = ['metadata', 'annotations', topologyMode];
  report('field-conflict', path, `it must equal ${topologyHints}, '${hints}'`, 'one of the two annotations');
};

const headlessTypes: ServiceRule = ({ spec }, report) => {
  const type = typeOf(spec);
  if (!isHeadless(spec) || type === 'ClusterIP' || type === 'ExternalName') return;
  report(
    'field-conflict',
    ['spec', 'clusterIP'],
    `None is not allowed for type ${type}`,
    'an address, or nothing',
  );
};

const externalNames: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) !== 'ExternalName') return;
  const { externalName, ports } = spec;
  if (!externalName) {
    report('field-missing', ['spec', 'externalName'], 'type ExternalName needs a name', 'a DNS name');
  } else if (parseSubdomain(externalName.replace(/\.$/, '')) === undefined) {
    report('name-syntax', ['spec', 'externalName'], `'${externalName}' is no DNS name`, 'a DNS name');
  }
  if (ports && ports.length > 0) {
    const message = 'the ports of an ExternalName service have no effect';
    report('field-conflict', ['spec', 'ports'], message, 'no ports', 'warning');
  }
};

/** Without affinity its configuration is dropped unread. */
const affinityTimeout: ServiceRule = ({ spec }, report) => {
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (spec.sessionAffinity !== 'ClientIP' || seconds === undefined || seconds === null) return;
  if (seconds >= 1 && seconds <= 86400) return;
  const path = ['spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds'];
  report('field-value', path, `${seconds} is out of range`, 'an integer from 1 to 86400');
};

const loadBalancerOnly: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) === 'LoadBalancer') return;
  const fields = ['loadBalancerSourceRanges', 'allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const;
  for (const field of fields) {
    const value = spec[field];
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    report('field-conflict', ['spec', field], `not allowed for type ${typeOf(spec)}`, 'type LoadBalancer');
  }
};

const loadBalancerClass: ServiceRule = ({ spec }, report) => {
  const { loadBalancerClass: name } = spec;
  if (typeOf(spec) !== 'LoadBalancer' || typeof name !== 'string' || parseQualifiedName(name)) return;
  const message = `'${name}' is no name of a class`;
  report('name-syntax', ['spec', 'loadBalancerClass'], message, expectedForms.qualified);
};

/** An older way to give source ranges, of which kube-proxy never knew. */
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

const annotatedRanges: ServiceRule = ({ spec, annotations }, report) => {
  const text = annotations[rangesAnnotation];
  if (text === undefined || (spec.loadBalancerSourceRanges ?? []).length > 0) return;
  const path = ['metadata', 'annotations', rangesAnnotation];
  if (typeOf(spec) !== 'LoadBalancer') {
    report('field-conflict', path, `not allowed for type ${typeOf(spec)}`, 'type LoadBalancer');
  }
  const ranges = text.trim() === '' ? [] : text.split(',');
  const wrong = ranges.find((range) => parsePrefix(range.trim()) === undefined);
  if (wrong !== undefined)
    report('address-syntax', path, `'${wrong}' is no prefix`, 'prefixes such as 10.0.0.0/8');
  else if (ranges.length > 0) {
    const message = 'kube-proxy does not look at this annotation';
    report('field-conflict', path, message, 'loadBalancerSourceRanges', 'warning');
  }
};

const externalPolicy: ServiceRule = ({ spec }, report) => {
  if (!spec.externalTrafficPolicy || isExternal(spec)) return;
  const message = 'only for a service that is reachable from outside';
  report('field-conflict', ['spec', 'externalTrafficPolicy'], message, 'type NodePort or LoadBalancer');
};

const healthCheckPort: ServiceRule = ({ spec }, report) => {
  if (!spec.healthCheckNodePort) return;
  if (typeOf(spec) === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') return;
  const message = 'only for type LoadBalancer with externalTrafficPolicy Local';
  report('field-conflict', ['spec', 'healthCheckNodePort'], message, 'no such port');
};

/**
 * What the API server (release 1.30, ValidateService) demands of a Service beyond the form of its fields, one rule after
 * the other. What it ignores without a word is a warning here.
 */
const rules: readonly ServiceRule[] = [
  misspeltFields,
  topologyAnnotations,
  portsRequired,
  headlessTypes,
  externalNames,
  externalNameAddresses,
  portNames,
  duplicatePorts,
  nodePortTypes,
  kubeletPorts,
  appProtocols,
  affinityTimeout,
  clusterAddressFields,
  clusterFamilies,
  familyPolicy,
  externalAddresses,
  loadBalancerOnly,
  loadBalancerClass,
  annotatedRanges,
  externalPolicy,
  healthCheckPort,
];

export function validateService({ spec, metadata }: ServiceManifest['value'], report: Report): void {
  if (!spec) return;
  const service = { spec, annotations: metadata?.annotations ?? {} };
  for (const rule of rules) rule(service, report);
}
