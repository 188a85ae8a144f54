import type { Address } from '../../address/address.ts';
import {
  canonicalAddress,
  canonicalPrefix,
  faultOfAddress,
  faultOfPrefix,
  type SloppyFault,
} from '../../address/sloppy.ts';
import type { Path } from '../../documents/path.ts';
import { want } from '../../text/expected.ts';
import type { ApiRelease } from './api-release.ts';
import { specialAddress } from './special.ts';
import type { Report } from './validate.ts';

/** What is stored already was judged by the release that was there then. */
export function isStrict(
  metadata: { readonly resourceVersion?: string | null } | null | undefined,
  { strictAddresses }: ApiRelease,
): boolean {
  return strictAddresses && !metadata?.resourceVersion;
}

/** Whether the spelling of an address is one that the API server from 1.36 on refuses, and earlier ones warn of. */
export function reportFault(
  report: Report,
  path: Path,
  text: string,
  strict: boolean,
  place?: Path,
): boolean {
  return reportSpelling(report, path, text, faultOfAddress(text), canonicalAddress, strict, place);
}

export function reportPrefixFault(
  report: Report,
  path: Path,
  text: string,
  strict: boolean,
  place?: Path,
): boolean {
  return reportSpelling(report, path, text, faultOfPrefix(text), canonicalPrefix, strict, place);
}

function reportSpelling(
  report: Report,
  path: Path,
  text: string,
  fault: SloppyFault | undefined,
  canonical: (text: string) => string,
  strict: boolean,
  place?: Path,
): boolean {
  if (fault === undefined) return false;
  report(
    'address-syntax',
    path,
    { code: 'spelled-with', text, fault, strict },
    want.written(canonical(text)),
    strict ? 'error' : 'warning',
    place,
  );
  return strict;
}

/** The API server takes such addresses neither for endpoints nor for external addresses (ValidateEndpointIP). */
export function reportSpecial(report: Report, path: Path, text: string, address: Address): void {
  const special = specialAddress(address);
  if (special)
    report('field-value', path, { code: 'special-address', text, special }, want.thing('sendable-address'));
}
