import { Graph, layout } from '@dagrejs/dagre';
import type { ChainGraph, GraphEdge, GraphNode } from '../../../graph/model.ts';
import { toNumber } from '../../../packet/fraction.ts';

export interface PlacedNode {
  readonly node: GraphNode;
  /** Of the upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  /** A path of SVG. */
  readonly path: string;
  readonly lines: readonly string[];
  /** Of the longest line. */
  readonly width: number;
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  /** How many nodes there are in all, shown or not. */
  readonly all: number;
}

const nodeLetter = 7.6;
const edgeLetter = 6.6;
const longest = 44;
/** More nodes than this nobody can look at. */
const mostNodes = 160;

/** Whose a chain is: left out where all are of one service. */
const subject = /\[([^\] ]+)((?: -> [^\]]+)?)\]$/;

/** Places a graph from left to right. */
export function placeGraph(graph: ChainGraph): Layout {
  const nodes = graph.nodes.slice(0, mostNodes);
  const kept = new Set(nodes.map(({ id }) => id));
  const edges = graph.edges.filter(({ from, to }) => kept.has(from) && kept.has(to));
  const drawing = new Graph({ multigraph: true });
  drawing.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 28, marginx: 12, marginy: 12 });
  drawing.setDefaultEdgeLabel(() => ({}));
  const isOfOne = new Set(nodes.flatMap(({ label }) => subject.exec(label)?.[1] ?? [])).size === 1;
  const labelOf = ({ label }: GraphNode) => shorten(isOfOne ? label.replace(subject, '$2') : label);
  for (const node of nodes) {
    const width = Math.max(70, labelOf(node).length * nodeLetter + 24);
    drawing.setNode(node.id, { width, height: node.chain === null ? 30 : 44 });
  }
  for (const edge of edges) {
    const lines = linesOf(edge);
    drawing.setEdge(edge.from, edge.to, { width: widthOf(lines), height: lines.length * 16, labelpos: 'c' });
  }
  layout(drawing);
  const { width = 0, height = 0 } = drawing.graph();
  return {
    width,
    height,
    nodes: nodes.map((node) => {
      const at = drawing.node(node.id);
      return {
        node,
        x: at.x - at.width / 2,
        y: at.y - at.height / 2,
        width: at.width,
        height: at.height,
        label: labelOf(node),
      };
    }),
    edges: edges.map((edge) => {
      const at = drawing.edge(edge.from, edge.to);
      const middle = at.points[Math.floor(at.points.length / 2)] ?? { x: 0, y: 0 };
      return {
        edge,
        path: curve(at.points),
        lines: linesOf(edge),
        width: widthOf(linesOf(edge)),
        x: at.x ?? middle.x,
        y: at.y ?? middle.y,
      };
    }),
    all: graph.nodes.length,
  };
}

/** The share, and what is asked; rules that ask for different things are counted. */
function linesOf({ rules, share }: GraphEdge): string[] {
  const asked = [...new Set(rules.map(({ conditions }) => conditions.join(', ')))].filter(
    (text) => text !== '',
  );
  const percent = share === null ? [] : [formatPercent(toNumber(share))];
  return [...percent, ...(asked.length > 2 ? [`${asked.length} ×`] : asked.map(shorten))];
}

function widthOf(lines: readonly string[]): number {
  return Math.max(0, ...lines.map(({ length }) => length)) * edgeLetter + 8;
}

export function formatPercent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function curve(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${first.x},${first.y}`;
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    if (!next) path += ` L${point.x},${point.y}`;
    else path += ` Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`;
  }
  return path;
}
