import { type Files, machineFiles } from '../files/files.ts';

/** What a command may touch of the world. Tests hand in their own. */
export interface Io extends Files {
  /** A text, or its UTF-8. */
  out(text: string | Uint8Array): void;
  err(text: string): void;
  /** Somebody looks at what `out` writes. */
  readonly terminal: boolean;
  readonly color: boolean;
  /** Puts a text in place of the last one on a terminal; undefined where errors go to none. */
  readonly progress?: ((text: string) => void) | undefined;
}

export const processIo: Io = {
  ...machineFiles,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  progress: process.stderr.isTTY ? (text) => process.stderr.write(`\r\x1b[K${text}`) : undefined,
  terminal: process.stdout.isTTY === true,
  color: process.stdout.isTTY === true && !process.env.NO_COLOR,
};
