import type { PacketClass } from '../proof/classes/classify.ts';
import type { PacketComparison } from '../proof/compare.ts';
import type { DiffReport } from '../session/comparison.ts';
import { groupedBy } from '../text/lists.ts';
import { sayAssumptions } from './assumptions.ts';
import { causeFieldsOf, causeRuleOf } from './diff-causes.ts';
import { changesOf, countTold, type ToldChange, type ToldGroup } from './diff-changes.ts';
import { namesIn, type SideTexts, sayField, sayWhole, sayWitness, sideTexts } from './diff-class.ts';
import { sayPacketsBriefly } from './diff-packets.ts';
import { sayChange, sayEntry, sayNames, sayServices } from './diff-services.ts';
import { sayBox, sayDoubt } from './diff-words.ts';
import { leftOutOf, sayNotes } from './notes.ts';
import { printPacket } from './trace-text.ts';
import type { DiffWords } from './words/diff.ts';

/** A comparison as a review tells it: what fits a screen, in parts that each format spells. */
export interface Review {
  readonly verdict: string;
  readonly groups: readonly ReviewGroup[];
  /** Changes for which there was no room. */
  readonly hidden: number;
  readonly doubts: readonly ReviewDoubt[];
  readonly notes: readonly string[];
  /** What changed of the text, and what was assumed. */
  readonly foot: readonly string[];
}

export interface ReviewGroup {
  readonly group: ToldGroup;
  readonly title: string;
  readonly changes: readonly ReviewChange[];
}

export interface ReviewChange {
  readonly says: string;
  /** What shows it; empty where there was no room. */
  readonly details: readonly ReviewDetail[];
}

export interface ReviewDetail {
  readonly label: string;
  readonly text: string;
  /** What is typed or stands in a file, and is no sentence. */
  readonly isCode: boolean;
}

export interface ReviewDoubt {
  readonly packets: string;
  readonly because: string | null;
}

/** Lines that a review has: what fits a screen. */
export const reviewLines = 25;

/** Of a screen, what each of several comparisons may have that differ; few lines say little. */
export function roomOfEach(reports: readonly DiffReport[]): number {
  const differing = reports.filter(({ packets }) => !packets.same).length;
  const rest = reviewLines - reports.length * linesOfTitle - (reports.length - differing) * linesOfEqual;
  return Math.max(fewestLines, Math.floor(rest / Math.max(differing, 1)));
}

const linesOfTitle = 3;
const linesOfEqual = 3;
const fewestLines = 10;

/** `room`: lines that it may have. */
export function reviewOf(report: DiffReport, w: DiffWords, room: number = reviewLines): Review {
  const groups = changesOf(report.services);
  const doubts = doubtsOf(report.packets, w);
  // Of equal texts nothing is assumed.
  const isEqual = report.packets.same && report.text?.length === 0;
  const foot = isEqual ? [] : [...textLine(report, w), ...assumedLine(report, w)];
  const fixed = 2 + foot.length + report.notes.length + (doubts.length > 0 ? 2 + 2 * doubts.length : 0) + 2;
  const { shown, hidden } = plan(groups, report, w, room - fixed);
  const verdict = `${report.before.name} → ${report.after.name}: ${sayFates(report, w)}`;
  return { verdict, groups: shown, hidden, doubts, notes: sayNotes(report.notes, w.language), foot };
}

/** Each change in a line as far as there is room, and then what shows them, the worst first. */
function plan(groups: readonly ToldGroup[], report: DiffReport, w: DiffWords, room: number) {
  const texts = sideTexts(report);
  let left = room;
  const listed: ToldGroup[] = [];
  for (const group of groups) {
    const lines = 1 + group.changes.length;
    if (listed.length > 0 && left < lines) break;
    const changes = group.changes.slice(0, Math.max(1, left - 1));
    left -= 1 + changes.length;
    listed.push({ ...group, changes });
  }
  const shown = listed.map((group): ReviewGroup => {
    const changes = group.changes.map((change): ReviewChange => {
      const details = detailsOf(change, report, texts, w);
      const fits = details.length <= left;
      if (fits) left -= details.length;
      return { says: sayTold(change, !fits, w), details: fits ? details : [] };
    });
    return { group, title: titleOf(group, w), changes };
  });
  const count = (list: readonly ToldGroup[]) => list.reduce((sum, { changes }) => sum + changes.length, 0);
  return { shown, hidden: count(groups) - count(listed) };
}

const signs = { added: '+', removed: '−', changed: '~' } as const;

/** `~ shop/web:http (changed)` */
function titleOf({ services, status, changes }: ToldGroup, w: DiffWords): string {
  const nothing = changes.length === 0 ? `: ${w.nothingChanges}` : '';
  return `${signs[status]} ${sayServices(services, w)} (${w.status[status]})${sayNames(services, w)}${nothing}`;
}

