import { dataKey } from '../../text/data-key.ts';
import { type Cursor, type Slot, type SlotValue, slotsIn, takeSlot } from './mold-slots.ts';

/** So many are kept: whoever writes more kinds of lines than this writes by hand. */
const most = 128;

/**
 * What is read again and again with other addresses, ports and names in it, as nearly all rules and elements of kube-proxy are. A text is
 * read once with values put into it that are known by themselves, to see where they go; texts like it are then read as that, with
 * their own values. What is not like one that was read before is left to the reader.
 */
export class Molds<T> {
  private readonly read: (text: string) => T | null;
  private readonly isElement: boolean;
  private readonly known: Mold<T>[] = [];
  private learnt = 0;
  /** Where the text ended that was found last. */
  end = 0;

  /** `read`: what a text says by itself; null where it is refused, or more is said of it. */
  constructor(read: (text: string) => T | null, isElement: boolean) {
    this.read = read;
    this.isElement = isElement;
  }

  /** The form of the text at the place, where it is like one that was read before. */
  find(text: string, at: number): Mold<T> | undefined {
    const { known } = this;
    for (let index = 0; index < known.length; index += 1) {
      const mold = known[index] as Mold<T>;
      const end = mold.match(text, at);
      if (end === -1 || !this.endsAt(text, end)) continue;
      if (index > 0) {
        known[index] = known[index - 1] as Mold<T>;
        known[index - 1] = mold;
      }
      this.end = end;
      return mold;
    }
    return undefined;
  }

  /** Of what was read as the reader reads it. */
  learn(text: string, value: T): void {
    if (this.learnt >= most || /[\\$\n#;]/.test(text)) return;
    this.learnt += 1;
    const slots = slotsIn(text, this.isElement);
    if (slots.length > mostSlots) return;
    const marked = slots.map(({ slot }, at) => marks[slot](at));
    const texts = slots.map(({ start }, at) => text.slice(slots[at - 1]?.end ?? 0, start));
    const rest = text.slice(slots.at(-1)?.end ?? 0);
    const made = this.read(texts.map((own, at) => own + marked[at]?.text).join('') + rest);
    const places = new Map<unknown, number>(marked.map((mark, at) => [mark.value, at]));
    // What happens to hold one of these values by itself would be taken for a slot.
    if (made === null || planOf(value, places).kind !== 'same') return;
    const kinds = slots.map(({ slot }) => slot);
    const mold = new Mold<T>([...texts, rest], kinds, made, places);
    if (mold.match(text, 0) === text.length && dataKey(mold.make()) === dataKey(value)) this.known.push(mold);
  }

  /** An element ends before a comma, the end of its line, or the brace; a rule with its line, or before its handle. */
  private endsAt(text: string, at: number): boolean {
    const next = text.charCodeAt(at);
    if (next === newline) return true;
    return this.isElement ? next === comma || text.startsWith(' }', at) : text.startsWith(' # handle ', at);
  }
}

/** The marks of more would not be told from each other. */
const mostSlots = 250;

const newline = 10;
const comma = 44;

/** Values that no text has, each once. */
const marks: Readonly<Record<Slot, (at: number) => { readonly text: string; readonly value: SlotValue }>> = {
  address: (at) => ({ text: `253.251.${at}.247`, value: 253 * 2 ** 24 + 251 * 2 ** 16 + at * 256 + 247 }),
  port: (at) => ({ text: `${63_000 + at}`, value: 63_000 + at }),
  name: (at) => ({ text: `name-of-slot-${at}`, value: `name-of-slot-${at}` }),
  comment: (at) => ({ text: `text of slot ${at}`, value: `text of slot ${at}` }),
};

/** One form of a text: what stands between its values, and how what it says is made of them. */
class Mold<T> {
  /** Set once something was found out of it that holds for all that are like it. */
  accepted = false;
  /** What a text of this form says, with values that no text has. */
  readonly sample: T;
  private readonly texts: readonly string[];
  private readonly slots: readonly Slot[];
  private readonly places: ReadonlyMap<unknown, number>;
  private readonly plan: Plan;
  private readonly plans = new Map<(sample: T) => unknown, Plan>();
  private readonly values: SlotValue[];

  /** `places`: the slots of the values that the sample was given. */
  constructor(
    texts: readonly string[],
    slots: readonly Slot[],
    sample: T,
    places: ReadonlyMap<unknown, number>,
  ) {
    this.texts = texts;
    this.slots = slots;
    this.sample = sample;
    this.places = places;
    this.plan = planOf(sample, places);
    this.values = slots.map(() => 0);
  }

  /** Where a text of this form ends that begins there; -1 where none does. Its values are kept for `make`. */
  match(text: string, from: number): number {
    const { texts, slots, values } = this;
    const first = texts[0] as string;
    if (!text.startsWith(first, from)) return -1;
    cursor.text = text;
    cursor.at = from + first.length;
    for (let at = 0; at < slots.length; at += 1) {
      if (!takeSlot[slots[at] as Slot](cursor)) return -1;
      values[at] = cursor.value;
      const next = texts[at + 1] as string;
      if (!text.startsWith(next, cursor.at)) return -1;
      cursor.at += next.length;
    }
    return cursor.at;
  }

  /** Of the text that was matched last. */
  make(): T {
    return madeOf(this.plan, this.values) as T;
  }

  /** A part of what that text says, without the rest: `take` may not look into values. */
  part<Part>(take: (sample: T) => Part): Part {
    const known = this.plans.get(take);
    const plan = known ?? planOf(take(this.sample), this.places);
    if (!known) this.plans.set(take, plan);
    return madeOf(plan, this.values) as Part;
  }
}

export type { Mold };

/** One for all: it is made anew for no text. */
const cursor: { -readonly [K in keyof Cursor]: Cursor[K] } = { text: '', at: 0, value: 0 };

/** How a value is made: a part that is the same for all, one that stands in a slot, or one of which parts differ. */
type Plan =
  | { readonly kind: 'same'; readonly value: unknown }
  | { readonly kind: 'slot'; readonly slot: number }
  | { readonly kind: 'list'; readonly parts: readonly Plan[] }
  | { readonly kind: 'record'; readonly first: object; readonly parts: readonly (readonly [string, Plan])[] };

function planOf(value: unknown, slots: ReadonlyMap<unknown, number>): Plan {
  const slot = slots.get(value);
  if (slot !== undefined) return { kind: 'slot', slot };
  if (typeof value !== 'object' || value === null) return { kind: 'same', value };
  const parts = Object.entries(value).map(([key, part]) => [key, planOf(part, slots)] as const);
  const differing = parts.filter(([, { kind }]) => kind !== 'same');
  if (differing.length === 0) return { kind: 'same', value };
  return Array.isArray(value)
    ? { kind: 'list', parts: parts.map(([, part]) => part) }
    : { kind: 'record', first: value, parts: differing };
}

function madeOf(plan: Plan, values: readonly SlotValue[]): unknown {
  switch (plan.kind) {
    case 'same':
      return plan.value;
    case 'slot':
      return values[plan.slot];
    case 'list': {
      const { parts } = plan;
      const made: unknown[] = [];
      for (const part of parts) made.push(madeOf(part, values));
      return made;
    }
    case 'record': {
      const made: Record<string, unknown> = { ...plan.first };
      for (const [key, part] of plan.parts) made[key] = madeOf(part, values);
      return made;
    }
  }
}
