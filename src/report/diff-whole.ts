import type { RulePlace } from '../engine/program.ts';
import type { PacketClass, Severity } from '../proof/classes/classify.ts';
import type { PacketComparison } from '../proof/compare.ts';
import type { DiffReport } from '../session/comparison.ts';
import type { ReportSide } from '../session/side.ts';
import { sayAssumptions } from './assumptions.ts';
import {
  fieldsOf,
  hunkLines,
  namesIn,
  type SideTexts,
  sayField,
  sayWhole,
  sayWitness,
  sideTexts,
} from './diff-class.ts';
import { groupsOf, sayConditions, sayOthers, sayPacketsBriefly } from './diff-packets.ts';
import { sayFates } from './diff-review.ts';
import { groupServices, type ServiceGroup, sayEntries, sayNames, sayServices } from './diff-services.ts';
import { chooseBoxes, sayBox, sayDoubt, sayEffects } from './diff-words.ts';
import { sayNotes } from './notes.ts';
import { severityColors } from './paint.ts';
import type { RuleTexts } from './rule-texts.ts';
import type { View } from './view.ts';
import type { DiffWords } from './words/diff.ts';
import { diffTables } from './words/diff-tables.ts';

type Paint = (severity: Severity, text: string) => string;

const mostClasses = 12;
const mostLines = 60;

