import { parseSloppyAddress, parseSloppyPrefix } from '../../address/sloppy.ts';
import { want } from '../../text/expected.ts';
import type { ApiRelease } from './api-release.ts';
import type { ManifestDetail } from './detail.ts';
import type { ServiceManifest } from './kinds.ts';
import { expectedForms, parseQualifiedName, parseSubdomain } from './names.ts';
import {
  type CheckedService,
  clusterAddressesOf,
  isExternal,
  isHeadless,
  type ServiceRule,
  typeOf,
} from './service-rule.ts';
import { isStrict, reportFault, reportPrefixFault } from './spelling.ts';
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
  openTargets,
  portNames,
  portsRequired,
} from './validate-ports.ts';

const topologyHints = 'service.kubernetes.io/topology-aware-hints';
const topologyMode = 'service.kubernetes.io/topology-mode';

const topologyAnnotations: ServiceRule = ({ annotations }, report) => {
  const { [topologyHints]: hints, [topologyMode]: mode } = annotations;
  if (hints === undefined || mode === undefined || hints === mode) return;
  const path = ['metadata', 'annotations', topologyMode];
  report(
    'field-conflict',
    path,
    { code: 'hints-differ', annotation: topologyHints, hints },
    want.thing('one-annotation'),
  );
};

const headlessTypes: ServiceRule = ({ spec }, report) => {
  const type = typeOf(spec);
  if (!isHeadless(spec) || (type !== 'NodePort' && type !== 'LoadBalancer')) return;
  const detail: ManifestDetail = { code: 'none-for-type', type };
  const place = ['spec', 'clusterIP'];
  report(
    'field-conflict',
    ['spec', 'clusterIPs', 0],
    detail,
    want.thing('address-or-nothing'),
    'error',
    place,
  );
};

const externalNames: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) !== 'ExternalName') return;
  const { externalName, ports } = spec;
  if (!externalName) {
    report('field-missing', ['spec', 'externalName'], { code: 'needs-name' }, want.thing('dns-name'));
  } else if (parseSubdomain(externalName.replace(/\.$/, '')) === undefined) {
    report(
      'name-syntax',
      ['spec', 'externalName'],
      { code: 'no-dns-name', text: externalName },
      want.thing('dns-name'),
    );
  }
  if (ports && ports.length > 0) {
    const detail: ManifestDetail = { code: 'ports-of-name' };
    report('field-conflict', ['spec', 'ports'], detail, want.thing('no-ports'), 'warning');
  }
};

/** Without affinity its configuration is dropped unread. */
const affinityTimeout: ServiceRule = ({ spec }, report) => {
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (spec.sessionAffinity !== 'ClientIP' || seconds === undefined || seconds === null) return;
  if (seconds >= 1 && seconds <= 86400) return;
  const path = ['spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds'];
  report('field-value', path, { code: 'out-of-range', value: seconds }, want.range(1, 86400, 'integer'));
};

const loadBalancerOnly: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) === 'LoadBalancer') return;
  const fields = ['loadBalancerSourceRanges', 'allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const;
  for (const field of fields) {
    const value = spec[field];
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    report(
      'field-conflict',
      ['spec', field],
      { code: 'not-for-type', type: typeOf(spec) },
      want.written('type LoadBalancer'),
    );
  }
};

const sourceRanges: ServiceRule = ({ spec, strict }, report) => {
  (spec.loadBalancerSourceRanges ?? []).forEach((text, index) => {
    const range = text.trim();
    reportPrefixFault(report, ['spec', 'loadBalancerSourceRanges', index], range, strict(range));
  });
};

const loadBalancerClass: ServiceRule = ({ spec }, report) => {
  const { loadBalancerClass: name } = spec;
  if (typeOf(spec) !== 'LoadBalancer' || typeof name !== 'string' || parseQualifiedName(name)) return;
  const detail: ManifestDetail = { code: 'no-class-name', text: name };
  report('name-syntax', ['spec', 'loadBalancerClass'], detail, expectedForms.qualified);
};

/** An older way to give source ranges, of which kube-proxy never knew. */
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

const annotatedRanges: ServiceRule = ({ spec, annotations, strict }, report) => {
  const text = annotations[rangesAnnotation];
  if (text === undefined || (spec.loadBalancerSourceRanges ?? []).length > 0) return;
  const path = ['metadata', 'annotations', rangesAnnotation];
  if (typeOf(spec) !== 'LoadBalancer') {
    report(
      'field-conflict',
      path,
      { code: 'not-for-type', type: typeOf(spec) },
      want.written('type LoadBalancer'),
    );
  }
  const ranges = text.trim() === '' ? [] : text.split(',');
  const wrong = ranges.find((range) => parseSloppyPrefix(range.trim()) === undefined);
  if (wrong !== undefined)
    report(
      'address-syntax',
      path,
      { code: 'no-prefix', text: wrong },
      want.suchAs('10.0.0.0/8', want.thing('prefixes')),
    );
  else if (ranges.map((range) => reportPrefixFault(report, path, range.trim(), strict(text))).some(Boolean))
    return;
  else if (ranges.length > 0) {
    const detail: ManifestDetail = { code: 'annotation-unread' };
    report('field-conflict', path, detail, want.written('loadBalancerSourceRanges'), 'warning');
  }
};

