import { join } from 'node:path';
import { isExpectationName } from '../files/directory.ts';
import { refuseFile } from '../files/fault.ts';
import type { Files } from '../files/files.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';

/** The expectation files that are named, and those below directories that are named, in the order of their names. */
export function findTests(files: Files, paths: readonly string[]): readonly string[] {
  const found = [
    ...new Set(paths.flatMap((path) => (isDirectory(files, path) ? below(files, path) : [path]))),
  ];
  if (found.length > 0) return found;
  throw new InputError([
    {
      code: 'expectation-missing',
      severity: 'error',
      ...told<CommandDetail>({ code: 'no-expectations-below', paths }),
      expected: want.thing('expectation-files'),
    },
  ]);
}

function isDirectory(files: Files, path: string): boolean {
  if (path === '-') return false;
  try {
    files.entries(path);
    return true;
  } catch {
    // Whoever reads it says why that cannot be done.
    return false;
  }
}

/** Directories that hold nothing of the user's own are left out; links to directories are not followed. */
export function isLeftOut(name: string): boolean {
  return name === 'node_modules' || (name.startsWith('.') && name !== '.' && name !== '..');
}

function below(files: Files, directory: string): string[] {
  try {
    return files.entries(directory).flatMap(({ name, kind }) => {
      const path = join(directory, name);
      if (kind === 'folder') return isLeftOut(name) ? [] : below(files, path);
      return isExpectationName(name) && (kind === 'file' || !isDirectory(files, path)) ? [path] : [];
    });
  } catch (error) {
    return refuseFile(error, directory, 'file-missing');
  }
}
