import type { Family } from '../../address/address.ts';
import { fields } from '../../engine/fields.ts';
import { instructionsIn } from '../../engine/instructions.ts';
import {
  type Condition,
  type FieldSet,
  type Instruction,
  type IrProgram,
  type IrRule,
  never,
} from '../../engine/ir.ts';
import { all, any, hasEntry } from '../../engine/lower/conditions.ts';
import { alwaysAgree } from '../decisions/agree.ts';

/** What a rule asks before each thing that it does, and what that is. */
interface Step {
  /** All that has been asked since a field was given a value. */
  readonly asks: Condition;
  readonly does: string;
  readonly ends: boolean;
}

/**
 * Whether rules of nft do what one of iptables does, for every packet that comes to it. `named`: the names of chains in nft, which
 * are taken to do the same, as each of their rules is asked, too.
 */
export function provesSame(
  rule: IrRule,
  translated: readonly IrRule[],
  family: Family,
  named: ReadonlyMap<string, string>,
): boolean {
  const own = stepsOf(rule, named);
  const others = translated.map((one) => stepsOf(one, new Map()));
  if (!own || others.includes(null)) return false;
  const [first, ...more] = others as readonly (readonly Step[])[];
  if (!first) return alwaysAgree(asksOf(own), never, family) === true;
  if (more.length === 0) {
    return (
      own.length === first.length &&
      own.every(
        ({ asks, does }, at) =>
          does === first[at]?.does && alwaysAgree(asks, first[at].asks, family) === true,
      )
    );
  }
  return provesSplit(own, [first, ...more], family);
}

/** Whether it counts by itself who asks it: its place in a round, or a rate. */
export function isCounter({ code }: IrRule): boolean {
  return [...instructionsIn(code)].some(
    (one) =>
      (one.do === 'choose' && one.by.kind === 'counter') ||
      (one.do === 'recall' && one.state.kind === 'meter'),
  );
}

/** Whether a rule only asks and counts. */
export function isIdleRule({ code }: IrRule): boolean {
  return code.every((instruction) => isUnseen(instruction) || instruction.do === 'test');
}

const counting = 'count through';
const asking = 'ask';

/** Several rules: a packet takes one of them at most, and what it does there does not lead it into a second one. */
function provesSplit(own: readonly Step[], others: readonly (readonly Step[])[], family: Family): boolean {
  // Several counters are not one.
  const isSimple = (steps: readonly Step[]) =>
    steps.every(
      ({ asks, does }) =>
        asks === steps[0]?.asks && !does.startsWith(counting) && !does.startsWith(`${asking} `),
    );
  if (!isSimple(own) || !others.every(isSimple)) return false;
  const does = (steps: readonly Step[]) => steps.map((step) => step.does).join();
  if (others.some((steps) => does(steps) !== does(own))) return false;
  const conditions = others.map(asksOf);
  const areApart = conditions.every((one, at) =>
    conditions.slice(at + 1).every((other) => alwaysAgree(all([one, other]), never, family) === true),
  );
  const isEnded = own.some(({ ends }) => ends);
  const mayChange = conditions.some(isChangeable);
  return areApart && (isEnded || !mayChange) && alwaysAgree(asksOf(own), any(conditions), family) === true;
}

const asksOf = (steps: readonly Step[]): Condition => steps[0]?.asks ?? all([]);

/** Whether what a rule does may give it another answer. */
function isChangeable(condition: Condition): boolean {
  switch (condition.kind) {
    case 'test':
      return (fields[condition.field].changedBy as readonly string[]).includes('instruction');
    case 'not':
      return isChangeable(condition.of);
    case 'open':
      return condition.until !== 'never';
    default:
      return condition.of.some(isChangeable);
  }
}

/** What is written down and counted, and nobody acts on. Other notes are of copies, timers, helpers, and ways past the rules. */
const records: ReadonlySet<string> = new Set(['counter', 'last', 'log', 'nflog', 'nfacct', 'trace']);

export function isUnseen(instruction: Instruction): boolean {
  return instruction.do === 'note' && records.has(instruction.what);
}

/** Of an extension nft lists the name alone: two that look alike may ask for other things. */
export function isHidden(condition: Condition): boolean {
  switch (condition.kind) {
    case 'test':
      return false;
    case 'open':
      return condition.key.startsWith('xt ');
    case 'not':
      return isHidden(condition.of);
    default:
      return condition.of.some(isHidden);
  }
}

/** Null: it does what cannot be compared. */
function stepsOf({ code }: IrRule, named: ReadonlyMap<string, string>): readonly Step[] | null {
  const steps: Step[] = [];
  let asked: Condition[] = [];
  let asks = all(asked);
  for (const instruction of code) {
    if (isUnseen(instruction)) continue;
    if (instruction.do === 'test') {
      if (isHidden(instruction.condition)) return null;
      asked = [...asked, instruction.condition];
      asks = all(asked);
      continue;
    }
    const does = keyOf(instruction, named);
    if (does === null) return null;
    // Without an entry of conntrack there is nothing to carry a mark from, or to.
    const carries = instruction.do === 'set' && usesEntry(instruction);
    steps.push({ asks: carries ? all([asks, hasEntry]) : asks, does, ends: ends.has(instruction.do) });
    if (carries && code.slice(code.indexOf(instruction) + 1).some((one) => !isUnseen(one))) return null;
    if (changesFields(instruction)) {
      const isLast = code.slice(code.indexOf(instruction)).every((one) => one.do !== 'test');
      if (!isLast) return null;
    }
  }
  // What is asked after the last thing that is done changes nothing, but where nothing is done at all.
  return steps.length > 0 ? steps : [{ asks: all([]), does: '', ends: false }];
}

