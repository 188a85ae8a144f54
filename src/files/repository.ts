import { execFileSync } from 'node:child_process';
import { checkSize, mostBytes } from './read-text.ts';

/** An object of a repository, and a directory from which git finds it. */
export interface GitObject {
  readonly directory: string;
  readonly id: string;
  /** `blob`, `tree`, `commit`. */
  readonly type: string;
}

/** An entry of a directory. */
export interface GitEntry {
  /** `100644`: a regular file. */
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  readonly path: string;
}

/** More than may be read, so that what is too large is seen to be. */
const mostSaid = 2 * mostBytes;

/** Runs git with a list of arguments, never through a shell. Null where git says no; throws an InputError where it says too much. */
function git(directory: string, args: readonly string[], input = ''): Buffer | null {
  try {
    return execFileSync('git', ['-C', directory, ...args], {
      input,
      maxBuffer: mostSaid,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOBUFS') checkSize({ code: 'git-too-large' }, mostSaid);
    return null;
  }
}

/** What `REV:PATH` names, or null. */
export function gitObject(directory: string, name: string): GitObject | null {
  // What begins with a dash would be taken for an option.
  if (name.startsWith('-')) return null;
  const id = git(directory, ['rev-parse', '--verify', '--quiet', name])?.toString().trim();
  const type = id && git(directory, ['cat-file', '-t', id])?.toString().trim();
  return id && type ? { directory, id, type } : null;
}

/** What lies in a directory, in git's order; `deep`: below it, too, and then only files. */
export function gitEntries({ directory, id }: GitObject, deep: boolean): readonly GitEntry[] {
  const listed = git(directory, ['ls-tree', '-z', '--full-tree', ...(deep ? ['-r'] : []), id]);
  return (listed?.toString().split('\0') ?? []).flatMap((line) => {
    const [, mode, type, object, path] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    return mode && type && object && path ? [{ mode, type, id: object, path }] : [];
  });
}

/** The contents of objects, by one process for all of them. Null where git does not give them. */
export function gitBlobs({ directory }: GitObject, ids: readonly string[]): readonly Buffer[] | null {
  const said = git(directory, ['cat-file', '--batch'], ids.map((id) => `${id}\n`).join(''));
  if (said === null) return null;
  const blobs: Buffer[] = [];
  for (let at = 0; at < said.length; ) {
    const end = said.indexOf('\n', at);
    const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(said.toString('latin1', at, end)) ?? [];
    if (size === undefined) return null;
    blobs.push(said.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return blobs.length === ids.length ? blobs : null;
}
