import { problemTables } from '../report/problems.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { refuse } from '../session/refuse.ts';
import { visibleLines } from '../text/excerpt.ts';
import { want } from '../text/expected.ts';
import { InputError, type Problem, tellProblem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { wrapped } from '../text/wrap.ts';
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
  /** Files are written, and the output says which. */
  readonly filed?: true;
  /** The verdict alone, for `--summary`; without it there is none. */
  readonly summary?: () => string;
}

/** How much of an answer is written, whatever the command. */
export interface Volume {
  /** A warning is a reason why there is no answer. */
  readonly strict?: boolean;
  /** The status alone, and errors. */
  readonly quiet?: boolean;
  /** The verdict alone. */
  readonly summary?: boolean;
  /** Every note, where else those of one kind are one. */
  readonly verbose?: boolean;
  /** The file for the output, which is written whole or not at all. */
  readonly output?: string;
}

/** An answer whose output others add to. */
export interface TextAnswer extends Answer {
  readonly output: string;
}

/** What programs read is written as it is. */
const exactFormats: readonly string[] = ['dump', 'github', 'json', 'junit', 'sarif', 'script', 'unified'];

/** On a terminal; in a pipe a sentence is a line. */
const fitted = (text: string, columns: number | undefined) =>
  columns === undefined ? text : wrapped(text, columns);

/** Colours that are asked for are the only thing that a terminal is told. */
const escapeSign = '\u001b';
const paint = new RegExp(`(${escapeSign}\\[(?:0|3[1-6])m)`);

function shown(io: Io, { output, format = 'text' }: Answer): string | Uint8Array {
  if (exactFormats.includes(format) && !io.terminal) return output;
  const all = typeof output === 'string' ? output : new TextDecoder().decode(output);
  const text = format === 'text' ? fitted(all, io.columns) : all;
  if (!io.color) return visibleLines(text);
  return text
    .split(paint)
    .map((part) => (paint.test(part) ? part : visibleLines(part)))
    .join('');
}

/** Writes an answer, or the reason why there is none, and gives the exit status. The only catch of the program. */
export async function deliver(
  io: Io,
  work: () => Answer | Promise<Answer>,
  volume: Volume = {},
): Promise<0 | 1 | 2> {
  try {
    const answer = await work();
    const problems = answer.problems ?? [];
    if (volume.strict && problems.some(({ severity }) => severity === 'warning'))
      throw new InputError(problems.map(asError));
    const told = volume.summary ? summaryOf(answer) : answer;
    const isFiled = volume.output !== undefined && !answer.filed;
    if (isFiled) io.write(volume.output, shown(io, told));
    if (volume.quiet) return answer.status;
    report(io, problems, volume);
    if (answer.aside !== undefined) io.err(visibleLines(fitted(answer.aside, io.errColumns)));
    if (!isFiled) io.out(shown(io, told));
    return answer.status;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    report(io, error.problems, volume);
    return 2;
  }
}

function summaryOf({ summary, format = 'text', status }: Answer): Answer {
  if (!summary)
    refuse<CommandDetail>({ code: 'flag-as', text: '--summary' }, want.thing('commands-with-verdict'));
  // Rules are what `--format text` is of commands that write some.
  if (format !== 'text' && format !== 'dump')
    refuse<CommandDetail>(
      { code: 'flag-with', flag: '--summary', others: [`--format ${format}`] },
      want.thing('one-of-them'),
    );
  return { status, output: `${summary()}\n` };
}

const asError = (problem: Problem): Problem =>
  problem.severity === 'warning' ? { ...problem, severity: 'error' } : problem;

/** Nobody reads more errors; a file that is none at all has one in every line. */
const mostErrors = 100;

function report(io: Io, problems: readonly Problem[], { verbose, quiet }: Volume): void {
  const ordered = byPlace(problems).filter(({ severity }) => !quiet || severity === 'error');
  const w = problemTables[io.language ?? 'en'];
  const errors = ordered.filter(({ severity }) => severity === 'error');
  const hidden = new Set(errors.slice(mostErrors));
  const more = verbose ? new Map<Problem, number>() : furtherNotes(ordered);
  // Two files, or families, of which the same is to be said, without a place.
  const said = new Set<string>();
  const shown = ordered.flatMap((problem) => {
    const further = more.get(problem) ?? 0;
    if (hidden.has(problem) || further < 0) return [];
    const text = tellProblem(problem, w);
    if (said.has(text)) return [];
    said.add(text);
    return further === 0 ? [text] : [text, `  ${w.moreNotes(further)}`];
  });
  if (hidden.size > 0) shown.push(w.moreErrors(hidden.size));
  if (shown.length > 0) io.err(`${fitted(shown.join('\n'), io.errColumns)}\n`);
}

/** More notes of one kind than this are one note, and how many others there are. */
const mostNotes = 3;

/** Of notes of which there are many of one kind, how many follow the first; -1 for those that follow. */
function furtherNotes(problems: readonly Problem[]): ReadonlyMap<Problem, number> {
  const kinds = new Map<string, Problem[]>();
  for (const problem of problems) {
    if (problem.severity !== 'note') continue;
    const known = kinds.get(problem.code);
    if (known) known.push(problem);
    else kinds.set(problem.code, [problem]);
  }
  const many = [...kinds.values()].filter(({ length }) => length > mostNotes);
  return new Map(
    many.flatMap(([first, ...others]) => [
      [first as Problem, others.length] as const,
      ...others.map((other) => [other, -1] as const),
    ]),
  );
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
