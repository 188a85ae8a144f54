import type { Problem } from '../text/problem.ts';
import { positionAt, type Source, type Span } from '../text/source.ts';
import { type Finding, type FindingCode, type Severity, severities } from './finding.ts';
import { identityOf, serviceOf } from './identity.ts';
import { readSilences, type Silence, silenceOf, unusedSilences } from './silence.ts';
import { spanOf, type TextOf } from './where.ts';

/** Findings that nobody wants to hear of: a code, or that of one service. */
export interface Ignored {
  readonly code: FindingCode;
  /** `namespace/name`, or with `:port`. */
  readonly service: string | null;
}

/** Which findings are told, and how bad they are. */
export interface Selection {
  /** Null: all. */
  readonly only: readonly FindingCode[] | null;
  readonly ignored: readonly Ignored[];
  readonly severities: Readonly<Partial<Record<FindingCode, Severity>>>;
  /** Warnings are errors. */
  readonly strict: boolean;
}

/** A finding that was known before. */
export interface Known {
  readonly code: FindingCode;
  /** As the user named it. */
  readonly file: string;
  /** What `identityOf` says. */
  readonly what: string;
}

/** A finding that is told. */
export interface Judged {
  readonly finding: Finding;
  readonly severity: Severity;
  /** Null: it is of no line. */
  readonly span: Span | null;
}

/** What was found in one text of rules, or in manifests, which have several texts. */
export interface Found {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Where rules stand; null: findings know their texts. */
  readonly rules: TextOf | null;
  readonly texts: readonly Source[];
}

/** What is told of one input, and what is not. */
export interface Selected {
  readonly judged: readonly Judged[];
  readonly silenced: number;
  readonly problems: readonly Problem[];
}

/** Leaves out what is silenced, ignored and not asked for. */
export function select(found: Found, selection: Selection): Selected {
  const read = found.texts.map(readSilences);
  const silences = read.flatMap((one) => one.silences);
  const used = new Map<Silence, Set<FindingCode>>();
  const loud = found.findings.filter((finding) => {
    const silence = silenceOf(silences, finding, spanOf(finding, found.rules));
    if (silence) used.set(silence, (used.get(silence) ?? new Set()).add(finding.code));
    return !silence;
  });
  const all = [...loud, ...unusedSilences(silences, used)];
  const judged = all
    .filter((finding) => isAsked(finding, selection))
    .map((finding) => ({
      finding,
      severity: severityOf(finding, selection),
      span: spanOf(finding, found.rules),
    }));
  return {
    judged,
    silenced: found.findings.length - loud.length,
    problems: read.flatMap(({ problems }) => problems),
  };
}

function isAsked(finding: Finding, { only, ignored }: Selection): boolean {
  if (only !== null && !only.includes(finding.code)) return false;
  const own = serviceOf(finding);
  return !ignored.some(({ code, service }) => {
    if (code !== finding.code) return false;
    return service === null || service === own || service === own?.split(':')[0];
  });
}

function severityOf({ code }: Finding, { severities: wanted, strict }: Selection): Severity {
  const severity = wanted[code] ?? severities[code];
  return strict && severity === 'warning' ? 'error' : severity;
}

/** As it would stand among those that are known. */
export function knownOf({ finding, span }: Judged, name: string): Known {
  return {
    code: finding.code,
    file: span ? positionAt(span.source, span.start).file : name,
    what: identityOf(finding),
  };
}

/** Takes away what was known before, each as often as it was; `gone` is what is there no more. */
export function withoutKnown(
  inputs: readonly { readonly name: string; readonly judged: readonly Judged[] }[],
  known: readonly Known[],
): {
  readonly judged: readonly (readonly Judged[])[];
  readonly known: number;
  readonly gone: readonly Known[];
} {
  const left = new Map<string, Known[]>();
  for (const one of known) left.set(keyOf(one), [...(left.get(keyOf(one)) ?? []), one]);
  let taken = 0;
  const judged = inputs.map(({ name, judged: all }) =>
    all.filter((one) => {
      const isKnown = left.get(keyOf(knownOf(one, name)))?.pop() !== undefined;
      if (isKnown) taken += 1;
      return !isKnown;
    }),
  );
  return { judged, known: taken, gone: [...left.values()].flat() };
}

function keyOf({ code, file, what }: Known): string {
  return JSON.stringify([code, file, what]);
}
