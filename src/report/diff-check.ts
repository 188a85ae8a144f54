import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { type Finding, findingKinds } from '../lint/check.ts';
import type { Source } from '../text/source.ts';
import { RuleTexts } from './rule-texts.ts';

/** A rule set, and what there is to be said of it. */
export interface CheckReport {
  readonly ruleset: Ruleset;
  readonly source: Source;
  readonly findings: readonly Finding[];
  /** User's chains by whose they are. */
  readonly owners: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
}

/** The findings of one rule set, for people. */
export function printCheckText(report: CheckReport): string {
  const { ruleset, source, findings, owners, notes } = report;
  const texts = new RuleTexts(ruleset, source);
  const lines = findings.map((finding) => {
    const { kind, table, chain, rule, number, message, by = [] } = finding;
    const place = rule ? `${source.name}:${texts.line(rule)}: ` : `${source.name}: `;
    const text = rule ? `\n    ${texts.text(rule)}` : '';
    const shadows = by.map(
      (one) => `\n    after ${one.number} (line ${texts.line(one.rule)}): ${texts.text(one.rule)}`,
    );
    return `${place}${kind}: ${table} ${texts.chain(table, chain)}${number === null ? '' : ` ${number}`}: ${message}${text}${shadows.join('')}`;
  });
  const whose = [...owners].map(([owner, count]) => `${count} of ${owner}`).join(', ');
  const sum =
    findings.length === 0
      ? 'no findings'
      : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`;
  const chains = whose === '' ? '' : `; chains: ${whose}`;
  return `${[...lines, `${source.name}: ${sum}${chains}`, ...notes].join('\n')}\n`;
}

/** The same for programs: `{"findings": [{"kind", "means", "message", "table", "chain", "name", …}], "chains", "notes"}`. */
export function printCheckJson({ ruleset, source, findings, owners, notes }: CheckReport): string {
  const texts = new RuleTexts(ruleset, source);
  const document = {
    findings: findings.map(({ kind, message, table, chain, rule, number, by }) => ({
      kind,
      means: findingKinds[kind],
      message,
      table,
      chain,
      name: texts.chain(table, chain),
      ...(rule ? { number, line: texts.line(rule), rule: texts.text(rule) } : {}),
      ...(by && {
        by: by.map((one) => ({
          number: one.number,
          line: texts.line(one.rule),
          rule: texts.text(one.rule),
        })),
      }),
    })),
    chains: Object.fromEntries(owners),
    notes,
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}
