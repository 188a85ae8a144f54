import type { Path } from '../../documents/path.ts';
import type { ApiRelease } from './api-release.ts';
import type { ServiceManifest } from './kinds.ts';
import type { Report } from './validate.ts';

export type ServiceSpec = NonNullable<ServiceManifest['value']['spec']>;

/** A Service as far as a rule looks at it. */
export interface CheckedService {
  readonly spec: ServiceSpec;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: ServiceManifest['value']['status'];
  readonly release: ApiRelease;
  /** Whether an address, or a prefix, must be spelled as others read it, too. */
  readonly strict: (text: string) => boolean;
}

/** Something that the API server demands of a Service beyond the form of its fields. */
export type ServiceRule = (service: CheckedService, report: Report) => void;

/** What is empty gets the default. */
export const typeOf = (spec: ServiceSpec) => spec.type || 'ClusterIP';

export const isHeadless = (spec: ServiceSpec) => spec.clusterIP === 'None';

/** Headless without a selector: its endpoints come from elsewhere. */
export function isFreelyHeadless(spec: ServiceSpec): boolean {
  return isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
}

/** `clusterIPs` as the API server has them: `clusterIP` stands for a list of its own. */
export function clusterAddressesOf(spec: ServiceSpec): readonly string[] {
  if (spec.clusterIPs && spec.clusterIPs.length > 0) return spec.clusterIPs;
  return spec.clusterIP ? [spec.clusterIP] : [];
}

/** Where a cluster address is written. */
export function placeOfClusterAddress(spec: ServiceSpec, index: number): Path {
  return spec.clusterIPs?.[index] === undefined ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs', index];
}

/** Node ports, a load balancer or external addresses lead to it. */
export function isExternal(spec: ServiceSpec): boolean {
  const type = typeOf(spec);
  const hasAddresses = (spec.externalIPs ?? []).length > 0;
  return type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && hasAddresses);
}
