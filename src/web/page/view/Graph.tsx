import { useMemo } from 'preact/hooks';
import type { ChainGraph } from '../../../graph/model.ts';
import { type PlacedEdge, type PlacedNode, placeGraph } from '../model/layout.ts';
import { words } from '../words.ts';

interface Props {
  readonly graph: ChainGraph;
  readonly label: string;
  /** Where a node leads; null for one that leads nowhere. */
  readonly href: (id: string) => string | null;
  readonly chosen?: string;
  /** Nodes, and edges as `FROM TO`, that a packet passes; null where none was sent. */
  readonly lit?: ReadonlySet<string> | null;
}

/** A graph from hook to endpoint. Every chain is a link, so that it can be read by keyboard. */
export function Graph({ graph, label, href, chosen = '', lit = null }: Props) {
  const w = words.value;
  const placed = useMemo(() => placeGraph(graph), [graph]);
  const styleOf = (id: string) => (lit === null ? '' : lit.has(id) ? ' lit' : ' dimmed');
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="graph-box" tabIndex={0} aria-label={label}>
        <svg
          class="graph"
          style={{ minWidth: `${placed.width * 0.75}px`, maxWidth: `${placed.width}px` }}
          viewBox={`0 0 ${placed.width} ${placed.height}`}
        >
          <title>{label}</title>
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerUnits="userSpaceOnUse"
              markerWidth="9"
              markerHeight="9"
              orient="auto"
            >
              <path d="M0,0 L8,4 L0,8 z" fill="currentColor" />
            </marker>
          </defs>
          {placed.edges.map((one) => (
            <Edge
              key={`${one.edge.from} ${one.edge.to}`}
              placed={one}
              style={styleOf(`${one.edge.from} ${one.edge.to}`)}
            />
          ))}
          {placed.nodes.map((one) => (
            <Node
              key={one.node.id}
              placed={one}
              href={href(one.node.id)}
              style={`${styleOf(one.node.id)}${one.node.id === chosen ? ' chosen' : ''}`}
            />
          ))}
        </svg>
      </section>
      {placed.all > placed.nodes.length && (
        <p class="hint">{w.graphTooLarge(placed.nodes.length, placed.all)}</p>
      )}
    </>
  );
}

function Edge({
  placed: { path, lines, x, y, width },
  style,
}: {
  readonly placed: PlacedEdge;
  readonly style: string;
}) {
  return (
    <g class={`edge${style}`}>
      <path d={path} marker-end="url(#arrow)" />
      {lines.length > 0 && (
        <rect
          class="paper"
          x={x - width / 2}
          y={y - lines.length * 8}
          width={width}
          height={lines.length * 16}
        />
      )}
      {lines.map((line, index) => (
        <text key={line} x={x} y={y + (index - (lines.length - 1) / 2) * 16 + 4} text-anchor="middle">
          {line}
        </text>
      ))}
    </g>
  );
}

const stops: readonly string[] = ['verdict/DROP', 'verdict/REJECT'];

function Node({
  placed: { node, x, y, width, height, label },
  href,
  style,
}: {
  readonly placed: PlacedNode;
  readonly href: string | null;
  readonly style: string;
}) {
  const kind = stops.some((stop) => node.id.startsWith(stop)) ? 'stop' : node.kind;
  const body = (
    <>
      <title>{node.label}</title>
      <rect x={x} y={y} width={width} height={height} rx={6} />
      <text x={x + width / 2} y={y + (node.chain === null ? height / 2 + 5 : 19)} text-anchor="middle">
        {label}
      </text>
      {node.chain !== null && (
        <text class="sub" x={x + width / 2} y={y + 36} text-anchor="middle">
          {node.kind === 'hook' ? node.rules : `${node.table} · ${node.rules}`}
        </text>
      )}
    </>
  );
  const className = `node ${kind}${style}`;
  return href === null ? (
    <g class={className}>{body}</g>
  ) : (
    <a class={className} href={href}>
      {body}
    </a>
  );
}
