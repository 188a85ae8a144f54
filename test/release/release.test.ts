import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isAllowed } from '../../scripts/licences.mjs';
import { objections } from '../../scripts/release.mjs';
import { pathOf } from '../pages.ts';

const read = (name: string) => readFileSync(pathOf(name), 'utf8');
const workflow = (name: string) => parse(read(`.github/workflows/${name}`));
const manifest = JSON.parse(read('package.json'));

test('every licence is allowed, and every package has one', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [pathOf('scripts/licences.mjs')], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\d{2,} packages, \d{2,} of them given on to users\n$/);
  expect(status).toBe(0);
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0)', true],
  ['MIT AND ISC', true],
  ['MIT AND GPL-3.0', false],
  ['GPL-3.0', false],
  ['', false],
])('the licence %j is allowed: %s', (expression, allowed) => {
  expect(isAllowed(expression, ['MIT', 'ISC'])).toBe(allowed);
});

describe('the workflows', () => {
  test('test the releases of Node that the package promises', () => {
    const { node } = workflow('ci.yml').jobs.promised.strategy.matrix;
    expect(manifest.engines.node).toBe(`>=${node[0]}`);
    expect(read('.ci/nodes')).toContain(`releases=(${node.join(' ')})`);
  });

  test('publish with provenance, after all tests, and hold no more rights than that takes', () => {
    const { permissions, jobs } = workflow('release.yml');
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs.publish).toMatchObject({
      needs: 'tested',
      permissions: { contents: 'read', 'id-token': 'write' },
    });
    const runs = jobs.publish.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    expect(runs.at(-1)).toBe('npm publish --provenance --access public');
    expect(read('.github/workflows/release.yml')).not.toContain('secrets.');
  });

  test('start what is there', () => {
    const text = `${read('.github/workflows/ci.yml')}${read('.github/workflows/release.yml')}`;
    for (const [, name = ''] of text.matchAll(/npm run ([\w:]+)/g))
      expect(manifest.scripts).toHaveProperty(name);
    for (const [, path = ''] of text.matchAll(/(?:bash|node|vitest run) ([.\w/]+)/g))
      expect(existsSync(pathOf(path)), path).toBe(true);
  });
});

test.each<[string, string, string, readonly string[]]>([
  ['v1.2.3', '1.2.3', '## [1.2.3] - 2025-01-31\n\n- Something.\n', []],
  ['v1.2.4', '1.2.3', '## [1.2.3] - 2025-01-31\n\n- Something.\n', ['the tag is v1.2.4']],
  ['v1.2', '1.2', '## [1.2] - 2025-01-31\n\n- Something.\n', ['no semantic version']],
  ['v1.2.3', '1.2.3', '## [Unreleased]\n\n- Something.\n', ['no section', 'no date']],
  ['v1.2.3', '1.2.3', '## [1.2.3]\n\n- Something.\n', ['no date']],
  [
    'v1.2.3',
    '1.2.3',
    '## [1.2.3] - 2025-01-31\n\n## [1.2.2] - 2024-01-31\n\n- Something.\n',
    ['says something'],
  ],
])('whether %s may be released as %s', (tag, version, changelog, expected) => {
  const said = objections(tag, version, `# Changelog\n\n${changelog}`);
  expect(said).toEqual(expected.map((one) => expect.stringContaining(one)));
});
