import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathOf, readPage } from './pages.ts';

const page = pathOf('docs/library.md');
const files = readPage(page).flatMap((step) => (step.kind === 'file' ? [step] : []));
const examples = files.map(({ name }) => name).filter((name) => name.endsWith('.ts'));

// Below the root, where vitest knows what `kubenat` is.
mkdirSync(pathOf('build'), { recursive: true });
const folder = mkdtempSync(pathOf('build/library-'));
const home = process.cwd();
beforeAll(() => {
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

describe('the examples of docs/library.md', () => {
  test('are there', () => {
    expect(examples).toEqual(['compile.ts', 'trace.ts', 'compare.ts', 'explain.ts', 'expect.ts']);
  });

  test('compile', { timeout: 60_000 }, () => {
    const config = ts.readConfigFile(pathOf('tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, pathOf());
    const program = ts.createProgram(
      examples.map((name) => join(folder, name)),
      options,
    );
    // The library itself is checked by `npm run typecheck`.
    const problems = examples.flatMap((name) => {
      const file = program.getSourceFile(join(folder, name));
      return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    });
    expect(problems.map(({ messageText, file }) => [file?.fileName, messageText])).toEqual([]);
  });

  test.each(examples)('%s runs', { timeout: 30_000 }, async (name) => {
    await import(/* @vite-ignore */ join(folder, name));
  });

  test.each(['packets.test.ts', 'packets.node-test.mjs'])('examples/%s is what the page shows', (name) => {
    expect(readFileSync(page, 'utf8')).toContain(
      `\n${readFileSync(pathOf('examples', name), 'utf8')}\`\`\`\n`,
    );
  });

  // The other one is among vitest's own files. Installing builds the package that it imports.
  test('examples/packets.node-test.mjs passes', () => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const out = execFileSync(
      process.execPath,
      ['--test', '--test-reporter=tap', 'examples/packets.node-test.mjs'],
      { cwd: pathOf(), encoding: 'utf8', env },
    );
    expect(out).toMatch(/^# pass 3$/m);
    expect(out).toMatch(/^# fail 0$/m);
  });
});
