/** So many are kept: a power of two. */
const size = 2048;
/** Longer ones are mostly there once. */
const longest = 40;

/**
 * What parts of texts stand for. The same few keys and values come again and again: what was made of one lately is given again, so
 * that it takes no room and no time the second time.
 */
export class Recent<Value> {
  readonly #make: (text: string) => Value;
  readonly #texts: string[] = Array<string>(size).fill('');
  readonly #values: (Value | undefined)[] = Array<Value | undefined>(size).fill(undefined);

  constructor(make: (text: string) => Value) {
    this.#make = make;
  }

  of(text: string, start: number, end: number): Value {
    const length = end - start;
    if (length > longest || length === 0) return this.#make(text.slice(start, end));
    let hash = length;
    for (let at = start; at < end; at += 1) hash = (hash * 31 + text.charCodeAt(at)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (size - 1);
    const known = this.#texts[slot] as string;
    if (known.length === length && text.startsWith(known, start)) return this.#values[slot] as Value;
    const part = text.slice(start, end);
    const value = this.#make(part);
    this.#texts[slot] = part;
    this.#values[slot] = value;
    return value;
  }
}
