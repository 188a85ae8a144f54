import { type ChainCoverage, type Coverage, percentOf, type RulesCoverage } from '../expect/coverage.ts';
import { RuleTexts } from './rule-texts.ts';

/** Which rules no expectation matched, chain by chain. */
export function printCoverageText(coverage: Coverage): string {
  return `${['Rule coverage', ...coverage.sets.flatMap(printSet), `  ${share(coverage)} in all`].join('\n')}\n`;
}

function printSet(set: RulesCoverage): string[] {
  const texts = new RuleTexts(set.rules.ruleset, set.rules.source);
  const open = set.chains.filter(({ rules }) => rules.some(({ count }) => count === 0));
  return [`  ${set.rules.name}: ${share(set)}`, ...open.flatMap((chain) => printChain(chain, texts))];
}

function printChain({ table, chain, rules }: ChainCoverage, texts: RuleTexts): string[] {
  const open = rules.filter(({ count }) => count === 0);
  const head = `    ${table} ${texts.chain(table, chain)}: ${rules.length - open.length} of ${rules.length}`;
  const lines = open.map(
    ({ rule, number }) => `      ${number} (line ${texts.line(rule)}): ${texts.text(rule)}`,
  );
  return [head, ...lines];
}

function share({ covered, total }: Pick<Coverage, 'covered' | 'total'>): string {
  return `${covered} of ${total} rules (${percentOf({ covered, total }).toFixed(2)} %)`;
}
