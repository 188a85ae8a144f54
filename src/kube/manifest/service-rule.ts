import type { ServiceManifest } from './kinds.ts';
import type { Report } from './validate.ts';

export type ServiceSpec = NonNullable<ServiceManifest['value']['spec']>;

/** A Service as far as a rule looks at it. */
export interface CheckedService {
  readonly spec: ServiceSpec;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Something that the API server demands of a Service beyond the form of its fields. */
export type ServiceRule = (service: CheckedService, report: Report) => void;

/** What is empty gets the default. */
export const typeOf = (spec: ServiceSpec) => spec.type || 'ClusterIP';

export const isHeadless = (spec: ServiceSpec) => spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None';

/** Node ports, a load balancer or external addresses lead to it. */
export function isExternal(spec: ServiceSpec): boolean {
  const type = typeOf(spec);
  const hasAddresses = (spec.externalIPs ?? []).length > 0;
  return type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && hasAddresses);
}
