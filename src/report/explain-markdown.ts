import { formatAddress } from '../address/address.ts';
import type { EntryRow, ExplainedService, Explanation } from '../path/explain.ts';
import type { IngressRow } from '../path/ingress/rows.ts';
import {
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
import { type ChainName, formatShare, nameSource, nameWhy } from './result-words.ts';

/** The source-IP matrix as tables, one for each port. */
export function printExplainMarkdown(services: readonly ExplainedService[]): string {
  const parts = services.flatMap((service) =>
    service.service.unproxied === null
      ? service.explanations.map((explanation) => printExplanation(service, explanation))
      : [`## ${service.key}\n\n${escapeCell(nameUnproxied(service))}\n`],
  );
  return parts.join('\n');
}

function printExplanation({ key, chainName }: ExplainedService, explanation: Explanation): string {
  const lines = [
    `## ${escapeCell(namePort(key, explanation))}`,
    '',
    `${namePolicies(explanation)}. Endpoints: ${escapeCell(nameEndpoints(explanation))}.`,
    ...explanation.notes.flatMap((note) => ['', `Note: ${escapeCell(sayPathNote(note))}.`]),
    '',
    '| Entry | Client | Share | What becomes of it | The server | Why |',
    '|---|---|---:|---|---|---|',
    ...explanation.rows.flatMap((row) => printRow(row, explanation, chainName)),
    ...explanation.ingresses.flatMap((row) => printIngress(row, chainName)),
  ];
  return `${lines.join('\n')}\n`;
}

function printRow({ entry, cells }: EntryRow, { endpoints }: Explanation, chainName: ChainName): string[] {
  return cells.flatMap(({ client, results }) =>
    results.map((result) => {
      const cells = [
        nameEntry(entry, endpoints),
        nameClient(client),
        formatShare(result),
        nameVerdict(result),
        nameSource(result),
        nameWhy(result, chainName),
      ];
      return printCells(cells);
    }),
  );
}

function printIngress(row: IngressRow, chainName: ChainName): string[] {
  const start = [nameIngress(row), `outside (${formatAddress(row.client)})`];
  const found = `the client is found in: ${nameClientFound(row)}`;
  const { stop } = row.trace;
  if (stop !== null) return [printCells([...start, '100 %', 'gets nowhere', '', sayStop(stop)])];
  return row.results.map((result) => {
    const why = [nameWhy(result, chainName), found].filter((text) => text !== '').join('; ');
    return printCells([...start, formatShare(result), nameVerdict(result), nameSource(result), why]);
  });
}

function printCells(cells: readonly string[]): string {
  return `| ${cells.map(escapeCell).join(' | ')} |`;
}

/** Whatever Markdown would act on. */
function escapeCell(text: string): string {
  return text.replace(/[\\|*_<>`]/g, (sign) => `\\${sign}`).replaceAll('[', '\\[');
}
