import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { type Problem, refuseErrors } from '../../text/problem.ts';
import type { Source, Span } from '../../text/source.ts';
import { undecorate } from '../../text/undecorate.ts';
import type { PastedTables } from '../dump/read.ts';
import type { DumpDetail } from '../rule/detail.ts';
import { builtInChains, type TableName } from '../rule/ruleset.ts';
import { notShown } from '../rule/target.ts';
import { halfShown, isOpenHalf, otherHalf } from './halves.ts';
import type { PastedLine } from './lines.ts';
import { chainOf, type Opens, openChains } from './opens.ts';
import { recogniseAll } from './recognise.ts';
import { type Entry, type Section, sectionsOf } from './sections.ts';
import { announcesTable } from './stump.ts';

/** A pasted text as iptables-restore would take it, line for line, and what it does not show. */
export interface Paste {
  readonly source: Source;
  readonly tables: PastedTables;
  readonly opens: ReadonlyMap<TableName, Opens>;
  /** What is taken to have no rules. */
  readonly notShown: readonly TableName[];
  readonly problems: readonly Problem[];
}

/** Takes a pasted text apart: prompts, heads of listings, rules, and where something was left out. */
export function readPaste(source: Source): Paste {
  const written = undecorate(source.text);
  const lines = recogniseAll(written);
  const { read: sections, again } = sectionsOf(lines);
  const { texts, chains } = spell(lines, sections);
  const announced = announcedAt(lines, written);
  const hidden = hiddenTables(lines, sections, again, announced);
  const missing = missingTables(sections, announced);
  const stumps = [...sections, ...again].map(({ stump }) => stump?.index ?? null);
  const problems = [
    ...unreadLines(source, lines, new Set([...stumps, announced])),
    ...omissions(source, lines),
    ...tablesUnknown(source, sections),
    ...again.flatMap((section) => shownAgain(source, section, sections)),
    ...hiddenProblems(source, lines, sections, missing, hidden),
    ...[...sections, ...again].flatMap((section) => brokenOff(source, lines, section)),
    ...(announced === null ? [] : [tablesFollow(source, announced)]),
  ];
  refuseErrors(problems);
  return {
    source: { name: source.name, text: texts.join('\n') },
    tables: { starts: startsOf(texts, sections), chains },
    opens: opensOf(sections, hidden),
    notShown: (missing ?? halfAlone(sections)).filter((table) => !hidden.has(table)),
    problems,
  };
}

function spell(
  lines: readonly PastedLine[],
  sections: readonly Section[],
): { texts: string[]; chains: Map<TableName, Set<string>> } {
  const texts = lines.map(() => '');
  const chains = new Map<TableName, Set<string>>();
  for (const { table, entries } of sections) {
    if (table === null) continue;
    const names = chains.get(table) ?? new Set<string>();
    chains.set(table, names);
    entries.forEach(({ index, line }, at) => {
      texts[index] = line.kind === 'omission' ? leftOut(entries, at) : line.text;
      if (line.kind !== 'omission') names.add(line.kind === 'rule' ? line.chain : line.name);
    });
  }
  return { texts, chains };
}

/** Where lines of one chain were left out, there is a rule of which nothing is known. */
function leftOut(entries: readonly Entry[], at: number): string {
  const chain = chainOf(entries[at - 1]?.line);
  return chain !== undefined && chain === chainOf(entries[at + 1]?.line) ? `-A ${chain} -j ${notShown}` : '';
}

/** The offsets of the lines at which a table begins. */
function startsOf(texts: readonly string[], sections: readonly Section[]): Map<number, TableName> {
  const begins = new Map<number, TableName>();
  for (const { table, entries } of sections) {
    const [first] = entries;
    if (table !== null && first) begins.set(first.index, table);
  }
  const starts = new Map<number, TableName>();
  let offset = 0;
  texts.forEach((text, index) => {
    const table = begins.get(index);
    if (table) starts.set(offset, table);
    offset += text.length + 1;
  });
  return starts;
}

/** The line of a text without an end with which one more table begins, of which nothing is shown. */
function announcedAt(lines: readonly PastedLine[], written: readonly string[]): number | null {
  const at = lines.findLastIndex(({ kind }) => kind !== 'blank');
  const line = lines[at];
  if (!line || line.kind === 'table') return null;
  const isBegun = line.stump !== undefined && announcesTable((written[at] as string).trim());
  return line.kind === 'generated' || isBegun ? at : null;
}

