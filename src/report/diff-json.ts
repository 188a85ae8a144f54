import { formatAddress } from '../address/address.ts';
import type { RulePlace } from '../engine/program.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import type { Fate } from '../proof/explore/fate.ts';
import { commentOf } from '../proof/rules/keys.ts';
import type { DiffReport } from '../session/comparison.ts';
import type { ReportSide } from '../session/side.ts';
import { arrivalStates, type Box } from '../sets/box.ts';
import { formatFraction, reduce, toNumber } from '../sets/fraction.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import { assumedJson, sayAssumptions } from './assumptions.ts';
import { dataJson } from './data-json.ts';
import { type FieldSaid, hunkLines, type SideTexts, sideTexts } from './diff-class.ts';
import { sayEntries } from './diff-services.ts';
import { sayBox, sayDoubt, sayEffect } from './diff-words.ts';
import { sayNotes } from './notes.ts';
import { reasonJson } from './reasons.ts';
import type { RuleTexts } from './rule-texts.ts';
import { printPacket } from './trace-text.ts';

/** A comparison for programs, as text. */
export function printDiffJson(report: DiffReport): string {
  return `${JSON.stringify(diffJson(report), null, 1)}\n`;
}

/** A comparison for programs. Sets are lists of `[first, last]`; nothing is cut. */
export function diffJson(report: DiffReport) {
  const { packets, services } = report;
  const texts = sideTexts(report);
  return {
    same: packets.same,
    status: report.status,
    before: report.before.name,
    after: report.after.name,
    ...(report.only && { only: report.only.map(printPacket) }),
    services: services.map(({ service, status, severity, entries }) => ({
      service,
      status,
      severity,
      changes: entries.map((entry) => ({ entry: entry.kind, says: sayEntries([entry]) })),
    })),
    classes: packets.classes.map((one) => classJson(one, report, texts)),
    unproved: [
      ...packets.unproved.map((one) => ({
        ...classJson(one, report, texts),
        because: sayDoubt(one.doubt),
        ...(one.doubt && { doubt: dataJson(one.doubt) }),
      })),
      ...packets.left.map((box) => ({
        packets: [boxJson(box)],
        because: 'there are too many kinds of packets',
      })),
    ],
    text: report.text === null ? null : hunkLines(report),
    notes: [...sayNotes(report.notes), ...sayAssumptions(report.assumed ?? [])],
    ...assumedJson(packets.assumed),
    noted: [...report.notes, ...(report.assumed ?? [])].map(dataJson),
  };
}

function classJson(one: PacketClass, report: DiffReport, texts: SideTexts) {
  const { entry, severity, effects, boxes, witness, confirmed, supposed, before, after, rules } = one;
  return {
    service: entry.service,
    entry: entry.kind,
    severity,
    effects: effects.map((effect) => ({ kind: effect.kind, says: sayEffect(effect) })),
    packets: boxes.map(boxJson),
    before: fateJson(before),
    after: fateJson(after),
    witness: { packet: printPacket(witness), state: witness.state ?? 'NEW', confirmed },
    ...(supposed.length > 0 ? { supposed } : {}),
    ...(one.later ? { later: true } : {}),
    rules: {
      before: rules.before.map((place) => ruleJson(place, report.before, texts.before)),
      after: rules.after.map((place) => ruleJson(place, report.after, texts.after)),
    },
  };
}

const places = ['host', 'external', 'pod'];

function boxJson(box: Box) {
  const { sides, symbols } = box;
  return {
    says: sayBox(box),
    from: members(sides.origin).map((number) => places[number] ?? `interface ${number}`),
    state: members(sides.state).map((number) => arrivalStates[number]),
    protocol: numbers(sides.protocol),
    source: addresses(sides.source),
    sourcePort: numbers(sides.sourcePort),
    destination: addresses(sides.destination),
    destinationPort: numbers(sides.destinationPort),
    flags: numbers(sides.flags),
    icmpType: numbers(sides.icmpType),
    icmpCode: numbers(sides.icmpCode),
    ...(symbols.size > 0 ? { supposed: Object.fromEntries(symbols) } : {}),
  };
}

function pairs<T>(set: IntervalSet, say: (value: IntervalSet[number]) => T): (readonly [T, T])[] {
  return Array.from({ length: set.length / 2 }, (_, at) => [
    say(set[2 * at] as IntervalSet[number]),
    say(set[2 * at + 1] as IntervalSet[number]),
  ]);
}

const numbers = (set: IntervalSet) => pairs(set, Number);
const addresses = (set: IntervalSet) => pairs(set, formatAddress);

function members(set: IntervalSet): number[] {
  return numbers(set).flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, at) => first + at),
  );
}

function fateJson({ items }: Fate) {
  return items.map(({ end, weight, lists, flowMark }) => ({
    verdict: end.verdict,
    dnat: end.dnat,
    source: end.verdict !== 'accept' ? null : end.masqueraded ? end.src : 'kept',
    delivered: end.delivered,
    probability: toNumber(weight),
    weight: formatFraction(reduce(weight)),
    ...(end.reason && reasonJson(end.reason)),
    ...(end.rejectWith === null ? {} : { rejectWith: end.rejectWith }),
    ...(end.copy ? { copy: end.copy.verdict } : {}),
    ...(lists.length > 0 ? { remembers: lists } : {}),
    ...(flowMark === null ? {} : { flowMark }),
  }));
}

function ruleJson(place: RulePlace, side: ReportSide, texts: RuleTexts) {
  const { table, chain, number, rule } = place;
  const name = texts.chain(table, chain);
  const found = side.field?.of(place) ?? null;
  return {
    table,
    chain,
    name,
    service: serviceOf(name, commentOf(rule)),
    number,
    line: texts.line(rule),
    rule: texts.text(rule),
    ...(found === null ? {} : { field: fieldJson(found) }),
  };
}

function fieldJson({ object, field, file, line }: FieldSaid) {
  return { object, field, file, line };
}

/** `KUBE-SEP[shop/web:http -> 10.244.1.6:8080]` has the service's name in it where comments are left out. */
function serviceOf(name: string, comment: string | null): string | null {
  return serviceIn(comment) ?? /\[([^\] ]+)/.exec(name)?.[1] ?? null;
}
