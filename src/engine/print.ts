import { type Address, type Family, formatAddress } from '../address/address.ts';
import { formatFraction } from '../sets/fraction.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import { type FieldRef, fieldKey, fields } from './fields.ts';
import type {
  Change,
  Condition,
  Instruction,
  IrChain,
  IrProgram,
  NatRange,
  Operand,
  StateUse,
  Test,
} from './ir.ts';

/**
 * The program in words of its own, the same for every language that it was lowered from: the base chains of each hook in
 * the kernel's order, then each chain with its rules.
 */
export function printProgram({ family, baseChains, chains }: IrProgram): string {
  const hooks = Object.entries(baseChains).flatMap(([hook, bases]) => [
    ...(bases.length === 0 ? [] : [`hook ${hook}`]),
    ...bases.map(
      ({ type, priority, policy, chain }) =>
        `  ${nameOf(chain)} type ${type} priority ${priority} policy ${policy}`,
    ),
  ]);
  const bodies = [...chains.values()].map((chain) => printChain(chain, family));
  return `${[`family ${family}`, ...hooks, ...bodies].join('\n')}\n`;
}

function nameOf({ table, name }: IrChain): string {
  return `${table}/${name}`;
}

function printChain(chain: IrChain, family: Family): string {
  const rules = chain.rules.map(({ number, code }) => `  ${number}: ${printCode(code, family)}`);
  return [`chain ${nameOf(chain)}`, ...rules].join('\n');
}

/** The instructions of one rule, on one line. */
export function printCode(code: readonly Instruction[], family: Family): string {
  return code.map((instruction) => printInstruction(instruction, family)).join('; ');
}

function printInstruction(instruction: Instruction, family: Family): string {
  switch (instruction.do) {
    case 'test':
      return printCondition(instruction.condition, family);
    case 'lookup':
      return printLookup(instruction, family);
    case 'choose':
      return printChoice(instruction, family);
    case 'recall':
      return `${instruction.negated ? 'not ' : ''}recall ${printState(instruction.state)}`;
    case 'remember':
      return `remember ${printState(instruction.state)}`;
    case 'set':
      return `set ${printChange(instruction.field, instruction.change)}`;
    case 'note':
      return `note ${instruction.what}`;
    case 'jump':
    case 'goto':
      return `${instruction.do} ${nameOf(instruction.chain)}`;
    case 'reject':
      return `reject with ${instruction.with}`;
    case 'queue':
      return `queue ${instruction.what}`;
    case 'open':
      return `open ${instruction.reason.code}`;
    case 'nat':
      return `nat ${instruction.side}${printRange(instruction.range)}`;
    case 'masquerade':
    case 'redirect':
      return `${instruction.do}${printRange(instruction.range)}`;
    case 'netmap':
      return `netmap ${formatAddress(instruction.address)} & ${formatAddress(instruction.mask)}`;
    default:
      return instruction.do;
  }
}

function printCondition(condition: Condition, family: Family): string {
  switch (condition.kind) {
    case 'test':
      return printTest(condition);
    case 'not':
      return `not ${printCondition(condition.of, family)}`;
    case 'open':
      return `open ${condition.key}`;
    default: {
      if (condition.of.length === 0) return condition.kind === 'all' ? 'always' : 'never';
      const word = condition.kind === 'all' ? ' and ' : ' or ';
      return `(${condition.of.map((part) => printCondition(part, family)).join(word)})`;
    }
  }
}

function printTest(test: Test): string {
  const mask = test.mask === undefined ? '' : ` & ${printValue(test, test.mask)}`;
  return `${fieldKey(test)}${mask} in ${printSet(test, test.set)}`;
}

function printSet(field: FieldRef, set: IntervalSet): string {
  const parts: string[] = [];
  for (let at = 0; at < set.length; at += 2) {
    const [first, last] = [set[at] as Address, set[at + 1] as Address];
    parts.push(
      first === last ? printValue(field, first) : `${printValue(field, first)}-${printValue(field, last)}`,
    );
  }
  return parts.length === 1 ? (parts[0] as string) : `{ ${parts.join(', ')} }`;
}

