import type { Family } from '../address/address.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import { doubtKey } from '../proof/doubt.ts';
import type { DiffReport } from '../session/comparison.ts';
import type { Part } from '../session/shard.ts';
import { sha256 } from '../text/sha256.ts';
import { familyNames } from './diff-families.ts';
import { printDiffGithub } from './diff-github.ts';
import { diffJson } from './diff-json.ts';
import { printDiffMarkdown } from './diff-markdown.ts';
import { roomOfEach } from './diff-review.ts';
import { diffLog, resultsOf } from './diff-sarif.ts';
import { printDiffText } from './diff-text.ts';
import { printDiffUnified } from './diff-unified.ts';
import { cutShort, sayEffects, sayFate } from './diff-words.ts';
import { plain } from './markdown.ts';
import { partJson } from './part-json.ts';
import type { View } from './view.ts';
import type { DiffWords } from './words/diff.ts';
import { diffTables } from './words/diff-tables.ts';

/** Nodes on which a change does the same, and what it does on the first of them. */
export interface NodeGroup {
  readonly nodes: readonly string[];
  readonly report: DiffReport;
  /** Where both are compared. */
  readonly family?: Family;
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
  /** Null: these are all nodes. */
  readonly part: Part | null;
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
      sayEffects(rest),
      sayFate(before),
      sayFate(after),
      supposed,
      doubtKey(doubt),
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

type Print = (report: NodesReport, view: View) => string;

/** The same formats as those of one node. */
export const nodesFormats = {
  text: (report, view) => {
    const w = diffTables[view.language ?? 'en'];
    const room = roomOf(report);
    return join(report, w, {
      title: (text) => text,
      group: (group) => `== ${title(group, w)} ==\n\n${printDiffText(group.report, view, room)}`,
    });
  },
  markdown: (report, view) => {
    const w = diffTables[view.language ?? 'en'];
    const share = 1 / report.groups.length;
    return join(report, w, {
      title: (text) => `**${plain(text)}**`,
      group: (group) =>
        `## ${plain(title(group, w))}\n\n${printDiffMarkdown(group.report, view, share, roomOf(report))}`,
    });
  },
  json: ({ groups, part, ...rest }) => {
    const nodes = groups.map(({ nodes: names, family, report }) => ({
      ...(part && { agreement: sha256(`${family} ${agreementKey(report)}`) }),
      nodes: names,
      ...(family && { family }),
      ...diffJson(report),
    }));
    const shard = part && { shard: partJson(part) };
    const same = nodes.every((one) => one.same);
    return `${JSON.stringify({ ...shard, same, ...rest, nodes }, null, 1)}\n`;
  },
  sarif: ({ groups }) =>
    diffLog(
      groups.flatMap(({ nodes, report }) =>
        resultsOf(report).map((result) => ({ ...result, properties: { nodes } })),
      ),
    ),
  github: ({ groups }) => [...new Set(groups.map(({ report }) => printDiffGithub(report)))].join(''),
  unified: ({ groups }) =>
    groups.map(({ nodes, report }) => printDiffUnified(report, ` (${nodes.join(', ')})`)).join(''),
} as const satisfies Readonly<Record<string, Print>>;

/** What happens, and on how many nodes. */
export function sayNodes(report: NodesReport, { language }: Pick<View, 'language'> = {}): string {
  return `${report.before} → ${report.after}: ${verdictOf(report, diffTables[language ?? 'en'])}`;
}

function verdictOf({ groups }: NodesReport, w: DiffWords): string {
  const nodesWhere = (wanted: (report: DiffReport) => boolean) =>
    new Set(groups.flatMap(({ nodes, report }) => (wanted(report) ? nodes : [])));
  const all = nodesWhere(() => true);
  const changed = nodesWhere(({ packets }) => packets.classes.length > 0);
  const doubtful = nodesWhere(({ packets }) => !packets.same && packets.classes.length === 0);
  const services = groups.flatMap(({ report }) =>
    report.services.flatMap(({ service, entries }) => (entries.length > 0 ? (service ?? []) : [])),
  );
  return w.onNodes({
    all: all.size,
    changed: changed.size,
    unproved: [...doubtful].filter((node) => !changed.has(node)).length,
    services: new Set(services).size,
  });
}

const roomOf = ({ groups }: NodesReport): number => roomOfEach(groups.map(({ report }) => report));

interface Layout {
  readonly title: (text: string) => string;
  readonly group: (group: NodeGroup) => string;
}

function join(report: NodesReport, w: DiffWords, { title, group }: Layout): string {
  const { onlyBefore, onlyAfter, groups } = report;
  const alone = [
    ...(onlyBefore.length > 0 ? [w.onlyBefore(onlyBefore.join(', '))] : []),
    ...(onlyAfter.length > 0 ? [w.onlyAfter(onlyAfter.join(', '))] : []),
  ];
  const verdict = `${report.before} → ${report.after}: ${verdictOf(report, w)}`;
  const parts = [[verdict, ...alone].map(title).join('\n'), '', ...groups.map(group)];
  return `${parts.join('\n').trimEnd()}\n`;
}

const mostNamed = 6;

function title({ nodes, report, family }: NodeGroup, w: DiffWords): string {
  const shownFor = nodes.length > 1 && !report.packets.same ? (nodes[0] as string) : null;
  const of = family === undefined ? '' : `${familyNames[family]}, `;
  return `${of}${w.node(cutShort(nodes, mostNamed, w), nodes.length, shownFor)}`;
}
