import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { bundle } from '../../../graph/bundle.ts';
import type { ChainGraph } from '../../../graph/model.ts';
import { measures, type PlacedEdge, type PlacedNode } from '../../../report/graph-layout.ts';
import { sayGraph } from '../../../report/graph-said.ts';
import { toNumber } from '../../../sets/fraction.ts';
import { draw } from '../model/drawing.ts';
import { linkTo } from '../state.ts';
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
  /** How an edge is drawn beside that, by `FROM TO`. */
  readonly look?: (edge: string) => string;
}

/** As large as it is drawn; a step makes it larger or smaller by a quarter. */
const step = 1.25;

/** A graph from hook to endpoint. Every chain is a link, so that it can be read by keyboard. */
export function Graph({ graph, label, href, chosen = '', lit = null, isFlow = false, look }: Props) {
  const w = words.value;
  const { width, height, nodes, edges } = useMemo(
    () => draw(sayGraph(graph, language.value), language.value),
    [graph, language.value],
  );
  const [zoom, setZoom] = useState(1);
  const [search, setSearch] = useState('');
  const box = useRef<HTMLElement>(null);
  const wanted = search.trim().toLowerCase();
  const found = nodes.filter(({ node }) => wanted !== '' && node.label.toLowerCase().includes(wanted));
  const isFound = new Set(found.map(({ node }) => node.id));
  const styleOf = (id: string) =>
    `${lit === null ? '' : lit.has(id) ? ' lit' : ' dimmed'}${isFound.has(id) ? ' found' : ''}`;
  useEffect(() => {
    box.current?.querySelector('.found')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [wanted]);
  const keyOf = ({ edge: { from, to } }: PlacedEdge) => `${from} ${to}`;
  return (
    <>
      <div class="graph-tools">
        <button type="button" aria-label={w.zoomOut} onClick={() => setZoom(zoom / step)}>
          −
        </button>{' '}
        <button type="button" aria-label={w.zoomIn} onClick={() => setZoom(zoom * step)}>
          +
        </button>{' '}
        <label>
          {w.findInGraph}{' '}
          <input type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>{' '}
        {wanted !== '' && <output>{found.length}</output>}
      </div>
      <section
        ref={box}
        class={isFlow ? 'graph-box flow' : 'graph-box'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        onPointerMove={(event) => {
          if (event.pointerType === 'mouse' && event.buttons === 1)
            event.currentTarget.scrollBy(-event.movementX, -event.movementY);
        }}
      >
        <svg
          class="graph"
          style={{
            '--least': `${width * 0.8 * zoom}px`,
            width: `${100 * Math.max(zoom, 1)}%`,
            maxWidth: `${width * zoom}px`,
          }}
          viewBox={`0 0 ${width} ${height}`}
        >
          <title>{label}</title>
          <defs>
            <Tip id="tip" style="tip" />
            <Tip id="tip-lit" style="tip lit" />
          </defs>
          {edges.map((one) => (
            <g
              key={keyOf(one)}
              class={`edge${markStyle(one)}${styleOf(keyOf(one))} ${look?.(keyOf(one)) ?? ''}`}
            >
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
              href={one.node.id === bundle ? linkTo({ open: '1' }) : href(one.node.id)}
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
