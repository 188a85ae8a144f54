import type { RulePlace } from '../packet/program.ts';
import {
  type DiffReport,
  fieldsOf,
  hunkLines,
  type ReportSide,
  sayEntry,
  sayField,
  sayVerdict,
  sayWitness,
  sideTexts,
} from './diff-text.ts';
import { sayBox, sayEffects, sayFate } from './diff-words.ts';
import type { RuleTexts } from './trace-text.ts';

const marks = { high: '🔴', medium: '🟡', low: '🔵' } as const;
/** Merge requests cut long comments off. */
const mostClasses = 40;
const mostLines = 300;

/** A review comment: the verdict and the services in view, packets and text folded. */
export function printDiffMarkdown(report: DiffReport): string {
  const { packets, services, notes } = report;
  const lines = ['### What this change does to packets', '', plain(sayVerdict(report)), ''];
  if (services.length > 0) {
    lines.push('| | service | change |', '|---|---|---|');
    for (const { service, status, severity, entries } of services) {
      const own = entries.map((entry) => plain(sayEntry(entry)));
      const says = own.length > 0 ? own.join('<br>') : 'no packet fares otherwise for it';
      lines.push(`| ${marks[severity]} ${severity} | ${code(service ?? 'no service')} ${status} | ${says} |`);
    }
    lines.push('');
  }
  if (packets.classes.length > 0)
    lines.push(...fold(`${packets.classes.length} classes of packets`, classLines(report)));
  const doubts = [
    ...packets.unproved.map(({ boxes, doubt }) => `- ${boxes.slice(0, 2).map(sayBox).join('; ')}: ${doubt}`),
    ...packets.left.slice(0, 3).map((box) => `- ${sayBox(box)}: there are too many kinds of packets`),
  ];
  if (doubts.length > 0) lines.push('**Could not be proved:**', '', ...doubts.map(plain), '');
  const hunks = hunkLines(report);
  if (hunks.length > 0) lines.push(...fold('The rules', ['```diff', ...hunks.slice(0, mostLines), '```']));
  const taken = [...new Set([...notes, ...packets.assumed])];
  if (taken.length > 0)
    lines.push(
      ...fold(
        'Taken for granted',
        taken.map((sentence) => `- ${plain(sentence)}`),
      ),
    );
  return `${lines.join('\n').trimEnd()}\n`;
}

function classLines(report: DiffReport): string[] {
  const { classes } = report.packets;
  const texts = sideTexts(report);
  const lines = classes
    .slice(0, mostClasses)
    .flatMap((one) => [
      `- ${marks[one.severity]} **${plain(one.entry.service ?? 'no service')}**, ${one.entry.kind}: ${plain(sayEffects(one))}`,
      ...one.boxes.slice(0, 2).map((box) => `  - ${plain(sayBox(box))}`),
      ...one.supposed.map((symbol) => `  - only where ${code(symbol)} holds, which is not evaluated`),
      `  - before: ${plain(sayFate(one.before))}`,
      `  - after: ${plain(sayFate(one.after))}`,
      `  - witness: ${code(sayWitness(one))}`,
      ...ruleLines('before', one.rules.before, report.before, texts.before),
      ...ruleLines('after', one.rules.after, report.after, texts.after),
    ]);
  const rest = classes.length - mostClasses;
  return rest > 0 ? [...lines, `- … and ${rest} more`] : lines;
}

const mostRules = 2;

/** The rules that make the difference on one side, and the fields that they came of. */
function ruleLines(when: string, rules: readonly RulePlace[], side: ReportSide, texts: RuleTexts): string[] {
  const lines = rules.slice(0, mostRules).map(({ table, chain, number, rule }) => {
    const place = `${table} ${texts.chain(table, chain)} ${number}`;
    return `  - rule ${when}: ${code(place)} ${code(texts.text(rule))}`;
  });
  const rest = rules.length - mostRules;
  const fields = fieldsOf(rules, side).slice(0, mostRules);
  return [
    ...lines,
    ...(rest > 0 ? [`  - … and ${rest} more rules ${when}`] : []),
    ...fields.map((field) => `  - field ${when}: ${code(sayField(field))}`),
  ];
}

function fold(title: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>', ''];
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** What comes from input must not become markup. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&');
}
