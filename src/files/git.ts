import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import type { FileDetail } from '../text/file-detail.ts';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { isManifestName } from './directory.ts';
import type { DirectoryFlags } from './expand.ts';
import { type Files, readSources } from './files.ts';
import { textOf } from './read-text.ts';
import { type GitEntry, type GitObject, gitBlobs, gitEntries } from './repository.ts';

/** A file, a directory's manifests, or, where there is no such file, either of a git revision: `REV:PATH`. */
export function readFileOrRevision(
  files: Files,
  name: string,
  flags: DirectoryFlags = {},
): readonly Source[] {
  return name.includes(':') && !exists(files, name)
    ? readRevision(files, name, flags)
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
function readRevision(files: Files, name: string, { recursive }: DirectoryFlags): readonly Source[] {
  const found = locate(files, name);
  if (found?.type === 'blob') return readBlobs(found, [{ id: found.id, name }]);
  if (found?.type === 'tree') {
    const folder = name.endsWith(':') || name.endsWith('/') ? name : `${name}/`;
    const entries = gitEntries(found, recursive === true);
    const manifests = entries.filter(({ path, type }) => type !== 'tree' && isManifestName(path));
    const sources = readBlobs(
      found,
      manifests.map((entry) => ({ id: blobOf(entry, folder), name: folder + entry.path })),
    );
    const unread = entries.filter(({ type }) => type === 'tree').map(({ path }) => folder + path);
    return sources.map((one, at) => ({
      ...one,
      besides: true,
      ...(at === 0 && unread.length > 0 && { unread }),
    }));
  }
  return refuse({ code: 'unknown-to-git', path: name });
}

/**
 * What `REV:PATH` is, wherever the working directory: a path of the repository, as git reads it, or one from the working
 * directory, as every other file is named, were it in another repository.
 */
function locate(files: Files, name: string): GitObject | null {
  const colon = name.indexOf(':');
  const [revision, path] = [name.slice(0, colon), name.slice(colon + 1)];
  const full = resolve(path);
  const directory = nearestDirectory(dirname(full));
  return (
    files.gitObject('.', name) ??
    files.gitObject(directory, `${revision}:./${relative(directory, full)}`) ??
    // The top of a repository has no directory above it in which git finds it.
    files.gitObject(full, `${revision}:./`)
  );
}

/** A file may have been deleted since, with its directory. */
function nearestDirectory(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestDirectory(dirname(path));
}

/** A link holds the way to a file, a submodule a commit of another repository. */
function blobOf({ mode, type, id, path }: GitEntry, folder: string): string {
  return type === 'blob' && mode.startsWith('100')
    ? id
    : refuse({ code: 'no-file-of-git', path: folder + path });
}

function readBlobs(
  at: GitObject,
  blobs: readonly { readonly id: string; readonly name: string }[],
): Source[] {
  const all = gitBlobs(
    at,
    blobs.map(({ id }) => id),
  );
  return blobs.map(({ name }, index) => {
    const bytes = all?.[index];
    return bytes ? { name, text: textOf(name, bytes) } : refuse({ code: 'git-gives-nothing', path: name });
  });
}

function refuse(detail: FileDetail): never {
  const expected = want.thing('file-or-revision');
  throw new InputError([{ code: 'file-missing', severity: 'error', ...told<FileDetail>(detail), expected }]);
}
