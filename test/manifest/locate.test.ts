import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import type { Path } from '../../src/documents/path.ts';
import { readYaml, wasReadFast } from '../../src/documents/yaml.ts';
import { locate } from '../../src/kube/manifest/locate.ts';
import type { Source } from '../../src/text/source.ts';

const named = join(import.meta.dirname, '../../fixtures/conformance/named');

/** Every path in a value. */
function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value))
    yield* pathsIn(child, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** The place of every field, by the fast way and by the full reader, which is made to read the text by a flow collection. */
function comparePlaces(text: string): number {
  const fast: Source = { name: 'a.yaml', text };
  const full: Source = { name: 'a.yaml', text: `${text}---\n{a: b}\n` };
  const { values } = readYaml(fast);
  readYaml(full);
  expect([wasReadFast(fast), wasReadFast(full)]).toEqual([true, false]);
  let count = 0;
  values.forEach((value, document) => {
    if (value === null) return;
    for (const path of pathsIn(value)) {
      const items = path[0] === 'items' && typeof path[1] === 'number' ? [path[1]] : [];
      const rest = items.length > 0 ? path.slice(2) : path;
      const found = locate({ source: fast, document, items }, rest);
      const wanted = locate({ source: full, document, items }, rest);
      expect({ path, start: found.start }).toEqual({ path, start: wanted.start });
      count += 1;
    }
  });
  return count;
}

test('a place is the same however it is found: documents after each other, and Lists in both styles', () => {
  const text = readFileSync(join(named, 'small-real-cluster/cluster.yaml'), 'utf8');
  const items = [...parseAllDocuments(text)].map((document) => document.toJS());
  const list = { apiVersion: 'v1', kind: 'List', items };
  expect(comparePlaces(text)).toBeGreaterThan(300);
  expect(comparePlaces(stringify(list))).toBeGreaterThan(300);
  expect(comparePlaces(stringify(list, { indentSeq: false }))).toBeGreaterThan(300);
  expect(
    comparePlaces(`# comment\n---\n# Source: a\n${text}---\n# nothing\n---\n${stringify(list)}`),
  ).toBeGreaterThan(600);
});
