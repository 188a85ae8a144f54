import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const folder = join(fixtures, 'reviews');

/** What is said first, whatever else is. */
const verdicts: Readonly<Record<string, RegExp>> = {
  'family-added': /there were no rules of IPv6 before\n/,
  'family-lost': /the rules of IPv6 are gone\n/,
  'docker-beside': /classes of packets .*change fate/,
};

/** What fits a screen. */
const mostLines = 25;
const portable = (text: string) => text.replaceAll(`${folder}/`, '');

describe.each(readdirSync(folder))('the review %s', (name) => {
  const [before, after] = ['before', 'after'].map((side) => {
    const file = readdirSync(join(folder, name)).find((one) => one.startsWith(`${side}.`));
    return join(folder, name, file as string);
  }) as [string, string];

  test.each([
    ['text', 'report.txt'],
    ['markdown', 'report.md'],
  ])(
    'as %s',
    async (format, file) => {
      const { status, out } = await kubenat(['diff', '--format', format, before, after]);
      expect(status).toBe(1);
      if (format === 'text') expect(out).toMatch(verdicts[name] as RegExp);
      expect(out.trimEnd().split('\n').length).toBeLessThanOrEqual(mostLines);
      await expect(portable(out)).toMatchFileSnapshot(join(folder, name, file));
    },
    120_000,
  );
});

test('--graph draws what moved, as Mermaid that GitHub shows', async () => {
  const [before, after] = ['before', 'scale-up'].map((name) => join(fixtures, 'diff', name)) as [
    string,
    string,
  ];
  const { out } = await kubenat(['diff', '--format', 'markdown', '--graph', before, after]);
  const drawing = /```mermaid\n([\s\S]*?)```/.exec(out)?.[1] ?? '';
  expect(drawing.split('\n')[0]).toBe('flowchart LR');
  expect(drawing).toContain('("10.244.1.6:8080, masqueraded")');
  expect(drawing).toMatch(/ s0 ==>\|"0 % → 25 %"\| e\d/);
  expect(drawing).toMatch(/ s0 -->\|"33.3 % → 25 %"\| e\d/);
  const wrong = await kubenat(['diff', '--graph', before, after]);
  expect(wrong).toMatchObject({ status: 2, out: '' });
});
