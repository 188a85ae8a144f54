import { type ChainCoverage, type Coverage, percentOf, type RulesCoverage } from '../expect/coverage.ts';
import { RuleTexts } from './rule-texts.ts';
import { testTables } from './test-words.ts';
import type { Language } from './words/language.ts';
import type { TestWords } from './words/tests.ts';

/** Which rules no expectation matched, chain by chain. */
export function printCoverageText(coverage: Coverage, language: Language = 'en'): string {
  const w = testTables[language];
  const sets = coverage.sets.flatMap((set) => printSet(set, w));
  return `${[w.coverage, ...sets, `  ${w.inAll(share(coverage, w))}`].join('\n')}\n`;
}

function printSet(set: RulesCoverage, w: TestWords): string[] {
  const texts = new RuleTexts(set.rules.ruleset, set.rules.source);
  const open = set.chains.filter(({ rules }) => rules.some(({ count }) => count === 0));
  return [`  ${set.rules.name}: ${share(set, w)}`, ...open.flatMap((chain) => printChain(chain, texts, w))];
}

function printChain({ table, chain, rules }: ChainCoverage, texts: RuleTexts, w: TestWords): string[] {
  const open = rules.filter(({ count }) => count === 0);
  const covered = w.ofChain(rules.length - open.length, rules.length);
  const lines = open.map(({ rule, number }) => `      ${w.rule(number, texts.line(rule), texts.text(rule))}`);
  return [`    ${table} ${texts.chain(table, chain)}: ${covered}`, ...lines];
}

function share({ covered, total }: Pick<Coverage, 'covered' | 'total'>, w: TestWords): string {
  return w.covered(covered, total, percentOf({ covered, total }).toFixed(2));
}
