import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { textOfRuleset } from './rulesets.ts';
import { UnknownJson } from './unknown.ts';

/**
 * The text that nft takes for what `nft -j` printed, or null with a problem where the JSON is none of nft's. There is one reader of nft's
 * language, and it reads that text; handles stand in it as `nft -a` prints them.
 */
export function textOfJson(source: Source): {
  readonly source: Source | null;
  readonly problems: readonly Problem[];
} {
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch {
    return { source: null, problems: [problem(source, 'the text is no JSON')] };
  }
  const items = (value as { nftables?: unknown } | null)?.nftables;
  if (!Array.isArray(items))
    return { source: null, problems: [problem(source, 'the JSON is no ruleset of nft')] };
  try {
    return { source: { name: source.name, text: textOfRuleset(items) }, problems: [] };
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof UnknownJson)) throw error;
    const message = error instanceof UnknownJson ? error.message : 'the JSON is not as nft prints it';
    return { source: null, problems: [problem(source, message)] };
  }
}

const problem = (source: Source, message: string): Problem => ({
  code: 'nft-syntax',
  severity: 'error',
  message,
  span: { source, start: 0, end: 1 },
  expected: want.printed('nft -j list ruleset'),
});