/**
 * The tables that are there and not shown: those that iptables-save says it cannot print, `filter` where one table
 * alone was asked for, and where a dump breaks off, or shows one half of kube-proxy's rules, those that kube-proxy has.
 */
function hiddenTables(
  lines: readonly PastedLine[],
  sections: readonly Section[],
  again: readonly Section[],
  announced: number | null,
): ReadonlySet<TableName> {
  const hidden = new Set<TableName>();
  const isCut = announced !== null || [...sections, ...again].some(({ ended }) => !ended);
  for (const table of isCut ? (['nat', 'filter'] as const) : [])
    if (!sections.some((section) => section.table === table)) hidden.add(table);
  for (const line of lines) {
    if (line.kind === 'warning' && line.of !== 'legacy') hidden.add(line.of);
    if (line.kind === 'warning' && line.of === 'legacy')
      for (const table of ['nat', 'filter'] as const) hidden.add(table);
  }
  for (const section of again)
    if (section.table && !sections.some((other) => showsAsMuch(other, section))) hidden.add(section.table);
  const isPart = sections.length > 0 && sections.every(({ saved }) => !saved);
  const hasFilter = sections.some(({ table }) => table === 'filter' || table === null);
  if (isPart && !hasFilter) hidden.add('filter');
  const half = halfOf(sections);
  if (isOpenHalf(half)) hidden.add(half);
  return hidden;
}

/** What kube-proxy has beside the half of its rules that is shown. */
function halfOf(sections: readonly Section[]): ReturnType<typeof otherHalf> {
  return otherHalf(
    sections.map(({ table, entries }) => ({
      name: table,
      chains: new Set(entries.flatMap(({ line }) => chainOf(line) ?? [])),
    })),
  );
}

function halfAlone(sections: readonly Section[]): readonly TableName[] {
  const half = halfOf(sections);
  return half === null ? [] : [half];
}

/** A table that was printed twice and did not change in between. */
function showsAsMuch(one: Section, other: Section): boolean {
  const rules = ({ entries }: Section) =>
    entries.flatMap(({ line }) => (line.kind === 'rule' ? line.text : []));
  return (
    one.table === other.table &&
    one.backend === other.backend &&
    rules(one).join('\n') === rules(other).join('\n')
  );
}

/** Both back ends have rules of this table, and packets meet both. */
function isOfOther({ table, backend }: Section, sections: readonly Section[]): boolean {
  return backend !== null && sections.some((other) => other.table === table && other.backend !== backend);
}

function shownAgain(source: Source, section: Section, sections: readonly Section[]): Problem[] {
  const [first] = section.entries;
  if (!first || section.table === null) return [];
  const detail: DumpDetail = isOfOther(section, sections)
    ? { code: 'other-back-end-met', table: section.table }
    : { code: 'shown-before', table: section.table };
  return [
    {
      code: 'rules-missing',
      severity: 'warning',
      ...told<DumpDetail>(detail),
      span: lineSpan(source, first.index),
    },
  ];
}

function opensOf(sections: readonly Section[], hidden: ReadonlySet<TableName>): Map<TableName, Opens> {
  const all = new Map<TableName, Opens>();
  const of = (table: TableName): Opens => {
    const opens = all.get(table) ?? { starts: new Set<string>(), ends: new Set<string>(), partly: false };
    all.set(table, opens);
    return opens;
  };
  for (const section of sections) if (section.table) openChains(section, of(section.table));
  for (const table of hidden) {
    of(table).partly = true;
    for (const hook of builtInChains[table]) of(table).ends.add(hook);
  }
  return all;
}

/** The whole line, as it was pasted. */
function lineSpan(source: Source, index: number): Span {
  let start = 0;
  for (let line = 0; line < index; line += 1) start = source.text.indexOf('\n', start) + 1;
  const end = source.text.indexOf('\n', start);
  return { source, start, end: end === -1 ? source.text.length : end };
}

/** Without those of which it is told that the text breaks off there. */
function unreadLines(
  source: Source,
  lines: readonly PastedLine[],
  known: ReadonlySet<number | null>,
): Problem[] {
  const unread = lines.flatMap((line, index) => (line.kind === 'other' && !known.has(index) ? [index] : []));
  const [first] = unread;
  if (first === undefined) return [];
  const detail: DumpDetail =
    unread.length === 1 ? { code: 'line-unread' } : { code: 'lines-unread', more: unread.length - 1 };
  return [
    {
      code: 'rules-missing',
      severity: 'warning',
      ...told<DumpDetail>(detail),
      span: lineSpan(source, first),
      expected: want.printed('iptables-save', 'iptables -S', 'iptables -L -n -v'),
    },
  ];
}

