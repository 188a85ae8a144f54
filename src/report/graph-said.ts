import type { Asked, ChainGraph, GraphEdge, GraphNode, GraphRule } from '../graph/model.ts';
import { graphWords as en } from './words/en/graph.ts';
import type { GraphWords } from './words/graph.ts';
import { graphWords as ko } from './words/ko/graph.ts';
import type { Language } from './words/language.ts';
import { sayOf } from './words/words-of.ts';

export const graphTables: Readonly<Record<Language, GraphWords>> = { en, ko };

export interface SaidNode extends GraphNode {
  readonly label: string;
}

export interface SaidRule extends GraphRule {
  readonly conditions: readonly string[];
}

export interface SaidEdge extends GraphEdge {
  /** What stands on it, where no rules do. */
  readonly says?: readonly string[];
  readonly rules: readonly SaidRule[];
}

/** A graph with all that it says in one language. */
export interface SaidGraph {
  readonly nodes: readonly SaidNode[];
  readonly edges: readonly SaidEdge[];
}

/** What a rule asks, in words. */
export function sayAsked(asked: Asked, language: Language = 'en'): string {
  if (typeof asked === 'string') return asked;
  const { conditions, not } = graphTables[language];
  const said = sayOf(conditions, asked);
  return asked.negated ? not(said) : said;
}

/** The graph, with its labels and conditions in words. */
export function sayGraph({ nodes, edges }: ChainGraph, language: Language = 'en'): SaidGraph {
  const { doings } = graphTables[language];
  return {
    nodes: nodes.map((node) => ({
      ...node,
      label: typeof node.label === 'string' ? node.label : sayOf(doings, node.label),
    })),
    edges: edges.map((edge) => ({
      ...edge,
      rules: edge.rules.map((rule) => ({
        ...rule,
        conditions: rule.conditions.map((asked) => sayAsked(asked, language)),
      })),
    })),
  };
}
