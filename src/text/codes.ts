/** Every code that a problem can carry, with what it means. The list is closed: a new problem is entered here first. */
export const problemCodes = {
  'file-missing': 'A file or directory that was named cannot be read.',
  'yaml-syntax': 'The text is not YAML.',
  'json-syntax': 'The text is not JSON.',
  'not-kubernetes': 'A document is no Kubernetes object: it has no apiVersion, kind or name.',
  'kind-unknown': 'Objects of these kinds do not matter to the rules and were passed over.',
  'field-missing': 'A field that is required is not there.',
  'field-type': 'A field holds a value of another type than Kubernetes defines for it.',
  'field-value': 'A field holds a value that Kubernetes does not accept.',
  'address-syntax': 'A text that should be an IP address, or a prefix, is none.',
  'port-range': 'A number that should be a port is not between 1 and 65535.',
} as const;

export type ProblemCode = keyof typeof problemCodes;
