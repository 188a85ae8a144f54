import { Application, LogLevel } from 'typedoc';
import { expect, test } from 'vitest';
import { pathOf } from './pages.ts';

// `npm run docs` writes the pages; here it matters that every symbol that is exported has a docstring, and that what they
// link to is there.
test('everything that is exported is documented', { timeout: 120_000 }, async () => {
  const app = await Application.bootstrapWithPlugins({
    options: pathOf('typedoc.json'),
    // That is for `npm run typecheck`.
    skipErrorChecking: true,
  });
  const messages: string[] = [];
  app.logger.log = (message, level) => {
    if (level >= LogLevel.Warn) messages.push(message);
  };
  const project = await app.convert();
  expect(project).toBeDefined();
  if (project) app.validate(project);
  expect(messages).toEqual([]);
});
