import { readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';

/** What a directory is read for. Expectations may lie beside the manifests that they are about. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/.test(name) && !isExpectationName(name);
}

/** `web.kubenat.yaml`: a file for `kubenat test`. */
export function isExpectationName(name: string): boolean {
  return /\.kubenat\.(?:ya?ml|json)$/.test(name);
}

/**
 * The names of a directory, or null where the path is none. A manifest in it must be a regular file, which nobody waits
 * for, and must not be a link that leads out of the directory, to what nobody asked for.
 */
export function listDirectory(path: string): readonly string[] | null {
  if (!statSync(path).isDirectory()) return null;
  const names = readdirSync(path);
  const real = realpathSync(path);
  for (const name of names.filter(isManifestName)) checkEntry(real, name);
  return names;
}

function checkEntry(directory: string, name: string): void {
  const target = realpathSync(join(directory, name));
  const way = relative(directory, target);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new Error(`${name} is a link that leads out of the directory`);
  const stat = statSync(target);
  if (!stat.isFile() && !stat.isDirectory()) throw new Error(`${name} is no regular file`);
}
