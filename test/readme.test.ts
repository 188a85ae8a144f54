import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kubenat } from './cli/harness.ts';

const root = dirname(import.meta.dirname);
const text = readFileSync(join(root, 'README.md'), 'utf8');

/** The commands of ```console blocks, each with the output that the README shows. */
const shown = [...text.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  (block as string)
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), output: part.slice(end + 1) };
    }),
);

/** Words of a command line, single quotes kept together. */
const wordsOf = (command: string) =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

describe('what the README shows is what comes out', () => {
  test.each(shown)('$command', async ({ command, output }) => {
    const [program, ...args] = wordsOf(command);
    expect(program).toBe('kubenat');
    const { out } = await kubenat(args.map((arg) => (arg.startsWith('fixtures/') ? join(root, arg) : arg)));
    expect(out.replaceAll(`${root}/`, '')).toBe(output);
  });

  test('there is something to compare', () => {
    expect(shown.length).toBeGreaterThan(0);
  });
});

test('the Korean page shows the same commands and outputs', () => {
  const korean = readFileSync(join(root, 'README.ko.md'), 'utf8');
  const blocks = (page: string) => page.match(/^```\w+\n[\s\S]*?^```/gm);
  expect(blocks(korean)).toEqual(blocks(text));
  const sections = (page: string) => page.match(/^#+ /gm);
  expect(sections(korean)).toEqual(sections(text));
});
