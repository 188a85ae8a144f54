import { type Fraction, toNumber } from '../sets/fraction.ts';
import type { SaidEdge, SaidRule } from './graph-said.ts';
import { graphWords as en } from './words/en/graph.ts';
import type { GraphWords } from './words/graph.ts';

/** `33.33 %`. */
export function percent(share: Fraction): string {
  return `${Number((toNumber(share) * 100).toFixed(2))} %`;
}

const mostLines = 3;
const longestLine = 24;
const longestOfMany = 44;

/** What an edge says, in a few short lines: its share, and what its rules ask for. */
export function edgeLines({ rules, share, says }: SaidEdge, w: GraphWords = en): readonly string[] {
  if (says) return says;
  const asked = [...new Set(rules.map(ruleWords))].filter((text) => text !== '');
  const [only] = rules;
  const said =
    asked.length === 1 && only ? wrapped(only.conditions) : asked.map((text) => cut(text, longestOfMany));
  const shown = said.length > mostLines ? said.slice(0, mostLines - 1) : said;
  const rest = said.length - shown.length;
  return [...(share ? [percent(share)] : []), ...shown, ...(rest > 0 ? [w.more(rest)] : [])];
}

/** Conditions of one rule: as many on a line as go there, the last first, so that a port stands beside its protocol. */
function wrapped(conditions: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const condition of [...conditions].reverse()) {
    const longer = `${condition}, ${lines[0]}`;
    if (lines.length > 0 && longer.length <= longestLine) lines[0] = longer;
    else lines.unshift(cut(condition, longestOfMany));
  }
  return lines;
}

const ruleWords = ({ conditions }: SaidRule): string => conditions.join(', ');

const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text;

/** All that an edge says, for whoever asks for it. */
export function edgeTitle({ rules, says }: SaidEdge, w: GraphWords = en): string {
  if (says) return says.join('\n');
  return rules
    .map((rule) => {
      const asked = ruleWords(rule) || w.everyPacket;
      return `${rule.table} ${rule.chain} ${rule.number}: ${asked}, ${percent(rule.share)}`;
    })
    .join('\n');
}
