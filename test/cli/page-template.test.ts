import { expect, test } from 'vitest';
import { pageTemplate } from '../../src/cli/page-template.ts';
import { InputError } from '../../src/text/problem.ts';

test('a build without the page says so, and how the page is built', () => {
  const asked = () => pageTemplate([new URL('nowhere/page.html', import.meta.url)]);
  expect(asked).toThrow(InputError);
  expect(asked).toThrow('this build of kubenat has no page: it was not built');
  expect(pageTemplate([new URL(import.meta.url)])).toContain('a build without the page');
});
