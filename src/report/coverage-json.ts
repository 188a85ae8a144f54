import { type Coverage, percentOf, type RulesCoverage } from '../expect/coverage.ts';
import { RuleTexts } from './rule-texts.ts';

/** Rule coverage for programs: every rule with its line, its text and its count. */
export function printCoverageJson(coverage: Coverage): string {
  return `${JSON.stringify(coverageJson(coverage), null, 2)}\n`;
}

/** `{"covered", "rules", "percent", "sets": [{"name", "covered", "rules", "percent", "chains": […]}]}` */
export function coverageJson(coverage: Coverage) {
  return { ...counted(coverage), sets: coverage.sets.map(setJson) };
}

function counted({ covered, total }: Pick<Coverage, 'covered' | 'total'>) {
  return { covered, rules: total, percent: Number(percentOf({ covered, total }).toFixed(2)) };
}

function setJson(set: RulesCoverage) {
  const { rules: tested, chains } = set;
  const texts = new RuleTexts(tested.ruleset, tested.source);
  return {
    name: tested.name,
    family: tested.ruleset.family,
    ...counted(set),
    chains: chains.map(({ table, chain, rules }) => ({
      table,
      chain,
      name: texts.chain(table, chain),
      rules: rules.map(({ rule, number, count }) => ({
        number,
        line: texts.line(rule),
        rule: texts.text(rule),
        count,
      })),
    })),
  };
}
