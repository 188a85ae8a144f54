import type { GraphEdge, GraphRule } from '../graph/model.ts';
import { type Fraction, toNumber } from '../packet/fraction.ts';

/** `33.33 %`. */
export function percent(share: Fraction): string {
  const value = toNumber(share) * 100;
  return `${Number.isInteger(value) ? value : value.toFixed(2)} %`;
}

const mostLines = 3;
const longestLine = 44;

/** What an edge says, in a few short lines: its share, and what its rules ask for. */
export function edgeLines({ rules, share }: GraphEdge): readonly string[] {
  const asked = [...new Set(rules.map(ruleWords))].filter((text) => text !== '');
  const shown = asked.length > mostLines ? asked.slice(0, mostLines - 1) : asked;
  const rest = asked.length - shown.length;
  return [...(share ? [percent(share)] : []), ...shown.map(cut), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

const ruleWords = ({ conditions }: GraphRule): string => conditions.join(', ');

const cut = (text: string): string =>
  text.length > longestLine ? `${text.slice(0, longestLine - 1)}…` : text;

/** All that an edge says, for whoever asks for it. */
export function edgeTitle({ rules }: GraphEdge): string {
  return rules
    .map((rule) => {
      const asked = ruleWords(rule) || 'every packet';
      return `${rule.table} ${rule.chain} ${rule.number}: ${asked}, ${percent(rule.share)}`;
    })
    .join('\n');
}
