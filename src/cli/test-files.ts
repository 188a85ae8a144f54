import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isExpectationName } from '../files/directory.ts';
import { reasonOf } from '../files/reason.ts';
import { InputError } from '../text/problem.ts';

/** The expectation files that are named, and those below directories that are named, in the order of their names. */
export function findTests(paths: readonly string[]): readonly string[] {
  const files = paths.flatMap((path) => (isDirectory(path) ? below(path) : [path]));
  const found = [...new Set(files)];
  if (found.length > 0) return found;
  throw new InputError([
    {
      code: 'expectation-missing',
      severity: 'error',
      message: `there is no expectation file below ${paths.map((path) => (path === '.' ? 'this directory' : path)).join(', ')}`,
      expected: 'files *.kubenat.yaml, *.kubenat.yml or *.kubenat.json, or the name of one',
    },
  ]);
}

function isDirectory(path: string): boolean {
  try {
    return path !== '-' && statSync(path).isDirectory();
  } catch {
    // Whoever reads it says why that cannot be done.
    return false;
  }
}

/** Directories that hold nothing of the user's own are left out; links to directories are not followed. */
export function isLeftOut(name: string): boolean {
  return name === 'node_modules' || (name.startsWith('.') && name !== '.' && name !== '..');
}

function below(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    return entries.flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return isLeftOut(entry.name) ? [] : below(path);
      return isExpectationName(entry.name) && !isDirectory(path) ? [path] : [];
    });
  } catch (error) {
    const message = `${directory}: ${reasonOf(error)}`;
    throw new InputError([{ code: 'file-missing', severity: 'error', message }]);
  }
}
