import type { Family } from '../address/address.ts';
import { check } from '../expect/file/check.ts';
import {
  anyNumberOf,
  either,
  field,
  list,
  type RecordShape,
  type Shape,
  text,
} from '../expect/file/shape.ts';
import { readSmallDocument } from '../host/document.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { SessionDetail } from './detail.ts';

/** The version of a certificate's form. Before 2, assumptions were sentences alone. */
export const certificateSchema = 2;
const readable: readonly unknown[] = [1, certificateSchema];

/** The one thing that is certified. */
export const certifiedClaim = 'no packet changes fate';

/** A file that was read, by what it was read as, and the SHA-256 of its text in hexadecimal. */
export interface CertifiedInput {
  readonly role: string;
  readonly name: string;
  readonly sha256: string;
}

/** What was proved of one family: the SHA-256 of the rules that were compared, and what the proof takes for granted. */
export interface CertifiedFamily {
  readonly family: Family;
  readonly before: string;
  readonly after: string;
  /** In sentences. */
  readonly assumed: readonly string[];
  /** By their codes and parts. */
  readonly assumptions?: readonly Readonly<Record<string, unknown>>[];
}

/** What was proved, from what, and under which assumptions. */
export interface Certificate {
  readonly schema: number;
  /** The version of kubenat that proved it. */
  readonly kubenat: string;
  readonly claim: string;
  /** Flags that decide which rules are compared, by name. */
  readonly asked: Readonly<Record<string, string | boolean>>;
  readonly inputs: readonly CertifiedInput[];
  readonly families: readonly CertifiedFamily[];
}

/** With the SHA-256 of all the rest, so that a slip of a hand is found. It says nothing of who wrote it. */
export interface SealedCertificate extends Certificate {
  readonly sha256: string;
}

const digest = text(want.thing('sha256'), '^[0-9a-f]{64}$');
const sentence = text(want.thing('sentence'));
/** Compared with those of today as they are: what there is of parts is the business of their codes. */
const assumption: Shape = { kind: 'map', keys: 'a part', of: { kind: 'any' } };

const inputShape: RecordShape = {
  kind: 'record',
  what: 'certificate-input',
  fields: {
    role: field(text(want.thing('what-it-was-read-as')), 'What it was read as.'),
    name: field(text(want.thing('name')), 'As it was named then.'),
    sha256: field(digest, 'Of its text.'),
  },
  required: [['role'], ['name'], ['sha256']],
};

const familyShape: RecordShape = {
  kind: 'record',
  what: 'certificate-family',
  fields: {
    family: field({ kind: 'choice', values: ['ipv4', 'ipv6'] }, 'The family of addresses.'),
    before: field(digest, 'Of the rules before the change.'),
    after: field(digest, 'Of the rules after it.'),
    assumed: field(anyNumberOf(sentence), 'What the proof takes for granted.'),
    assumptions: field(anyNumberOf(assumption), 'The same, by codes and their parts.'),
  },
  required: [['family'], ['before'], ['after'], ['assumed']],
};

const certificateShape: RecordShape = {
  kind: 'record',
  what: 'certificate',
  fields: {
    schema: field({ kind: 'integer', least: 1, most: 1_000_000 }, 'The version of this form.'),
    kubenat: field(text(want.thing('version')), 'The version of kubenat that proved it.'),
    claim: field({ kind: 'choice', values: [certifiedClaim] }, 'What was proved.'),
    asked: field(
      { kind: 'map', keys: 'a flag', of: either(text(want.thing('value')), { kind: 'boolean' }) },
      'Flags that decide which rules are compared.',
    ),
    inputs: field(list(inputShape), 'All that was read.'),
    families: field(list(familyShape), 'What was proved of each family.'),
    sha256: field(digest, 'Of all the rest.'),
  },
  required: [['schema'], ['kubenat'], ['claim'], ['asked'], ['inputs'], ['families'], ['sha256']],
};

/** Throws an InputError where the text is no certificate, or one of another form. */
export function readCertificate(source: Source): SealedCertificate {
  const document = readSmallDocument(source);
  const { value } = document;
  const schema = typeof value === 'object' && value !== null ? (value as { schema?: unknown }).schema : null;
  if (typeof schema === 'number' && !readable.includes(schema))
    document.report(
      ['schema'],
      'field-value',
      told<SessionDetail>({ code: 'certificate-form', form: `${schema}` }),
      want.thing('readable-formats', readable.join(', ')),
    );
  refuseErrors(document.problems);
  check(document, value, [], certificateShape);
  refuseErrors(document.problems);
  return value as SealedCertificate;
}

/** The text that the SHA-256 of a certificate is of. */
export function sealedText({ schema, kubenat, claim, asked, inputs, families }: Certificate): string {
  return JSON.stringify({ schema, kubenat, claim, asked: sorted(asked), inputs, families });
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
