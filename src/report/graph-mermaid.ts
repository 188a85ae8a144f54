import type { NodeKind } from '../graph/model.ts';
import { graphTables, type SaidGraph } from './graph-said.ts';
import { edgeLines } from './graph-words.ts';
import type { Language } from './words/language.ts';

/** What stands around the text of a node. */
const shapes: Readonly<Record<NodeKind, readonly [open: string, close: string]>> = {
  hook: ['>', ']'],
  chain: ['[', ']'],
  mark: ['[/', '/]'],
  endpoint: ['(', ')'],
  source: ['[/', '/]'],
  verdict: ['{{', '}}'],
  other: ['[', ']'],
};

/** The graph as a flowchart of Mermaid, as GitHub and GitLab draw it in Markdown. */
export function printMermaid({ nodes, edges }: SaidGraph, language: Language = 'en'): string {
  const w = graphTables[language];
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = [
    'flowchart LR',
    ...nodes.map(({ id, kind, label }) => {
      const [open, close] = shapes[kind];
      return `  ${ids.get(id)}${open}${quoted(label)}${close}`;
    }),
    ...edges.map((edge) => {
      const label = edgeLines(edge, w).join('\n');
      const arrow = label === '' ? '-->' : `-->|${quoted(label)}|`;
      return `  ${ids.get(edge.from)} ${arrow} ${ids.get(edge.to)}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

/** Mermaid takes HTML's names for characters, with # before them; what could mean something to it is written so. */
export const quoted = (text: string): string =>
  `"${text
    .replace(/[^\w \-.,:/%→>…()[\]\n]/g, (character) => `#${character.codePointAt(0)};`)
    .replace(/[<>]/g, (character) => `#${character.charCodeAt(0)};`)
    .replace(/\n/g, '<br/>')}"`;
