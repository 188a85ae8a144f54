import { formatAddress } from '../address/address.ts';
import type { EntryRow, ExplainedService, Explanation } from '../path/explain.ts';
import type { IngressRow } from '../path/ingress/rows.ts';
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
import { type ChainName, formatShare, nameSource, nameWhy } from './result-words.ts';
import type { Language } from './words/language.ts';

/** The source-IP matrix as tables, one for each port. */
export function printExplainMarkdown(
  services: readonly ExplainedService[],
  language: Language = 'en',
): string {
  const parts = services.flatMap((service) =>
    service.service.unproxied === null
      ? service.explanations.map((explanation) => printExplanation(service, explanation, language))
      : [`## ${service.key}\n\n${escapeCell(nameUnproxied(service, explainTables[language]))}\n`],
  );
  return parts.join('\n');
}

function printExplanation(
  { key, chainName }: ExplainedService,
  explanation: Explanation,
  language: Language,
): string {
  const w = explainTables[language];
  const lines = [
    `## ${escapeCell(namePort(key, explanation, w))}`,
    '',
    `${namePolicies(explanation)}. ${w.endpoints(escapeCell(nameEndpoints(explanation, w)))}.`,
    ...explanation.notes.flatMap((note) => ['', escapeCell(w.note(sayPathNote(note, language)))]),
    '',
    `| ${w.columns.join(' | ')} |`,
    '|---|---|---:|---|---|---|',
    ...explanation.rows.flatMap((row) => printRow(row, explanation, chainName, language)),
    ...explanation.ingresses.flatMap((row) => printIngress(row, chainName, language)),
  ];
  return `${lines.join('\n')}\n`;
}

function printRow(
  { entry, cells }: EntryRow,
  { endpoints }: Explanation,
  chainName: ChainName,
  language: Language,
): string[] {
  const w = explainTables[language];
  return cells.flatMap(({ client, results }) =>
    results.map((result) =>
      printCells([
        nameEntry(entry, endpoints, w),
        nameClient(client, w),
        formatShare(result),
        nameVerdict(result, w),
        nameSource(result, w),
        nameWhy(result, chainName, language),
      ]),
    ),
  );
}

function printIngress(row: IngressRow, chainName: ChainName, language: Language): string[] {
  const w = explainTables[language];
  const start = [nameIngress(row, w), w.clients.outside(formatAddress(row.client), null)];
  const { stop } = row.trace;
  if (stop !== null)
    return [printCells([...start, '100 %', w.verdicts.lost(null), '', sayStop(stop, language)])];
  const found = w.foundIn(nameClientFound(row, language));
  return row.results.map((result) => {
    const why = [nameWhy(result, chainName, language), found].filter((text) => text !== '').join('; ');
    return printCells([...start, formatShare(result), nameVerdict(result, w), nameSource(result, w), why]);
  });
}

function printCells(cells: readonly string[]): string {
  return `| ${cells.map(escapeCell).join(' | ')} |`;
}

/** Whatever Markdown would act on. */
function escapeCell(text: string): string {
  return text.replace(/[\\|*_<>`]/g, (sign) => `\\${sign}`).replaceAll('[', '\\[');
}
