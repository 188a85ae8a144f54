import type { PacketClass } from '../compare/classes/classify.ts';
import { effectKinds } from '../compare/classes/effect.ts';
import { type DiffReport, sayWitness, sideTexts } from './diff-text.ts';
import { sayBox, sayEffects, sayFate } from './diff-words.ts';

const levels = { high: 'error', medium: 'warning', low: 'note' } as const;
const unproved = {
  id: 'unproved',
  shortDescription: { text: 'it could not be proved that packets fare the same' },
};

/** A comparison as SARIF 2.1.0: one result for each class of packets, placed at a rule of the new side. */
export function printDiffSarif(report: DiffReport): string {
  const { classes, unproved: doubts } = report.packets;
  const rules = Object.entries(effectKinds).map(([id, text]) => ({ id, shortDescription: { text } }));
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'kubenat', rules: [...rules, unproved] } },
        results: [
          ...classes.map((one) => resultOf(one, report)),
          ...doubts.map((one) => ({
            ruleId: unproved.id,
            level: 'warning',
            message: { text: `${one.boxes.slice(0, 2).map(sayBox).join('; ')}: ${one.doubt}` },
          })),
          ...report.packets.left.slice(0, 1).map((box) => ({
            ruleId: unproved.id,
            level: 'warning',
            message: { text: `too many kinds of packets, such as ${sayBox(box)}` },
          })),
        ],
      },
    ],
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function resultOf(one: PacketClass, report: DiffReport) {
  const { entry, effects, severity, boxes, before, after } = one;
  const subject = entry.service === null ? entry.kind : `${entry.service} (${entry.kind})`;
  const text = [
    `${subject}: ${sayEffects(one)}.`,
    `Packets: ${boxes.slice(0, 2).map(sayBox).join('; ')}.`,
    `Before: ${sayFate(before)}. After: ${sayFate(after)}.`,
    `Witness: ${sayWitness(one)}.`,
  ].join(' ');
  return {
    ruleId: effects[0]?.kind ?? 'delivery',
    level: levels[severity],
    message: { text },
    locations: [placeOf(one, report)],
  };
}

function placeOf({ rules }: PacketClass, report: DiffReport) {
  const texts = sideTexts(report);
  const [own] = rules.after;
  const [gone] = rules.before;
  const [side, place] = own ? (['after', own] as const) : (['before', gone] as const);
  const uri = encodeURI(report[side].source.name.replaceAll('\\', '/'));
  const startLine = place ? texts[side].line(place.rule) : 1;
  return { physicalLocation: { artifactLocation: { uri }, region: { startLine } } };
}