/** `ends`: with what becomes of the packets, where nothing else says it. */
function sayTold({ entries, classes, isMain }: ToldChange, ends: boolean, w: DiffWords): string {
  const also = isMain ? '' : `${w.labels.also} `;
  return `${also}${sayEntry(entries, w)}: ${sayChange(entries, classes[0], ends, w)}`;
}

function detailsOf(
  { classes: [one], isMain }: ToldChange,
  report: DiffReport,
  texts: SideTexts,
  w: DiffWords,
): ReviewDetail[] {
  const packets = sayPacketsBriefly(one, namesIn(texts), w);
  const detail = (label: keyof DiffWords['labels'], text: string, isCode = false): ReviewDetail => ({
    label: w.labels[label],
    text,
    isCode,
  });
  if (!isMain) return [detail('packets', packets)];
  return [
    detail('packets', packets),
    detail('before', sayWhole(one.before, w)),
    detail('after', sayWhole(one.after, w)),
    detail('packet', sayWitness(one, w), true),
    ...causesOf(one, report, texts, w).map(({ label, text }) => detail(label, text, true)),
  ];
}

const mostCauses = 2;

interface Cause {
  readonly label: 'field' | 'sameField';
  readonly text: string;
}

/** The fields that changed, else those that rules came of; of dumps, the rule. */
function causesOf(one: PacketClass, report: DiffReport, texts: SideTexts, w: DiffWords): Cause[] {
  const fields = causeFieldsOf(one, report);
  if (fields.length > 0) {
    return fields
      .slice(0, mostCauses)
      .map((field) => ({ label: field.differs ? 'field' : 'sameField', text: sayField(field, w) }));
  }
  const cause = causeRuleOf(one);
  if (cause === null) return [];
  const { table, chain, number, rule } = cause.place;
  const side = texts[cause.side];
  const text = w.rule(`${table} ${side.chain(table, chain)}`, number, side.line(rule), side.text(rule));
  return [{ label: 'field', text }];
}

type Fates = Pick<DiffReport, 'packets' | 'only' | 'services' | 'text' | 'notes'>;

/** What happens, and whose rules were not looked at, without the names of the sides. */
export function sayFates(report: Fates, w: DiffWords): string {
  const leftOut = leftOutOf(report.notes);
  const others = leftOut.length > 0 ? `; ${w.othersLeftOut(leftOut.filter(({ alike }) => !alike))}` : '';
  const asked = report.only ? w.asked.of(report.only.map(printPacket).join(', ')) : '';
  return `${asked}${sayFate(report, leftOut.length > 0, w)}${others}.`;
}

function sayFate({ packets, only, services, text }: Fates, isOfProxy: boolean, w: DiffWords): string {
  const { classes, unproved, left, same } = packets;
  if (same && only) return w.asked.equal;
  if (same) {
    const words = isOfProxy ? w.ofProxy : w;
    return text?.length === 0 ? words.equalText : words.equalPackets;
  }
  const counted = {
    services: services.filter(({ service, entries }) => service !== null && entries.length > 0).length,
    changes: changesOf(services).reduce((sum, group) => sum + group.changes.length, 0),
    classes: countTold(services),
    unproved: unproved.length,
    left: left.length,
  };
  return classes.length === 0 ? w.notProved(counted) : w.changes(counted);
}

const mostDoubts = 3;

/** What could not be proved, each reason once. */
function doubtsOf({ unproved, left }: PacketComparison, w: DiffWords): ReviewDoubt[] {
  const reasons = [...groupedBy(unproved, ({ doubt }) => sayDoubt(doubt, w))];
  const told = reasons.slice(0, mostDoubts).map(([doubt, classes]): ReviewDoubt => {
    const boxes = classes.flatMap((one) => one.boxes);
    const more = boxes.length > 1 ? `; ${w.furtherSets(boxes.length - 1)}` : '';
    return { packets: `${boxes[0] ? sayBox(boxes[0], w) : w.packets}${more}`, because: w.because(doubt) };
  });
  const rest = left.at(-1);
  if (rest) told.push({ packets: w.tooManyKinds(left.length), because: w.suchAs(sayBox(rest, w)) });
  const further = reasons.length - mostDoubts;
  return further > 0 ? [...told, { packets: w.furtherChanges(further), because: null }] : told;
}

function textLine({ text }: DiffReport, w: DiffWords): string[] {
  if (text === null) return [w.textTooDifferent];
  const lines = text.flatMap((hunk) => hunk.lines);
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return lines.length === 0 ? [] : [w.textChange(count('+'), count('-'))];
}

const mostAssumed = 2;

function assumedLine({ assumed, packets }: DiffReport, w: DiffWords): string[] {
  const sentences = sayAssumptions([...(assumed ?? []), ...packets.assumed], w.language);
  if (sentences.length === 0) return [];
  const shown = sentences.slice(0, mostAssumed);
  return [w.assumptions(shown.join('; '), sentences.length - shown.length)];
}
