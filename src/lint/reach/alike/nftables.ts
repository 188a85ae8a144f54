import { type Address, formatEndpoint } from '../../../address/address.ts';
import type { FieldName } from '../../../engine/fields.ts';
import type { Condition, Instruction, IrChain, IrRule, LookupField, StateUse } from '../../../engine/ir.ts';
import { formatFraction } from '../../../sets/fraction.ts';
import type { IntervalSet } from '../../../sets/intervals.ts';
import { dataKey } from '../../../text/data-key.ts';
import { keptBy } from '../../../text/kept.ts';
import type { UsualChoice } from '../usual.ts';
import { isOwnChain, type Numbers, type Sorted } from './numbers.ts';

type Lookup = Extract<Instruction, { do: 'lookup' }>;
type Nat = Extract<Instruction, { do: 'nat' }>;
type Dynamic = Extract<StateUse, { kind: 'dynamic' }>;

/** Fields that tell an address or a port; of all others no front has any of its own. */
const ends: ReadonlyMap<FieldName, 'address' | 'port'> = new Map([
  ['source', 'address'],
  ['destination', 'address'],
  ['ctOriginalSource', 'address'],
  ['ctOriginalDestination', 'address'],
  ['ctReplySource', 'address'],
  ['ctReplyDestination', 'address'],
  ['sourcePort', 'port'],
  ['destinationPort', 'port'],
  ['ctOriginalSourcePort', 'port'],
  ['ctOriginalDestinationPort', 'port'],
  ['ctReplySourcePort', 'port'],
  ['ctReplyDestinationPort', 'port'],
]);

/** The one value that a field is asked for; null: there are several, or some of its bits are asked. */
function loneIn(set: IntervalSet, mask: Address | undefined): Address | null {
  const [first, last] = set;
  return mask === undefined && set.length === 2 && first === last ? (first as Address) : null;
}

/** What a chain's rules name and ask for; false: there is something of which it is not known what it asks. */
export function sortRules(chain: IrChain, sorted: Sorted): boolean {
  const isOwn = isOwnChain(chain);
  return chain.rules.every((rule) => new Sorting(rule, sorted).sort(rule.code, isOwn));
}

class Sorting {
  private readonly rule: IrRule;
  private readonly sorted: Sorted;
  /** Lookups of the rule so far. */
  private lookups = 0;

  constructor(rule: IrRule, sorted: Sorted) {
    this.rule = rule;
    this.sorted = sorted;
  }

  /** `isOwn`: it is a front's own, so that what it names is numbered. */
  sort(code: readonly Instruction[], isOwn: boolean): boolean {
    return code.every((instruction) => this.sortOne(instruction, isOwn));
  }

  private sortOne(instruction: Instruction, isOwn: boolean): boolean {
    const { asked, given } = this.sorted;
    switch (instruction.do) {
      case 'test':
        this.ask(instruction.condition, isOwn);
        return true;
      case 'lookup':
        return this.sortLookup(instruction, isOwn);
      case 'choose':
        return instruction.ways.every((way) => this.sort(way.code, isOwn));
      case 'recall':
      case 'remember':
        return this.sortState(instruction.state);
      case 'set': {
        const { field, change } = instruction;
        const from = change.kind === 'bits' && change.flip.kind === 'field' ? change.flip.field : field;
        return !ends.has(field.field) && !ends.has(from.field);
      }
      case 'jump':
      case 'goto':
        // It gives what may come from anywhere to the chains of one service.
        return isOwn || !isOwnChain(instruction.chain);
      case 'nat':
      case 'masquerade':
      case 'redirect': {
        const { addresses, ports } = instruction.range;
        if (isOwn) return true;
        if (addresses) given.push(addresses.first, addresses.last);
        if (ports) asked.range(ports);
        return true;
      }
      case 'netmap':
        return false;
      default:
        return true;
    }
  }

  private ask(condition: Condition, isOwn: boolean): void {
    if (condition.kind === 'not') this.ask(condition.of, isOwn);
    else if (condition.kind === 'all' || condition.kind === 'any')
      for (const one of condition.of) this.ask(one, isOwn);
    else if (condition.kind === 'test') this.askSet(condition, condition.set, isOwn);
  }

  /** Of what is numbered the lone values are not asked. */
  private askSet({ field, mask }: LookupField, set: IntervalSet, isOwn: boolean): void {
    const { asked } = this.sorted;
    const end = ends.get(field);
    if (end === undefined || (isOwn && loneIn(set, mask) !== null)) return;
    if (end === 'address') asked.addressesIn(set, mask);
    else asked.portsIn(set, mask);
  }

  private sortLookup({ fields, elements, otherwise = [] }: Lookup, isOwn: boolean): boolean {
    const { table, chain, number } = this.rule;
    const at = `${table}/${chain}/${number}/${this.lookups}`;
    this.lookups += 1;
    let before = 0;
    for (const element of elements) {
      const isNamed = !isOwn && this.name(fields, element, `${at}/${before}`);
      if (!isNamed) {
        before += 1;
        fields.forEach((field, part) => {
          this.askSet(field, element.keys[part] ?? [], isOwn);
        });
      }
      if (!this.sort(element.code, isOwn || isNamed)) return false;
    }
    return this.sort(otherwise, isOwn);
  }

