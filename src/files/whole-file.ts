import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { refuseFile } from './fault.ts';

/**
 * Writes a file whole or not at all: what is there stays as it is until the new text is on the disk, and is then replaced
 * at one stroke. Links are followed; permissions and owner stay. What is no regular file (a pipe, a terminal) is written
 * to as it is. `deep`: directories that are missing are made. A signal (Ctrl-C) waits until the file is written. Throws an InputError where it cannot be written.
 */
export function writeWhole(path: string, text: string | Uint8Array, deep = false): void {
  holdSignals();
  try {
    if (deep) mkdirSync(dirname(path), { recursive: true });
    const target = follow(path);
    const before = statSync(target, { throwIfNoEntry: false });
    if (before && !before.isFile()) writeFileSync(target, text);
    else replace(target, text, before);
  } catch (error) {
    refuseFile(error, path, 'file-unwritable');
  }
}

/** Where the text will stand in the end: a link may lead to a file that is not there yet. */
function follow(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    return follow(resolve(dirname(path), readlinkSync(path)));
  } catch {
    return path;
  }
}

/** The new text is made beside the old one, since a file cannot be moved at one stroke from one disk to another. */
function replace(target: string, text: string | Uint8Array, before: Stats | undefined): void {
  // To rename onto a file asks for no leave to write to it.
  if (before) accessSync(target, constants.W_OK);
  const temporary = join(
    dirname(target),
    `.${basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}`,
  );
  const file = openSync(temporary, 'wx', before ? 0o600 : 0o666);
  try {
    try {
      writeFileSync(file, text);
      if (before) keepOwner(file, before);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function keepOwner(file: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(file, uid, gid);
  } catch {
    // Who may write to a file but is not its owner makes it his.
  }
  fchmodSync(file, mode & 0o777);
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let holding = false;

/** Signals take effect when the work at hand is done, and are told of then: until that somebody has to be there. */
function holdSignals(): void {
  if (holding) return;
  holding = true;
  for (const signal of signals) process.on(signal, late);
  setImmediate(() => setImmediate(letGo));
}

function letGo(): void {
  holding = false;
  for (const signal of signals) process.off(signal, late);
}

/** Ends the process as the signal would have, unless somebody else looks after that. */
function late(signal: NodeJS.Signals): void {
  letGo();
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
