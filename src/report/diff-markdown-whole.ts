import type { RulePlace } from '../engine/program.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import type { ReportSide } from '../session/side.ts';
import { sayAssumptions } from './assumptions.ts';
import {
  fieldsOf,
  hunkLines,
  type SideTexts,
  sayConditions,
  sayField,
  sayWitness,
  sideTexts,
} from './diff-class.ts';
import { sayFates } from './diff-review.ts';
import { groupServices, sayEntries, sayNames, sayServices } from './diff-services.ts';
import { chooseBoxes, sayBox, sayDoubt, sayEffects, sayFate } from './diff-words.ts';
import { code, plain, severityMarks } from './markdown.ts';
import { sayNotes } from './notes.ts';
import type { RuleTexts } from './rule-texts.ts';
import { diffWords as en } from './words/en/diff.ts';

/** Characters of each part: a comment on GitHub holds 65,536, of which escapes of names and titles take some. */
const whole = { services: 16_000, classes: 24_000, doubts: 4_000, rules: 16_000, taken: 4_000 } as const;

/**
 * A review comment: the verdict and the services in view, packets and text folded. However much there is to say, it fits
 * into a comment, or into its share of one.
 */
export function printDiffMarkdownWhole(report: DiffReport, share = 1): string {
  const { packets, notes, assumed } = report;
  const room = scaled(share);
  const texts = sideTexts(report);
  const taken = [...sayNotes(notes), ...sayAssumptions([...(assumed ?? []), ...packets.assumed])].map(
    (sentence) => `- ${plain(sentence)}`,
  );
  const hunks = fit(hunkLines(report).map(alone), room.rules, (more) => `… and ${more} lines more`);
  const classes = fit(
    packets.classes.map((one) => classLines(one, report, texts)),
    room.classes,
    (more) => `- … and ${more} more`,
  );
  const lines = [
    '### What this change does to packets',
    '',
    plain(`${report.before.name} → ${report.after.name}: ${sayFates(report, en)}`),
    '',
    ...serviceTable(report, room.services),
    ...fold(`${packets.classes.length} classes of packets`, classes),
    ...doubtLines(report, room.doubts),
    ...fold('The rules', hunks.length > 0 ? ['```diff', ...hunks, '```'] : []),
    ...fold(
      'Assumptions',
      fit(taken.map(alone), room.taken, (more) => `- … and ${more} more`),
    ),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function scaled(share: number): Record<keyof typeof whole, number> {
  const parts = Object.entries(whole).map(([part, characters]) => [part, Math.floor(characters * share)]);
  return Object.fromEntries(parts) as Record<keyof typeof whole, number>;
}

const alone = (line: string): string[] => [line];

/** As many groups of lines as there is room for, and how many were left out. */
function fit(
  groups: readonly (readonly string[])[],
  characters: number,
  more: (left: number) => string,
): string[] {
  const lines: string[] = [];
  let left = characters;
  for (const [index, group] of groups.entries()) {
    left -= group.reduce((sum, line) => sum + line.length + 1, 0);
    if (left < 0) return [...lines, more(groups.length - index)];
    lines.push(...group);
  }
  return lines;
}

function serviceTable({ services }: DiffReport, characters: number): string[] {
  if (services.length === 0) return [];
  const rows = groupServices(services).map(({ first: { status, severity }, services: names, entries }) => {
    const own = entries.map((entry) => plain(sayEntries(entry)));
    const says = own.length > 0 ? own.join('<br>') : en.nothingChanges;
    const who =
      names.length > 1
        ? `${sayServices(names)} ${status}${plain(sayNames(names))}`
        : `${code(names[0] ?? 'no service')} ${status}`;
    return [`| ${severityMarks[severity]} ${severity} | ${who} | ${says} |`];
  });
  const shown = fit(rows, characters, (more) => `| | | … and ${more} more |`);
  return ['| | service | change |', '|---|---|---|', ...shown, ''];
}

function doubtLines({ packets: { unproved, left } }: DiffReport, characters: number): string[] {
  const doubts = [
    ...unproved.map(
      ({ boxes, doubt }) =>
        `${chooseBoxes(boxes)
          .shown.map((box) => sayBox(box))
          .join('; ')}: ${sayDoubt(doubt)}`,
    ),
    ...left.map((box) => `${sayBox(box)}: there are too many kinds of packets`),
  ];
  if (doubts.length === 0) return [];
  const lines = doubts.map((doubt) => [`- ${plain(doubt)}`]);
  return ['**Not proved:**', '', ...fit(lines, characters, (more) => `- … and ${more} more`), ''];
}

function classLines(one: PacketClass, report: DiffReport, texts: SideTexts): string[] {
  const { entry, boxes, severity, before, after, rules } = one;
  const { shown, more } = chooseBoxes(boxes);
  return [
    `- ${severityMarks[severity]} **${plain(entry.service ?? 'no service')}**, ${entry.kind}: ${plain(sayEffects(one))}`,
    ...shown.map((box) => `  - ${plain(sayBox(box))}`),
    ...(more > 0 ? [`  - and ${more} more like that`] : []),
    ...sayConditions(one, texts).map((condition) => `  - ${plain(condition)}`),
    `  - before: ${plain(sayFate(before))}`,
    `  - after: ${plain(sayFate(after))}`,
    `  - witness: ${code(sayWitness(one))}`,
    ...ruleLines('before', rules.before, report.before, texts.before),
    ...ruleLines('after', rules.after, report.after, texts.after),
  ];
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
  if (lines.length === 0) return [];
  return ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>', ''];
}
