import { InputError, type Problem, printProblem } from '../text/problem.ts';
import type { Io } from './io.ts';

/** What a command has to say, written only when it is whole. */
export interface Answer {
  /** 0 answered, same, or passed; 1 different, failed, or findings. Trouble (2) is thrown as an InputError. */
  readonly status: 0 | 1;
  /** For standard output. */
  readonly output: string;
  /** Warnings and notes, for standard error. */
  readonly problems?: readonly Problem[];
}

/** Writes an answer, or the reason why there is none, and gives the exit status. The only catch of the program. */
export async function deliver(io: Io, work: () => Answer | Promise<Answer>): Promise<0 | 1 | 2> {
  try {
    const answer = await work();
    report(io, answer.problems ?? []);
    io.out(answer.output);
    return answer.status;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    report(io, error.problems);
    return 2;
  }
}

function report(io: Io, problems: readonly Problem[]): void {
  if (problems.length > 0) io.err(`${problems.map(printProblem).join('\n')}\n`);
}
