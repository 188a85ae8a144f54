import { readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { told } from '../text/detail.ts';
import type { FileDetail } from '../text/file-detail.ts';
import { InputError } from '../text/problem.ts';

/** What a directory is read for. Expectations may lie beside the manifests that they are about. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/.test(name) && !isExpectationName(name) && name !== settingsName;
}

/** Rules of a node, of which a directory is read that holds no manifests: its tables may be a file each. */
export function isRulesName(name: string): boolean {
  return /[^/]\.(?:save|rules|nft|ipset|v4|v6)$/.test(name);
}

/** `web.kubenat.yaml`: a file for `kubenat test`. */
export function isExpectationName(name: string): boolean {
  return /[^/]\.kubenat\.(?:ya?ml|json)$/.test(name);
}

/** The file with what is asked for in a working directory. */
export const settingsName = '.kubenat.yaml';

/** The file by which kustomize makes something of a directory. */
export function isKustomizationName(name: string): boolean {
  return /^(?:kustomization\.ya?ml|Kustomization)$/.test(name);
}

/** A name in a directory; links are `other`. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

/** All that lies in a directory, in the order of names. Throws what `node:fs` throws. */
export function entriesOf(path: string): readonly DirectoryEntry[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries
    .map((entry): DirectoryEntry => {
      const kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';
      return { name: entry.name, kind };
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** What lies in a directory, by name. */
export interface Listing {
  readonly files: readonly string[];
  /** Directories, links to some left out, as kubectl does. */
  readonly folders: readonly string[];
}

/**
 * What lies in a directory, or null where the path is none. A manifest in it must be a regular file, which nobody waits
 * for, and must not be a link that leads out of the directory, to what nobody asked for. Throws an InputError, or what `node:fs` throws.
 */
export function listDirectory(path: string): Listing | null {
  if (!statSync(path).isDirectory()) return null;
  const entries = readdirSync(path, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const real = realpathSync(path);
  for (const name of files.filter((one) => isManifestName(one) || isRulesName(one)))
    checkEntry(path, real, name);
  return { files, folders };
}

function checkEntry(path: string, real: string, name: string): void {
  const target = realpathSync(join(real, name));
  const way = relative(real, target);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    refuse({ code: 'link-out-of-folder', path, name });
  if (!statSync(target).isFile()) refuse({ code: 'entry-not-regular', path, name });
}

function refuse(detail: FileDetail): never {
  throw new InputError([{ code: 'file-missing', severity: 'error', ...told<FileDetail>(detail) }]);
}
