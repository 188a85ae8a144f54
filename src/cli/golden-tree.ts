import { join, normalize } from 'node:path';
import { type DirectoryEntry, isManifestName } from '../files/directory.ts';
import { refuseFile } from '../files/fault.ts';
import type { Files } from '../files/files.ts';
import { want } from '../text/expected.ts';

export const settingsName = 'golden.yaml';
export const configName = 'kube-proxy.yaml';
export const expectedName = 'expected';
export const manifestsName = 'manifests';

/** A directory that may be a case: what lies in it, by name. */
export interface CaseDirectory {
  readonly path: string;
  readonly hasSettings: boolean;
  readonly hasConfig: boolean;
  /** Manifests in it, without the settings and the configuration. */
  readonly manifests: readonly string[];
  readonly hasManifests: boolean;
  /** The names of the files of its directory `expected`. */
  readonly expected: readonly string[];
}

/** The cases of a tree: every directory with manifests or settings. Links are not followed; hidden ones are passed over. */
export function findCases(directories: Files, root: string): readonly CaseDirectory[] {
  const found: CaseDirectory[] = [];
  const rest = [normalize(root)];
  for (let path = rest.pop(); path !== undefined; path = rest.pop()) {
    const entries = entriesOf(directories, path);
    const files = new Set(namesOf(entries, 'file'));
    const folders = new Set(namesOf(entries, 'folder'));
    const manifests = [...files].filter((name) => isManifestName(name) && !ofCase.has(name));
    const hasSettings = files.has(settingsName);
    const hasManifests = folders.has(manifestsName) && isLeaf(directories, join(path, manifestsName));
    const expected = folders.has(expectedName)
      ? namesOf(entriesOf(directories, join(path, expectedName)), 'file')
      : [];
    const isCase = hasSettings || hasManifests || manifests.length > 0 || expected.length > 0;
    const hasConfig = files.has(configName);
    if (isCase) found.push({ path, hasSettings, hasConfig, manifests, hasManifests, expected });
    const below = [...folders].filter((name) => isSearched(name, hasManifests)).sort();
    rest.push(...below.reverse().map((name) => join(path, name)));
  }
  return found;
}

const ofCase: ReadonlySet<string> = new Set([settingsName, configName]);

function isSearched(name: string, hasManifests: boolean): boolean {
  if (name.startsWith('.') || name === 'node_modules' || name === expectedName) return false;
  return !(hasManifests && name === manifestsName);
}

/** A directory `manifests` with cases in it is a tree, not the manifests of one. */
function isLeaf(directories: Files, path: string): boolean {
  const names = entriesOf(directories, path).map(({ name }) => name);
  return names.some(isManifestName) && !names.some((name) => name === expectedName || name === settingsName);
}

function namesOf(entries: readonly DirectoryEntry[], kind: DirectoryEntry['kind']): readonly string[] {
  return entries.filter((entry) => entry.kind === kind).map(({ name }) => name);
}

function entriesOf(directories: Files, path: string): readonly DirectoryEntry[] {
  try {
    return directories.entries(path);
  } catch (error) {
    return refuseFile(error, path, 'file-missing', want.thing('directory'));
  }
}
