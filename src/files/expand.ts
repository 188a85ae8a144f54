import { join } from 'node:path';
import { told } from '../text/detail.ts';
import { type Expected, want } from '../text/expected.ts';
import type { FileDetail } from '../text/file-detail.ts';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { isKustomizationName, isManifestName, isRulesName, type Listing } from './directory.ts';

/** What there is in directories, and programs that make something of them. */
export interface Directories {
  /** What lies in a directory, or null where the path is none. Throws what `node:fs` throws. */
  list(path: string): Listing | null;
  /** What a program prints; null where it is not on PATH. Throws an InputError where it fails. */
  run(program: string, args: readonly string[]): string | null;
}

/** How directories are read, by the flags of the command line. */
export interface DirectoryFlags {
  /** Those below them, too. */
  readonly recursive?: boolean;
  /** A chart is what `helm template` prints of it. */
  readonly helm?: boolean;
  /** A cluster, by the name of kubectl's context, whose objects are read beside files. */
  readonly context?: string;
  /** The namespace for which a chart is rendered. */
  readonly namespace?: string;
}

/** A file that is yet to be read, or a text that a program made of a directory. */
export type Found = FoundFile | { readonly source: Source };

interface FoundFile {
  readonly path: string;
  /** Nobody named it: it lies in a directory that was named. */
  readonly besides?: true;
  /** Directories beside it that hold manifests, and are not read. */
  readonly unread?: readonly string[];
}

/**
 * What a path that a user named stands for: a file; the manifests of a directory in the order of their names, as kubectl
 * takes them, or where there are none, files of rules; what kustomize makes of a kustomization, or Helm of a chart. Throws an InputError, or what `node:fs` throws.
 */
export function expand(files: Directories, path: string, flags: DirectoryFlags): readonly Found[] {
  const listing = files.list(path);
  if (listing === null) return [{ path }];
  const built = build(files, path, listing, flags);
  if (built !== null) return [{ source: built }];
  const found = manifestsIn(files, path, listing, flags);
  const [first, ...others] = found;
  const unread = flags.recursive ? [] : foldersWithManifests(files, path, listing);
  if (!first) {
    const rules = listing.files.filter(isRulesName).sort();
    if (rules.length > 0) return rules.map((name) => ({ path: join(path, name) }));
    const detail: FileDetail = { code: 'folder-without-manifests', path, below: unread };
    throw new InputError([{ code: 'file-missing', severity: 'error', ...told<FileDetail>(detail) }]);
  }
  return unread.length > 0 ? [{ ...first, unread }, ...others] : found;
}

function manifestsIn(
  files: Directories,
  path: string,
  listing: Listing,
  { recursive }: DirectoryFlags,
): readonly FoundFile[] {
  const folders = new Set(recursive ? listing.folders : []);
  const names = [...listing.files.filter(isManifestName), ...folders].sort();
  return names.flatMap((name) => {
    const below = join(path, name);
    if (!folders.has(name)) return [{ path: below, besides: true }];
    const inner = files.list(below);
    if (inner === null) return [];
    if (builderOf(inner)) refuseBelow(below);
    return manifestsIn(files, below, inner, { recursive: true });
  });
}

/** Of a kustomization among others nobody can tell whether it is meant, or only what another one is made of. */
function refuseBelow(path: string): never {
  refuseBuild({ code: 'build-below', path }, want.thing('directories-by-name', path));
}

function builderOf({ files }: Listing): 'kustomize' | 'helm' | null {
  if (files.some(isKustomizationName)) return 'kustomize';
  return files.includes('Chart.yaml') ? 'helm' : null;
}

function build(files: Directories, path: string, listing: Listing, flags: DirectoryFlags): Source | null {
  const builder = builderOf(listing);
  if (builder === 'kustomize') return kustomize(files, path);
  return builder === 'helm' ? renderChart(files, path, flags) : null;
}

function kustomize(files: Directories, path: string): Source {
  const directory = asDirectory(path);
  const text = files.run('kubectl', ['kustomize', directory]) ?? files.run('kustomize', ['build', directory]);
  if (text !== null) return { name: join(path, '<kustomize>'), text };
  return refuseBuild({ code: 'no-kustomize', path }, want.written(`kubectl kustomize ${path} | kubenat … -`));
}

function renderChart(files: Directories, path: string, { helm, namespace }: DirectoryFlags): Source {
  const expected = want.written(`helm template ${path} | kubenat … -`);
  if (!helm) refuseBuild({ code: 'chart-unasked', path }, want.orElse('--helm', expected));
  const directory = asDirectory(path);
  const text = files.run('helm', ['template', ...(namespace ? ['--namespace', namespace] : []), directory]);
  if (text !== null) return { name: join(path, '<helm template>'), text };
  return refuseBuild({ code: 'no-helm', path }, expected);
}

/** What begins with a dash would be taken for an option, and `base` alone for a chart of a repository. */
function asDirectory(path: string): string {
  return /^\.{0,2}\//.test(path) || path === '.' || path === '..' ? path : `./${path}`;
}

function refuseBuild(detail: FileDetail, expected: Expected): never {
  throw new InputError([{ code: 'build-needed', severity: 'error', ...told<FileDetail>(detail), expected }]);
}

/** So many directories are looked into, for a note. */
const mostLookedInto = 1000;

/** The directories in a directory that hold manifests, or in which some do. */
function foldersWithManifests(files: Directories, path: string, { folders }: Listing): readonly string[] {
  let left = mostLookedInto;
  const holds = (folder: string): boolean => {
    left -= 1;
    const listing = left < 0 ? null : listOrNull(files, folder);
    if (listing === null) return false;
    return (
      listing.files.some(isManifestName) ||
      ownFolders(listing.folders).some((name) => holds(join(folder, name)))
    );
  };
  return ownFolders(folders)
    .map((name) => join(path, name))
    .filter(holds)
    .sort();
}

/** Without those that hold nothing of the user's own. */
function ownFolders(names: readonly string[]): readonly string[] {
  return names.filter((name) => !name.startsWith('.') && name !== 'node_modules');
}

/** What is not read may be whatever it is. */
function listOrNull(files: Directories, path: string): Listing | null {
  try {
    return files.list(path);
  } catch {
    return null;
  }
}
