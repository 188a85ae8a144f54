import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemsOf } from '../files/fault.ts';
import { type Asked, answersAsBefore, recorded } from '../files/recorded.ts';
import { writeWhole } from '../files/whole-file.ts';
import { problemTables } from '../report/problems.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { told } from '../text/detail.ts';
import { hexDigest } from '../text/digest.ts';
import type { FileDetail } from '../text/file-detail.ts';
import { type Problem, tellProblem } from '../text/problem.ts';

import type { Io, Writable } from './io.ts';
import { version } from './version.ts';

/** The answer of a command line, and what it was made from. */
interface Kept {
  readonly asked: readonly Asked[];
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Gives the answer that `--cache` kept of this command line where all that it read is as it was, and else does the work
 * and keeps the answer. `io` is what the work uses, and is changed while it lasts. An entry is one file, written whole or not
 * at all and with a digest of itself, so that what a crash or a full disk left behind is not taken for an answer.
 */
export async function keeping(
  folder: string,
  args: readonly string[],
  io: Writable,
  work: () => Promise<number>,
): Promise<number> {
  const file = join(folder, hexDigest(keyOf(args, io)));
  const own = { ...io };
  own.read = io.read = onceOnly(io.read);
  const known = readKept(file);
  if (known && answersAsBefore(own, known.asked)) {
    own.err(known.err);
    own.out(Buffer.from(known.out, 'base64'));
    return known.status;
  }
  const record = recorded(own);
  const [out, err]: [Buffer[], string[]] = [[], []];
  Object.assign(io, record.files, {
    out: (text: string | Uint8Array) => {
      out.push(Buffer.from(text));
      own.out(text);
    },
    err: (text: string) => {
      err.push(text);
      own.err(text);
    },
  });
  const status = await work();
  Object.assign(io, own);
  if (status !== 2 && record.repeatable) {
    const kept = {
      asked: record.asked,
      status,
      out: Buffer.concat(out).toString('base64'),
      err: err.join(''),
    };
    writeKept(file, kept, own);
  }
  return status;
}

/** What an answer depends on beside files: the program itself, the command line, where it is given, and who reads it. */
function keyOf(args: readonly string[], { color, language, terminal, columns, errColumns, env }: Io): string {
  return JSON.stringify([
    version,
    program(),
    process.cwd(),
    args,
    color,
    language,
    terminal,
    columns,
    errColumns,
    env.JOB_COMPLETION_INDEX ?? null,
  ]);
}

/** The start of the program, in which the names of its parts stand, which are by what they hold. */
function program(): string {
  try {
    return hexDigest(readFileSync(process.argv[1] ?? '', 'latin1'));
  } catch {
    return '';
  }
}

/** Standard input can be read once, and is asked for twice where the kept answer is another. */
function onceOnly(read: Io['read']): Io['read'] {
  let input: string | undefined;
  return (path) => {
    if (path !== '-') return read(path);
    input ??= read(path);
    return input;
  };
}

/** Null where there is none, or not one that was written whole. */
function readKept(file: string): Kept | null {
  try {
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    return text.slice(0, end) === hexDigest(body) ? (JSON.parse(body) as Kept) : null;
  } catch {
    return null;
  }
}

function writeKept(file: string, kept: Kept, io: Io): void {
  try {
    const body = JSON.stringify(kept);
    writeWhole(file, `${hexDigest(body)}\n${body}`, true);
  } catch (error) {
    const [unwritten] = problemsOf(error, file, 'file-unwritable');
    const why = unwritten?.detail as FileDetail;
    const said = told<CommandDetail>({ code: 'answer-not-kept', why });
    const problem: Problem = { code: 'file-unwritable', severity: 'warning', ...said };
    io.err(`${tellProblem(problem, problemTables[io.language ?? 'en'])}\n`);
  }
}
