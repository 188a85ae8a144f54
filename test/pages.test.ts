import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathOf, patternOf, readPage, runLine } from './pages.ts';

const docs = pathOf('docs');
const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && readPage(join(docs, name)).length > 0)
  .toSorted();

describe.each(pages)('what docs/%s shows is what comes out', (page) => {
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  let status = 0;

  beforeAll(() => process.chdir(folder));
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  for (const step of readPage(join(docs, page))) {
    if (step.kind === 'file')
      test(`file ${step.name}`, () => {
        mkdirSync(dirname(step.name), { recursive: true });
        writeFileSync(step.name, step.text);
      });
    else
      test(step.command, async () => {
        const shown = await runLine(step.command, status);
        status = shown.status;
        // The pattern first, the text where it does not match: a failure shows the difference.
        if (!patternOf(step.output).test(shown.out)) expect(shown.out).toBe(step.output);
      });
  }
});

test('pages are found', () => {
  expect(pages).toContain('tutorial.md');
});
