import { dirname, join } from 'node:path';
import type { Source } from '../text/source.ts';
import type { Files } from './files.ts';

/** Where nft looks for names without a directory. */
const defaultFolder = '/etc';

/**
 * The files that `include` of a text of nft means: of the working directory, as nft takes them, or else beside the text that
 * names them. A star stands for any part of a file's name, and for none at all where nothing fits. Null: there is no such file.
 */
export function includedFiles(files: Pick<Files, 'read' | 'list'>) {
  return (path: string, from: Source): readonly Source[] | null => {
    const beside = join(dirname(from.name), path);
    const places = path.startsWith('/')
      ? [path]
      : /^\.\.?\//.test(path)
        ? [path, beside]
        : [join(defaultFolder, path), path, beside];
    if (!path.includes('*')) return firstOf(files, places);
    return places.map((place) => matching(files, place)).find((found) => found.length > 0) ?? [];
  };
}

function firstOf(files: Pick<Files, 'read'>, places: readonly string[]): readonly Source[] | null {
  for (const name of places) {
    const text = attempt(() => files.read(name));
    if (text !== null) return [{ name, text }];
  }
  return null;
}

/** In the order of their names. */
function matching({ read, list }: Pick<Files, 'read' | 'list'>, pattern: string): readonly Source[] {
  const folder = dirname(pattern);
  const [start = '', ...rest] = pattern.slice(folder === '.' ? 0 : folder.length + 1).split('*');
  const isMeant = (name: string) => {
    let at = start.length;
    if (!name.startsWith(start)) return false;
    for (const part of rest.slice(0, -1)) {
      const next = name.indexOf(part, at);
      if (next === -1) return false;
      at = next + part.length;
    }
    const end = rest.at(-1) ?? '';
    return name.length >= at + end.length && name.endsWith(end) && !name.startsWith('.');
  };
  const names = attempt(() => list(folder))?.files ?? [];
  return [...names]
    .filter(isMeant)
    .sort()
    .flatMap((own) => {
      const name = join(folder, own);
      const text = attempt(() => read(name));
      return text === null ? [] : [{ name, text }];
    });
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
