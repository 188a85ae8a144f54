import { formatEndpoint } from '../address/address.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { type Finding, type Severity, severities } from '../lint/finding.ts';
import type { Source } from '../text/source.ts';
import { RuleTexts } from './rule-texts.ts';
import { findingMeanings, findingWords } from './words/findings-en.ts';

/** A rule set, and what there is to be said of it. */
export interface CheckReport {
  readonly ruleset: Ruleset;
  readonly source: Source;
  readonly findings: readonly Finding[];
  /** User's chains by whose they are. */
  readonly owners: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
}

/** One sentence without a full stop. */
function sayFinding(finding: Finding): string {
  return (findingWords[finding.code] as (finding: Finding) => string)(finding);
}

/** What a finding is about besides a place in the rules. */
function sayShadows(finding: Finding, texts: RuleTexts): string[] {
  const by = finding.code === 'shadowed' ? finding.by : finding.code === 'repeated' ? [finding.first] : [];
  return by.map((one) => `\n    after ${one.number} (line ${texts.line(one.rule)}): ${texts.text(one.rule)}`);
}

/** The findings of one rule set, for people. */
export function printCheckText(report: CheckReport): string {
  const { ruleset, source, findings, owners, notes } = report;
  const texts = new RuleTexts(ruleset, source);
  const lines = findings.map((finding) => {
    const { table, chain, rule, number } = finding.place;
    const where = rule ? `${source.name}:${texts.line(rule)}: ` : `${source.name}: `;
    const what = `${texts.chain(table, chain)}${number === null ? '' : ` ${number}`}`;
    const text = rule ? `\n    ${texts.text(rule)}` : '';
    return `${where}${finding.code}: ${table} ${what}: ${sayFinding(finding)}${text}${sayShadows(finding, texts).join('')}`;
  });
  const whose = [...owners].map(([owner, count]) => `${count} of ${owner}`).join(', ');
  const sum =
    findings.length === 0
      ? 'no findings'
      : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`;
  const chains = whose === '' ? '' : `; chains: ${whose}`;
  return `${[...lines, `${source.name}: ${sum}${chains}`, ...notes].join('\n')}\n`;
}

/** One finding, for programs. */
interface FindingJson {
  readonly code: Finding['code'];
  readonly severity: Severity;
  readonly means: string;
  /** A sentence. */
  readonly message: string;
  /** `namespace/name:port`. */
  readonly service?: string;
  /** `pod`, `host`, `external`, or an interface. */
  readonly from?: string;
  readonly to?: string;
  /** Of the packets that are meant, an exact fraction. */
  readonly share?: string;
  readonly table: string;
  readonly chain: string;
  /** The chain's name with its service. */
  readonly name: string;
  readonly number?: number;
  readonly rule?: string;
  /** Of the rule, from 1. */
  readonly line?: number;
}

/** `{"findings": [FindingJson …], "chains": {OWNER: count}, "notes": […]}`. */
export function printCheckJson({ ruleset, source, findings, owners, notes }: CheckReport): string {
  const texts = new RuleTexts(ruleset, source);
  const document = {
    findings: findings.map((finding) => ({ ...toJson(finding, texts), ...shadowsJson(finding, texts) })),
    chains: Object.fromEntries(owners),
    notes,
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function toJson(finding: Finding, texts: RuleTexts): FindingJson {
  const { table, chain, rule, number } = finding.place;
  return {
    code: finding.code,
    severity: severities[finding.code],
    means: findingMeanings[finding.code],
    message: sayFinding(finding),
    ...whom(finding),
    table,
    chain,
    name: texts.chain(table, chain),
    ...(rule && number !== null ? { number, line: texts.line(rule), rule: texts.text(rule) } : {}),
  };
}

function whom(finding: Finding): Pick<FindingJson, 'service' | 'from' | 'to' | 'share'> {
  if (finding.code === 'service-rejects') return { service: finding.service };
  if (finding.code === 'stale-service') return finding.service === null ? {} : { service: finding.service };
  if (finding.code !== 'cut-off') return {};
  const { front, from, share } = finding;
  const to = front.address === null ? `:${front.port}` : formatEndpoint(front.address, front.port);
  return { service: front.service, from: typeof from === 'string' ? from : from.interface, to, share };
}

function shadowsJson(finding: Finding, texts: RuleTexts) {
  if (finding.code !== 'shadowed') return {};
  const by = finding.by.map(({ number, rule }) => ({
    number,
    line: texts.line(rule),
    rule: texts.text(rule),
  }));
  return { by };
}
