import type { RulePlace } from '../engine/program.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import type { ReportSide } from '../session/side.ts';
import { sayAssumptions } from './assumptions.ts';
import {
  fieldsOf,
  hunkLines,
  namesIn,
  type SideTexts,
  sayField,
  sayWitness,
  sideTexts,
} from './diff-class.ts';
import { groupsOf, sayConditions, sayOthers } from './diff-packets.ts';
import { sayFates } from './diff-review.ts';
import { groupServices, sayEntries, sayNames, sayServices } from './diff-services.ts';
import { chooseBoxes, sayBox, sayDoubt, sayEffects, sayFate } from './diff-words.ts';
import { code, plain, severityMarks } from './markdown.ts';
import { sayNotes } from './notes.ts';
import type { RuleTexts } from './rule-texts.ts';
import type { DiffWords } from './words/diff.ts';

/** Characters of each part: a comment on GitHub holds 65,536, of which escapes of names and titles take some. */
const whole = { services: 16_000, classes: 24_000, doubts: 4_000, rules: 16_000, taken: 4_000 } as const;

/**
 * A review comment: the verdict and the services in view, packets and text folded. However much there is to say, it fits
 * into a comment, or into its share of one.
 */
export function printDiffMarkdownWhole(report: DiffReport, w: DiffWords, share = 1): string {
  const { whole: said } = w;
  const { packets, notes, assumed } = report;
  const room = scaled(share);
  const texts = sideTexts(report);
  const taken = [
    ...sayNotes(notes, w.language),
    ...sayAssumptions([...(assumed ?? []), ...packets.assumed], w.language),
  ].map((sentence) => `- ${plain(sentence)}`);
  const hunks = fit(hunkLines(report).map(alone), room.rules, said.moreLines);
  const classes = fit(
    packets.classes.map((one) => classLines(one, report, texts, w)),
    room.classes,
    moreItems(w),
  );
  const lines = [
    `### ${said.title}`,
    '',
    plain(`${report.before.name} → ${report.after.name}: ${sayFates(report, w)}`),
    '',
    ...serviceTable(report, room.services, w),
    ...fold(said.classes(packets.classes.length), classes),
    ...doubtLines(report, room.doubts, w),
    ...fold(said.rules, hunks.length > 0 ? ['```diff', ...hunks, '```'] : []),
    ...fold(said.assumptions, fit(taken.map(alone), room.taken, moreItems(w))),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function scaled(share: number): Record<keyof typeof whole, number> {
  const parts = Object.entries(whole).map(([part, characters]) => [part, Math.floor(characters * share)]);
  return Object.fromEntries(parts) as Record<keyof typeof whole, number>;
}

const moreItems = (w: DiffWords) => (more: number) => `- ${w.whole.more(more)}`;

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

function serviceTable({ services }: DiffReport, characters: number, w: DiffWords): string[] {
  if (services.length === 0) return [];
  const rows = groupServices(services).map(({ first: { status, severity }, services: names, entries }) => {
    const own = entries.map((entry) => plain(sayEntries(entry, w)));
    const says = own.length > 0 ? own.join('<br>') : w.nothingChanges;
    const who =
      names.length > 1
        ? `${sayServices(names, w)} ${w.status[status]}${plain(sayNames(names, w))}`
        : `${code(names[0] ?? w.whole.noService)} ${w.status[status]}`;
    return [`| ${severityMarks[severity]} ${w.severity[severity]} | ${who} | ${says} |`];
  });
  const shown = fit(rows, characters, (more) => `| | | ${w.whole.more(more)} |`);
  return [`| | ${w.whole.columns.join(' | ')} |`, '|---|---|---|', ...shown, ''];
}

function doubtLines({ packets: { unproved, left } }: DiffReport, characters: number, w: DiffWords): string[] {
  const doubts = [
    ...unproved.map(
      ({ boxes, doubt }) =>
        `${chooseBoxes(boxes)
          .shown.map((box) => sayBox(box, w))
          .join('; ')}: ${sayDoubt(doubt, w)}`,
    ),
    ...left.map((box) => `${sayBox(box, w)}: ${w.whole.tooMany}`),
  ];
  if (doubts.length === 0) return [];
  const lines = doubts.map((doubt) => [`- ${plain(doubt)}`]);
  return [`**${w.whole.notProved}**`, '', ...fit(lines, characters, moreItems(w)), ''];
}

function classLines(one: PacketClass, report: DiffReport, texts: SideTexts, w: DiffWords): string[] {
  const { entry, severity, before, after, rules } = one;
  const [like, ...others] = groupsOf(one);
  const { shown, more } = chooseBoxes(like.boxes);
  const nameOf = namesIn(texts);
  const hangsOn = [...sayConditions(like, nameOf, w), ...sayOthers(others, nameOf, w)];
  return [
    `- ${severityMarks[severity]} **${plain(entry.service ?? w.whole.noService)}**, ${w.entry[entry.kind]}: ${plain(sayEffects(one, w))}`,
    ...shown.map((box) => `  - ${plain(sayBox(box, w))}`),
    ...(more > 0 ? [`  - ${w.whole.moreAlike(more)}`] : []),
    ...hangsOn.map((said) => `  - ${plain(said)}`),
    `  - ${w.labels.before}: ${plain(sayFate(before, w))}`,
    `  - ${w.labels.after}: ${plain(sayFate(after, w))}`,
    `  - ${w.labels.packet}: ${code(sayWitness(one, w))}`,
    ...ruleLines('before', rules.before, report.before, texts.before, w),
    ...ruleLines('after', rules.after, report.after, texts.after, w),
  ];
}

const mostRules = 2;

/** The rules that make the difference on one side, and the fields that they came of. */
function ruleLines(
  when: 'before' | 'after',
  rules: readonly RulePlace[],
  side: ReportSide,
  texts: RuleTexts,
  w: DiffWords,
): string[] {
  const lines = rules.slice(0, mostRules).map(({ table, chain, number, rule }) => {
    const place = `${table} ${texts.chain(table, chain)} ${number}`;
    return `  - ${w.whole.rule[when]}: ${code(place)} ${code(texts.text(rule))}`;
  });
  const rest = rules.length - mostRules;
  const fields = fieldsOf(rules, side).slice(0, mostRules);
  return [
    ...lines,
    ...(rest > 0 ? [`  - ${w.whole.moreRules[when](rest)}`] : []),
    ...fields.map((field) => `  - ${w.whole.field[when]}: ${code(sayField(field, w))}`),
  ];
}

function fold(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>', ''];
}
