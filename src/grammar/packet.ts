import nearley from 'nearley';
import grammar from './packet.gen.ts';

/** A piece of the text, with the offset at which it begins. */
export interface PacketPart {
  readonly text: string;
  readonly offset: number;
}

export interface PacketNode {
  readonly protocol: PacketPart;
  readonly source: PacketPart;
  readonly destination: PacketPart;
  readonly options: readonly {
    readonly name: PacketOption;
    readonly offset: number;
    readonly value: PacketPart;
  }[];
}

export type PacketOption = 'from' | 'flags' | 'state' | 'type';

/** Where the text goes wrong, and the kinds of tokens that could stand there instead. */
export interface PacketSyntaxError {
  readonly offset: number;
  readonly length: number;
  readonly expected: readonly string[];
}

/** Parses a packet without blanks at its ends. */
export function parsePacketText(text: string): PacketNode | PacketSyntaxError {
  const parser = new nearley.Parser(nearley.Grammar.fromCompiled(grammar));
  try {
    parser.feed(text);
  } catch (error) {
    const token = (error as { token?: { text?: string; offset?: number } }).token;
    return { offset: token?.offset ?? 0, length: token?.text?.length ?? 1, expected: expectedIn(parser, 2) };
  }
  const [node] = parser.results as PacketNode[];
  return node ?? { offset: text.length, length: 1, expected: expectedIn(parser, 1) };
}

interface Column {
  readonly scannable: readonly {
    readonly rule: { readonly symbols: readonly unknown[] };
    readonly dot: number;
  }[];
}

/** The tokens that the column of nearley's table allows next. It is the last one, or the one before a failure. */
function expectedIn(parser: nearley.Parser, back: number): string[] {
  const column = (parser as unknown as { table: Column[] }).table.at(-back);
  const symbols = (column?.scannable ?? []).map(({ rule, dot }) => rule.symbols[dot] as { type?: string });
  return [...new Set(symbols.map(({ type }) => type ?? ''))];
}
