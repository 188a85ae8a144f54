import type { RulePlace } from '../engine/program.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import type { ReportSide } from '../session/side.ts';
import { fieldsOf, namesIn, type SideTexts, sayWitness, sideTexts } from './diff-class.ts';
import { sayPacketsBriefly } from './diff-packets.ts';
import { sayBox, sayDoubt, sayEffects, sayFate } from './diff-words.ts';
import type { RuleTexts } from './rule-texts.ts';
import { sarifLog, sarifPlace } from './sarif.ts';
import { effectKindWords } from './words/en/effect-kinds.ts';

const levels = { high: 'error', medium: 'warning', low: 'note' } as const;
export const unprovedId = 'unproved';
const unproved = {
  id: unprovedId,
  shortDescription: { text: 'it could not be proved that packets fare the same' },
};

/** A comparison as SARIF 2.1.0. */
export function printDiffSarif(report: DiffReport): string {
  return diffLog(resultsOf(report));
}

/** A log of one run. */
export function diffLog(results: readonly object[]): string {
  const rules = Object.entries(effectKindWords).map(([id, text]) => ({ id, shortDescription: { text } }));
  return sarifLog([...rules, unproved], results);
}

/** One result for each class of packets, placed at the field or rule that makes the difference, of the new side first. */
export function resultsOf(report: DiffReport): readonly object[] {
  const { classes, unproved: doubts, left } = report.packets;
  const texts = sideTexts(report);
  return [
    ...classes.map((one) => resultOf(one, report, texts)),
    ...doubts.map((one) =>
      doubtOf(
        `${one.boxes
          .slice(0, 2)
          .map((box) => sayBox(box))
          .join('; ')}: ${sayDoubt(one.doubt)}`,
      ),
    ),
    ...left.slice(0, 1).map((box) => doubtOf(`too many kinds of packets, such as ${sayBox(box)}`)),
  ];
}

function doubtOf(text: string): object {
  return { ruleId: unproved.id, level: 'warning', message: { text } };
}

function resultOf(one: PacketClass, report: DiffReport, texts: SideTexts): object {
  const { entry, effects, severity, before, after, rules } = one;
  const subject = entry.service === null ? entry.kind : `${entry.service} (${entry.kind})`;
  const text = [
    `${subject}: ${sayEffects(one)}.`,
    `Packets: ${sayPacketsBriefly(one, namesIn(texts))}.`,
    `Before: ${sayFate(before)}. After: ${sayFate(after)}.`,
    `Witness: ${sayWitness(one)}.`,
  ].join(' ');
  const [first, ...others] = [
    ...placesOf(rules.after, report.after, texts.after),
    ...placesOf(rules.before, report.before, texts.before),
  ];
  return {
    ruleId: effects[0]?.kind ?? 'delivery',
    level: levels[severity],
    message: { text },
    locations: [first ?? sarifPlace(report.after.source.name, 1)],
    ...(others.length > 0 ? { relatedLocations: others.slice(0, 10) } : {}),
  };
}

/** Lines of manifests where rules were compiled from them, else of the dump. */
function placesOf(rules: readonly RulePlace[], side: ReportSide, texts: RuleTexts): object[] {
  if (side.field) return fieldsOf(rules, side).map(({ file, line }) => sarifPlace(file, line));
  return rules.map((place) => sarifPlace(texts.fileOf(place), texts.lineOf(place)));
}
