import type { ServiceChange } from '../diff/services.ts';
import type { Hunk } from '../diff/text.ts';
import type { RulePlace } from '../engine/program.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { PacketClass, Severity } from '../proof/classes/classify.ts';
import type { PacketComparison } from '../proof/compare.ts';
import type { Source } from '../text/source.ts';
import {
  groupServices,
  nothingFor,
  type ServiceGroup,
  sayEntries,
  sayNames,
  sayServices,
} from './diff-services.ts';
import { chooseBoxes, count, sayBox, sayEffects, sayFate, sayMemory, saySupposed } from './diff-words.ts';
import { RuleTexts } from './rule-texts.ts';
import { printPacket } from './trace-text.ts';

/** One side, as a report names it. */
export interface ReportSide {
  readonly name: string;
  readonly ruleset: Ruleset;
  readonly source: Source;
  /** Where the field of a manifest stands that a rule came of; null where that is not known. */
  readonly field?: (place: RulePlace) => FieldSaid | null;
}

/** A field of a manifest. */
export interface FieldSaid {
  /** `Service shop/web` */
  readonly object: string;
  /** `spec.ports[0].nodePort` */
  readonly field: string;
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
}

/** All that a report of a comparison says, in whatever form. */
export interface DiffReport {
  readonly before: ReportSide;
  readonly after: ReportSide;
  readonly packets: PacketComparison;
  readonly services: readonly ServiceChange[];
  /** Null: too different to be laid side by side. */
  readonly text: readonly Hunk[] | null;
  readonly notes: readonly string[];
  /** The exit status that it leads to. */
  readonly status: 0 | 1;
}

export interface TextOptions {
  readonly color: boolean;
}

type Paint = (severity: Severity, text: string) => string;

const colors: Readonly<Record<Severity, string>> = { high: '31', medium: '33', low: '36' };

const mostClasses = 12;
const mostLines = 60;

