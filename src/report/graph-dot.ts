import type { NodeKind } from '../graph/model.ts';
import { graphTables, type SaidGraph } from './graph-said.ts';
import { edgeLines, edgeTitle } from './graph-words.ts';
import type { Language } from './words/language.ts';

const shapes: Readonly<Record<NodeKind, string>> = {
  hook: 'shape=cds',
  chain: 'shape=box',
  mark: 'shape=note',
  endpoint: 'shape=box style=rounded',
  source: 'shape=note',
  verdict: 'shape=octagon',
  other: 'shape=box style=dashed',
};

/** The graph in Graphviz's language. */
export function printDot({ nodes, edges }: SaidGraph, language: Language = 'en'): string {
  const w = graphTables[language];
  const lines = [
    'digraph kubenat {',
    '  rankdir=LR',
    '  node [fontname="monospace" fontsize=11]',
    '  edge [fontname="sans-serif" fontsize=10]',
    ...nodes.map(({ id, kind, label }) => `  ${quoted(id)} [label=${quoted(label)} ${shapes[kind]}]`),
    ...edges.map((edge) => {
      const label = quoted(edgeLines(edge, w).join('\n'));
      return `  ${quoted(edge.from)} -> ${quoted(edge.to)} [label=${label} tooltip=${quoted(edgeTitle(edge, w))}]`;
    }),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** In a string of Graphviz a backslash begins `\N` and the like, so that it has to be doubled. */
const quoted = (text: string): string =>
  `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
