import type { ChainCoverage, Coverage, RulesCoverage } from '../expect/coverage.ts';
import type { TestedRules } from '../expect/results.ts';
import { RuleTexts } from './rule-texts.ts';

/**
 * lcov's tracefile (geninfo(1)): the lines are those of the dump, the functions its chains. `fileOf` says where a dump
 * lies, so that viewers find it.
 */
export function printCoverageLcov({ sets }: Coverage, fileOf: (rules: TestedRules) => string): string {
  return sets.map((set) => printSet(set, fileOf(set.rules))).join('');
}

function printSet({ rules: tested, chains }: RulesCoverage, file: string): string {
  const { ruleset, source } = tested;
  const texts = new RuleTexts(ruleset, source);
  if (!source.parts) return printFile(texts, chains, file);
  return source.parts
    .map(
      ({ name }) =>
        [name, chains.filter(({ rules: [first] }) => first && texts.fileOf(first) === name)] as const,
    )
    .map(([name, own]) => printFile(texts, own, name))
    .join('');
}

function printFile(texts: RuleTexts, chains: readonly ChainCoverage[], file: string): string {
  const functions = chains.map((chain) => ({
    // A comma would end the name for some readers.
    name: `${chain.table} ${texts.chain(chain.table, chain.chain)}`.replaceAll(',', ' '),
    line: chain.rules.reduce(
      (first, { rule }) => Math.min(first, texts.line(rule)),
      Number.POSITIVE_INFINITY,
    ),
    count: countOf(chain),
  }));
  const lines = chains
    .flatMap(({ rules }) => rules.map(({ rule, count }) => [texts.line(rule), count] as const))
    .sort(([left], [right]) => left - right);
  return [
    'TN:',
    `SF:${file}`,
    ...functions.map(({ name, line }) => `FN:${line},${name}`),
    ...functions.map(({ name, count }) => `FNDA:${count},${name}`),
    `FNF:${functions.length}`,
    `FNH:${functions.filter(({ count }) => count > 0).length}`,
    ...lines.map(([line, count]) => `DA:${line},${count}`),
    `LF:${lines.length}`,
    `LH:${lines.filter(([, count]) => count > 0).length}`,
    'end_of_record',
    '',
  ].join('\n');
}

/** At least so many expectations entered the chain. */
function countOf({ rules }: ChainCoverage): number {
  return rules.reduce((most, { count }) => Math.max(most, count), 0);
}
