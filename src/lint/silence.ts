import { type Expected, want } from '../text/expected.ts';
import { nearest } from '../text/nearest.ts';
import type { Problem } from '../text/problem.ts';
import type { Source, Span } from '../text/source.ts';
import { type Finding, type FindingCode, findingCodes, type TextFinding } from './finding.ts';
import { lineOf } from './where.ts';

/** A comment that silences findings: `# kubenat-ignore CODE, CODE: reason`. */
export interface Silence {
  readonly codes: readonly FindingCode[];
  readonly reason: string;
  readonly span: Span;
  /** The lines for which it speaks, from 1, both included. */
  readonly first: number;
  readonly last: number;
}

const word = 'kubenat-ignore';
/** How it is written by those who know such comments of other programs. */
const meant = /kubenat(?:-ignore|[ :_-]*(?:ignore|disable|silence)(?=[\s:]|$))/;

/**
 * The comments of a text that silence findings, and what is wrong with them. One that stands alone in its line speaks for the next line
 * that says something, one before all else in a YAML document for the whole document, one behind something for its line.
 */
export function readSilences(source: Source): {
  readonly silences: readonly Silence[];
  readonly problems: readonly Problem[];
} {
  if (!meant.test(source.text)) return { silences: [], problems: [] };
  const lines = source.text.split('\n');
  const silences: Silence[] = [];
  const problems: Problem[] = [];
  let start = 0;
  for (const [index, line] of lines.entries()) {
    const found = meant.exec(line);
    if (found && isComment(line, found.index)) {
      const at = found.index;
      const span = { source, start: start + at, end: start + endOfComment(line, at) };
      const read =
        found[0] === word
          ? parse(source.text.slice(span.start + word.length, span.end), span)
          : { problem: misspelt(found[0], span) };
      if ('problem' in read) problems.push(read.problem);
      else silences.push({ ...read, span, ...coverage(lines, index) });
    }
    start += line.length + 1;
  }
  return { silences, problems };
}

/** After `#`, or within the comment of a rule. */
function isComment(line: string, at: number): boolean {
  return line.lastIndexOf('#', at) !== -1 || line.lastIndexOf('--comment', at) !== -1;
}

function endOfComment(line: string, at: number): number {
  if (line.lastIndexOf('--comment', at) === -1) return line.trimEnd().length;
  const quote = line.indexOf('"', at);
  return quote === -1 ? line.trimEnd().length : quote;
}

function misspelt(written: string, span: Span): Problem {
  const message = `'${written}' silences nothing`;
  return {
    code: 'silence-syntax',
    severity: 'error',
    message,
    span,
    expected: want.written(`# ${word} CODE: reason`),
  };
}

type Parsed = Pick<Silence, 'codes' | 'reason'> | { readonly problem: Problem };

function parse(text: string, span: Span): Parsed {
  const colon = text.indexOf(':');
  const names = (colon === -1 ? text : text.slice(0, colon)).split(',').map((name) => name.trim());
  const refuse = (message: string, expected: Expected): Parsed => ({
    problem: { code: 'silence-syntax', severity: 'error', message, span, expected },
  });
  const wrong = names.find((name) => !findingCodes.includes(name as FindingCode));
  if (wrong !== undefined) {
    const close = nearest(wrong, findingCodes);
    return refuse(
      `'${wrong}' is no code of a finding`,
      close ? want.written(close) : want.thing('silence-with-code', word),
    );
  }
  const reason = colon === -1 ? '' : text.slice(colon + 1).trim();
  if (reason === '')
    return refuse(
      'a finding is silenced without a reason',
      want.written(`# ${word} ${names.join(', ')}: reason`),
    );
  return { codes: names as FindingCode[], reason };
}

function coverage(lines: readonly string[], index: number): Pick<Silence, 'first' | 'last'> {
  const alone = /^\s*#/.test(lines[index] as string);
  if (!alone) return { first: index + 1, last: index + 1 };
  const isSilent = (line: string) => /^\s*(?:#|$)/.test(line);
  const before = lines.slice(0, index).findLastIndex((line) => !isSilent(line));
  const isHead = before === -1 ? isYaml(lines) : /^---(?:\s|$)/.test(lines[before] as string);
  const next = lines.findIndex((line, at) => at > index && !isSilent(line) && !/^---\s*$/.test(line));
  if (!isHead) return { first: index + 1, last: next === -1 ? index + 1 : next + 1 };
  const end = lines.findIndex((line, at) => next !== -1 && at > next && /^---(?:\s|$)/.test(line));
  return { first: index + 1, last: end === -1 ? lines.length : end };
}

/** Rules have no documents: a comment before all of them speaks for the next line. */
function isYaml(lines: readonly string[]): boolean {
  return lines.some((line) => /^apiVersion\s*:/.test(line));
}

/** The silence that speaks for a finding at a place. */
export function silenceOf(
  silences: readonly Silence[],
  { code }: Finding,
  span: Span | null,
): Silence | undefined {
  if (span === null) return undefined;
  const line = lineOf(span);
  return silences.find(
    (one) =>
      one.codes.includes(code) &&
      one.span.source.name === span.source.name &&
      one.first <= line &&
      line <= one.last,
  );
}

/** Comments that silence what is not there. */
export function unusedSilences(
  silences: readonly Silence[],
  used: ReadonlyMap<Silence, ReadonlySet<FindingCode>>,
): TextFinding[] {
  return silences.flatMap((silence) =>
    silence.codes
      .filter((code) => !used.get(silence)?.has(code))
      .map((silenced) => ({ code: 'silence-unused', span: silence.span, silenced }) as const),
  );
}
