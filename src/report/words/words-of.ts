/** Data of a closed union, told apart by its code. */
export interface Coded {
  readonly code: string;
}

/** One sentence for each code of a union, made of its parts; without a full stop. */
export type WordsOf<One extends Coded> = {
  readonly [Code in One['code']]: (one: One & { readonly code: Code }) => string;
};

/** The sentence of one. */
export function sayOf<One extends Coded>(words: WordsOf<One>, one: One): string {
  return (words as unknown as Readonly<Record<string, (one: One) => string>>)[one.code]?.(one) ?? one.code;
}
