import type { Matched } from '../engine/branch.ts';
import type { Parting } from '../logs/compare.ts';
import type { FollowedEntry } from '../logs/entry.ts';
import type { Followed, FollowedWay } from '../logs/follow.ts';
import type { Log } from '../logs/model.ts';
import { assumedJson } from './assumptions.ts';
import type { PlaceTexts } from './place-texts.ts';
import { outcomeJson } from './trace-json.ts';
import { printPacket } from './trace-text.ts';

/** A log, held against rules. */
export interface LogAnswer {
  readonly packets: readonly Followed[];
  readonly entries: readonly FollowedEntry[];
  readonly passed: Log['passed'];
}

/** `{"results": [{"lines", "by", "agrees", "parting", "ways": […]}], "entries": […], "passed": {…}}`, one result on a line. */
export function printLogJson({ packets, entries, passed }: LogAnswer, rules: PlaceTexts): string {
  const list = (items: readonly object[]) => items.map((item) => JSON.stringify(item)).join(',\n');
  return `{"results": [\n${list(packets.map((one) => packetJson(one, rules)))}\n],\n"entries": [\n${list(
    entries.map(entryJson),
  )}\n],\n"passed": ${JSON.stringify(Object.fromEntries(passed))}}\n`;
}

function packetJson({ logged, ways, parting, late, assumed }: Followed, rules: PlaceTexts) {
  const { sights } = logged;
  return {
    lines: sights.map(({ line }) => line),
    by: sights[0].writer,
    agrees: parting === null,
    parting: parting && partingJson(parting, rules),
    ...(late ? { translatedBefore: true } : {}),
    ways: ways.map((way) => wayJson(way, rules)),
    ...assumedJson(assumed),
  };
}

function wayJson({ taken, packet, outcome, sourceKnown, at, next }: FollowedWay, rules: PlaceTexts) {
  return {
    taken,
    packet: printPacket(packet),
    at: at && ruleJson(at, rules),
    next: next.map((matched) => ruleJson(matched, rules)),
    // Where the flow's translation is not known, nor is what it makes of the packet.
    outcome: outcome && { ...outcomeJson(outcome), ...(sourceKnown ? {} : { src: null, masqueraded: null }) },
  };
}

function ruleJson({ place, hook }: Matched, rules: PlaceTexts) {
  const { table, chain, number } = place;
  return { hook, table, chain, rule: number, line: rules.lineOf(place), text: rules.textOf(place) };
}

function partingJson(parting: Parting, rules: PlaceTexts) {
  const { place, line } = parting.sight;
  const where = { line, ...(place ? { table: place.table, chain: place.chain, rule: place.number } : {}) };
  switch (parting.kind) {
    case 'missing':
      return { kind: parting.kind, ...where, rules: parting.rules };
    case 'length':
      return { kind: parting.kind, ...where, rule: null, logged: parting.logged, rules: parting.rules };
    case 'other':
    case 'end':
      return { kind: parting.kind, ...where, instead: parting.instead && ruleJson(parting.instead, rules) };
    case 'verdict':
    case 'policy':
    case 'mark':
    case 'destination':
      return { kind: parting.kind, ...where, logged: parting.logged, own: parting.own };
    case 'no-log':
      return { kind: parting.kind, ...where, prefix: parting.sight.prefix };
  }
}

function entryJson({ entry, request, to, as, today, agrees, next }: FollowedEntry) {
  return {
    line: entry.line,
    request: printPacket(request),
    state: entry.stateName,
    answered: entry.answered,
    left: entry.left,
    to,
    as,
    agrees,
    today: today.map(outcomeJson),
    next: next && { request: next.request.map(outcomeJson), answer: next.answer.map(outcomeJson) },
  };
}
