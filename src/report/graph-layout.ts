import { Graph, layout } from '@dagrejs/dagre';
import type { ChainGraph, GraphEdge, GraphNode } from '../graph/model.ts';
import { edgeLines } from './graph-words.ts';

/** Widths are of characters of a font with fixed widths, in pixels of CSS. */
export const measures = { character: 7.25, line: 16, padX: 12, padY: 9, label: 6.2, labelLine: 14 } as const;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `x` and `y` are the middle. */
export interface PlacedNode extends Point {
  readonly node: GraphNode;
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  /** The middle of its text; null where it has none. */
  readonly label: (Point & { readonly lines: readonly string[] }) | null;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Where everything stands, from left to right; `down`: from top to bottom, for narrow places. */
export function drawingOf({ nodes, edges }: ChainGraph, down = false): Drawing {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({
    rankdir: down ? 'TB' : 'LR',
    nodesep: 18,
    ranksep: 44,
    edgesep: 12,
    marginx: 12,
    marginy: 12,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const lines = new Map(nodes.map((node) => [node.id, nodeLines(node)]));
  for (const node of nodes) graph.setNode(node.id, { ...sizeOf(lines.get(node.id) ?? []) });
  for (const edge of edges)
    graph.setEdge(edge.from, edge.to, { ...labelSize(edgeLines(edge)), labelpos: 'c' });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: nodes.map((node) => {
      const { x, y, width, height } = graph.node(node.id) as Point & { width: number; height: number };
      return { node, lines: lines.get(node.id) ?? [], x, y, width, height };
    }),
    edges: edges.map((edge) => {
      const { points, x, y } = graph.edge(edge.from, edge.to) as unknown as Point & { points: Point[] };
      const words = edgeLines(edge);
      return { edge, points, label: words.length > 0 ? { x, y, lines: words } : null };
    }),
  };
}

/** `KUBE-SEP[default/web -> 10.0.0.1:80]` is broken before what stands in brackets. */
function nodeLines({ label, table, kind }: GraphNode): readonly string[] {
  const lines = label.length > 22 ? label.split(/(?=\[)|(?<= )(?=-> )/).map((line) => line.trim()) : [label];
  return kind === 'chain' && table !== 'nat' ? [...lines, `(${table})`] : lines;
}

function sizeOf(lines: readonly string[]): { width: number; height: number } {
  const longest = Math.max(...lines.map(({ length }) => length), 4);
  return {
    width: longest * measures.character + 2 * measures.padX,
    height: lines.length * measures.line + 2 * measures.padY,
  };
}

function labelSize(lines: readonly string[]): { width: number; height: number } {
  const longest = Math.max(...lines.map(({ length }) => length), 0);
  return {
    width: longest * measures.label + (longest > 0 ? 10 : 0),
    height: lines.length * measures.labelLine,
  };
}