const externalPolicy: ServiceRule = ({ spec }, report) => {
  if (!spec.externalTrafficPolicy || isExternal(spec)) return;
  const detail: ManifestDetail = { code: 'only-from-outside' };
  report(
    'field-conflict',
    ['spec', 'externalTrafficPolicy'],
    detail,
    want.either('type NodePort', 'LoadBalancer'),
  );
};

/** Before 1.31 the field is not known, and dropped. */
const trafficDistribution: ServiceRule = ({ spec, release }, report) => {
  const { trafficDistribution: value } = spec;
  if (typeof value !== 'string' || release.trafficDistributions.includes(value)) return;
  const path = ['spec', 'trafficDistribution'];
  if (release.trafficDistributions.length === 0)
    report(
      'field-unknown',
      path,
      { code: 'dropped-before', release: '1.31' },
      want.written('--kube-version 1.31'),
      'warning',
    );
  else
    report(
      'field-value',
      path,
      { code: 'not-known-here', text: value },
      want.written(release.trafficDistributions.join(', ')),
    );
};

/** Status that was put beside a manifest is dropped; that of a live object has passed these. */
const balancerStatus: ServiceRule = ({ spec, status, strict }, report) => {
  const entries = status?.loadBalancer?.ingress ?? [];
  const path = ['status', 'loadBalancer', 'ingress'];
  if (entries.length > 0 && typeOf(spec) !== 'LoadBalancer') {
    report(
      'field-conflict',
      path,
      { code: 'not-for-type', type: typeOf(spec) },
      want.written('type LoadBalancer'),
    );
    return;
  }
  entries.forEach(({ ip, hostname, ipMode }, index) => {
    const own = [...path, index];
    if (ip) reportFault(report, [...own, 'ip'], ip, strict(ip));
    if (ipMode && !ip)
      report(
        'field-conflict',
        [...own, 'ipMode'],
        { code: 'only-beside-ip' },
        want.thing('address-or-no-mode'),
      );
    if (!hostname) return;
    const isName = parseSubdomain(hostname) !== undefined && parseSloppyAddress(hostname) === undefined;
    if (!isName)
      report(
        'name-syntax',
        [...own, 'hostname'],
        { code: 'no-dns-name', text: hostname },
        want.thing('dns-name'),
      );
  });
};

const healthCheckPort: ServiceRule = ({ spec }, report) => {
  if (!spec.healthCheckNodePort) return;
  if (typeOf(spec) === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') return;
  const detail: ManifestDetail = { code: 'only-local-balancer' };
  report('field-conflict', ['spec', 'healthCheckNodePort'], detail, want.thing('no-such-port'));
};

/**
 * Whether an address is judged by its spelling. What an earlier one has already may stay; where none is given, what was stored was
 * judged by the release that was there then.
 */
function strictness(
  metadata: ServiceManifest['value']['metadata'],
  before: ServiceManifest['value'] | null,
  release: ApiRelease,
): CheckedService['strict'] {
  if (before === null) {
    const strict = isStrict(metadata, release);
    return () => strict;
  }
  const old = before.spec ?? {};
  const known = new Set([
    ...clusterAddressesOf(old),
    ...(old.externalIPs ?? []),
    ...(old.loadBalancerSourceRanges ?? []).map((text) => text.trim()),
    before.metadata?.annotations?.[rangesAnnotation],
  ]);
  return (text) => release.strictAddresses && !known.has(text);
}

/** What the API server (validateService of 1.30 to 1.36) demands of a Service beyond the form of its fields, one rule after the other. */
const rules: readonly ServiceRule[] = [
  topologyAnnotations,
  portsRequired,
  headlessTypes,
  externalNames,
  externalNameAddresses,
  portNames,
  duplicatePorts,
  openTargets,
  nodePortTypes,
  kubeletPorts,
  appProtocols,
  affinityTimeout,
  clusterAddressFields,
  clusterFamilies,
  familyPolicy,
  externalAddresses,
  loadBalancerOnly,
  sourceRanges,
  loadBalancerClass,
  annotatedRanges,
  externalPolicy,
  healthCheckPort,
  trafficDistribution,
  balancerStatus,
];

/** Without a spec it is an empty one. `before` is what it replaces. */
export function validateService(
  { spec, metadata, status }: ServiceManifest['value'],
  before: ServiceManifest['value'] | null,
  report: Report,
  release: ApiRelease,
): void {
  const annotations = metadata?.annotations ?? {};
  const strict = strictness(metadata, before, release);
  const service: CheckedService = { spec: spec ?? {}, annotations, status, release, strict };
  for (const rule of rules) rule(service, report);
}
