import type { NodeKind } from '../graph/model.ts';
import { visibleLines } from '../text/excerpt.ts';
import { drawingOf, measures, type PlacedEdge, type PlacedNode } from './graph-layout.ts';
import { graphTables, type SaidGraph } from './graph-said.ts';
import { edgeTitle } from './graph-words.ts';
import type { GraphWords } from './words/graph.ts';
import type { Language } from './words/language.ts';

/** How kinds look, by more than their colour: the form of the box, and its border. */
const classes: Readonly<Record<NodeKind, { readonly radius: number; readonly dash?: string }>> = {
  hook: { radius: 0 },
  chain: { radius: 3 },
  mark: { radius: 3, dash: '2 3' },
  endpoint: { radius: 14 },
  source: { radius: 3, dash: '2 3' },
  verdict: { radius: 0, dash: '6 3' },
  other: { radius: 3, dash: '1 2' },
};

const style = `
.bg{fill:#fff}.box{fill:#f6f8fa;stroke:#57606a}.hook .box{fill:#ddf4ff;stroke:#0969da;stroke-width:2}
.endpoint .box,.passes .box{fill:#dafbe1;stroke:#1a7f37}.verdict .box{fill:#ffebe9;stroke:#cf222e;stroke-width:2}
.mark .box,.source .box{fill:#fff8c5;stroke:#9a6700}
text{font:12px ui-monospace,monospace;fill:#1f2328;text-anchor:middle;white-space:pre}
.said text{font:11px system-ui,sans-serif;fill:#424a53}.said rect{fill:#fff;opacity:.85}
.edge path{fill:none;stroke:#6e7781;stroke-width:1.4}.tip{fill:#6e7781}
@media (prefers-color-scheme:dark){.bg{fill:#0d1117}.box{fill:#161b22;stroke:#8b949e}
.hook .box{fill:#0c2d6b;stroke:#58a6ff}.endpoint .box,.passes .box{fill:#04260f;stroke:#3fb950}
.verdict .box{fill:#490202;stroke:#f85149}.mark .box,.source .box{fill:#341a00;stroke:#d29922}
text{fill:#e6edf3}.said text{fill:#c9d1d9}.said rect{fill:#0d1117}.edge path{stroke:#8b949e}.tip{fill:#8b949e}}
`;

/** The graph as a picture that stands by itself: no script, no font, nothing from elsewhere. */
export function printSvg(
  graph: SaidGraph,
  { title, says }: { readonly title: string; readonly says: string },
  language: Language = 'en',
): string {
  const w = graphTables[language];
  const { width, height, nodes, edges } = drawingOf(graph, w);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" lang="${language}" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(says)}</desc>`,
    `<style>${style}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>',
    `<rect class="bg" width="${width}" height="${height}"/>`,
    ...edges.map((edge) => edgeSvg(edge, w)),
    ...nodes.map(nodeSvg),
    ...edges.map(labelSvg),
    '</svg>',
    '',
  ].join('\n');
}

function nodeSvg({ node, lines, x, y, width, height }: PlacedNode): string {
  const { radius, dash } = classes[node.kind];
  const border = dash ? ` stroke-dasharray="${dash}"` : '';
  const box = `<rect class="box" x="${at(x - width / 2)}" y="${at(y - height / 2)}" width="${at(width)}" height="${at(height)}" rx="${radius}"${border}/>`;
  const kind = node.label === 'ACCEPT' ? 'passes' : node.kind;
  return `<g class="${kind}">${box}${textLines(lines, x, y, measures.line)}</g>`;
}

function edgeSvg({ edge, path }: PlacedEdge, w: GraphWords): string {
  return `<g class="edge"><title>${escaped(edgeTitle(edge, w))}</title><path d="${path}" marker-end="url(#tip)"/></g>`;
}

function labelSvg({ label }: PlacedEdge): string {
  if (!label) return '';
  const { x, y, width, height, lines } = label;
  const ground = `<rect x="${at(x - width / 2)}" y="${at(y - height / 2)}" width="${at(width)}" height="${at(height)}"/>`;
  return `<g class="said">${ground}${textLines(lines, x, y, measures.labelLine)}</g>`;
}

/** Lines of text around their middle. */
function textLines(lines: readonly string[], x: number, y: number, height: number): string {
  const first = y - ((lines.length - 1) * height) / 2 + height * 0.27;
  return lines
    .map((line, index) => `<text x="${at(x)}" y="${at(first + index * height)}">${escaped(line)}</text>`)
    .join('');
}

const at = (value: number): string => String(Math.round(value * 10) / 10);

const escaped = (text: string): string =>
  visibleLines(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
