import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { isManifestName } from './directory.ts';
import type { DirectoryFlags } from './expand.ts';
import { type Files, readSources } from './files.ts';
import { mostBytes, textOf } from './read-text.ts';

/** An object of a repository, and a directory from which git finds it. */
interface Located {
  readonly directory: string;
  /** `REV:PATH`, as git reads it there. */
  readonly object: string;
  readonly type: string;
}

/** Runs git with a list of arguments, never through a shell. Null where git says no. */
function git(directory: string, ...args: readonly string[]): Buffer | null {
  try {
    // One byte more than is read, so that what is too large is seen to be.
    return execFileSync('git', ['-C', directory, ...args], {
      maxBuffer: mostBytes + 1,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOBUFS' ? Buffer.alloc(mostBytes + 1) : null;
  }
}

/** A file, a directory's manifests, or, where there is no such file, either of a git revision: `REV:PATH`. */
export function readFileOrRevision(
  files: Files,
  name: string,
  flags: DirectoryFlags = {},
): readonly Source[] {
  return name.includes(':') && !exists(files, name)
    ? readRevision(name, flags)
    : readSources(files, [name], flags);
}

function exists(files: Files, name: string): boolean {
  try {
    files.list(name);
    return true;
  } catch {
    return false;
  }
}

/** The file, or the manifests of the directory, that `REV:PATH` names. */
function readRevision(name: string, { recursive }: DirectoryFlags): readonly Source[] {
  const located = locate(name);
  if (located?.type === 'blob') return [readBlob(located, name)];
  if (located?.type === 'tree') {
    const { directory, object } = located;
    const within = (path: string) => (path.endsWith(':') || path.endsWith('/') ? path : `${path}/`);
    const deep = recursive ? ['-r'] : [];
    const entries =
      git(directory, 'ls-tree', '-z', '--full-tree', ...deep, '--end-of-options', object)
        ?.toString()
        .split('\0') ?? [];
    const sources = entries.flatMap((entry) => {
      const file = nameOf(entry);
      const blob = { ...located, object: within(object) + file };
      return readEntry(blob, within(name) + file, entry);
    });
    const unread = entries
      .filter((entry) => entry.includes(' tree '))
      .map((entry) => within(name) + nameOf(entry));
    return unread.length > 0 ? sources.map((one, at) => (at === 0 ? { ...one, unread } : one)) : sources;
  }
  return refuse(`${name}: neither a file nor something that git knows`);
}

/**
 * What `REV:PATH` is, wherever the working directory: a path of the repository, as git reads it, or one from the working
 * directory, as every other file is named, were it in another repository.
 */
function locate(name: string): Located | null {
  // What begins with a dash would be taken for an option.
  if (name.startsWith('-')) return null;
  const colon = name.indexOf(':');
  const [revision, path] = [name.slice(0, colon), name.slice(colon + 1)];
  const full = resolve(path);
  const directory = nearestDirectory(dirname(full));
  const places = [
    { directory: '.', object: name },
    { directory, object: `${revision}:./${relative(directory, full)}` },
  ];
  for (const { directory: at, object } of places) {
    const type = git(at, 'cat-file', '-t', '--end-of-options', object)?.toString().trim();
    if (type !== undefined) return { directory: at, object, type };
  }
  return null;
}

/** A file may have been deleted since, with its directory. */
function nearestDirectory(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestDirectory(dirname(path));
}

/** An entry of a directory: `MODE TYPE OBJECT<tab>NAME`. */
function readEntry(blob: Located, name: string, entry: string): Source[] {
  if (!isManifestName(nameOf(entry))) return [];
  // A link holds the way to a file, a submodule a commit of another repository.
  return /^100\d{3} blob /.test(entry) ? [readBlob(blob, name)] : refuse(`${name}: no regular file`);
}

const nameOf = (entry: string): string => entry.slice(entry.indexOf('\t') + 1);

function readBlob({ directory, object }: Located, name: string): Source {
  const bytes = git(directory, 'cat-file', 'blob', '--end-of-options', object);
  return bytes ? { name, text: textOf(name, bytes) } : refuse(`${name}: git does not give it`);
}

function refuse(message: string): never {
  const expected = 'a file, a directory, or REV:PATH of a git repository, such as HEAD~1:deploy';
  throw new InputError([{ code: 'file-missing', severity: 'error', message, expected }]);
}
