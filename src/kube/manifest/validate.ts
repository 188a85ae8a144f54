import { type Address, type Family, familyOf, formatAddress, parseAddress } from '../../address/address.ts';
import { isMapped, parseSloppyAddress } from '../../address/sloppy.ts';
import { formatPath, type Path } from '../../documents/path.ts';
import type { ProblemCode } from '../../text/codes.ts';
import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { ApiRelease } from './api-release.ts';
import type { ManifestDetail } from './detail.ts';
import type { AnyManifest, Manifest } from './kinds.ts';
import { expectedForms, parseDnsLabel, parseQualifiedName, parseSubdomain } from './names.ts';
import { problemAt } from './problem-at.ts';
import { specialAddress } from './special.ts';
import { isStrict, reportFault, reportSpecial } from './spelling.ts';
import { validateMetadata, validateNew, validateOwners, validateReplacing } from './validate-metadata.ts';
import { validateNode } from './validate-node.ts';
import { validateRange } from './validate-range.ts';
import { validateService } from './validate-service.ts';
import { validateHostNames, validateSliceFields } from './validate-slice.ts';

/** What the API server checks beyond the form of single fields. `before` is what the object replaces. */
export function validate(
  object: AnyManifest,
  before: AnyManifest | null,
  problems: Problem[],
  release: ApiRelease,
): void {
  const report: Report = (code, path, detail, expected, severity = 'error', place = path) => {
    const full = told<ManifestDetail>({ code: 'in-field', path: formatPath(path), of: detail });
    problems.push(problemAt(object.origin, place, code, full, expected, severity));
  };
  if ('metadata' in object.value) {
    const { metadata } = object.value;
    validateMetadata(metadata, report);
    if (before === null) validateNew(object.kind, metadata, report, release);
    else validateReplacing(metadata, report);
    if (ownersJudged.has(object.kind)) validateOwners(metadata, report);
  }
  if (object.kind === 'Service') {
    const old = before?.kind === 'Service' ? before.value : null;
    validateService(object.value, old, report, release);
  } else if (object.kind === 'EndpointSlice') validateSlice(object.value, report, release);
  else if (object.kind === 'Endpoints') validateEndpoints(object.value, report, release);
  else if (object.kind === 'Node') validateNode(object.value, report, release, before === null);
  else if (object.kind === 'ServiceCIDR') validateRange(object.value, report);
  else if (object.kind === 'KubeProxyConfiguration') validateVersion(object, report);
}

/** Slices and pods that controllers made are often handed around without the uids of their owners. */
const ownersJudged: ReadonlySet<string> = new Set(['Endpoints', 'Node', 'Service', 'ServiceCIDR']);

/** `place` is where the field stands, if it is written as another one. */
export type Report = (
  code: ProblemCode,
  path: Path,
  detail: ManifestDetail,
  expected: Expected,
  severity?: 'error' | 'warning',
  place?: Path,
) => void;

/** Slices are what there is most of: addresses are read once here, and again only when the model is built. */
function validateSlice(slice: Manifest<'EndpointSlice'>['value'], report: Report, release: ApiRelease): void {
  const strict = isStrict(slice.metadata, release);
  validateSliceFields(slice, report);
  slicePortNames(slice, report);
  if (slice.addressType === 'FQDN') {
    validateHostNames(slice, report);
    return;
  }
  // Of another type it is not known what they should be.
  if (slice.addressType !== 'IPv4' && slice.addressType !== 'IPv6') return;
  const family: Family = slice.addressType === 'IPv6' ? 'ipv6' : 'ipv4';
  const endpoints = slice.endpoints ?? [];
  for (let index = 0; index < endpoints.length; index += 1) {
    const addresses = endpoints[index]?.addresses ?? [];
    if (addresses.length === 0) {
      report(
        'field-missing',
        ['endpoints', index, 'addresses'],
        { code: 'address-lacks' },
        want.atLeast(1, 'addresses'),
      );
    }
    for (let place = 0; place < addresses.length; place += 1) {
      const text = addresses[place] as string;
      const parsed = parseAddress(text);
      const usual = typeof parsed === 'bigint' && isMapped(parsed) ? undefined : parsed;
      const isUsual = usual !== undefined && familyOf(usual) === family && !specialAddress(usual);
      // Nearly all are, and their paths are not made.
      if (isUsual && !(typeof usual === 'bigint' && strict)) continue;
      const path = ['endpoints', index, 'addresses', place];
      if (isUsual) {
        reportUnusual(report, path, text, usual as bigint);
        continue;
      }
      const address = parseSloppyAddress(text);
      if (address !== undefined && reportFault(report, path, text, strict)) continue;
      if (address !== undefined && familyOf(address) === family) reportSpecial(report, path, text, address);
      else reportAddress(report, path, text, address, family);
    }
  }
}

