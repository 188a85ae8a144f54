import { rmSync } from 'node:fs';
import { openCollected } from '../session/collected.ts';
import { InputError, type Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { type DirectoryEntry, entriesOf, listDirectory } from './directory.ts';
import { type Directories, type DirectoryFlags, expand } from './expand.ts';
import { problemsOf, refuseFile } from './fault.ts';
import { readLiveCluster } from './live-cluster.ts';
import { runProgram } from './programs.ts';
import { checkSize, readText } from './read-text.ts';
import { type GitObject, gitObject } from './repository.ts';
import { writeWhole } from './whole-file.ts';

/** The files that may be touched. Tests hand in their own. */
export interface Files extends Directories {
  /** The text of a file, or of standard input for `-`. Throws what `node:fs` throws, or an InputError. */
  read(path: string): string;
  /** Writes a file whole or not at all; throws an InputError. */
  remove(path: string): void;
  /** All that lies in a directory, by name, links not followed. Throws what `node:fs` throws. */
  entries(path: string): readonly DirectoryEntry[];
  /** What `REV:PATH` names to git in a directory; null where it names nothing. */
  gitObject(directory: string, name: string): GitObject | null;
  /** Into a directory that is there, or with `deep` is made. */
  write(path: string, text: string | Uint8Array, deep?: 'deep'): void;
}

/** Those of this machine. */
export const machineFiles: Files = {
  read: readText,
  list: (path) => (path === '-' ? null : listDirectory(path)),
  write: (path, text, deep) => writeWhole(path, text, deep !== undefined),
  remove: (path) => rmSync(path),
  entries: entriesOf,
  run: runProgram,
  gitObject,
};

/** Reads files, directories as `expand` takes them, and a cluster where one is named. Every file that fails is reported. Throws an InputError. */
export function readSources(files: Files, paths: readonly string[], flags: DirectoryFlags = {}): Source[] {
  const problems: Problem[] = [];
  const attempt = <T>(path: string, action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      for (const one of problemsOf(error, path, 'file-missing')) problems.push(one);
      return undefined;
    }
  };
  const all = paths.flatMap((path) => attempt(path, () => expand(files, path, flags)) ?? []);
  const sources = all.flatMap((found): readonly Source[] => {
    if ('source' in found) return [found.source];
    const { path, unread, besides } = found;
    const text = attempt(path, () => files.read(path));
    if (text === undefined) return [];
    const name = path === '-' ? '<stdin>' : path;
    const source: Source = { name, text, ...(unread && { unread }), ...(besides && { besides }) };
    return attempt(path, () => openCollected(source)) ?? [source];
  });
  const { context } = flags;
  const cluster = context === undefined ? undefined : attempt('', () => readLiveCluster(files, context));
  if (cluster) sources.push(cluster);
  attempt('', () =>
    checkSize(
      { code: 'all-too-large' },
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

/** Whether a path names a directory; not where nothing is there, of which its reader tells. */
export function isDirectory(files: Files, path: string): boolean {
  try {
    return files.list(path) !== null;
  } catch {
    return false;
  }
}

/** What tells of a node's network, or of its sets: files of their own, then what was gathered with its rules. */
export function readBeside(
  files: Files,
  kind: 'host' | 'sets',
  paths: readonly string[],
  rules: readonly Source[],
): readonly Source[] {
  const own = paths.flatMap((path) => {
    const source = readSource(files, path);
    return source.node?.[kind] ?? [source];
  });
  const [gathered] = rules.flatMap(({ node }) => node ?? []);
  return gathered === undefined || own.length > 0 ? own : gathered[kind];
}

/** A file that need not be there: null where it is not. Throws an InputError where it cannot be read. */
export function readIfThere(files: Files, path: string): Source | null {
  try {
    return { name: path, text: files.read(path) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return refuseFile(error, path, 'file-missing');
  }
}
