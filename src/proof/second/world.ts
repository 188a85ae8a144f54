import { type Branch, currentRule } from '../../engine/branch.ts';
import { fieldKey } from '../../engine/fields.ts';
import type { Guide, OpenAsked } from '../../engine/guide.ts';
import type { StateUse } from '../../engine/ir.ts';
import { has, type IntervalSet } from '../../sets/intervals.ts';

type Meter = Extract<StateUse, { kind: 'meter' }>;

/** What counts each packet that asks it. Of others nobody knows what they keep. */
const counting: ReadonlySet<string> = new Set(['limit', 'hashlimit', 'quota', 'connlimit']);

/**
 * One of the possible worlds, for both sides and for all packets of a conversation: of what no packet says (the TOS, the
 * length …) some value at a bound that a rule has, and of what counts that it is reached after so many packets. What holds
 * in all worlds holds in this one, so a packet that fares otherwise here refutes a proof.
 */
export class World implements Guide {
  private readonly number: number;
  private readonly values = new Map<string, number | bigint>();

  /** Worlds of other numbers have other values, where there is a choice. */
  constructor(number: number) {
    this.number = number;
  }

  answerOpen({ key, asked, state }: OpenAsked, branch: Branch): boolean | undefined {
    if (state?.kind === 'meter') return counting.has(state.name) ? this.count(state, branch) : undefined;
    // What is not the packet's own any more has another key, and another value.
    if (key === null || asked === null || asked.mask !== undefined || key !== fieldKey(asked))
      return undefined;
    return has(asked.set, this.valueOf(key, asked.set));
  }

  /** The value is chosen when it is asked for first, and the same from then on. */
  private valueOf(key: string, set: IntervalSet): number | bigint {
    const known = this.values.get(key);
    if (known !== undefined) return known;
    const bounds = boundsOf(set);
    const value = bounds[this.draw(key) % bounds.length] as number | bigint;
    this.values.set(key, value);
    return value;
  }

  /** The same for the same number and name. */
  private draw(name: string): number {
    let drawn = Math.imul(this.number + 1, 0x9e3779b1);
    for (const letter of name) drawn = Math.imul(drawn ^ (letter.codePointAt(0) as number), 0x01000193);
    return drawn >>> 8;
  }

  /** How often it was asked is kept with all else that the node remembers. */
  private count({ name, shared, text }: Meter, branch: Branch): boolean {
    const { table, chain, number } = currentRule(branch);
    const place = shared ?? `${table}/${chain}/${number} ${text}`;
    const asked = Number(branch.memory.written?.get(place) ?? 0);
    const written = new Map(branch.memory.written).set(place, `${asked + 1}`);
    branch.memory = { ...branch.memory, written };
    const most = 1 + (this.draw(text) % 3);
    // Rates recover, amounts do not.
    return name === 'quota' ? asked < most : asked % (most + 1) !== most;
  }
}

/** One inside of the set, and one on either side of each of its parts. */
function boundsOf(set: IntervalSet): readonly (number | bigint)[] {
  const bounds: (number | bigint)[] = [];
  for (let at = 0; at < set.length; at += 2) {
    const [first, last] = [set[at] as number | bigint, set[at + 1] as number | bigint];
    bounds.push(first, typeof last === 'bigint' ? last + 1n : last + 1);
    if (first > 0) bounds.push(typeof first === 'bigint' ? first - 1n : first - 1);
  }
  return bounds.length > 0 ? bounds : [0];
}
