import { visibleLines } from '../text/excerpt.ts';
import { InputError, type Problem, printProblem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Io } from './io.ts';

/** What a command has to say, written only when it is whole. */
export interface Answer {
  /** 0 answered, same, or passed; 1 different, failed, or findings. Trouble (2) is thrown as an InputError. */
  readonly status: 0 | 1;
  /** For standard output: a text, or its UTF-8. */
  readonly output: string | Uint8Array;
  /** What the output is, where it is not text for people. Theirs never makes a terminal do what an input says. */
  readonly format?: string;
  /** For people, on standard error, where standard output is a program's. */
  readonly aside?: string;
  /** Warnings and notes, for standard error. */
  readonly problems?: readonly Problem[];
}

/** An answer whose output others add to. */
export interface TextAnswer extends Answer {
  readonly output: string;
}

/** What programs read is written as it is. */
const exactFormats: readonly string[] = ['dump', 'github', 'json', 'junit', 'sarif', 'script', 'unified'];

/** Colours that are asked for are the only thing that a terminal is told. */
const escapeSign = '\u001b';
const paint = new RegExp(`(${escapeSign}\\[(?:0|3[1-6])m)`);

function shown(io: Io, { output, format = 'text' }: Answer): string | Uint8Array {
  if (exactFormats.includes(format) && !io.terminal) return output;
  const text = typeof output === 'string' ? output : new TextDecoder().decode(output);
  if (!io.color) return visibleLines(text);
  return text
    .split(paint)
    .map((part) => (paint.test(part) ? part : visibleLines(part)))
    .join('');
}

/**
 * Writes an answer, or the reason why there is none, and gives the exit status. `strict`: a warning is such a reason. The
 * only catch of the program.
 */
export async function deliver(
  io: Io,
  work: () => Answer | Promise<Answer>,
  strict = false,
): Promise<0 | 1 | 2> {
  try {
    const answer = await work();
    const problems = answer.problems ?? [];
    if (strict && problems.some(({ severity }) => severity === 'warning'))
      throw new InputError(problems.map(asError));
    report(io, problems);
    if (answer.aside !== undefined) io.err(visibleLines(answer.aside));
    io.out(shown(io, answer));
    return answer.status;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    report(io, error.problems);
    return 2;
  }
}

const asError = (problem: Problem): Problem =>
  problem.severity === 'warning' ? { ...problem, severity: 'error' } : problem;

/** Nobody reads more errors; a file that is none at all has one in every line. */
const mostErrors = 100;

function report(io: Io, problems: readonly Problem[]): void {
  const ordered = byPlace(problems);
  const errors = ordered.filter(({ severity }) => severity === 'error');
  const hidden = new Set(errors.slice(mostErrors));
  const shown = ordered.filter((problem) => !hidden.has(problem)).map(printProblem);
  if (hidden.size > 0) shown.push(`… and ${hidden.size} more errors`);
  if (shown.length > 0) io.err(`${shown.join('\n')}\n`);
}

/** As a reader meets them: file by file, each from its beginning, and in the end what has no place. */
function byPlace(problems: readonly Problem[]): readonly Problem[] {
  const files = new Map<Source, number>();
  for (const { span } of problems) if (span && !files.has(span.source)) files.set(span.source, files.size);
  const fileOf = ({ span }: Problem) => (span ? (files.get(span.source) ?? 0) : files.size);
  return problems.toSorted(
    (left, right) => fileOf(left) - fileOf(right) || (left.span?.start ?? 0) - (right.span?.start ?? 0),
  );
}
