import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../src');

/** In the order in which data flows: a folder imports itself and what stands before it. */
const order = [
  'text',
  'address',
  'sets',
  'documents',
  'grammar',
  'kube',
  'iptables',
  'nftables',
  'ipset',
  'host',
  'proxy',
  'engine',
  'proof',
  'diff',
  'lint',
  'path',
  'expect',
  'graph',
  'session',
  'report',
];
/** Faces and joins for users: they import what they like of the above, and never each other. */
const faces = ['cli', 'web', 'testing', 'index.ts', 'vitest.ts'];

/** Arrows that are still to be turned round. Each that goes is struck from the list; none is added. */
const toMend: readonly string[] = [
  'cli -> web',
  'index.ts -> cli',
  'testing -> cli',
  'vitest.ts -> testing',
  'web -> cli',
];

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));

const folderOf = (file: string) => file.split('/')[0] as string;

/** Imports of types count: who knows a type depends on it. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    (match) => match[1] as string,
  );
  return specifiers.map((specifier) => relative(root, resolve(dirname(join(root, file)), specifier)));
}

function isAllowed(from: string, to: string): boolean {
  if (from === to) return true;
  if (faces.includes(to)) return false;
  return faces.includes(from) || order.indexOf(to) < order.indexOf(from);
}

const arrows = new Map<string, string[]>();
for (const file of files) {
  for (const target of importsOf(file)) {
    const [from, to] = [folderOf(file), folderOf(target)];
    if (isAllowed(from, to)) continue;
    const arrow = `${from} -> ${to}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), `${file} imports ${target}`]);
  }
}

describe('what may import what', () => {
  test('every folder has its place', () => {
    const known = new Set([...order, ...faces]);
    expect([...new Set(files.map(folderOf))].filter((folder) => !known.has(folder))).toEqual([]);
  });

  test('every folder is on the map', () => {
    const map = readFileSync(resolve(root, '../docs/explanation/architecture.md'), 'utf8');
    const folders = [...new Set(files.map(folderOf))];
    expect(folders.filter((folder) => !new RegExp(`\\b${folder}\\b`).test(map))).toEqual([]);
  });

  test('no arrow goes the other way', () => {
    expect([...arrows].filter(([arrow]) => !toMend.includes(arrow))).toEqual([]);
  });

  test('what was mended is struck from the list', () => {
    expect(toMend.filter((arrow) => !arrows.has(arrow))).toEqual([]);
  });
});
