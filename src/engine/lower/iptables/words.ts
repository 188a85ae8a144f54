/** An option of an extension that the model keeps as words, in canonical spelling. */
export interface GivenOption {
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** The options by name, without dashes. */
export function optionsOf(words: readonly string[]): ReadonlyMap<string, GivenOption> {
  const options = new Map<string, GivenOption>();
  let values: string[] = [];
  let negated = false;
  for (const word of words) {
    if (word === '!') negated = true;
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

/** What stands between double quotes. */
export function unquoted(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}