  /** By the addresses of its key that are a front's own, or by its port. Elements of single values leave each other alone. */
  private name(fields: readonly LookupField[], element: Lookup['elements'][number], at: string): boolean {
    const { fixed } = this.sorted;
    const addresses = new Set<Address>();
    const ports = new Set<number>();
    for (const [part, { field, mask }] of fields.entries()) {
      const end = ends.get(field);
      if (end === undefined) continue;
      const lone = loneIn(element.keys[part] ?? [], mask);
      if (lone === null) return false;
      if (end === 'port') ports.add(Number(lone));
      else if (!fixed.has(lone)) addresses.add(lone);
    }
    if (addresses.size + ports.size === 0) return false;
    const { rule } = this;
    const say = (numbers: Numbers) =>
      `${sayKeys(fields, element.keys, numbers)}:${sayCode(element.code, rule, numbers)}`;
    const one = { at, ordinal: null, say };
    for (const address of addresses) this.sorted.nameAddress(address, one);
    if (addresses.size === 0) for (const port of ports) this.sorted.namePort(port, one);
    return true;
  }

  /** What the sets of services hold is said with their rules. */
  private sortState(state: StateUse): boolean {
    if (state.kind === 'meter') return true;
    if (state.kind !== 'dynamic') return false;
    if (isOwnSet(state)) return true;
    for (const { keys } of this.sorted.dynamic?.get(state.set)?.elements ?? [])
      state.fields.forEach((field, part) => {
        this.askSet(field, keys[part] ?? [], false);
      });
    return true;
  }
}

function isOwnSet({ set }: Dynamic): boolean {
  return / kube-proxy @affinity-[A-Z2-7]{8}-/.test(set);
}

/** Nothing but how many endpoints there are, and where, tells one from another. */
export function sayUsual({ protocol, endpoints }: UsualChoice, numbers: Numbers): string {
  const to = endpoints.map(({ address, port }) => `${numbers.address(address)} ${numbers.port(port)}`);
  return `=${protocol} ${to.join(' ')}`;
}

/** The rules of a chain of one service or endpoint. */
export function sayRules({ rules }: IrChain, numbers: Numbers): string {
  return rules.map((rule) => sayCode(rule.code, rule, numbers)).join(';');
}

function sayCode(code: readonly Instruction[], rule: IrRule, numbers: Numbers): string {
  return code.map((instruction) => sayInstruction(instruction, rule, numbers)).join(' ');
}

function sayInstruction(instruction: Instruction, rule: IrRule, numbers: Numbers): string {
  switch (instruction.do) {
    case 'test':
      return sayCondition(instruction.condition, numbers);
    case 'lookup': {
      const { fields, elements, otherwise = [] } = instruction;
      const listed = elements.map(
        ({ keys, code }) => `${sayKeys(fields, keys, numbers)}:${sayCode(code, rule, numbers)}`,
      );
      return `{${listed.join()}|${sayCode(otherwise, rule, numbers)}}`;
    }
    case 'choose': {
      const { by, ways } = instruction;
      const chosen = ways.map(
        ({ share, at, code }) => `${formatFraction(share)} ${at ?? ''} ${sayCode(code, rule, numbers)}`,
      );
      return `${by.kind}(${chosen.join('|')})`;
    }
    case 'recall':
    case 'remember': {
      const { state } = instruction;
      const negated = instruction.do === 'recall' && instruction.negated;
      return `${instruction.do} ${negated} ${state.kind === 'dynamic' ? sayDynamic(state, numbers) : dataKey(state)}`;
    }
    case 'jump':
    case 'goto': {
      const { chain } = instruction;
      return `${instruction.do} ${isOwnChain(chain) ? numbers.chain(chain) : chain.name}`;
    }
    case 'nat':
      return sayNat(instruction, rule, numbers);
    case 'masquerade':
    case 'redirect':
    case 'netmap':
      return numbers.vague();
    default:
      return said(instruction);
  }
}

const said = keptBy((part: Instruction | Condition) => dataKey(part));

function sayCondition(condition: Condition, numbers: Numbers): string {
  if (condition.kind === 'not') return `!${sayCondition(condition.of, numbers)}`;
  if (condition.kind === 'all' || condition.kind === 'any')
    return `${condition.kind}(${condition.of.map((one) => sayCondition(one, numbers)).join()})`;
  return condition.kind === 'test' ? sayValues(condition, condition.set, numbers) : said(condition);
}

function sayKeys(fields: readonly LookupField[], keys: readonly IntervalSet[], numbers: Numbers): string {
  return fields.map((field, part) => sayValues(field, keys[part] ?? [], numbers)).join('.');
}

function sayValues({ field, of = '', mask }: LookupField, set: IntervalSet, numbers: Numbers): string {
  const end = ends.get(field);
  const lone = end === undefined ? null : loneIn(set, mask);
  if (lone === null) return `${field} ${of} ${mask ?? ''} ${set.join()}`;
  return `${field} ${end === 'address' ? numbers.address(lone) : numbers.port(Number(lone))}`;
}

/** Who is remembered at first is remembered of some services, and not of others. */
function sayDynamic(state: Dynamic, numbers: Numbers): string {
  const { action, fields, timeout, set } = state;
  const said = `${action} ${fields.map(({ field, of = '', mask = '' }) => `${field} ${of} ${mask}`).join('.')} ${timeout}`;
  if (!isOwnSet(state)) return `${said} ${set}`;
  const held = numbers.dynamic?.get(set);
  const elements = (held?.elements ?? []).map(
    ({ keys, expires }) => `${sayKeys(fields, keys, numbers)} ${expires}`,
  );
  return `${said} ${numbers.list(set)} ${held?.size} ${held?.timeout} ${elements.join()}`;
}

function sayNat({ side, range }: Nat, rule: IrRule, numbers: Numbers): string {
  const { addresses, ports, ...flags } = range;
  if (!addresses || !ports || addresses.first !== addresses.last || ports.first !== ports.last)
    return numbers.vague();
  const misled = numbers.isMisled(rule, formatEndpoint(addresses.first, ports.first));
  return `${side} ${numbers.address(addresses.first)} ${numbers.port(ports.first)} ${dataKey(flags)} ${misled}`;
}
