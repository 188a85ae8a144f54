import { formatAddress } from '../address/address.ts';
import type { Cell, EntryRow, ExplainedService, Explanation } from '../path/explain.ts';
import type { IngressRow } from '../path/ingress/rows.ts';
import type { Result } from '../path/results.ts';
import { add, zero } from '../sets/fraction.ts';
import { assumptionLines } from './assumptions.ts';
import {
  type ChainName,
  formatShare,
  nameClient,
  nameClientFound,
  nameEndpoints,
  nameEntry,
  nameIngress,
  namePolicies,
  namePort,
  nameServer,
  nameSource,
  nameUnproxied,
  nameVerdict,
  nameWhy,
} from './explain-words.ts';

/** The source-IP matrix, for people. */
export function printExplainText(services: readonly ExplainedService[]): string {
  const parts = services.flatMap((service) =>
    service.service.unproxied === null
      ? service.explanations.map((explanation) => printExplanation(service, explanation))
      : [`${nameUnproxied(service)}\n`],
  );
  const assumed = assumptionLines(services.flatMap((service) => service.assumed));
  const note = assumed.map((line) => `\n${line}\n`).join('');
  return parts.length === 0 ? 'There is no service to explain.\n' : `${parts.join('\n')}${note}`;
}

function printExplanation({ key, chainName }: ExplainedService, explanation: Explanation): string {
  const lines = [
    `${namePort(key, explanation)} (${namePolicies(explanation)})`,
    `Endpoints: ${nameEndpoints(explanation)}`,
    ...explanation.notes.map((note) => `Note: ${note}.`),
    ...explanation.rows.flatMap((row) => ['', ...printRow(row, explanation, chainName)]),
    ...explanation.ingresses.flatMap((row) => ['', ...printIngress(row, chainName)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Clients of whom the same is said are named together. */
function printRow({ entry, cells }: EntryRow, { endpoints }: Explanation, chainName: ChainName): string[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const body = printResults(cell.results, chainName).join('\n');
    groups.set(body, [...(groups.get(body) ?? []), cell]);
  }
  return [
    nameEntry(entry, endpoints),
    ...[...groups].flatMap(([body, group]) => [
      ...group.map(({ client }) => `  from ${nameClient(client)}`),
      body,
    ]),
  ];
}

function printIngress(row: IngressRow, chainName: ChainName): string[] {
  const { stop } = row.trace;
  return [
    nameIngress(row),
    `  from outside (${formatAddress(row.client)})`,
    ...(stop === null ? printResults(row.results, chainName) : [`     100 %  gets nowhere: ${stop}`]),
    ...(stop === null
      ? [`            the client's address is still to be found in: ${nameClientFound(row)}`]
      : []),
  ];
}

const mostLines = 12;

function printResults(results: readonly Result[], chainName: ChainName): string[] {
  const groups = groupAlike(results, chainName);
  const shown = groups.slice(0, mostLines);
  const lines = shown.flatMap((group, index) => {
    const why = nameWhy(group[0], chainName);
    const next = shown[index + 1];
    const again = next !== undefined && nameWhy(next[0], chainName) === why;
    return [...printGroup(group), ...(why === '' || again ? [] : [`            ${why}`])];
  });
  const rest = groups.slice(mostLines).flat().length;
  return rest > 0 ? [...lines, `            … and ${rest} more like these`] : lines;
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

function printGroup(group: Group): string[] {
  const [first] = group;
  if (group.length < mostAlike || first.server === null) return group.map(printResult);
  const servers = group.slice(0, mostAlike - 1).map(nameServer);
  const rest = group.length - servers.length;
  const weight = group.reduce((sum, result) => add(sum, result.weight), zero);
  const all = `one of ${group.length} endpoints, ${formatShare(first)} each: ${servers.join('; ')}; and ${rest} more`;
  return [
    `  ${formatShare({ weight }).padStart(8)}  ${nameVerdict({ ...first, server: null })} ${all}${printSource(first)}`,
  ];
}

function printResult(result: Result): string {
  return `  ${formatShare(result).padStart(8)}  ${nameVerdict(result)}${printSource(result)}`;
}

function printSource(result: Result): string {
  const source = nameSource(result);
  return source === '' ? '' : `, which ${source}`;
}
