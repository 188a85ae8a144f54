import type { Address } from '../../address/address.ts';
import { instructionsIn } from '../../engine/instructions.ts';
import type { Condition, Instruction, IrChain, IrProgram } from '../../engine/ir.ts';
import type { Host } from '../../host/model.ts';
import type { IntervalSet } from '../../sets/intervals.ts';
import { cutsOf } from './cuts.ts';

type Code = readonly Instruction[];

/** A rule, or as much of it as one element of its longest set says. */
interface Line {
  readonly chain: IrChain;
  readonly code: Code;
  /** The same for lines that do the same, wherever they stand. */
  readonly key: string;
}

/** What one program alone has in its chains, what leads to that, and what translates to it. */
export function leading(program: IrProgram, other: IrProgram, host: Host): readonly Code[] {
  const lines = [...program.chains].map(([name, chain]) => ({ name, lines: linesOf(chain) }));
  const all = lines.flatMap((chain) => chain.lines);
  const changed = lines.flatMap((chain) => changedIn(chain.lines, other.chains.get(chain.name)));
  const contents = program.states.dynamic ?? new Map();
  const own = withCallers(all, changed);
  const named = new Set(
    cutsOf(
      own.map(({ code }) => code),
      contents,
      host,
      [],
    ).addresses,
  );
  const translating = all.filter(({ code }) => translatesTo(code, named));
  return withCallers(all, [...changed, ...translating]).map(({ code }) => code);
}

function translatesTo(code: Code, addresses: ReadonlySet<Address>): boolean {
  return [...instructionsIn(code)].some(
    (one) =>
      one.do === 'nat' &&
      one.side === 'destination' &&
      one.range.addresses !== undefined &&
      addresses.has(one.range.addresses.first),
  );
}

function changedIn(lines: readonly Line[], other: IrChain | undefined): readonly Line[] {
  const others = other ? linesOf(other).map(({ key }) => key) : [];
  const known = new Set(others);
  const changed = lines.filter(({ key }) => !known.has(key));
  // The same rules may stand in another order, or as often as not before.
  const isSame = lines.length === others.length && lines.every(({ key }, at) => key === others[at]);
  return changed.length > 0 || isSame ? changed : lines;
}

/** These lines alone, and those that call their chains, in the order in which all stand. */
function withCallers(all: readonly Line[], wanted: readonly Line[]): readonly Line[] {
  const callers = new Map<IrChain, Line[]>();
  for (const line of all) {
    for (const one of instructionsIn(line.code)) {
      if (one.do !== 'jump' && one.do !== 'goto') continue;
      const known = callers.get(one.chain);
      if (known) known.push(line);
      else callers.set(one.chain, [line]);
    }
  }
  const kept = new Set(wanted);
  const reached = new Set(wanted.map(({ chain }) => chain));
  // What is put into a set while it is gone through is come to, too.
  for (const chain of reached) {
    for (const line of callers.get(chain) ?? []) {
      kept.add(line);
      reached.add(line.chain);
    }
  }
  return all.filter((line) => kept.has(line));
}

function linesOf(chain: IrChain): readonly Line[] {
  return chain.rules.flatMap(({ code }) =>
    elementsOf(code).map((part): Line => ({ chain, code: part, key: keyOf(part) })),
  );
}

/** One code for each element of the longest set or map, so that one that changes is told from all others. */
function elementsOf(code: Code): readonly Code[] {
  const parts = code.map(partsOf);
  const longest = parts.reduce((best, own, at) => (own.length > (parts[best]?.length ?? 0) ? at : best), 0);
  const elements = parts[longest] ?? [];
  return elements.length < 2 ? [code] : elements.map((element) => code.with(longest, element));
}

function partsOf(instruction: Instruction): readonly Instruction[] {
  if (instruction.do === 'lookup')
    return instruction.elements.map((element) => ({ ...instruction, elements: [element] }));
  if (instruction.do !== 'test') return [instruction];
  const { condition, ...rest } = instruction;
  return conditionsOf(condition).map((one) => ({ ...rest, condition: one }));
}

/** Of a negated test, too: what is looked for is where its values lie. */
function conditionsOf(condition: Condition): readonly Condition[] {
  if (condition.kind === 'not') return conditionsOf(condition.of).map((of) => ({ kind: 'not', of }));
  if (condition.kind !== 'test') return [condition];
  return stretchesOf(condition.set).map((set) => ({ ...condition, set }));
}

const stretchesOf = (set: IntervalSet): readonly IntervalSet[] =>
  Array.from({ length: set.length / 2 }, (_, at) => set.slice(2 * at, 2 * at + 2));

/** Without what tells where it stands: which part of the rule says it, and whose counter it is. */
function keyOf(code: Code): string {
  return JSON.stringify(code, (name, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (name === 'chain') return (value as IrChain).name;
    return name === 'part' || name === 'by' ? undefined : value;
  });
}
