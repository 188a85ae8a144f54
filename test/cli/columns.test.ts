import { expect, test } from 'vitest';
import { languages } from '../../src/report/words/language.ts';
import { widthOf } from '../../src/text/columns.ts';
import { kubenat } from './harness.ts';

/** Usual calls whose sentences are long. */
const calls = {
  check: ['check', 'fixtures/diff/scale-to-zero'],
  'check --explain': ['check', '--explain', 'throttled'],
  diff: ['diff', 'fixtures/diff/before', 'fixtures/diff/policy-local'],
  explain: ['explain', 'fixtures/service-test', '--node', 'node-1'],
} as const;
const rows = Object.entries(calls).flatMap(([name, args]) =>
  languages.map((language) => [name, language, args] as const),
);

test.each(rows)(
  '%s in %s: a terminal of 80 columns is not left, and a pipe has a line for a sentence',
  async (_, language, args) => {
    const piped = await kubenat(args, {}, { language });
    const shown = await kubenat(args, {}, { language, columns: 80, errColumns: 80 });
    const words = (text: string) => text.split(/\s+/);
    expect(words(shown.out)).toEqual(words(piped.out));
    expect(words(shown.err)).toEqual(words(piped.err));
    const long = (text: string) => text.split('\n').filter((line) => widthOf(line) > 80);
    expect(long(piped.out + piped.err).length).toBeGreaterThan(0);
    // Rules and lines of inputs stay whole.
    expect(
      long(shown.out + shown.err).filter((line) => !/(?:^ *|: )-[AmjpdD] |^ *\d* \| /.test(line)),
    ).toEqual([]);
  },
);

test('what programs read is never broken', async () => {
  const args = ['diff', ...calls.diff.slice(1), '--format', 'json'];
  const { out } = await kubenat(args, {}, { columns: 40, errColumns: 40, terminal: true });
  expect(out).toBe((await kubenat(args)).out);
});
