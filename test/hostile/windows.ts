import type { Plugin } from 'vite';

/** Functions of `node:fs` that take a path first; `renameSync` takes two, and two give one. */
const onPaths = [
  'accessSync',
  'existsSync',
  'mkdirSync',
  'openSync',
  'readFileSync',
  'readdirSync',
  'readlinkSync',
  'realpathSync',
  'renameSync',
  'rmSync',
  'statSync',
  'writeFileSync',
];

const wrapper = `
import * as fs from 'node:fs';
export * from 'node:fs';
const here = (path) => typeof path === 'string' ? path.replaceAll('\\\\', '/').replace(/^[A-Za-z]:(?=\\/)/, '') : path;
const there = (path) => /^\\//.test(path) ? 'C:' + path.replaceAll('/', '\\\\') : path.replaceAll('/', '\\\\');
${onPaths
  .map((name) => {
    const call = `fs.${name}(here(path), ${name === 'renameSync' ? 'here(more[0])' : '...more'})`;
    const result = /^(?:realpath|readlink)/.test(name) ? `there(${call})` : call;
    return `export const ${name} = (path, ...more) => ${result};`;
  })
  .join('\n')}
`;

const modules: Readonly<Record<string, string>> = {
  'node:path':
    "import { win32 } from 'node:path';\nexport const { basename, dirname, isAbsolute, join, normalize, relative, resolve, sep } = win32;",
  'node:fs': wrapper,
};

/**
 * Paths as on Windows, on a machine that has none: what the sources take from `node:path` is that of Windows, and `node:fs`
 * is given what it returns, drives (all are one) and backslashes.
 */
export function windowsPaths(): Plugin {
  const prefix = '\0windows:';
  return {
    name: 'windows-paths',
    enforce: 'pre',
    resolveId: (id, importer) =>
      id in modules && importer?.includes('/src/') ? `${prefix}${id}` : undefined,
    load: (id) => (id.startsWith(prefix) ? modules[id.slice(prefix.length)] : undefined),
  };
}
