import { want } from '../../text/expected.ts';

/** The forms of names that the API server demands (RFC 1035 and 1123, in lower case). Each gives undefined for others. */

const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const label1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export function parseDnsLabel(text: string): string | undefined {
  return text.length <= 63 && label1123.test(text) ? text : undefined;
}

/** A label that does not begin with a digit: what the name of a Service must be before 1.36. */
export function parseServiceName(text: string): string | undefined {
  return text.length <= 63 && label1035.test(text) ? text : undefined;
}

export function parseSubdomain(text: string): string | undefined {
  return text.length <= 253 && subdomain1123.test(text) ? text : undefined;
}

/** The name of a container's port: at most 15 characters, with a letter among them, no two dashes in a row. */
export function parsePortName(text: string): string | undefined {
  const isName = text.length <= 15 && label1123.test(text) && /[a-z]/.test(text) && !text.includes('--');
  return isName ? text : undefined;
}

const qualifiedPart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** The key of a label: a name, or a DNS name, a slash and a name. */
export function parseQualifiedName(text: string): string | undefined {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  const isName = name.length <= 63 && qualifiedPart.test(name);
  return isName && (slash === -1 || parseSubdomain(text.slice(0, slash)) !== undefined) ? text : undefined;
}

const standardFinalizers: ReadonlySet<string> = new Set(['foregroundDeletion', 'kubernetes', 'orphan']);

/** One of Kubernetes' own, or a key with a DNS name. */
export function parseFinalizer(text: string): string | undefined {
  return standardFinalizers.has(text) || text.includes('/') ? parseQualifiedName(text) : undefined;
}

export function parseLabelValue(text: string): string | undefined {
  return text === '' || (text.length <= 63 && qualifiedPart.test(text)) ? text : undefined;
}

export const expectedForms = {
  label: want.thing('form-label'),
  service: want.thing('form-service'),
  subdomain: want.thing('form-subdomain'),
  qualified: want.thing('form-qualified'),
  finalizer: want.thing('form-finalizer'),
  labelValue: want.thing('form-label-value'),
  portName: want.thing('form-port-name'),
} as const;
