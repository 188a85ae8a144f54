import { familyOf } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import type { Path } from '../../documents/path.ts';
import { want } from '../../text/expected.ts';
import type { ManifestDetail } from './detail.ts';
import {
  clusterAddressesOf,
  isFreelyHeadless,
  placeOfClusterAddress,
  type ServiceRule,
  type ServiceSpec,
  typeOf,
} from './service-rule.ts';
import { reportFault, reportSpecial } from './spelling.ts';
import type { Report } from './validate.ts';

const clusterIPs = ['spec', 'clusterIPs'];

/** A name in the DNS has neither addresses nor families. */
export const externalNameAddresses: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) !== 'ExternalName') return;
  const refuse = (path: Path, place = path) =>
    report(
      'field-conflict',
      path,
      { code: 'not-for-name' },
      want.thing('no-cluster-address'),
      'error',
      place,
    );
  if (clusterAddressesOf(spec).length > 0) refuse(clusterIPs, placeOfClusterAddress(spec, 0));
  if ((spec.ipFamilies ?? []).length > 0) refuse(['spec', 'ipFamilies']);
  if (spec.ipFamilyPolicy) refuse(['spec', 'ipFamilyPolicy']);
};

/** `clusterIPs` goes with `clusterIP`, which is its first. */
export const clusterAddressFields: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) === 'ExternalName') return;
  const { clusterIP } = spec;
  const [first, ...others] = spec.clusterIPs ?? [];
  if (first === undefined) return;
  if (!clusterIP)
    report(
      'field-conflict',
      clusterIPs,
      { code: 'only-beside-cluster-ip' },
      want.written(`clusterIP: ${first}`),
      'error',
      [...clusterIPs, 0],
    );
  else if (first !== clusterIP) {
    const detail: ManifestDetail = { code: 'first-must-equal', address: clusterIP };
    report('field-conflict', clusterIPs, detail, want.written(clusterIP), 'error', [...clusterIPs, 0]);
  }
  if (others.length > 1)
    report('field-value', clusterIPs, { code: 'more-than-two' }, want.thing('address-of-each-family'));
  if (first === 'None' && others.length > 0)
    report('field-value', clusterIPs, { code: 'none-alone' }, want.thing('addresses-or-none'), 'error', [
      ...clusterIPs,
      0,
    ]);
};

/** Each address is one, of the family that `ipFamilies` says for its place, and the second of the other family. */
export const clusterFamilies: ServiceRule = ({ spec, strict }, report) => {
  if (typeOf(spec) === 'ExternalName') return;
  const texts = clusterAddressesOf(spec);
  const areRight = texts
    .map((text, index) => isAddress(spec, text, index, strict(text), report))
    .every(Boolean);
  if (!areRight || texts[0] === 'None') return;
  const families = texts.map(familyName);
  families.forEach((family, index) => {
    const wanted = spec.ipFamilies?.[index];
    if (!wanted || wanted === family) return;
    const detail: ManifestDetail = { code: 'not-of-family', text: texts[index] ?? '', family: wanted };
    const place = placeOfClusterAddress(spec, index);
    report(
      'address-family',
      [...clusterIPs, index],
      detail,
      want.thing('address-of', wanted),
      'error',
      place,
    );
  });
  if (families.length < 2 || new Set(families).size === families.length) return;
  const [other = '', text = ''] = texts;
  const detail: ManifestDetail = { code: 'same-family', text, other };
  report('address-family', [...clusterIPs, 1], detail, want.thing('address-of-other-family'));
};

function isAddress(spec: ServiceSpec, text: string, index: number, strict: boolean, report: Report): boolean {
  if (text === 'None' && index === 0) return true;
  const path = [...clusterIPs, index];
  const place = placeOfClusterAddress(spec, index);
  if (parseSloppyAddress(text) !== undefined) return !reportFault(report, path, text, strict, place);
  const expected = want.thing('cluster-ip-value');
  report('address-syntax', path, { code: 'no-address', text }, expected, 'error', place);
  return false;
}

export const familyPolicy: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) === 'ExternalName') return;
  const families = spec.ipFamilies ?? [];
  const seen = new Set<string>();
  families.forEach((family, index) => {
    const path = ['spec', 'ipFamilies', index];
    if (seen.has(family))
      report('duplicate', path, { code: 'twice', text: family }, want.thing('each-family-once'));
    seen.add(family);
  });
  if (clusterAddressesOf(spec).length !== 2 && families.length !== 2) return;
  if (
    (spec.ipFamilyPolicy ?? (isFreelyHeadless(spec) ? 'RequireDualStack' : 'SingleStack')) !== 'SingleStack'
  )
    return;
  const detail: ManifestDetail = { code: 'two-families' };
  report(
    'field-conflict',
    ['spec', 'ipFamilyPolicy'],
    detail,
    want.either('PreferDualStack', 'RequireDualStack'),
  );
};

export const externalAddresses: ServiceRule = ({ spec, strict }, report) => {
  (spec.externalIPs ?? []).forEach((text, index) => {
    const address = parseSloppyAddress(text);
    if (address === undefined) return;
    const path = ['spec', 'externalIPs', index];
    if (!reportFault(report, path, text, strict(text))) reportSpecial(report, path, text, address);
  });
};

function familyName(text: string): string {
  return familyOf(parseSloppyAddress(text) ?? 0) === 'ipv4' ? 'IPv4' : 'IPv6';
}