/** What is asked after it may be about other values. */
function changesFields(instruction: Instruction): boolean {
  switch (instruction.do) {
    case 'set':
    case 'notrack':
      return true;
    case 'choose':
      return instruction.ways.some(({ code }) => code.some(changesFields));
    case 'lookup':
      return [...instruction.elements, { code: instruction.otherwise ?? [] }].some(({ code }) =>
        code.some(changesFields),
      );
    default:
      return false;
  }
}

function usesEntry({ field, change }: FieldSet): boolean {
  const reads =
    change.kind === 'bits' && change.flip.kind === 'field' && change.flip.field.field === 'ctMark';
  return reads || field.field === 'ctMark';
}

const ends: ReadonlySet<Instruction['do']> = new Set([
  'accept',
  'drop',
  'return',
  'reject',
  'goto',
  'nat',
  'masquerade',
  'redirect',
  'netmap',
]);

/** Equal for instructions that do the same; null where it is not known what one does. */
function keyOf(instruction: Instruction, named: ReadonlyMap<string, string>): string | null {
  switch (instruction.do) {
    case 'jump':
    case 'goto': {
      const { name } = instruction.chain;
      return `${instruction.do} ${named.get(name) ?? name}`;
    }
    case 'choose': {
      const { by, ways } = instruction;
      const chosen = ways.map(({ share, at, code }) => {
        const codes = code.map((one) => keyOf(one, named));
        return codes.includes(null) ? null : spell({ share, at: at ?? restOf(instruction), codes });
      });
      if (chosen.includes(null)) return null;
      return `${by.kind === 'counter' ? `${counting} ${by.every}` : 'choose by chance'} ${chosen.toSorted().join(' ')}`;
    }
    case 'set':
      return instruction.change.kind === 'unknown' ? null : spell(instruction);
    case 'note':
    case 'open':
    case 'queue':
    case 'remember':
    case 'netmap':
      return null;
    case 'recall':
      return recallKey(instruction);
    case 'lookup': {
      const { fields: asked, elements, otherwise } = instruction;
      const codes = [...elements.map(({ code }) => code), otherwise ?? []].map((code) =>
        code.map((one) => keyOf(one, named)),
      );
      if (codes.some((code) => code.includes(null))) return null;
      const keys = elements.map((element) => element.keys);
      return `lookup ${spell({ asked, keys, codes, isMissed: otherwise !== undefined })}`;
    }
    default: {
      const { part: _part, ...own } = instruction as Instruction & { part?: number };
      return spell(own);
    }
  }
}

/**
 * A state is the same where the same packets have asked it: of a rule's own limit, where the rules before it are proved to let the same
 * packets come; of a set that rules change, where it held the same at first, too. Of what several rules share, and of what a quota has used,
 * nothing else is known.
 */
function recallKey({ state, negated }: Extract<Instruction, { do: 'recall' }>): string | null {
  const isOwn = state.kind === 'meter' && state.shared === null && state.name !== 'quota';
  if (!isOwn && state.kind !== 'dynamic') return null;
  // In whose words it is told that it is not known is no matter.
  const { reason: _reason, ...asked } = { reason: undefined, ...state };
  return `${asking} ${spell({ asked, negated })}`;
}

/** Of a counter, the positions at which no way is taken that says its own. */
function restOf({ by, ways }: Extract<Instruction, { do: 'choose' }>): readonly number[] {
  if (by.kind !== 'counter') return [];
  const named = new Set(ways.flatMap(({ at }) => at ?? []));
  return Array.from({ length: by.every }, (_, position) => position).filter((one) => !named.has(one));
}

/** JSON with the keys in order, so that equal values have equal texts. */
function spell(value: unknown): string {
  return JSON.stringify(value, (_key, own: unknown) => {
    if (typeof own === 'bigint') return `${own}n`;
    if (own === null || typeof own !== 'object' || Array.isArray(own)) return own;
    return Object.fromEntries(Object.entries(own).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  });
}

/** Whether the kernel enters the same chains at the same places, with the same policies. */
export function sameEntries(
  program: IrProgram,
  translated: IrProgram,
  nameOf: (table: string, chain: string) => string,
): boolean {
  return (Object.keys(program.baseChains) as (keyof IrProgram['baseChains'])[]).every((hook) => {
    const [own, others] = [program.baseChains[hook], translated.baseChains[hook]];
    return (
      own.length === others.length &&
      own.every(({ name, type, priority, policy, chain }, at) => {
        const other = others[at];
        return (
          other?.type === type &&
          other.priority === priority &&
          other.policy === policy &&
          `${other.chain.table}/${other.name}` === nameOf(chain.table, name)
        );
      })
    );
  });
}
