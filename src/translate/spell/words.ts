/** An option of an extension that the model keeps as words. */
export interface Option {
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** The options by name, without dashes. The words are those of a shell line: values lose the quotes that it gives them. */
export function optionsOf(words: readonly string[]): ReadonlyMap<string, Option> {
  const options = new Map<string, Option>();
  let values: string[] = [];
  let negated = false;
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

/** Whether no options but these are given. */
export function only(options: ReadonlyMap<string, Option>, ...known: readonly string[]): boolean {
  return [...options.keys()].every((name) => known.includes(name));
}
