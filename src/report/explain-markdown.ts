import type { EntryRow, ExplainedService, Explanation } from '../path/explain.ts';
import {
  type ChainName,
  formatShare,
  nameClient,
  nameEndpoints,
  nameEntry,
  namePolicies,
  namePort,
  nameSource,
  nameUnproxied,
  nameVerdict,
  nameWhy,
} from './explain-words.ts';

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
    ...explanation.notes.flatMap((note) => ['', `Note: ${escapeCell(note)}.`]),
    '',
    '| Entry | Client | Share | What becomes of it | The server | Why |',
    '|---|---|---:|---|---|---|',
    ...explanation.rows.flatMap((row) => printRow(row, explanation, chainName)),
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
      return `| ${cells.map(escapeCell).join(' | ')} |`;
    }),
  );
}

/** Whatever Markdown would act on. */
function escapeCell(text: string): string {
  return text.replace(/[\\|*_<>`]/g, (sign) => `\\${sign}`).replaceAll('[', '\\[');
}
