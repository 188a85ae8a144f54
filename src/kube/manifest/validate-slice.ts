import type { Path } from '../../documents/path.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { HintKind, ManifestDetail } from './detail.ts';
import type { Manifest } from './kinds.ts';
import {
  expectedForms,
  parseDnsLabel,
  parseLabelValue,
  parseQualifiedName,
  parseSubdomain,
} from './names.ts';
import type { Report } from './validate.ts';

type Slice = Manifest<'EndpointSlice'>['value'];
type Endpoint = NonNullable<Slice['endpoints']>[number];

/** So many of each the API server takes (pkg/apis/discovery/validation). */
const most = { endpoints: 1000, addresses: 100, hints: 8, ports: 20_000 } as const;

/** What the API server checks of a slice beside its addresses. */
export function validateSliceFields(slice: Slice, report: Report): void {
  const endpoints = slice.endpoints ?? [];
  if (isTooMany(endpoints, most.endpoints, ['endpoints'], report)) return;
  // Mostly the endpoints of a few nodes stand together.
  let known: string | undefined;
  endpoints.forEach((endpoint, index) => {
    const { nodeName } = endpoint;
    if (typeof nodeName === 'string' && nodeName !== known) {
      if (parseSubdomain(nodeName) !== undefined) known = nodeName;
      else
        report(
          'name-syntax',
          ['endpoints', index, 'nodeName'],
          { code: 'no-node-name', name: nodeName },
          expectedForms.subdomain,
        );
    }
    validateRest(endpoint, index, report);
  });
  if (!isTooMany(slice.ports ?? [], most.ports, ['ports'], report)) portProtocols(slice, report);
}

/** Names with a dot in them, each label as the DNS has them; one at the end may stand. */
export function validateHostNames({ endpoints }: Slice, report: Report): void {
  (endpoints ?? []).forEach(({ addresses }, index) => {
    const path = ['endpoints', index, 'addresses'];
    if ((addresses ?? []).length === 0)
      report('field-missing', path, { code: 'address-lacks' }, want.atLeast(1, 'addresses'));
    (addresses ?? []).forEach((text, place) => {
      const name = text.replace(/\.$/, '');
      const labels = name.split('.');
      if (parseSubdomain(name) !== undefined && labels.length > 1 && labels.every(parseDnsLabel)) return;
      const detail: ManifestDetail = { code: 'no-host-domain', text };
      report('name-syntax', [...path, place], detail, want.thing('dns-name-of-two'));
    });
  });
}

/** What most endpoints have none of makes no path. */
function validateRest(endpoint: Endpoint, index: number, report: Report): void {
  const { hostname, hints, addresses } = endpoint;
  if (typeof hostname !== 'string' && !hints && (addresses ?? []).length <= most.addresses) return;
  const path = ['endpoints', index];
  isTooMany(addresses ?? [], most.addresses, [...path, 'addresses'], report);
  if (typeof hostname === 'string' && parseDnsLabel(hostname) === undefined)
    report(
      'name-syntax',
      [...path, 'hostname'],
      { code: 'no-host-name', text: hostname },
      expectedForms.label,
    );
  if (!hints) return;
  const zones = [...path, 'hints', 'forZones'];
  checkHints(hints.forZones ?? [], zones, 'zone', parseLabelValue, expectedForms.labelValue, report);
  const nodes = [...path, 'hints', 'forNodes'];
  checkHints(hints.forNodes ?? [], nodes, 'node', parseSubdomain, expectedForms.subdomain, report);
}

function checkHints(
  hints: readonly { readonly name?: string | null | undefined }[],
  path: Path,
  what: HintKind,
  parse: (text: string) => string | undefined,
  expected: Expected,
  report: Report,
): void {
  if (isTooMany(hints, most.hints, path, report)) return;
  const seen = new Set<string>();
  hints.forEach(({ name: given }, index) => {
    const name = given ?? '';
    const place = [...path, index, 'name'];
    if (seen.has(name))
      report('duplicate', place, { code: 'hint-twice', name, what }, want.thing('each-once', what));
    seen.add(name);
    if (parse(name) === undefined)
      report('name-syntax', place, { code: 'no-hint-name', name, what }, expected);
  });
}

function isTooMany(list: readonly unknown[], limit: number, path: Path, report: Report): boolean {
  if (list.length <= limit) return false;
  report('field-value', path, { code: 'there-are', count: list.length }, want.atMost(limit));
  return true;
}

function portProtocols({ ports }: Slice, report: Report): void {
  (ports ?? []).forEach((port, index) => {
    const { appProtocol } = port;
    if (typeof appProtocol !== 'string' || parseQualifiedName(appProtocol) !== undefined) return;
    const path = ['ports', index, 'appProtocol'];
    report('name-syntax', path, { code: 'no-protocol-name', text: appProtocol }, expectedForms.qualified);
  });
}
