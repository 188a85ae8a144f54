import type { ProblemCode } from './codes.ts';
import { dataKey } from './data-key.ts';
import { type Detail, sayExpected } from './detail.ts';
import { printExcerpt, visible } from './excerpt.ts';
import type { Expected } from './expected.ts';
import { positionAt, type Span } from './source.ts';

/** An error means that there is no answer; a warning or a note stands beside one. */
export type Severity = 'error' | 'warning' | 'note';

/** Something that the user should know about the input: a code, a place, and what was expected there. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** One sentence without a full stop, beginning in lower case. */
  readonly message: string;
  /** What the message is made of, for other languages. */
  readonly detail?: Detail;
  /** Where it is; absent only where the input as a whole is meant. */
  readonly span?: Span;
  /** What would have been right. */
  readonly expected?: Expected;
  /** Of the message, where it is of a table of words; else it is English. */
  readonly language?: string;
}

/** Problems in another language than that in which they were found. */
export interface ProblemWords {
  /** What is wrong, and its details where those are in English alone. */
  tell(problem: Problem): { readonly message: string; readonly detail: string | null };
  readonly severities: Readonly<Record<Severity, string>>;
  readonly detail: (detail: string) => string;
  readonly expected: (expected: Expected) => string;
  /** Of notes of one kind, and of errors, those that are not shown. */
  readonly moreNotes: (number: number) => string;
  readonly moreErrors: (number: number) => string;
}

export const englishProblems: ProblemWords = {
  tell: ({ message }) => ({ message, detail: null }),
  severities: { error: 'error', warning: 'warning', note: 'note' },
  detail: (detail) => detail,
  expected: (expected) => `expected: ${sayExpected(expected)}`,
  moreNotes: (number) => `… and ${number} more notes of this kind (--verbose shows them)`,
  moreErrors: (number) => `… and ${number} more errors`,
};

const mostShown = 5;

/**
 * Thrown where no result is possible. Carries every problem that was found, warnings included; `printProblem` prints one.
 * The message, which test runners show, prints the first of them.
 */
export class InputError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const shown = problems.slice(0, mostShown).map(printProblem);
    const more = problems.length - shown.length;
    super([...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'));
    this.name = 'InputError';
    this.problems = problems;
  }
}

/** Throws unless the problems are all warnings and notes. */
export function refuseErrors(problems: readonly Problem[]): void {
  if (problems.some((problem) => problem.severity === 'error')) throw new InputError(problems);
}

/** What a problem says, wherever it stands: of two that say the same, one is enough. */
const saysOf = ({ code, detail, message }: Problem): string =>
  `${code} ${detail ? dataKey(detail) : message}`;

/** Those that say something that was not said before. */
export function unsaid<P extends Problem>(found: readonly P[], before: readonly Problem[]): readonly P[] {
  const known = new Set(before.map(saysOf));
  return found.filter((problem) => !known.has(saysOf(problem)));
}

/** What is said, each once, with the place where it was said first. */
export function saidOnce<P extends Problem>(problems: readonly P[]): readonly P[] {
  const first = new Map<string, P>();
  for (const problem of problems) {
    const says = saysOf(problem);
    if (!first.has(says)) first.set(says, problem);
  }
  return [...first.values()];
}

/**
 * A problem as a terminal shows it:
 *
 *     svc.yaml:7:11: error[port-range]: port 70000 is above 65535
 *       7 |   - port: 70000
 *         |           ^^^^^
 *       expected: a number from 1 to 65535
 */
export function printProblem(problem: Problem): string {
  return tellProblem(problem, englishProblems);
}

/** The same with words of a language. */
export function tellProblem(problem: Problem, words: ProblemWords): string {
  const { message, detail } = words.tell(problem);
  const head = `${printPlace(problem.span)}${words.severities[problem.severity]}[${problem.code}]: ${message}`;
  const lines = [visible(head)];
  if (problem.span) lines.push(...printExcerpt(problem.span));
  if (detail) lines.push(visible(`  ${words.detail(detail)}`));
  if (problem.expected) lines.push(visible(`  ${words.expected(problem.expected)}`));
  return lines.join('\n');
}

function printPlace(span: Span | undefined): string {
  if (!span) return '';
  const { file, line, column } = positionAt(span.source, span.start);
  return `${file}:${line}:${column}: `;
}