/** New in slices, addresses of IPv6 are spelled in one way alone (RFC 5952). */
function reportUnusual(report: Report, path: Path, text: string, address: bigint): void {
  if (text === formatAddress(address) && !text.includes('.')) return;
  report('address-syntax', path, { code: 'not-canonical', text }, want.thing('canonical-ipv6'));
}

/** Ports of a slice need no names, but no two may have the same one, or none. */
function slicePortNames({ ports }: Manifest<'EndpointSlice'>['value'], report: Report): void {
  if ((ports ?? []).length < 2) return;
  const seen = new Set<string>();
  (ports ?? []).forEach(({ name }, index) => {
    const detail: ManifestDetail = { code: 'name-of-other-port', name: name ?? '' };
    if (seen.has(name ?? '')) report('duplicate', ['ports', index, 'name'], detail, want.thing('own-name'));
    seen.add(name ?? '');
  });
}

function validateEndpoints(
  { subsets, metadata }: Manifest<'Endpoints'>['value'],
  report: Report,
  release: ApiRelease,
): void {
  const strict = isStrict(metadata, release);
  (subsets ?? []).forEach((subset, index) => {
    const path = ['subsets', index];
    const groups = ['addresses', 'notReadyAddresses'] as const;
    if (groups.every((group) => (subset[group] ?? []).length === 0)) {
      report('field-missing', path, { code: 'address-lacks' }, want.either('addresses', 'notReadyAddresses'));
    }
    for (const group of groups) {
      (subset[group] ?? []).forEach(({ ip, hostname, nodeName }, place) => {
        const own = [...path, group, place];
        if (hostname && parseDnsLabel(hostname) === undefined)
          report(
            'name-syntax',
            [...own, 'hostname'],
            { code: 'no-host-name', text: hostname },
            expectedForms.label,
          );
        if (typeof nodeName === 'string' && parseSubdomain(nodeName) === undefined)
          report(
            'name-syntax',
            [...own, 'nodeName'],
            { code: 'no-node-name', name: nodeName },
            expectedForms.subdomain,
          );
        const address = parseSloppyAddress(ip ?? '');
        if (!ip || address === undefined) return;
        const at = [...own, 'ip'];
        if (!reportFault(report, at, ip, strict)) reportSpecial(report, at, ip, address);
      });
    }
    const isAlone = (subset.ports ?? []).length < 2;
    (subset.ports ?? []).forEach(({ name, appProtocol }, port) => {
      const place = [...path, 'ports', port];
      if (!name && !isAlone)
        report('field-missing', [...place, 'name'], { code: 'ports-need-names' }, want.thing('name'));
      if (typeof appProtocol === 'string' && parseQualifiedName(appProtocol) === undefined) {
        const detail: ManifestDetail = { code: 'no-protocol-name', text: appProtocol };
        report('name-syntax', [...place, 'appProtocol'], detail, expectedForms.qualified);
      }
    });
  });
}

function reportAddress(
  report: Report,
  path: Path,
  text: string,
  address: Address | undefined,
  family: Family,
): void {
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  if (address === undefined)
    report('address-syntax', path, { code: 'no-address', text }, want.thing('address-of', name));
  else
    report(
      'address-family',
      path,
      { code: 'not-family', text, family: name },
      want.thing('address-of-type', name),
    );
}

const configurationVersion = 'kubeproxy.config.k8s.io/v1alpha1';

function validateVersion({ apiVersion }: AnyManifest, report: Report): void {
  if (apiVersion === configurationVersion) return;
  const detail: ManifestDetail = { code: 'no-proxy-version', text: apiVersion };
  report('field-value', ['apiVersion'], detail, want.written(configurationVersion));
}