/** All that is known of a comparison: services, every class of packets with its rules, the text, what was assumed. */
export function printDiffWhole(report: DiffReport, { color, language }: View): string {
  const w = diffTables[language ?? 'en'];
  const paint: Paint = (severity, text) =>
    color ? `\u001b[${severityColors[severity]}m${text}\u001b[0m` : text;
  const groups = groupServices(report.services);
  const parts = [
    `${report.before.name} → ${report.after.name}: ${sayFates(report, w)}\n`,
    ...groups.map((group) => printService(group, paint, w)),
    printClasses(report, groups, paint, w),
    printUnproved(report.packets, w),
    printHunks(report, w),
    printNotes(report, w),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

const statusSigns = { added: '+', removed: '−', changed: '~' } as const;

function printService({ first, services, entries }: ServiceGroup, paint: Paint, w: DiffWords): string {
  const { status, severity } = first;
  const title = `${statusSigns[status]} ${sayServices(services, w)} (${w.status[status]})${sayNames(services, w)}`;
  const lines = [`${paint(severity, w.severity[severity].toUpperCase().padEnd(6))} ${title}`];
  if (entries.length === 0) lines.push(`         ${w.nothingChanges}`);
  for (const entry of entries) lines.push(`         ${sayEntries(entry, w)}`);
  return `${lines.join('\n')}\n`;
}

/** The widest class of each entry in full, of services that are alike that of the first; the others in one line each. */
function printClasses(
  report: DiffReport,
  groups: readonly ServiceGroup[],
  paint: Paint,
  w: DiffWords,
): string {
  const { classes } = report.packets;
  if (classes.length === 0) return '';
  const texts = sideTexts(report);
  const entries = groups.flatMap((group) => group.entries);
  const mains = new Set(entries.flatMap((alike) => alike.map(({ classes: [main] }) => main)));
  const leaders = new Set(entries.map(([{ classes }]) => classes[0]));
  const whole = classes.filter((one) => leaders.has(one));
  const brief = classes.filter((one) => !mains.has(one));
  const lines = whole
    .slice(0, mostClasses)
    .flatMap((one, index) => printClass(one, index + 1, report, texts, paint, w));
  if (brief.length > 0)
    lines.push(
      w.titles.narrower,
      ...brief.slice(0, mostClasses).map((one) => `  ${sayBrief(one, texts, paint, w)}`),
    );
  const rest = classes.length - Math.min(whole.length, mostClasses) - Math.min(brief.length, mostClasses);
  if (rest > 0) lines.push(`  ${w.furtherClasses(rest)}`);
  return [w.titles.classes, '', ...lines, ''].join('\n');
}

function sayBrief(one: PacketClass, texts: SideTexts, paint: Paint, w: DiffWords): string {
  const { entry, severity } = one;
  return `${paint(severity, `[${w.severity[severity]}]`)} ${entry.service ?? w.entry[entry.kind]}: ${sayEffects(one, w)}: ${sayPacketsBriefly(one, namesIn(texts), w)}`;
}

function printClass(
  one: PacketClass,
  number: number,
  report: DiffReport,
  texts: SideTexts,
  paint: Paint,
  w: DiffWords,
): string[] {
  const { entry, severity } = one;
  const kind = w.entry[entry.kind];
  const title = entry.service === null ? kind : `${entry.service}, ${kind}`;
  const [like, ...others] = groupsOf(one);
  const { shown, more } = chooseBoxes(like.boxes);
  const nameOf = namesIn(texts);
  const hangsOn = [...sayConditions(like, nameOf, w), ...sayOthers(others, nameOf, w)];
  return [
    `${number}. ${paint(severity, `[${w.severity[severity]}]`)} ${title}: ${sayEffects(one, w)}`,
    ...shown.map((box) => `     ${sayBox(box, w)}`),
    ...(more > 0 ? [`     ${w.furtherSets(more)}`] : []),
    ...hangsOn.map((said) => `     ${said}`),
    `   ${w.labels.before}  ${sayWhole(one.before, w)}`,
    `   ${w.labels.after}  ${sayWhole(one.after, w)}`,
    `   ${w.labels.packet}  ${sayWitness(one, w)}`,
    ...sayRules('−', one.rules.before, texts.before, w),
    ...sayFields('−', one.rules.before, report.before, w),
    ...sayRules('+', one.rules.after, texts.after, w),
    ...sayFields('+', one.rules.after, report.after, w),
    '',
  ];
}

const mostRules = 4;

function sayRules(sign: string, rules: readonly RulePlace[], texts: RuleTexts, w: DiffWords): string[] {
  const lines = rules.slice(0, mostRules).map(({ table, chain, number, rule }) => {
    const name = `${table} ${texts.chain(table, chain)}`;
    return `   ${sign} ${w.rule(name, number, texts.line(rule), texts.text(rule))}`;
  });
  const rest = rules.length - mostRules;
  return rest > 0 ? [...lines, `   ${sign} … +${rest}`] : lines;
}

function sayFields(sign: string, rules: readonly RulePlace[], side: ReportSide, w: DiffWords): string[] {
  const fields = fieldsOf(rules, side);
  const rest = fields.length - mostRules;
  const more = rest > 0 ? [`     … +${rest}`] : [];
  return [...fields.slice(0, mostRules).map((one) => `   ${sign} ${sayField(one, w)}`), ...more];
}

function printUnproved({ unproved, left }: PacketComparison, w: DiffWords): string {
  if (unproved.length + left.length === 0) return '';
  const lines = unproved
    .slice(0, mostClasses)
    .flatMap(({ boxes, doubt }) => [
      ...boxes.slice(0, 2).map((box) => `  ${sayBox(box, w)}`),
      `    ${w.because(sayDoubt(doubt, w))}`,
    ]);
  if (left.length > 0) {
    lines.push(
      `  ${w.tooManyKinds(left.length)}`,
      ...left.slice(-2).map((box) => `    ${w.suchAs(sayBox(box, w))}`),
    );
  }
  return [w.notProvedTitle, ...lines, ''].join('\n');
}

function printHunks(report: DiffReport, w: DiffWords): string {
  if (report.text === null) return `${w.textTooDifferent}\n`;
  const lines = hunkLines(report);
  if (lines.length === 0) return '';
  const rest = lines.length - mostLines;
  return [w.titles.text, ...lines.slice(0, mostLines), ...(rest > 0 ? [w.furtherLines(rest)] : []), ''].join(
    '\n',
  );
}

function printNotes({ packets, notes, assumed }: DiffReport, w: DiffWords): string {
  const all = [...(assumed ?? []), ...packets.assumed];
  const sentences = sayAssumptions(all, w.language).map((sentence) => `  ${sentence}`);
  const said = sayNotes(notes, w.language).map((note) => `${w.labels.note}: ${note}.`);
  const lines = [...said, ...(sentences.length > 0 ? [w.labels.assumed, ...sentences] : [])];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
