import { execFileSync } from 'node:child_process';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { isManifestName } from './directory.ts';
import type { DirectoryFlags } from './expand.ts';
import { type Files, readSources } from './files.ts';
import { mostBytes, textOf } from './read-text.ts';

/** Runs git with a list of arguments, never through a shell. Null where git says no. */
function git(...args: readonly string[]): Buffer | null {
  try {
    // One byte more than is read, so that what is too large is seen to be.
    return execFileSync('git', args, { maxBuffer: mostBytes + 1, stdio: ['ignore', 'pipe', 'ignore'] });
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

/** The file, or the manifests of the directory, that `REV:PATH` names in the repository of the working directory. */
function readRevision(name: string, { recursive }: DirectoryFlags): readonly Source[] {
  // What begins with a dash would be taken for an option.
  const type = name.startsWith('-')
    ? null
    : git('cat-file', '-t', '--end-of-options', name)?.toString().trim();
  if (type === 'blob') return [readBlob(name)];
  if (type === 'tree') {
    const base = name.endsWith(':') || name.endsWith('/') ? name : `${name}/`;
    const deep = recursive ? ['-r'] : [];
    const entries =
      git('ls-tree', '-z', ...deep, '--end-of-options', name)
        ?.toString()
        .split('\0') ?? [];
    const sources = entries.flatMap((entry) => readEntry(base, entry));
    const unread = entries.filter((entry) => entry.includes(' tree ')).map((entry) => base + nameOf(entry));
    return unread.length > 0 ? sources.map((one, at) => (at === 0 ? { ...one, unread } : one)) : sources;
  }
  return refuse(`${name}: neither a file nor something that git knows`);
}

/** An entry of a directory: `MODE TYPE OBJECT<tab>NAME`. */
function readEntry(base: string, entry: string): Source[] {
  const file = nameOf(entry);
  if (!isManifestName(file)) return [];
  // A link holds the way to a file, a submodule a commit of another repository.
  return /^100\d{3} blob /.test(entry) ? [readBlob(base + file)] : refuse(`${base}${file}: no regular file`);
}

const nameOf = (entry: string): string => entry.slice(entry.indexOf('\t') + 1);

function readBlob(name: string): Source {
  const bytes = git('cat-file', 'blob', '--end-of-options', name);
  return bytes ? { name, text: textOf(name, bytes) } : refuse(`${name}: git does not give it`);
}

function refuse(message: string): never {
  const expected = 'a file, a directory, or REV:PATH of a git repository, such as HEAD~1:deploy';
  throw new InputError([{ code: 'file-missing', severity: 'error', message, expected }]);
}
