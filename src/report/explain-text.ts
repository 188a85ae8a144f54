import { formatAddress } from '../address/address.ts';
import type { Cell, EntryRow, ExplainedService, Explanation } from '../path/explain.ts';
import type { IngressRow } from '../path/ingress/rows.ts';
import type { Result } from '../path/results.ts';
import { add, zero } from '../sets/fraction.ts';
import { assumptionLines } from './assumptions.ts';
import {
  explainTables,
  nameClient,
  nameClientFound,
  nameEndpoints,
  nameEntry,
  nameIngress,
  namePolicies,
  namePort,
  nameUnproxied,
  nameVerdict,
} from './explain-words.ts';
import { sayPathNote, sayStop } from './paths.ts';
import { type ChainName, formatShare, nameServer, nameSource, nameWhy } from './result-words.ts';
import type { ExplainWords } from './words/explain.ts';
import type { Language } from './words/language.ts';

/** The source-IP matrix, for people. */
export function printExplainText(services: readonly ExplainedService[], language: Language = 'en'): string {
  const w = explainTables[language];
  const parts = services.flatMap((service) =>
    service.service.unproxied === null
      ? service.explanations.map((explanation) => printExplanation(service, explanation, language))
      : [`${nameUnproxied(service, w)}\n`],
  );
  const assumed = assumptionLines(
    services.flatMap((service) => service.assumed),
    language,
  );
  const note = assumed.map((line) => `\n${line}\n`).join('');
  return parts.length === 0 ? `${w.nothing}\n` : `${parts.join('\n')}${note}`;
}

function printExplanation(
  { key, chainName }: ExplainedService,
  explanation: Explanation,
  language: Language,
): string {
  const w = explainTables[language];
  const lines = [
    `${namePort(key, explanation, w)} (${namePolicies(explanation)})`,
    w.endpoints(nameEndpoints(explanation, w)),
    ...explanation.notes.map((note) => w.note(sayPathNote(note, language))),
    ...explanation.rows.flatMap((row) => ['', ...printRow(row, explanation, chainName, language)]),
    ...explanation.ingresses.flatMap((row) => ['', ...printIngress(row, chainName, language)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Clients of whom the same is said are named together. */
function printRow(
  { entry, cells }: EntryRow,
  { endpoints }: Explanation,
  chainName: ChainName,
  language: Language,
): string[] {
  const w = explainTables[language];
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const body = printResults(cell.results, chainName, language).join('\n');
    groups.set(body, [...(groups.get(body) ?? []), cell]);
  }
  return [
    nameEntry(entry, endpoints, w),
    ...[...groups].flatMap(([body, group]) => [
      ...group.map(({ client }) => `  ${w.from(nameClient(client, w))}`),
      body,
    ]),
  ];
}

function printIngress(row: IngressRow, chainName: ChainName, language: Language): string[] {
  const w = explainTables[language];
  const { stop } = row.trace;
  return [
    nameIngress(row, w),
    `  ${w.from(w.clients.outside(formatAddress(row.client), null))}`,
    ...(stop === null
      ? printResults(row.results, chainName, language)
      : [`     100 %  ${w.stopped(sayStop(stop, language))}`]),
    ...(stop === null ? [`            ${w.foundIn(nameClientFound(row, language))}`] : []),
  ];
}

const mostLines = 12;

function printResults(results: readonly Result[], chainName: ChainName, language: Language): string[] {
  const w = explainTables[language];
  const groups = groupAlike(results, chainName);
  const shown = groups.slice(0, mostLines);
  const lines = shown.flatMap((group, index) => {
    const why = nameWhy(group[0], chainName, language);
    const next = shown[index + 1];
    const again = next !== undefined && nameWhy(next[0], chainName, language) === why;
    return [...printGroup(group, w), ...(why === '' || again ? [] : [`            ${why}`])];
  });
  const rest = groups.slice(mostLines).flat().length;
  return rest > 0 ? [...lines, `            ${w.moreLike(rest)}`] : lines;
}

type Group = readonly [Result, ...Result[]];

/** Neighbours that differ in nothing but the server. */
function groupAlike(results: readonly Result[], chainName: ChainName): Group[] {
  const groups: [Result, ...Result[]][] = [];
  let last = '';
  for (const result of results) {
    const { kind, server } = result;
    const text = [
      kind,
      server === null,
      formatShare(result),
      nameSource(result),
      nameWhy(result, chainName),
    ].join('|');
    if (text === last) groups.at(-1)?.push(result);
    else groups.push([result]);
    last = text;
  }
  return groups;
}

const mostAlike = 4;

function printGroup(group: Group, w: ExplainWords): string[] {
  const [first] = group;
  if (group.length < mostAlike || first.server === null) return group.map((result) => printResult(result, w));
  const servers = group.slice(0, mostAlike - 1).map((result) => nameServer(result, w));
  const rest = group.length - servers.length;
  const weight = group.reduce((sum, result) => add(sum, result.weight), zero);
  const all = w.oneOf(group.length, formatShare(first), servers.join('; '), rest);
  const verdict = `${nameVerdict({ ...first, server: null }, w)} ${all}`;
  return [`  ${formatShare({ weight }).padStart(8)}  ${withSource(verdict, first, w)}`];
}

function printResult(result: Result, w: ExplainWords): string {
  return `  ${formatShare(result).padStart(8)}  ${withSource(nameVerdict(result, w), result, w)}`;
}

function withSource(verdict: string, result: Result, w: ExplainWords): string {
  const source = nameSource(result, w);
  return source === '' ? verdict : w.which(verdict, source);
}
