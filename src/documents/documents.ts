import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { readJson } from './json.ts';
import type { Documents } from './values.ts';
import { readYaml } from './yaml.ts';

export function readDocuments(source: Source): Documents {
  if (!looksLikeJson(source.text)) return readYaml(source);
  const json = readJson(source);
  if (!json.problems.some(isError) || source.name.endsWith('.json')) return json;
  // `{kind: Service}` is YAML in flow style, and kubectl accepts it.
  const yaml = source.text.length < 1_000_000 ? readYaml(source) : json;
  return yaml.problems.some(isError) ? json : yaml;
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

export function looksLikeJson(text: string): boolean {
  return /^[\s\uFEFF]*[{[]/.test(text);
}
