/** An option of an extension that the model keeps as words, in canonical spelling. */
export interface GivenOption {
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** The options by name, without dashes. The words are those of a shell line: values lose the quotes that it gives them. */
export function optionsOf(words: readonly string[]): ReadonlyMap<string, GivenOption> {
  const options = new Map<string, GivenOption>();
  let values: string[] = [];
  let negated = false;
  // A quoted value with blanks may be several words.
  for (const [word, inner] of words.join(' ').matchAll(/"((?:[^"\\]|\\.)*)"|[^\s"]+/gs)) {
    if (inner !== undefined) values.push(inner.replace(/\\(.)/gs, '$1'));
    else if (word === '!') negated = true;
    else if (word.startsWith('--')) {
      values = [];
      options.set(word.slice(2), { negated, values });
      negated = false;
    } else values.push(word);
  }
  return options;
}

/** `0x0a/0x3f`, or without a mask. */
export function readMasked(text: string, all: number): { readonly value: number; readonly mask: number } {
  const [value = '0', mask] = text.split('/');
  return { value: Number(value), mask: mask === undefined ? all : Number(mask) };
}
