import { lineAt, type Source, type Span } from '../text/source.ts';
import { type Finding, isOfRules, type Place } from './finding.ts';

/** The text in which a table of rules stands; null: in none that was given. */
export type TextOf = (table: string) => Source | null;

/** Where a finding stands: its rule's line, or that which declares its chain, in the text of the rules; null: in no line. */
export function spanOf(finding: Finding, rules: TextOf | null): Span | null {
  if (!isOfRules(finding)) return finding.span;
  const source = rules?.(finding.place.table) ?? null;
  return source === null ? null : spanOfPlace(finding.place, source);
}

function spanOfPlace({ table, chain, rule }: Place, source: Source): Span | null {
  const start = rule ? rule.at : declarationOf(table, chain, source.text);
  return start === null ? null : lineFrom(source, start);
}

function declarationOf(table: string, chain: string, text: string): number | null {
  // Tables of nft are told with their family.
  return table.includes(' ') ? nftDeclaration(table, chain, text) : dumpDeclaration(table, chain, text);
}

function dumpDeclaration(table: string, chain: string, text: string): number | null {
  const head = `\n*${table}\n`;
  const from = text.startsWith(head.slice(1)) ? 0 : text.indexOf(head);
  if (from === -1) return null;
  const to = text.indexOf('\nCOMMIT', from);
  const at = text.indexOf(`\n:${chain} `, from);
  return at === -1 || (to !== -1 && at > to) ? null : at + 1;
}

/** As nft prints it. */
function nftDeclaration(table: string, chain: string, text: string): number | null {
  const head = `table ${table} {`;
  const from = text.startsWith(head) ? 0 : text.indexOf(`\n${head}`);
  if (from === -1) return null;
  const to = text.indexOf('\n}', from);
  const what = chain.startsWith('@')
    ? [`set ${chain.slice(1)}`, `map ${chain.slice(1)}`]
    : [`chain ${chain}`];
  const at = Math.max(...what.map((one) => text.indexOf(`\t${one} {`, from)));
  return at === -1 || (to !== -1 && at > to) ? null : at;
}

function lineFrom(source: Source, start: number): Span {
  const end = source.text.indexOf('\n', start);
  return { source, start, end: end === -1 ? source.text.length : end };
}

/** In the whole of a text that was put together. Counts from 1. */
export function lineOf({ source, start }: Span): number {
  return lineAt(source, start);
}
