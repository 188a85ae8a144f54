import { check } from '../../expect/file/check.ts';
import { either, field, list, type RecordShape, type Shape, text } from '../../expect/file/shape.ts';
import { readCarefully, readSmallDocument } from '../../host/document.ts';
import { type FindingCode, findingCodes, type Severity, severityNames } from '../../lint/finding.ts';
import type { Ignored, Known, Selection } from '../../lint/select.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { refuseErrors } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { SessionDetail } from '../detail.ts';

const code: Shape = { kind: 'choice', values: findingCodes };

const ignored: RecordShape = {
  kind: 'record',
  what: 'ignored-finding',
  fields: {
    code: field(code, 'The code of the finding.'),
    service: field(
      text(want.either('NAMESPACE/NAME', 'NAMESPACE/NAME:PORT'), '^[^/\\s]+/[^/\\s]+$', ['default/web']),
      'Of this service alone. Default: of all.',
    ),
    reason: field(text(want.thing('reason')), 'Why nobody wants to hear of it.'),
  },
  required: [['code'], ['reason']],
};

const checkSettings: RecordShape = {
  kind: 'record',
  what: 'check-settings',
  fields: {
    only: field(list(code), 'The findings that are told. Default: all.'),
    ignore: field(list(either(code, ignored)), 'Findings that are not told.'),
    severity: field(
      {
        kind: 'record',
        what: 'severities',
        fields: Object.fromEntries(
          findingCodes.map((name) => [
            name,
            field({ kind: 'choice', values: severityNames }, `How bad ${name} is.`),
          ]),
        ),
      },
      'How bad findings are, where that is not as by default.',
    ),
    baseline: field(text(want.thing('relative-path')), 'A file with findings that are known.'),
    strict: field({ kind: 'boolean' }, 'Whether warnings are errors. Default: false.'),
  },
};

/** `.kubenat.yaml`. */
export const settingsShape: RecordShape = {
  kind: 'record',
  what: 'settings-file',
  fields: {
    $schema: field(text(want.thing('schema-address')), 'The schema, for editors.'),
    check: field(checkSettings, 'What `kubenat check` tells.'),
  },
};

/** What a file of settings says of `check`. */
export interface CheckSettings extends Selection {
  /** A path, relative to the file; null: none. */
  readonly baseline: string | null;
}

interface SettingsText {
  readonly check?: {
    readonly only?: readonly FindingCode[];
    readonly ignore?: readonly (FindingCode | { readonly code: FindingCode; readonly service?: string })[];
    readonly severity?: Readonly<Partial<Record<FindingCode, Severity>>>;
    readonly baseline?: string;
    readonly strict?: boolean;
  };
}

export const defaultSettings: CheckSettings = {
  only: null,
  ignored: [],
  severities: {},
  strict: false,
  baseline: null,
};

/** Reads `.kubenat.yaml`. Throws an InputError with all that is wrong with it. */
export function readSettings(source: Source): CheckSettings {
  const document = readCarefully(source);
  check(document, document.value, [], settingsShape);
  refuseErrors(document.problems);
  const said = (document.value as SettingsText).check ?? {};
  return {
    only: said.only ?? null,
    ignored: (said.ignore ?? []).map(
      (one): Ignored =>
        typeof one === 'string'
          ? { code: one, service: null }
          : { code: one.code, service: one.service ?? null },
    ),
    severities: said.severity ?? {},
    strict: said.strict ?? false,
    baseline: said.baseline ?? null,
  };
}

const baselineShape: RecordShape = {
  kind: 'record',
  what: 'baseline',
  fields: {
    version: field({ kind: 'integer', least: 1, most: 1 }, 'The form of this file.'),
    findings: field({ kind: 'any' }, 'Findings that are known.'),
  },
  required: [['version'], ['findings']],
};

const knownShape: RecordShape = {
  kind: 'record',
  what: 'known-finding',
  fields: {
    // A code of another release of this program is no fault: it is never found.
    code: field(text(want.thing('finding-code')), 'Which finding.'),
    file: field(text(want.thing('file')), 'The file in which it was found.'),
    what: field(text(want.thing('subject')), 'What it is about.'),
  },
  required: [['code'], ['file'], ['what']],
};

/** Reads findings that are known. Throws an InputError. */
export function readBaseline(source: Source): readonly Known[] {
  const document = readSmallDocument(source);
  if (isPrinted(document.value)) {
    const said = told<SessionDetail>({ code: 'no-baseline' });
    document.report(['findings'], 'field-type', said, want.thing('baseline'));
  } else check(document, document.value, [], baselineShape);
  refuseErrors(document.problems);
  const { findings } = document.value as { readonly findings: unknown };
  if (!Array.isArray(findings))
    document.report(
      ['findings'],
      'field-type',
      told<SessionDetail>({ code: 'no-list-there' }),
      want.thing('list'),
    );
  else for (const [index, one] of findings.entries()) check(document, one, ['findings', index], knownShape);
  refuseErrors(document.problems);
  return findings as readonly Known[];
}

function isPrinted(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'findings' in value && 'silenced' in value;
}

/** A finding on a line, so that a change of one is a change of one line. */
export function printBaseline(known: readonly Known[]): string {
  const lines = known.map((one) => `  ${JSON.stringify(one)}`).sort();
  return `{\n "version": 1,\n "findings": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n `}]\n}\n`;
}
