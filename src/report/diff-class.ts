import type { Hunk } from '../diff/text.ts';
import type { RulePlace } from '../engine/program.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import type { FoundField } from '../session/fields.ts';
import type { ReportSide } from '../session/side.ts';
import type { ChainName } from './diff-packets.ts';
import { sayFate, sayMemory } from './diff-words.ts';
import { RuleTexts } from './rule-texts.ts';
import { printPacket } from './trace-text.ts';
import type { DiffWords } from './words/diff.ts';
import { diffWords as en } from './words/en/diff.ts';

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

/** What a chain of a hashed name is called, on whichever side it has a name. */
export function namesIn({ before, after }: SideTexts): ChainName {
  return (chain) => {
    const found = before.chain('nat', chain);
    return found === chain ? after.chain('nat', chain) : found;
  };
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

/** What becomes of packets, and what is remembered of them. */
export function sayWhole(fate: PacketClass['before'], w: DiffWords = en): string {
  const memory = sayMemory(fate, w);
  return memory === null ? sayFate(fate, w) : `${sayFate(fate, w)}; ${memory}`;
}

/** A packet of the class, as `trace` reads it. */
export function sayWitness({ witness, confirmed, supposed, later }: PacketClass, w: DiffWords = en): string {
  const unlike = supposed.length > 0 ? w.leftOpen : confirmed ? null : w.notShownByTrace;
  const ofLater = witness.state === null ? w.again : w.later;
  const how = later ? ofLater : unlike;
  return `'${printPacket(witness)}'${how === null ? '' : ` (${how})`}`;
}

/** The fields that rules came of, each once, in the order of the rules. */
export function fieldsOf(rules: readonly RulePlace[], { field }: ReportSide): readonly FoundField[] {
  const found = rules.flatMap((place) => field?.of(place) ?? []);
  return [...new Map(found.map((one) => [sayField(one), one])).values()];
}

/** `shop.yaml:26: spec.ports[0].nodePort of Service shop/front` */
export function sayField({ file, line, field, object }: FieldSaid, w: DiffWords = en): string {
  return `${file}:${line}: ${w.field(field, object)}`;
}

/** The changed lines, with what kube-proxy's hashed chains stand for beside them. */
export function hunkLines(report: DiffReport): string[] {
  const texts = sideTexts(report);
  return (report.text ?? []).flatMap((hunk) => [
    hunkHead(hunk),
    ...hunk.lines.map((line) => withNames(line, line.startsWith('-') ? texts.before : texts.after)),
  ]);
}

/** As a unified diff has it. */
export function hunkHead({ oldStart, oldLines, newStart, newLines }: Hunk): string {
  return `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`;
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
