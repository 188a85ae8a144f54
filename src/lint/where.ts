import { positionAt, type Source, type Span } from '../text/source.ts';
import { type Finding, isOfRules, type Place } from './finding.ts';

/** Where a finding stands: its rule's line, or that which declares its chain, in the text of the rules; null: in no line. */
export function spanOf(finding: Finding, rules: Source | null): Span | null {
  if (!isOfRules(finding)) return finding.span;
  return rules === null ? null : spanOfPlace(finding.place, rules);
}

function spanOfPlace({ table, chain, rule }: Place, source: Source): Span | null {
  const start = rule ? rule.at : declarationOf(table, chain, source.text);
  return start === null ? null : lineFrom(source, start);
}

function declarationOf(table: string, chain: string, text: string): number | null {
  const head = `\n*${table}\n`;
  const from = text.startsWith(head.slice(1)) ? 0 : text.indexOf(head);
  if (from === -1) return null;
  const to = text.indexOf('\nCOMMIT', from);
  const at = text.indexOf(`\n:${chain} `, from);
  return at === -1 || (to !== -1 && at > to) ? null : at + 1;
}

function lineFrom(source: Source, start: number): Span {
  const end = source.text.indexOf('\n', start);
  return { source, start, end: end === -1 ? source.text.length : end };
}

/** Counts from 1. */
export function lineOf({ source, start }: Span): number {
  return positionAt(source, start).line;
}
