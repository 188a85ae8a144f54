import { type Family, families } from '../../address/address.ts';
import { isRecord, readSmallDocument, type SmallDocument } from '../../host/document.ts';
import { type Expected, want } from '../../text/expected.ts';
import { nearest } from '../../text/nearest.ts';
import { refuseErrors } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';

/** What a case's `golden.yaml` may say. Every field may be left out; paths are relative to the case. */
export interface GoldenSettings {
  /** Files and directories. Default: those of the case itself, and of its directory `manifests`. */
  readonly manifests?: readonly string[];
  /** kube-proxy's configuration. Default: `kube-proxy.yaml` of the case, where there is one. */
  readonly config?: string;
  /** `major.minor` of kube-proxy's release. */
  readonly kubeVersion?: string;
  /** Default: all nodes, or the one of the configuration's `hostnameOverride`. */
  readonly nodes?: readonly string[];
  /** Default: those in which services have cluster addresses. */
  readonly families?: readonly Family[];
  /** Whether iptables on the nodes knows `--random-fully`. Default: true. */
  readonly randomFully?: boolean;
  /** Whether the nodes have nfacct objects (from release 1.31 on). Default: false. */
  readonly nfacct?: boolean;
  /** Where what the manifests leave open comes from, as the flags of `kubenat compile` say it. */
  readonly serviceCidr?: string;
  readonly nodePortRange?: string;
  readonly loadBalancerCidr?: string;
}

interface FieldType {
  readonly accepts: (value: unknown) => boolean;
  readonly expected: Expected;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isListOf = (accepts: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every(accepts);
const isFamily = (value: unknown) => (families as readonly unknown[]).includes(value);

const text = (expected: Expected): FieldType => ({ accepts: isText, expected });
const truth: FieldType = {
  accepts: (value) => typeof value === 'boolean',
  expected: want.either('true', 'false'),
};

const fieldTypes: Readonly<Record<keyof GoldenSettings, FieldType>> = {
  manifests: { accepts: isListOf(isText), expected: want.thing('files-and-directories') },
  config: text(want.thing('path-of-configuration')),
  // Without quotes, YAML reads 1.30 as the number 1.3.
  kubeVersion: text(want.suchAs('"1.30"', want.thing('quoted-release'))),
  nodes: { accepts: isListOf(isText), expected: want.thing('node-names') },
  families: { accepts: isListOf(isFamily), expected: want.thing('list-of-families') },
  randomFully: truth,
  nfacct: truth,
  serviceCidr: text(want.suchAs('10.96.0.0/12', want.thing('prefixes'))),
  nodePortRange: text(want.suchAs('30000-32767', want.thing('two-ports'))),
  loadBalancerCidr: text(want.suchAs('203.0.113.0/24', want.thing('prefixes'))),
};

/** Reads a `golden.yaml`. Throws an InputError with every field that is not known or of the wrong type. */
export function readGoldenSettings(source: Source): GoldenSettings {
  const document = readSmallDocument(source);
  const { value } = document;
  if (value === null || value === undefined) return {};
  if (isRecord(value)) for (const [field, content] of Object.entries(value)) check(document, field, content);
  else
    document.report(
      [],
      'field-type',
      'the settings are no mapping',
      want.written(Object.keys(fieldTypes).join(', ')),
    );
  refuseErrors(document.problems);
  return value as GoldenSettings;
}

function check(document: SmallDocument, field: string, content: unknown): void {
  if (!Object.hasOwn(fieldTypes, field)) {
    const close = nearest(field, Object.keys(fieldTypes));
    const expected = want.written(close ?? Object.keys(fieldTypes).join(', '));
    document.report([field], 'field-unknown', `${field} is no setting of golden files`, expected);
    return;
  }
  const { accepts, expected } = fieldTypes[field as keyof GoldenSettings];
  if (!accepts(content))
    document.report([field], 'field-type', `${field} is ${JSON.stringify(content)}`, expected);
}
