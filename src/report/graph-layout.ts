import { Graph, layout } from '@dagrejs/dagre';
import type { NodeKind } from '../graph/model.ts';
import { type Box, columnsOf, type Point, routeOf } from './graph-route.ts';
import type { SaidEdge, SaidGraph, SaidNode } from './graph-said.ts';
import { edgeLines } from './graph-words.ts';
import { graphWords as en } from './words/en/graph.ts';
import type { GraphWords } from './words/graph.ts';

/** Widths are of characters of a font with fixed widths, in pixels of CSS. */
export const measures = { character: 7.25, line: 16, padX: 12, padY: 9, label: 6.2, labelLine: 14 } as const;

export interface PlacedNode extends Box {
  readonly node: SaidNode;
  readonly lines: readonly string[];
}

export interface PlacedEdge {
  readonly edge: SaidEdge;
  /** As SVG spells paths. */
  readonly path: string;
  /** The place of its text; null where it has none. */
  readonly label: (Box & { readonly lines: readonly string[] }) | null;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** What leads to an endpoint stands level with it; what every endpoint leads to (the mark) gives way. */
const weights: Readonly<Record<NodeKind, number>> = {
  endpoint: 12,
  chain: 3,
  hook: 1,
  mark: 1,
  source: 1,
  verdict: 1,
  other: 1,
};

/** Where everything stands, from left to right. */
export function drawingOf({ nodes, edges }: SaidGraph, w: GraphWords = en): Drawing {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: 32, edgesep: 10, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const lines = new Map(nodes.map((node) => [node.id, nodeLines(node)]));
  const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
  for (const node of nodes) graph.setNode(node.id, { ...sizeOf(lines.get(node.id) ?? []) });
  for (const edge of edges) {
    const weight = weights[kinds.get(edge.to) ?? 'other'];
    graph.setEdge(edge.from, edge.to, { ...labelSize(edgeLines(edge, w)), labelpos: 'c', weight });
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const boxOf = (id: string) => graph.node(id) as Box;
  const columns = columnsOf(nodes.map(({ id }) => boxOf(id)));
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: nodes.map((node) => {
      const { x, y, width, height } = boxOf(node.id);
      return { node, lines: lines.get(node.id) ?? [], x, y, width, height };
    }),
    edges: edges.map((edge) => {
      const { points, x, y } = graph.edge(edge.from, edge.to) as unknown as Point & { points: Point[] };
      const words = edgeLines(edge, w);
      return {
        edge,
        path: routeOf(boxOf(edge.from), boxOf(edge.to), points.slice(1, -1), columns),
        label: words.length > 0 ? { x, y, ...labelSize(words), lines: words } : null,
      };
    }),
  };
}

/** `KUBE-SEP[default/web -> 10.0.0.1:80]` is broken before what stands in brackets. */
function nodeLines({ label, table, kind }: SaidNode): readonly string[] {
  const lines = label.includes('\n') || label.length <= 22 ? label.split('\n') : label.split(afterName);
  const isOther = kind === 'chain' && table !== null && table !== 'nat';
  return isOther ? [...lines.map((line) => line.trim()), `(${table})`] : lines.map((line) => line.trim());
}

const afterName = /(?<=[\w-])(?=\[)|(?<= )(?=-> )/;

/** Letters of East Asia are as wide as nearly two others. */
const lettersOf = (text: string): number => text.length + 0.8 * (text.match(/[\u1100-\uffff]/g)?.length ?? 0);

function sizeOf(lines: readonly string[]): { width: number; height: number } {
  const longest = Math.max(...lines.map(lettersOf), 4);
  return {
    width: longest * measures.character + 2 * measures.padX,
    height: lines.length * measures.line + 2 * measures.padY,
  };
}

function labelSize(lines: readonly string[]): { width: number; height: number } {
  const longest = Math.max(...lines.map(lettersOf), 0);
  return {
    width: longest * measures.label + (longest > 0 ? 10 : 0),
    height: lines.length * measures.labelLine,
  };
}
