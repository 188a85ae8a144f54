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
  'logs',
  'proof',
  'translate',
  'diff',
  'lint',
  'path',
  'expect',
  'graph',
  'session',
  'report',
  'files',
];
/** Faces and joins for users: they import what they like of the above, and never each other. */
const faces = ['cli', 'web', 'testing', 'index.ts'];

/** Folders within which there are circles still to be opened. Each that has none is struck from the list; none is added. */
const circlesToOpen: readonly string[] = [
  'cli',
  'engine',
  'expect',
  'kube/manifest',
  'path',
  'proof',
  'host',
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
    const map = readFileSync(resolve(root, '../docs/architecture.md'), 'utf8');
    const folders = [...new Set(files.map(folderOf))];
    expect(folders.filter((folder) => !new RegExp(`\\b${folder}\\b`).test(map))).toEqual([]);
  });

  test('no arrow goes the other way', () => {
    expect([...arrows]).toEqual([]);
  });

  test('no files import each other in a circle, types included', () => {
    expect(circlesOf(graphOf((file) => file)).filter(isClosed)).toEqual([]);
  });

  test('no folders do', () => {
    const folder = (file: string) => file.split('/').slice(0, -1).slice(0, 2).join('/');
    expect(circlesOf(graphOf(folder)).filter(isClosed)).toEqual([]);
  });
});

/** Whether a circle is none of those that are still to be opened. */
function isClosed(circle: string): boolean {
  return !circlesToOpen.some((folder) =>
    circle.split(' ').every((name) => name === folder || name.startsWith(`${folder}/`)),
  );
}

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Who imports whom, files taken together by name. */
function graphOf(nameOf: (file: string) => string): Graph {
  const graph = new Map<string, Set<string>>();
  for (const file of files) {
    const own = graph.get(nameOf(file)) ?? new Set();
    graph.set(nameOf(file), own);
    for (const target of importsOf(file)) if (nameOf(target) !== nameOf(file)) own.add(nameOf(target));
  }
  return graph;
}

/** The groups of which each member leads to each other, by Tarjan; each as a sorted list. */
function circlesOf(graph: Graph): string[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.get(node) as number);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) as number, low.get(next) as number));
    }
    if (low.get(node) !== order.get(node)) return;
    const circle = stack.splice(stack.indexOf(node)).sort();
    if (circle.length > 1) circles.push(circle.join(' '));
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return circles.sort();
}
