import { join } from 'node:path';
import { InputError, type Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { isManifestName, listDirectory } from './directory.ts';
import { checkSize, readText } from './read-text.ts';
import { reasonOf } from './reason.ts';
import { writeWhole } from './whole-file.ts';

/** The files that may be touched. Tests hand in their own. */
export interface Files {
  /** The text of a file, or of standard input for `-`. Throws what `node:fs` throws, or an InputError. */
  read(path: string): string;
  /** The files of a directory, or null where the path is none. */
  list(path: string): readonly string[] | null;
  /** Writes a file whole or not at all; throws an InputError. */
  write(path: string, text: string): void;
}

/** Those of this machine. */
export const machineFiles: Files = {
  read: readText,
  list: (path) => (path === '-' ? null : listDirectory(path)),
  write: writeWhole,
};

/** Reads files, and the manifests of directories in the order of their names. Every file that fails is reported. */
export function readSources(files: Files, paths: readonly string[]): Source[] {
  const problems: Problem[] = [];
  const attempt = <T>(path: string, action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      if (error instanceof InputError) for (const one of error.problems) problems.push(one);
      else problems.push({ code: 'file-missing', severity: 'error', message: `${path}: ${reasonOf(error)}` });
      return undefined;
    }
  };
  const names = paths.flatMap((path) => attempt(path, () => expand(files, path)) ?? []);
  const sources = names.flatMap((name) => {
    const text = attempt(name, () => files.read(name));
    return text === undefined ? [] : [{ name: name === '-' ? '<stdin>' : name, text }];
  });
  attempt('', () =>
    checkSize(
      'all of it',
      sources.reduce((sum, { text }) => sum + text.length, 0),
    ),
  );
  if (problems.length > 0) throw new InputError(problems);
  return sources;
}

/** Reads one file, which must not be a directory. */
export function readSource(files: Files, path: string): Source {
  return readSources({ ...files, list: () => null }, [path])[0] as Source;
}

function expand(files: Files, path: string): string[] {
  const names = files.list(path);
  if (names === null) return [path];
  const manifests = names.filter(isManifestName).sort();
  if (manifests.length === 0) throw new Error('there is no *.yaml, *.yml or *.json in this directory');
  return manifests.map((name) => join(path, name));
}
