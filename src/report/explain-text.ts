import { formatAddress } from '../address/address.ts';
import type { Client } from '../path/clients.ts';
import type { Cell, EntryRow, ExplainedService, Explanation } from '../path/explain.ts';
import type { IngressRow } from '../path/ingress/rows.ts';
import type { Result } from '../path/results.ts';
import { add, zero } from '../sets/fraction.ts';
import { groupedBy } from '../text/lists.ts';
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
import type { View } from './view.ts';
import type { ExplainWords } from './words/explain.ts';
import type { Language } from './words/language.ts';

/** The source-IP matrix, for people: what becomes of each entry's callers in a line, or every client, share and rule. */
export function printExplainText(
  services: readonly ExplainedService[],
  { language = 'en', verbose = false }: Pick<View, 'language' | 'verbose'> = {},
): string {
  const w = explainTables[language];
  const parts = services.flatMap((service) =>
    service.service.unproxied === null
      ? service.explanations.map((explanation) => printExplanation(service, explanation, verbose, language))
      : [`${nameUnproxied(service, w)}\n`],
  );
  const assumed = assumptionLines(
    services.flatMap((service) => service.assumed),
    language,
  );
  const isBrief = !verbose && services.some(({ service }) => service.unproxied === null);
  const note = [...(isBrief ? [w.moreWithVerbose] : []), ...assumed].map((line) => `\n${line}\n`).join('');
  return parts.length === 0 ? `${w.nothing}\n` : `${parts.join('\n')}${note}`;
}

function printExplanation(
  { key, chainName }: ExplainedService,
  explanation: Explanation,
  verbose: boolean,
  language: Language,
): string {
  const w = explainTables[language];
  const { rows, ingresses } = explanation;
  const lines = [
    `${namePort(key, explanation, w)} (${namePolicies(explanation)})`,
    w.endpoints(nameEndpoints(explanation, w)),
    ...explanation.notes.map((note) => w.note(sayPathNote(note, language))),
    ...(verbose
      ? rows.flatMap((row) => ['', ...printRow(row, explanation, chainName, language)])
      : briefRows(explanation, chainName, language)),
    ...ingresses.flatMap((row) => [
      '',
      ...(verbose ? printIngress(row, chainName, language) : briefIngress(row, chainName, language)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Entries of whose callers the same is so are told together. */
function briefRows({ rows, endpoints }: Explanation, chainName: ChainName, language: Language): string[] {
  const w = explainTables[language];
  const callers = briefCallers(rows, w);
  const groups = groupedBy(rows, ({ cells }) => briefCells(cells, callers, chainName, language).join('\n'));
  return [...groups].flatMap(([body, alike]) => [
    '',
    ...alike.map(({ entry }) => nameEntry(entry, endpoints, w)),
    body,
  ]);
}

/** The clients' short names; where two clients would bear one, their addresses, too. */
function briefCallers(rows: readonly EntryRow[], w: ExplainWords): (client: Client) => string {
  const short = ({ kind, address, node }: Client) => w.callers[kind](formatAddress(address), node);
  const clients = rows.flatMap(({ cells }) => cells.map(({ client }) => client));
  const alike = groupedBy(clients, short);
  const isAlone = (name: string) => new Set(alike.get(name)?.map(({ address }) => address)).size < 2;
  return (client) => (isAlone(short(client)) ? short(client) : nameClient(client, w));
}

/** A line for clients of whom the same is so. */
function briefCells(
  cells: readonly Cell[],
  callers: (client: Client) => string,
  chainName: ChainName,
  language: Language,
): string[] {
  const w = explainTables[language];
  const groups = groupedBy(cells, ({ results }) => sayBriefly(results, chainName, language));
  return [...groups].map(([says, alike]) => {
    const clients = alike.map(({ client }) => callers(client));
    return `  ${w.from(clients.join(', '))}: ${says}`;
  });
}

function briefIngress(row: IngressRow, chainName: ChainName, language: Language): string[] {
  const w = explainTables[language];
  const { stop } = row.trace;
  const outside = w.from(w.callers.outside(formatAddress(row.client), null));
  if (stop !== null) return [nameIngress(row, w), `  ${outside}: ${w.stopped(sayStop(stop, language))}`];
  return [
    nameIngress(row, w),
    `  ${outside}: ${sayBriefly(row.results, chainName, language)}`,
    `  ${w.foundIn(nameClientFound(row, language))}`,
  ];
}

/** What becomes of all that one client sends, results of one kind together: with its share, where there are several. */
function sayBriefly(results: readonly Result[], chainName: ChainName, language: Language): string {
  const groups = groupedBy(results, (result) =>
    [result.kind, result.source === null, result.preserved].join(),
  );
  const says = [...groups.values()].map((group) => {
    const weight = group.reduce((sum, result) => add(sum, result.weight), zero);
    return `${groups.size > 1 ? `${formatShare({ weight })} ` : ''}${sayAlike(group, chainName, language)}`;
  });
  return says.join('; ');
}

function sayAlike(group: Group, chainName: ChainName, language: Language): string {
  const w = explainTables[language];
  const [first] = group;
  const servers = new Set(group.map((result) => nameServer(result, w)));
  const sources = new Set(group.map((result) => nameSource(result, w)));
  // Whoever reaches an endpoint is let through; who does not, asks for the rule.
  const why = first.kind === 'reached' || first.kind === 'refused' ? '' : nameWhy(first, chainName, language);
  const verdict = w.verdicts[first.kind](
    first.server === null ? null : servers.size === 1 ? nameServer(first, w) : w.servers(servers.size),
  );
  const said =
    sources.size === 1 && servers.size === 1
      ? withSource(verdict, first, w)
      : withSources(verdict, servers.size, group, w);
  return why === '' ? said : `${said}: ${why}`;
}

const mostSources = 4;

function withSources(verdict: string, servers: number, group: Group, w: ExplainWords): string {
  if (group[0].source === null) return verdict;
  if (group[0].preserved) return w.whichAll(verdict, servers, null);
  const sources = new Set(group.flatMap(({ source }) => (source === null ? [] : [formatAddress(source)])));
  const shown = [...sources].slice(0, mostSources);
  const rest = sources.size - shown.length;
  return w.whichAll(verdict, servers, rest > 0 ? [...shown, w.more(rest)] : shown);
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
  const verdict = w.verdicts[first.kind](all);
  return [`  ${formatShare({ weight }).padStart(8)}  ${withSource(verdict, first, w)}`];
}

function printResult(result: Result, w: ExplainWords): string {
  return `  ${formatShare(result).padStart(8)}  ${withSource(nameVerdict(result, w), result, w)}`;
}

function withSource(verdict: string, result: Result, w: ExplainWords): string {
  const source = nameSource(result, w);
  return source === '' ? verdict : w.which(verdict, source);
}
