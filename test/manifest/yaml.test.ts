import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readYaml } from '../../src/documents/yaml.ts';

/** Each text with what sigs.k8s.io/yaml makes of it; null: an error. */
const recorded: readonly (readonly [text: string, value: unknown])[] = readFileSync(
  join(import.meta.dirname, '../../fixtures/api/yaml.jsonl'),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

test.each(recorded)('%j is what kubectl reads', (text, value) => {
  const { values, problems } = readYaml({ name: 'text', text });
  if (value === null) expect(problems.filter(({ severity }) => severity === 'error')).not.toEqual([]);
  else expect(values).toEqual([value]);
});
