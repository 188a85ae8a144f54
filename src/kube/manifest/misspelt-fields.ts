import { nearest } from '../../text/nearest.ts';
import type { ServiceRule } from './service-rule.ts';

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
export const misspeltFields: ServiceRule = ({ spec }, report) => {
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
};
