import type { CheckReport } from '../../session/check/check.ts';
import { dataJson } from '../data-json.ts';
import { partJson } from '../part-json.ts';
import { findingPages } from '../words/explained/pages.ts';
import { sayCheckNotes } from './notes.ts';
import { placeText, type Told, tellWays } from './told.ts';

/**
 * `{"findings": [{"code", "severity", "means", "message", "service"?, "from"?, "to"?, "share"?, "place", "file", "line"?, "column"?,
 * "table"?, "chain"?, "name"?, "number"?, "rule"?, "by"?} …], "chains": {OWNER: count}, "notes": […],
 * "noted": [{"code", …}], "partial": [FILE …], "silenced", "known", "gone"}`. Of the files that are `partial`, no finding means nothing. People are told once what one cause does to
 * several ways; programs of each.
 */
export function printCheckJson(report: CheckReport): string {
  const { inputs, silenced, known, gone, part } = report;
  const ofFile = (file: string) => inputs.filter(({ name }) => name === file).flatMap(({ notes }) => notes);
  const all = inputs.flatMap(({ notes }) => notes);
  const document = {
    ...(part && {
      shard: {
        ...partJson(part),
        notes: part.all.map((file) => sayCheckNotes(ofFile(file))),
        noted: part.all.map((file) => ofFile(file).map(dataJson)),
      },
    }),
    findings: tellWays(report).map(toJson),
    chains: Object.fromEntries(ownersOf(report)),
    notes: sayCheckNotes(all),
    noted: all.map(dataJson),
    partial: [...new Set(inputs.filter(({ isPart }) => isPart).map(({ name }) => name))],
    silenced,
    known,
    gone,
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function ownersOf({ inputs }: CheckReport): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [owner, count] of inputs.flatMap(({ owners }) => [...owners]))
    counts.set(owner, (counts.get(owner) ?? 0) + count);
  return new Map([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function toJson(told: Told): object {
  const { code, severity, message, service, way, share, file, line, column, place, by } = told;
  return {
    code,
    severity,
    means: findingPages[code].means,
    message,
    ...(service === null ? {} : { service }),
    ...way,
    ...(share === null ? {} : { share }),
    place: placeText(told),
    file,
    ...(line === null ? {} : { line, column }),
    ...(place && { table: place.table, chain: place.chain, name: place.name }),
    ...(place?.rule && { number: place.rule.number, rule: place.rule.rule }),
    ...(by.length > 0 && { by }),
  };
}