/** A comparison for a reader who has a minute: the verdict, then services, packets, and the text. */
export function printDiffText(report: DiffReport, { color }: TextOptions): string {
  const paint: Paint = (severity, text) => (color ? `\u001b[${colors[severity]}m${text}\u001b[0m` : text);
  const groups = groupServices(report.services);
  const parts = [
    `${sayVerdict(report)}\n`,
    ...groups.map((group) => printService(group, paint)),
    printClasses(report, groups, paint),
    printUnproved(report.packets),
    printHunks(report),
    printNotes(report),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

export function sayVerdict(report: DiffReport): string {
  return `${report.before.name} → ${report.after.name}: ${sayFates(report)}`;
}

/** The same without the names of the sides. */
export function sayFates({ packets, services, text }: DiffReport): string {
  const { classes, unproved, left, same } = packets;
  if (same) {
    const words = text?.length === 0 ? 'the rules are the same text' : 'only the text of the rules differs';
    return `no packet changes fate (proved); ${words}.`;
  }
  const doubt = [
    unproved.length > 0 ? `; of ${count(unproved.length, 'class', 'classes')} it could not be proved` : '',
    left.length > 0 ? `; ${count(left.length, 'further set was', 'further sets were')} not looked at` : '',
  ].join('');
  if (classes.length === 0) return `it could not be proved that no packet changes fate${doubt}.`;
  const names = services.filter(({ service, entries }) => service !== null && entries.length > 0).length;
  const of = names > 0 ? ` of ${count(names, 'service port', 'service ports')}` : '';
  return `${count(classes.length, 'class', 'classes')} of packets${of} change fate${doubt}.`;
}

const statusSigns = { added: '+', removed: '−', changed: '~' } as const;

function printService({ first, services, entries }: ServiceGroup, paint: Paint): string {
  const { status, severity } = first;
  const title = `${statusSigns[status]} ${sayServices(services)} (${status})${sayNames(services)}`;
  const lines = [`${paint(severity, severity.toUpperCase().padEnd(6))} ${title}`];
  if (entries.length === 0) lines.push(`         ${nothingFor(services)}`);
  for (const entry of entries) lines.push(`         ${sayEntries(entry)}`);
  return `${lines.join('\n')}\n`;
}

/** The widest class of each entry in full, of services that are alike that of the first; the others in one line each. */
function printClasses(report: DiffReport, groups: readonly ServiceGroup[], paint: Paint): string {
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
    .flatMap((one, index) => printClass(one, index + 1, report, texts, paint));
  if (brief.length > 0)
    lines.push(
      'Narrower classes',
      ...brief.slice(0, mostClasses).map((one) => `  ${sayBrief(one, texts, paint)}`),
    );
  const rest = classes.length - Math.min(whole.length, mostClasses) - Math.min(brief.length, mostClasses);
  if (rest > 0) lines.push(`  … and ${count(rest, 'class', 'classes')} more; --format json has them all`);
  return ['Packets that change fate', '', ...lines, ''].join('\n');
}

function sayBrief(one: PacketClass, texts: SideTexts, paint: Paint): string {
  const { entry, severity, boxes } = one;
  const { shown, more } = chooseBoxes(boxes);
  const only = sayConditions(one, texts).map((condition) => `, ${condition}`);
  const like = more + shown.length > 1 ? ' and the like' : '';
  return `${paint(severity, `[${severity}]`)} ${entry.service ?? entry.kind}: ${sayEffects(one)}: ${shown[0] ? sayBox(shown[0]) : ''}${like}${only.join('')}`;
}

/** What must hold that is not known. */
export function sayConditions({ supposed }: PacketClass, { before, after }: SideTexts): string[] {
  const name = (chain: string) => {
    const found = before.chain('nat', chain);
    return found === chain ? after.chain('nat', chain) : found;
  };
  return supposed.map((symbol) => saySupposed(symbol, name));
}

export interface SideTexts {
  readonly before: RuleTexts;
  readonly after: RuleTexts;
}

export function sideTexts({ before, after }: DiffReport): SideTexts {
  return {
    before: new RuleTexts(before.ruleset, before.source),
    after: new RuleTexts(after.ruleset, after.source),
  };
}

function printClass(
  one: PacketClass,
  number: number,
  report: DiffReport,
  texts: SideTexts,
  paint: Paint,
): string[] {
  const { entry, severity, boxes } = one;
  const title = entry.service === null ? entry.kind : `${entry.service}, ${entry.kind}`;
  const { shown, more } = chooseBoxes(boxes);
  return [
    `${number}. ${paint(severity, `[${severity}]`)} ${title}: ${sayEffects(one)}`,
    ...shown.map((box) => `     ${sayBox(box)}`),
    ...(more > 0 ? [`     and ${count(more, 'further set', 'further sets')} like that`] : []),
    ...sayConditions(one, texts).map((condition) => `     only ${condition}`),
    `   before   ${sayWhole(one.before)}`,
    `   after    ${sayWhole(one.after)}`,
    `   witness  ${sayWitness(one)}`,
    ...sayRules('−', one.rules.before, texts.before),
    ...sayFields('−', one.rules.before, report.before),
    ...sayRules('+', one.rules.after, texts.after),
    ...sayFields('+', one.rules.after, report.after),
    '',
  ];
}

function sayWhole(fate: PacketClass['before']): string {
  const memory = sayMemory(fate);
  return memory === null ? sayFate(fate) : `${sayFate(fate)}; ${memory}`;
}

export function sayWitness({ witness, confirmed, supposed, later }: PacketClass): string {
  const state = witness.state === null ? '' : ` state ${witness.state.toLowerCase()}`;
  const how = later
    ? ' (a later packet of a translated flow)'
    : supposed.length > 0
      ? ' (trace leaves it open)'
      : confirmed
        ? ''
        : ' (trace alone does not show it)';
  return `'${printPacket(witness)}${state}'${how}`;
}

const mostRules = 4;

function sayRules(sign: string, rules: readonly RulePlace[], texts: RuleTexts): string[] {
  const lines = rules.slice(0, mostRules).map(({ table, chain, number, rule }) => {
    return `   ${sign} ${table} ${texts.chain(table, chain)} ${number} (line ${texts.line(rule)}): ${texts.text(rule)}`;
  });
  const rest = rules.length - mostRules;
  return rest > 0 ? [...lines, `   ${sign} … and ${rest} more`] : lines;
}

/** The fields that rules came of, each once, in the order of the rules. */
export function fieldsOf(rules: readonly RulePlace[], { field }: ReportSide): readonly FieldSaid[] {
  const found = rules.flatMap((place) => field?.(place) ?? []);
  return [...new Map(found.map((one) => [sayField(one), one])).values()];
}

/** `shop.yaml:26: spec.ports[0].nodePort of Service shop/front` */
export function sayField({ file, line, field, object }: FieldSaid): string {
  return `${file}:${line}: ${field} of ${object}`;
}

function sayFields(sign: string, rules: readonly RulePlace[], side: ReportSide): string[] {
  const fields = fieldsOf(rules, side);
  const rest = fields.length - mostRules;
  const more = rest > 0 ? [`     … and ${rest} more`] : [];
  return [...fields.slice(0, mostRules).map((one) => `   ${sign} from ${sayField(one)}`), ...more];
}

function printUnproved({ unproved, left }: PacketComparison): string {
  if (unproved.length + left.length === 0) return '';
  const lines = unproved
    .slice(0, mostClasses)
    .flatMap(({ boxes, doubt }) => [
      ...boxes.slice(0, 2).map((box) => `  ${sayBox(box)}`),
      `    because ${doubt}`,
    ]);
  if (left.length > 0) {
    lines.push(
      `  ${count(left.length, 'further set', 'further sets')} of packets: there are too many kinds of them`,
      ...left.slice(-2).map((box) => `    such as ${sayBox(box)}`),
    );
  }
  return ['Could not be proved', ...lines, ''].join('\n');
}

function printHunks(report: DiffReport): string {
  const { text } = report;
  if (text === null) return 'The texts are too different to be laid side by side.\n';
  const lines = hunkLines(report);
  if (lines.length === 0) return '';
  const shown = lines.slice(0, mostLines);
  const rest = lines.length - shown.length;
  return [
    'Text',
    ...shown,
    ...(rest > 0 ? [`… and ${rest} lines more; --format unified has them all`] : []),
    '',
  ].join('\n');
}

/** The changed lines, with what kube-proxy's hashed chains stand for beside them. */
export function hunkLines(report: DiffReport): string[] {
  const texts = sideTexts(report);
  return (report.text ?? []).flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.map((line) => withNames(line, line.startsWith('-') ? texts.before : texts.after)),
  ]);
}

function withNames(line: string, texts: RuleTexts): string {
  if (!/^[-+]/.test(line)) return line;
  const hashes = [...new Set(line.match(/KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB)-[A-Z2-7]{16}/g) ?? [])];
  const names = hashes.flatMap((hash) => {
    const name = texts.chain('nat', hash);
    return name === hash ? [] : [name.replace(/^KUBE-/, '')];
  });
  return names.length === 0 ? line : `${line}   # ${names.join(', ')}`;
}

function printNotes({ packets, notes }: DiffReport): string {
  const sentences = [...new Set([...notes, ...packets.assumed])];
  return sentences.length === 0 ? '' : `Taken for granted: ${sentences.join('; ')}.\n`;
}