/** Names of interfaces are numbers of as many bits. */
const nameWidth = 128;

function printValue({ field }: FieldRef, value: Address): string {
  const { width } = fields[field];
  if (width === 'address') return formatAddress(value);
  return width === nameWidth ? printName(BigInt(value)) : String(value);
}

/** The bytes of a name, as far as they can be printed; what fills up the end of a range is `*`. */
function printName(value: bigint): string {
  const bytes = Array.from({ length: nameWidth / 8 }, (_, at) =>
    Number((value >> BigInt(nameWidth - 8 - 8 * at)) & 255n),
  );
  const end = bytes.findIndex((byte) => byte === 0 || byte === 255);
  const text = new TextDecoder().decode(Uint8Array.from(end === -1 ? bytes : bytes.slice(0, end)));
  return `"${text}${bytes[end] === 255 ? '*' : ''}"`;
}

function printLookup(lookup: Extract<Instruction, { do: 'lookup' }>, family: Family): string {
  const elements = lookup.elements.map(({ keys, code }) => {
    const key = keys.map((set, at) => printSet(lookup.fields[at] as FieldRef, set)).join(' . ');
    return `${key} : ${printCode(code, family)}`;
  });
  const otherwise = lookup.otherwise ? [`* : ${printCode(lookup.otherwise, family)}`] : [];
  return `lookup ${lookup.fields.map(fieldKey).join(' . ')} { ${[...elements, ...otherwise].join(', ')} }`;
}

function printChoice({ by, ways }: Extract<Instruction, { do: 'choose' }>, family: Family): string {
  const shown = ways.map(
    ({ share, code, at }) =>
      `${formatFraction(share)}${at ? ` at ${at.join()}` : ''} : ${code.length === 0 ? 'go on' : printCode(code, family)}`,
  );
  return `choose by ${by.kind === 'chance' ? 'chance' : `counter of ${by.every}`} { ${shown.join(', ')} }`;
}

function printState(state: StateUse): string {
  switch (state.kind) {
    case 'recent': {
      const { list, action, side, seconds, hitcount } = state;
      const further = [seconds && `seconds ${seconds}`, hitcount && `hits ${hitcount}`].filter(Boolean);
      return ['recent', list, action, side, ...further].join(' ');
    }
    case 'element':
      return ['set', state.set, state.action, state.directions.join(), ...state.further].join(' ');
    case 'dynamic':
      return ['set', state.set, state.action, state.fields.map(fieldKey).join(' . ')].join(' ');
    case 'meter':
      return `${state.name} ${state.text}`.trim();
  }
}

function printChange(field: FieldRef, change: Change): string {
  const name = fieldKey(field);
  switch (change.kind) {
    case 'bits':
      return `${name} = ${name} & ~${hex(change.clear)} ^ ${printOperand(change.flip)}`;
    case 'add':
      return `${name} = ${name} ${change.by < 0 ? '-' : '+'} ${Math.abs(change.by)}`;
    case 'at-most':
      return `${name} = at most ${change.value}`;
    case 'unknown':
      return `${name} = unknown`;
  }
}

function printOperand(operand: Operand): string {
  if (operand.kind === 'constant') return hex(operand.value);
  return `(${fieldKey(operand.field)} & ${hex(operand.mask)})`;
}

function hex(value: Address): string {
  return `0x${value.toString(16)}`;
}

function printRange({ addresses, ports, ...flags }: NatRange): string {
  const range = <Value>(of: { first: Value; last: Value }, show: (value: Value) => string) =>
    of.first === of.last ? show(of.first) : `${show(of.first)}-${show(of.last)}`;
  const parts = [
    ...(addresses ? [`address ${range(addresses, formatAddress)}`] : []),
    ...(ports ? [`port ${range(ports, String)}`] : []),
    ...Object.entries(flags).map(([name, value]) => (value === true ? name : `${name} ${value}`)),
  ];
  return parts.map((part) => ` ${part}`).join('');
}
