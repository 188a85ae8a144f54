import { fstatSync, writeSync } from 'node:fs';
import { faultOf } from '../files/fault.ts';
import { type Files, machineFiles } from '../files/files.ts';
import type { View } from '../report/view.ts';
import { languageOf } from '../report/words/language.ts';
import { told } from '../text/detail.ts';
import type { FileDetail } from '../text/file-detail.ts';
import { InputError } from '../text/problem.ts';

/** What a command may touch of the world. Tests hand in their own. */
export interface Io extends Files, View {
  /** A text, or its UTF-8. */
  out(text: string | Uint8Array): void;
  err(text: string): void;
  /** Somebody looks at what `out` writes. */
  readonly terminal: boolean;
  /** How wide the terminals are that `out` and `err` write to; absent where that is none. */
  readonly columns?: number | undefined;
  readonly errColumns?: number | undefined;
  /** Variables of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Puts a text in place of the last one on a terminal; undefined where errors go to none. */
  readonly progress?: ((text: string) => void) | undefined;
}

/** That of one run, on which flags have a say. */
export type Writable = { -readonly [Key in keyof Io]: Io[Key] };

export const processIo: Io = {
  ...machineFiles,
  env: process.env,
  out: writeOut,
  err: (text) => process.stderr.write(text),
  progress: process.stderr.isTTY ? (text) => process.stderr.write(`\r\x1b[K${text}`) : undefined,
  terminal: process.stdout.isTTY === true,
  columns: process.stdout.columns,
  errColumns: process.stderr.columns,
  color: process.stdout.isTTY === true && !process.env.NO_COLOR,
  language: languageOf(process.env),
};

const standardOutput = 1;

/**
 * Node writes to a file without a look at how much of it was written, so that a disk which fills up would cut the output
 * off and nobody would know.
 */
function writeOut(text: string | Uint8Array): void {
  if (!fstatSync(standardOutput).isFile()) {
    process.stdout.write(text);
    return;
  }
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(standardOutput, bytes, at);
  } catch (error) {
    const why = told<FileDetail>({ code: 'output-breaks-off', fault: faultOf(error) });
    throw new InputError([{ code: 'file-unwritable', severity: 'error', ...why }]);
  }
}
