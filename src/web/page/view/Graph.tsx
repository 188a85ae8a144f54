import { useMemo } from 'preact/hooks';
import type { ChainGraph } from '../../../graph/model.ts';
import { measures, type PlacedEdge, type PlacedNode } from '../../../report/graph-layout.ts';
import { sayGraph } from '../../../report/graph-said.ts';
import { toNumber } from '../../../sets/fraction.ts';
import { draw } from '../model/drawing.ts';
import { language, words } from '../words.ts';

interface Props {
  readonly graph: ChainGraph;
  readonly label: string;
  /** Where a node leads; null for one that leads nowhere. */
  readonly href: (id: string) => string | null;
  readonly chosen?: string;
  /** Nodes, and edges as `FROM TO`, that a packet passes; null where none was sent. */
  readonly lit?: ReadonlySet<string> | null;
  /** Edges are as wide as their shares. */
  readonly isFlow?: boolean;
}

/** A graph from hook to endpoint. Every chain is a link, so that it can be read by keyboard. */
export function Graph({ graph, label, href, chosen = '', lit = null, isFlow = false }: Props) {
  const w = words.value;
  const { width, height, nodes, edges } = useMemo(
    () => draw(sayGraph(graph, language.value), language.value),
    [graph, language.value],
  );
  const styleOf = (id: string) => (lit === null ? '' : lit.has(id) ? ' lit' : ' dimmed');
  const keyOf = ({ edge: { from, to } }: PlacedEdge) => `${from} ${to}`;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class={isFlow ? 'graph-box flow' : 'graph-box'} tabIndex={0} aria-label={label}>
        <svg
          class="graph"
          style={{ '--least': `${width * 0.8}px`, maxWidth: `${width}px` }}
          viewBox={`0 0 ${width} ${height}`}
        >
          <title>{label}</title>
          <defs>
            <Tip id="tip" style="tip" />
            <Tip id="tip-lit" style="tip lit" />
          </defs>
          {edges.map((one) => (
            <g key={keyOf(one)} class={`edge${markStyle(one)}${styleOf(keyOf(one))}`}>
              <path
                d={one.path}
                style={isFlow ? { strokeWidth: `${widthOf(one)}px` } : undefined}
                marker-end={isFlow ? undefined : lit?.has(keyOf(one)) ? 'url(#tip-lit)' : 'url(#tip)'}
              />
            </g>
          ))}
          {nodes.map((one) => (
            <Node
              key={one.node.id}
              placed={one}
              href={href(one.node.id)}
              isEnd={isFlow}
              style={`${styleOf(one.node.id)}${one.node.id === chosen ? ' chosen' : ''}`}
            />
          ))}
          {edges.map((one) => (
            <Label key={keyOf(one)} placed={one} style={styleOf(keyOf(one))} />
          ))}
        </svg>
      </section>
      {graph.nodes.length > nodes.length && (
        <p class="hint">{w.graphTooLarge(nodes.length, graph.nodes.length)}</p>
      )}
    </>
  );
}

function Tip({ id, style }: { readonly id: string; readonly style: string }) {
  return (
    <marker
      id={id}
      class={style}
      viewBox="0 0 8 8"
      refX="7"
      refY="4"
      markerUnits="userSpaceOnUse"
      markerWidth="9"
      markerHeight="9"
      orient="auto"
    >
      <path class="tip-end" d="M0,0 L8,4 L0,8 z" />
    </marker>
  );
}

/** In pixels: what all connections pass is as wide as a rule of the path that is lit, and more. */
const widthOf = ({ edge: { share } }: PlacedEdge) => 1 + 9 * (share ? toNumber(share) : 1);

/** The mark for masquerading is a side way: nearly every chain leads there, and it decides nothing. */
const markStyle = ({ edge: { to } }: PlacedEdge) => (to.endsWith('/KUBE-MARK-MASQ') ? ' aside' : '');

function Label({ placed: { label }, style }: { readonly placed: PlacedEdge; readonly style: string }) {
  if (!label) return null;
  const { x, y, width, height, lines } = label;
  return (
    <g class={`said${style}`}>
      <rect class="paper" x={x - width / 2} y={y - height / 2} width={width} height={height} />
      {lines.map((line, index) => (
        <text
          key={line}
          x={x}
          y={y + (index - (lines.length - 1) / 2) * measures.labelLine + 4}
          class={/^[\d.]+ %$/.test(line) ? 'share' : undefined}
        >
          {line}
        </text>
      ))}
    </g>
  );
}

const stops: readonly string[] = ['verdict/DROP', 'verdict/REJECT'];

function Node({
  placed: { node, lines, x, y, width, height },
  href,
  isEnd,
  style,
}: {
  readonly placed: PlacedNode;
  readonly href: string | null;
  /** Every verdict is the end of a way that reaches nobody. */
  readonly isEnd: boolean;
  readonly style: string;
}) {
  const isStop = (isEnd && node.kind === 'verdict') || stops.some((stop) => node.id.startsWith(stop));
  const kind = isStop ? 'stop' : node.kind;
  const body = (
    <>
      <title>{node.label}</title>
      <rect
        x={x - width / 2}
        y={y - height / 2}
        width={width}
        height={height}
        rx={node.kind === 'endpoint' ? 14 : 6}
      />
      {lines.map((line, index) => (
        <text key={line} x={x} y={y + (index - (lines.length - 1) / 2) * measures.line + 4}>
          {line}
        </text>
      ))}
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
