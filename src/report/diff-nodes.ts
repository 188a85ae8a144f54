import type { PacketClass } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import { diffJson } from './diff-json.ts';
import { printDiffMarkdown } from './diff-markdown.ts';
import { diffLog, resultsOf } from './diff-sarif.ts';
import { printDiffText, type TextOptions } from './diff-text.ts';
import { printDiffUnified } from './diff-unified.ts';
import { cutShort, sayEffects, sayFate } from './diff-words.ts';

/** Nodes on which a change does the same, and what it does on the first of them. */
export interface NodeGroup {
  readonly nodes: readonly string[];
  readonly report: DiffReport;
}

/** A comparison on every node. */
export interface NodesReport {
  readonly before: string;
  readonly after: string;
  readonly groups: readonly NodeGroup[];
  /** Nodes that one side alone has, on which there is nothing to compare. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  readonly status: 0 | 1;
}

/**
 * Equal for nodes that agree: the same services and entries change in the same way, from the same fates to the same. Which
 * addresses are a node's own, and its pods', is of no account.
 */
export function agreementKey({ services, packets, text }: DiffReport): string {
  const of = ({ entry, severity, before, after, supposed, doubt, ...rest }: PacketClass) =>
    JSON.stringify([
      entry,
      severity,
      sayEffects({ ...rest, entry, severity, before, after, supposed, doubt }),
      sayFate(before),
      sayFate(after),
      supposed,
      doubt,
    ]);
  const kinds = (classes: readonly PacketClass[]) => [...new Set(classes.map(of))].sort();
  const changed = services.map(({ service, status, severity }) => [service, status, severity]);
  return JSON.stringify([
    changed,
    kinds(packets.classes),
    kinds(packets.unproved),
    packets.left.length > 0,
    text?.length === 0,
  ]);
}

type Print = (report: NodesReport, options: TextOptions) => string;

/** The same formats as those of one node. */
export const nodesFormats = {
  text: (report, options) =>
    join(report, (group) => `== ${title(group)} ==\n\n${printDiffText(group.report, options)}`, ''),
  markdown: (report) =>
    join(
      report,
      (group) =>
        `## ${escaped(title(group))}\n\n${printDiffMarkdown(group.report, 1 / report.groups.length)}`,
      '- ',
    ),
  json: ({ groups, ...rest }) => {
    const nodes = groups.map((group) => ({ nodes: group.nodes, ...diffJson(group.report) }));
    return `${JSON.stringify({ same: nodes.every(({ same }) => same), ...rest, nodes }, null, 1)}\n`;
  },
  sarif: ({ groups }) =>
    diffLog(
      groups.flatMap(({ nodes, report }) =>
        resultsOf(report).map((result) => ({ ...result, properties: { nodes } })),
      ),
    ),
  unified: ({ groups }) =>
    groups.map(({ nodes, report }) => printDiffUnified(report, ` (${nodes.join(', ')})`)).join(''),
} as const satisfies Readonly<Record<string, Print>>;

function join(report: NodesReport, print: (group: NodeGroup) => string, sign: string): string {
  const alone = [...lone(report.onlyBefore, 'before'), ...lone(report.onlyAfter, 'after')];
  const parts = [
    ...alone.map((line) => `${sign}${line}`),
    ...(alone.length > 0 ? [''] : []),
    ...report.groups.map(print),
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

function lone(nodes: readonly string[], side: string): string[] {
  return nodes.length === 0 ? [] : [`Only ${side}, with nothing to compare it with: ${nodes.join(', ')}.`];
}

const mostNamed = 6;

function title({ nodes, report }: NodeGroup): string {
  const first = nodes.length > 1 && !report.packets.same ? `; shown for ${nodes[0]}` : '';
  return `${nodes.length === 1 ? 'Node' : `${nodes.length} nodes that agree:`} ${cutShort(nodes, mostNamed)}${first}`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&');
}
