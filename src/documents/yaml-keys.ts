import { unusual } from './yaml-lines.ts';
import { plainScalar } from './yaml-scalars.ts';

/** So many keys are kept at most, and so many of one map: more are of maps that nobody writes a second time. */
const mostKept = 10_000;
const mostOfMap = 64;

/** How many more keys may be kept. */
interface Room {
  left: number;
}

/**
 * A key of a map, after the keys that stand before it. The maps of a text are mostly alike, so that what came behind a key
 * once is likely to come again, and with the same value: neither is read twice, and what is the same takes room once.
 */
export class Key {
  readonly text: string;
  /** How its value was written the last time, and what that is. */
  written = '';
  value: unknown;
  readonly #before: Key | null;
  readonly #place: number;
  readonly #room: Room;
  /** Of a key that is not kept, and so of one map alone: the keys up to it. */
  readonly #own: Set<string> | null;
  #next: Key | null = null;
  #others: Map<string, Key> | null = null;
  #inner: Key | null = null;

  private constructor(text: string, before: Key | null, room: Room, own: Set<string> | null) {
    this.text = text;
    this.#before = before;
    this.#place = before ? before.#place + 1 : 0;
    this.#room = room;
    this.#own = own;
  }

  /** What stands before the first key of a text's maps. */
  static first(): Key {
    return new Key('', null, { left: mostKept }, null);
  }

  /** What stands before the first key of the maps that are its value, or elements of that. */
  get inner(): Key {
    this.#inner ??= new Key('', null, this.#room, null);
    return this.#inner;
  }

  /** The key that came behind it the last time, where it stands at the offset again. */
  likely(text: string, start: number): Key | null {
    const next = this.#next;
    return next !== null && text.startsWith(next.text, start) ? next : null;
  }

  /** The key with that text behind it. A number or a boolean is none, and one that stands before it is there twice. */
  after(text: string): Key {
    const next = this.#others?.get(text) ?? this.#add(text);
    this.#next = next;
    return next;
  }

  keep(written: string, value: unknown): void {
    this.written = written;
    this.value = value;
  }

  #add(text: string): Key {
    // What every object has, such as __proto__, would not be put into it.
    if (typeof plainScalar(text) !== 'string' || text in {}) unusual();
    if (this.#own !== null || this.#place === mostOfMap || this.#room.left === 0) return this.#addOwn(text);
    if (this.#all().has(text)) unusual();
    this.#room.left -= 1;
    const key = new Key(text, this, this.#room, null);
    this.#others ??= new Map();
    this.#others.set(text, key);
    return key;
  }

  #addOwn(text: string): Key {
    const own = this.#own ?? this.#all();
    if (own.has(text)) unusual();
    return new Key(text, this, this.#room, own.add(text));
  }

  /** It and the keys before it. */
  #all(): Set<string> {
    const all = new Set<string>();
    for (let one: Key = this; one.#before !== null; one = one.#before) all.add(one.text);
    return all;
  }
}
