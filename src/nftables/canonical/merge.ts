import type { Expression, RawBase, Value } from '../expression.ts';
import type { NftFamily } from '../model.ts';
import type { Match, Statement } from '../statement.ts';
import type { Loaded } from './evaluate/protocols.ts';

type Raw = Extract<Expression, { kind: 'raw' }>;

/** A question for a single value of a stretch of bytes. */
interface Question extends Match {
  readonly left: Raw;
  readonly right: Value;
}

/** A place in the rule; what is merged into another one leaves it empty. */
interface Slot {
  loaded: Loaded | null;
  tells: boolean;
}

/**
 * Questions for neighbouring bytes are asked at once, in the order of the bytes. nft 1.0.6 looks for neighbours across other statements, too,
 * where a single question stands before them.
 */
export function mergeLoads(loaded: readonly Loaded[], family: NftFamily): readonly Statement[] {
  const slots: Slot[] = loaded.map((one) => ({ loaded: one, tells: one.tells === true }));
  let questions: Slot[] = [];
  let redundant: Slot | null = null;
  for (const slot of slots) {
    if (redundant) redundant.loaded = null;
    redundant = null;
    const { statement } = slot.loaded as Loaded;
    if (statement.kind !== 'match') {
      if (questions.length < 2) continue;
      merge(questions);
      questions = [];
    } else if (isQuestion(statement)) questions.push(slot);
    else if (isOwnProtocol(statement, family)) redundant = slot;
  }
  if (questions.length > 1) merge(questions);
  return slots.flatMap((slot) => (slot.loaded ? [slot.loaded.statement] : []));
}

function isQuestion(statement: Statement): statement is Question {
  if (statement.kind !== 'match' || statement.left.kind !== 'raw' || statement.right.kind !== 'value')
    return false;
  return statement.operator === '==' || statement.operator === '!=';
}

/** `meta protocol ip` in a table of IPv4. */
function isOwnProtocol({ left, operator, right }: Match, family: NftFamily): boolean {
  if (left.kind !== 'meta' || left.key !== 'protocol' || operator !== '==' || right.kind !== 'value')
    return false;
  return (family === 'ip' && right.value === 0x0800) || (family === 'ip6' && right.value === 0x86dd);
}

const questionIn = (slot: Slot): Question => (slot.loaded as Loaded).statement as Question;

function put(slot: Slot, statement: Statement): void {
  slot.loaded = { statement };
}

const order: Readonly<Record<RawBase, number>> = { ll: 0, nh: 1, th: 2, ih: 3 };

function merge(slots: readonly Slot[]): void {
  const sorted = [...slots].sort((one, other) => {
    const [left, right] = [questionIn(one).left, questionIn(other).left];
    return order[left.base] - order[right.base] || left.offset - right.offset;
  });
  let last = sorted[0] as Slot;
  for (const slot of sorted.slice(1)) {
    const joined = joinedQuestion(questionIn(last), questionIn(slot));
    if (!joined) last = slot;
    else if (slot.tells) {
      // What asks for a protocol stays where it is.
      put(slot, joined);
      last.loaded = null;
      last = slot;
    } else {
      put(last, joined);
      last.tells = false;
      slot.loaded = null;
    }
  }
}

/** The longest stretch that the kernel loads at once, and what it loads in the fast way: bits. */
const longest = 128;
const fast = 32;

function joinedQuestion(one: Question, other: Question): Question | null {
  const { base, offset, length } = one.left;
  const next = other.left;
  if (one.operator !== other.operator || base !== next.base || offset + length !== next.offset) return null;
  if (offset % 8 || length % 8 || next.length % 8) return null;
  const total = length + next.length;
  if (total > longest) return null;
  if (total > fast && base !== 'll' && length <= fast && next.length <= fast) return null;
  const number = (BigInt(one.right.value) << BigInt(next.length)) | BigInt(other.right.value);
  return {
    ...one,
    left: { kind: 'raw', base, offset, length: total },
    right: { kind: 'value', type: 'xinteger', value: number },
  };
}