/** Somebody left lines out: what they are nobody can say. */
function omissions(source: Source, lines: readonly PastedLine[]): Problem[] {
  const places = lines.flatMap(({ kind }, index) => (kind === 'omission' ? [index] : []));
  const [first] = places;
  if (first === undefined) return [];
  const more = places.length - 1;
  const detail: DumpDetail = more > 0 ? { code: 'left-out-more', more } : { code: 'left-out' };
  return [
    {
      code: 'rules-missing',
      severity: 'warning',
      ...told<DumpDetail>(detail),
      span: lineSpan(source, first),
    },
  ];
}

/** What iptables-save prints of a table ends in COMMIT: of the rest of this one nothing is shown. Of other texts the last line may be cut. */
function brokenOff(
  source: Source,
  lines: readonly PastedLine[],
  { table, ended, entries, stump }: Section,
): Problem[] {
  if (ended && stump === null) return [];
  const last = entries.at(-1)?.index ?? lines.findLastIndex((line) => line.kind === 'table');
  const span = lineSpan(source, stump?.index ?? last);
  if (ended) {
    const expected = want.thing('ended-line');
    const detail: DumpDetail = { code: 'line-unended' };
    return [{ code: 'rules-missing', severity: 'warning', ...told<DumpDetail>(detail), span, expected }];
  }
  const code = stump === null ? 'breaks-off' : 'breaks-off-within';
  const detail: DumpDetail = { code, table: table ?? '' };
  return [
    {
      code: 'commit-missing',
      severity: 'warning',
      ...told<DumpDetail>(detail),
      span,
      expected: want.written('COMMIT'),
    },
  ];
}

function tablesFollow(source: Source, index: number): Problem {
  return {
    code: 'rules-missing',
    severity: 'warning',
    ...told<DumpDetail>({ code: 'tables-follow' }),
    span: lineSpan(source, index),
    expected: want.thing('all-of-save'),
  };
}

function tablesUnknown(source: Source, sections: readonly Section[]): Problem[] {
  return sections.flatMap(({ table, entries: [first] }): Problem[] => {
    if (table !== null || !first) return [];
    const detail: DumpDetail = { code: 'table-untold' };
    const expected = want.thing('command-above');
    return [
      {
        code: 'table-unknown',
        severity: 'error',
        ...told<DumpDetail>(detail),
        span: lineSpan(source, first.index),
        expected,
      },
    ];
  });
}

function hiddenProblems(
  source: Source,
  lines: readonly PastedLine[],
  sections: readonly Section[],
  missing: readonly TableName[] | null,
  hidden: ReadonlySet<TableName>,
): Problem[] {
  const warned = lines.flatMap((line, index): Problem[] =>
    line.kind === 'warning' ? [warningOf(line.of, lineSpan(source, index))] : [],
  );
  const part = missing === null ? halfShown(halfOf(sections), source) : partProblem(missing, hidden);
  return [...warned, ...part];
}

/** The tables of which a part shows nothing; null: what iptables-save prints whole, it prints with all that there are. */
function missingTables(sections: readonly Section[], announced: number | null): readonly TableName[] | null {
  if (announced === null && sections.every(({ saved, ended }) => saved && ended)) return null;
  const shown = new Set(sections.map(({ table }) => table));
  return (['raw', 'mangle', 'nat', 'filter'] as const).filter((table) => !shown.has(table));
}

function warningOf(of: TableName | 'legacy', span: Span): Problem {
  const detail: DumpDetail =
    of === 'legacy' ? { code: 'other-back-end' } : { code: 'table-unprinted', table: of };
  const expected =
    of === 'legacy'
      ? want.printed('iptables-legacy-save', 'iptables-nft-save')
      : want.printed('nft list ruleset');
  return { code: 'rules-missing', severity: 'warning', ...told<DumpDetail>(detail), span, expected };
}

function partProblem(missing: readonly TableName[], hidden: ReadonlySet<TableName>): Problem[] {
  const assumed = missing.filter((table) => !hidden.has(table));
  const openTables = missing.filter((table) => hidden.has(table));
  const detail: DumpDetail = { code: 'part', openTables, assumed };
  return [
    {
      code: 'rules-missing',
      severity: 'warning',
      ...told<DumpDetail>(detail),
      expected: want.thing('all-of-save'),
    },
  ];
}
