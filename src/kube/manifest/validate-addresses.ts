import { type Address, familyOf, parseAddress } from '../../address/address.ts';
import { isHeadless, type ServiceRule, type ServiceSpec, typeOf } from './service-rule.ts';
import { specialAddress } from './special.ts';
import type { Report } from './validate.ts';

const noAddress = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const;

/** A name in the DNS has neither addresses nor families. */
export const externalNameAddresses: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) !== 'ExternalName') return;
  for (const field of noAddress) {
    if (isEmpty(spec[field])) continue;
    report('field-conflict', ['spec', field], 'not allowed for type ExternalName', 'no cluster address');
  }
};

const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** `clusterIPs` goes with `clusterIP`, which is its first. */
export const clusterAddressFields: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) === 'ExternalName') return;
  const { clusterIP } = spec;
  const [first, ...others] = spec.clusterIPs ?? [];
  const path = ['spec', 'clusterIPs', 0];
  if (first === undefined) return;
  // What is meant is clear all the same.
  if (!clusterIP) {
    const message = 'the API server takes it only beside clusterIP';
    report('field-conflict', path, message, `clusterIP: ${first}`, 'warning');
  }
  if (clusterIP && first !== clusterIP)
    report('field-conflict', path, `it must equal clusterIP, ${clusterIP}`, clusterIP);
  if (others.length > 1) {
    const message = 'there are more than two';
    report('field-value', ['spec', 'clusterIPs'], message, 'one address for each family');
  }
  const misplaced = [first, ...others].findIndex((text, index) =>
    text === 'None' ? others.length > 0 : text === '' && index > 0,
  );
  if (misplaced === -1) return;
  report('field-value', ['spec', 'clusterIPs', misplaced], 'None stands alone', 'addresses, or None alone');
};

/** Each address is of the family that `ipFamilies` says for its place, and the second of the other family. */
export const clusterFamilies: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) === 'ExternalName') return;
  const addresses = clusterAddressesOf(spec);
  const path = (index: number) =>
    spec.clusterIPs?.[index] === undefined ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs', index];
  addresses.forEach((text, index) => {
    const address = parseAddress(text);
    if (address === undefined) return;
    const wanted = spec.ipFamilies?.[index];
    if (wanted && wanted !== familyName(address)) {
      const expected = `an ${wanted} address, as ipFamilies says`;
      report('address-family', path(index), `${text} is no ${wanted} address`, expected);
    }
    const first = index === 1 ? parseAddress(addresses[0] ?? '') : undefined;
    if (first === undefined || familyOf(first) !== familyOf(address)) return;
    const message = `it is of the family of ${addresses[0]}`;
    report('address-family', path(index), message, 'an address of the other family');
  });
};

export const familyPolicy: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) === 'ExternalName') return;
  const families = spec.ipFamilies ?? [];
  const seen = new Set<string>();
  families.forEach((family, index) => {
    const path = ['spec', 'ipFamilies', index];
    if (seen.has(family)) report('duplicate', path, `${family} is there twice`, 'each family once');
    seen.add(family);
  });
  if (clusterAddressesOf(spec).length !== 2 && families.length !== 2) return;
  if ((spec.ipFamilyPolicy ?? defaultPolicy(spec)) !== 'SingleStack') return;
  const message = 'two families need a policy of two';
  report('field-conflict', ['spec', 'ipFamilyPolicy'], message, 'PreferDualStack or RequireDualStack');
};

/** Whoever makes the endpoints of a headless service without selector may have them in both families. */
function defaultPolicy(spec: ServiceSpec): string {
  const isFree = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
  return isFree ? 'RequireDualStack' : 'SingleStack';
}

export const externalAddresses: ServiceRule = ({ spec }, report) => {
  (spec.externalIPs ?? []).forEach((text, index) => {
    const address = parseAddress(text);
    if (address !== undefined) reportSpecial(report, ['spec', 'externalIPs', index], text, address);
  });
};

/** The API server takes such addresses neither for endpoints nor for external addresses (ValidateNonSpecialIP). */
export function reportSpecial(
  report: Report,
  path: readonly (string | number)[],
  text: string,
  address: Address,
): void {
  const special = specialAddress(address);
  if (special) report('field-value', path, `${text} is ${special}`, 'an address that others can send to');
}

function clusterAddressesOf(spec: ServiceSpec): readonly string[] {
  return spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
}

function familyName(address: Address): string {
  return familyOf(address) === 'ipv4' ? 'IPv4' : 'IPv6';
}
