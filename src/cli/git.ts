import { execFileSync } from 'node:child_process';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';

const manifestName = /\.(?:ya?ml|json)$/;
const mostBytes = 1 << 30;

/** Runs git with a list of arguments, never through a shell. Null where git says no. */
function git(...args: readonly string[]): string | null {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync('git', args, { encoding: 'utf8', maxBuffer: mostBytes, stdio: [...stdio] });
  } catch {
    return null;
  }
}

/** The file, or the manifests of the directory, that `REV:PATH` names in the repository of the working directory. */
export function readRevision(name: string): readonly Source[] {
  // What begins with a dash would be taken for an option.
  const type = name.startsWith('-') ? null : git('cat-file', '-t', '--end-of-options', name)?.trim();
  if (type === 'blob') return [readBlob(name)];
  if (type === 'tree') {
    const names = git('ls-tree', '-z', '--name-only', '--end-of-options', name)?.split('\0') ?? [];
    const base = name.endsWith(':') || name.endsWith('/') ? name : `${name}/`;
    return names.filter((file) => manifestName.test(file)).map((file) => readBlob(base + file));
  }
  throw new InputError([
    {
      code: 'file-missing',
      severity: 'error',
      message: `${name}: neither a file nor something that git knows`,
      expected: 'a file, a directory, or REV:PATH of a git repository, such as HEAD~1:deploy',
    },
  ]);
}

function readBlob(name: string): Source {
  return { name, text: git('cat-file', 'blob', name) ?? '' };
}
