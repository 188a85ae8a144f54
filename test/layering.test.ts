import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../src');

/** Which folder may import which; `text` and `address` may be imported by all. */
const allowed: Readonly<Record<string, readonly string[] | 'all'>> = {
  text: [],
  address: [],
  grammar: [],
  rule: [],
  dump: ['rule', 'grammar'],
  manifest: ['grammar'],
  cluster: ['manifest', 'grammar'],
  policy: ['cluster'],
  // The decisions that it spells carry the model's endpoints and protocols.
  compile: ['policy', 'rule', 'cluster'],
  // Address types (LOCAL, UNICAST …) are what rules ask a host for.
  host: ['cluster', 'manifest', 'rule'],
  packet: ['rule', 'host', 'grammar'],
  // Shares of an edge are packet's fractions.
  graph: ['rule', 'packet'],
  // Ingresses are no part of the cluster's model: they are read where they are followed.
  path: ['packet', 'policy', 'cluster', 'host', 'manifest'],
  // Packets are compared on a host, whose routes and addresses divide them.
  compare: ['packet', 'rule', 'dump', 'host'],
  // Golden files are compiled, and expectations read like other documents and asked on a host.
  expect: ['compare', 'packet', 'path', 'compile-node.ts', 'cluster', 'dump', 'host', 'rule'],
  // Types of results, and how rules are spelt; nothing that computes.
  report: ['graph', 'packet', 'rule', 'dump', 'compare', 'path', 'host', 'expect'],
  web: 'all',
  // What tests hold in their hands: files in, messages out.
  testing: 'all',
  'vitest.ts': 'all',
  cli: 'all',
  // The join of decisions and rules for one node; the other joins are the library's user's to make.
  'compile-node.ts': ['cluster', 'policy', 'compile', 'rule'],
  'index.ts': 'all',
};
const forAll = ['text', 'address'];

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

const folderOf = (file: string) => file.split('/')[0] as string;

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    (match) => match[1] as string,
  );
  return specifiers.map((specifier) => relative(root, resolve(dirname(join(root, file)), specifier)));
}

describe('what may import what', () => {
  test('every folder has its line', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => !(folder in allowed))).toEqual([]);
  });

  test('every folder is on the map', () => {
    const map = readFileSync(resolve(root, '../docs/explanation/architecture.md'), 'utf8');
    expect(Object.keys(allowed).filter((folder) => !new RegExp(`\\b${folder}\\b`).test(map))).toEqual([]);
  });

  test.each(files)('%s', (file) => {
    const from = folderOf(file);
    const arrows = allowed[from];
    if (arrows === 'all') return;
    const wrong = importsOf(file).filter((target) => {
      const to = folderOf(target);
      return to !== from && !forAll.includes(to) && !arrows?.includes(to);
    });
    // text imports nothing at all; address nothing but itself.
    const forbidden =
      from === 'text' ? importsOf(file).filter((target) => folderOf(target) !== 'text') : wrong;
    expect(forbidden).toEqual([]);
  });
});
