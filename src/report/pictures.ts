import type { ChainGraph } from '../graph/model.ts';
import { printDot } from './graph-dot.ts';
import { printMermaid } from './graph-mermaid.ts';
import { type SaidGraph, sayGraph } from './graph-said.ts';
import { printSvg } from './graph-svg.ts';
import { pictureWords as en } from './words/en/pictures.ts';
import { pictureWords as ko } from './words/ko/pictures.ts';
import type { Language } from './words/language.ts';
import type { PictureWords } from './words/pictures.ts';

export const pictureTables: Readonly<Record<Language, PictureWords>> = { en, ko };

/** What a picture is, for whoever does not see it. */
export interface Caption {
  readonly title: string;
  readonly says: string;
}

export const pictureFormats = ['svg', 'dot', 'mermaid'] as const;
/** Boxes. More nobody can take in, and laying them out takes long. */
export const mostDrawn = 400;
export type PictureFormat = (typeof pictureFormats)[number];

/** A graph that is said in a language, as a picture of a format. */
export const printPicture: Readonly<
  Record<PictureFormat, (graph: SaidGraph, caption: Caption, language: Language) => string>
> = {
  svg: printSvg,
  dot: (graph, _, language) => printDot(graph, language),
  mermaid: (graph, _, language) => printMermaid(graph, language),
};

/** Whose chains, and on which node, as far as they are known. */
export interface Drawn {
  readonly subject: string | null;
  readonly node: string;
}

/** Chains and what they lead to. */
export function drawChains(
  graph: ChainGraph,
  { subject, node }: Drawn,
  format: PictureFormat,
  language: Language = 'en',
): string {
  const w = pictureTables[language];
  const said = sayGraph(graph, language);
  const caption = {
    title: w.chainsOf(subject, node === '' ? null : node),
    says: w.chains(said.nodes.length, said.edges.length),
  };
  return printPicture[format](said, caption, language);
}
