import type { Address, Family } from '../address/address.ts';
import { type IntervalSet, isSingle, single, subtract, unionOf } from '../sets/intervals.ts';
import type { Branch } from './branch.ts';
import { fullSet } from './fields.ts';
import type { Condition, Instruction, IrChain, IrRule, Test } from './ir.ts';
import { ownerOf } from './owner.ts';
import type { Surroundings } from './surroundings.ts';

/** Shorter chains are walked as they are. */
const fewRules = 16;

/** What rules are told apart by; it does not change within a chain. */
type Key = 'destination' | 'destinationPort';

/**
 * The rules of a long chain by what they demand of the destination. kube-proxy asks for each service's address, or node
 * port, in one chain of thousands of rules.
 */
class ChainIndex {
  private readonly byAddress = new Map<Address, number[]>();
  private readonly byPort = new Map<number, number[]>();
  private readonly others: number[] = [];
  private readonly chain: IrChain;
  private readonly family: Family;
  private readonly narrowed = new Map<string, IrChain>();
  /** All addresses, and all ports, that no rule demands. */
  private readonly rests = new Map<Key, IntervalSet>();

  constructor(chain: IrChain, family: Family) {
    this.chain = chain;
    this.family = family;
    for (const [position, rule] of chain.rules.entries()) this.listOf(rule).push(position);
  }

  private listOf(rule: IrRule): number[] {
    const { address, port } = demanded(rule);
    if (address !== undefined) return listIn(this.byAddress, address);
    return port === undefined ? this.others : listIn(this.byPort, port);
  }

  /** The chain without the rules that demand another destination. */
  narrow(branch: Branch, surroundings: Surroundings): IrChain {
    const { destination, destinationPort } = branch;
    const ofAddress = this.byAddress.get(destination);
    const ofPort = destinationPort === null ? undefined : this.byPort.get(destinationPort);
    if (surroundings.guide?.test) this.tell(branch, surroundings);
    const anyPort = destinationPort === null && this.byPort.size > 0;
    const key = `${ofAddress ? destination : '-'} ${anyPort ? '*' : ofPort ? destinationPort : '-'}`;
    const known = this.narrowed.get(key);
    if (known) return known;
    const ports = anyPort ? [...this.byPort.values()] : [ofPort ?? []];
    const narrowed = this.pick([this.others, ofAddress ?? [], ...ports].flat());
    this.narrowed.set(key, narrowed);
    return narrowed;
  }

  private pick(positions: number[]): IrChain {
    const { language, table, name, policy, rules } = this.chain;
    positions.sort((left, right) => left - right);
    return { language, table, name, policy, rules: positions.map((at) => rules[at] as IrRule) };
  }

  /** All packets for the same of these, or for none of them, meet the same rules. */
  private tell(branch: Branch, surroundings: Surroundings): void {
    const { destination, destinationPort } = branch;
    if (this.byAddress.size > 0)
      this.tellOne('destination', destination, this.byAddress, branch, surroundings);
    if (this.byPort.size > 0 && destinationPort !== null)
      this.tellOne('destinationPort', destinationPort, this.byPort, branch, surroundings);
  }

  private tellOne(
    field: Key,
    value: Address,
    lists: ReadonlyMap<Address, unknown>,
    branch: Branch,
    surroundings: Surroundings,
  ): void {
    const set = lists.has(value) ? single(value) : this.restOf(field, lists);
    const test: Test = { kind: 'test', field, set };
    surroundings.guide?.test?.(ownerOf(test, value, branch, surroundings), branch);
  }

  private restOf(field: Key, lists: ReadonlyMap<Address, unknown>): IntervalSet {
    const known = this.rests.get(field);
    if (known) return known;
    const rest = subtract(fullSet(field, this.family), unionOf([...lists.keys()].map(single)));
    this.rests.set(field, rest);
    return rest;
  }
}

function listIn<Key>(lists: Map<Key, number[]>, key: Key): number[] {
  const known = lists.get(key);
  if (known) return known;
  const list: number[] = [];
  lists.set(key, list);
  return list;
}

interface Demand {
  readonly address?: Address;
  readonly port?: number;
}

/** The one address, or port, without which a rule ends before it has had any effect. */
function demanded({ code }: IrRule): Demand {
  let port: number | undefined;
  for (const instruction of code) {
    const demand = demandOf(instruction);
    if (demand === null) break;
    if (demand.address !== undefined) return demand;
    port ??= demand.port;
  }
  return port === undefined ? {} : { port };
}

/** Null: it does something, or may end the rule by what is not known. */
function demandOf(instruction: Instruction): Demand | null {
  if (instruction.do === 'note') return {};
  return instruction.do === 'test' ? demandIn(instruction.condition) : null;
}

function demandIn(condition: Condition): Demand {
  if (condition.kind === 'all') {
    const demands = condition.of.map(demandIn);
    return demands.find(({ address, port }) => address !== undefined || port !== undefined) ?? {};
  }
  if (condition.kind !== 'test' || condition.mask !== undefined || !isSingle(condition.set)) return {};
  const [value] = condition.set as readonly [Address];
  if (condition.field === 'destination') return { address: value };
  return condition.field === 'destinationPort' ? { port: Number(value) } : {};
}

const indexes = new WeakMap<IrChain, ChainIndex>();

/** The same chain for this branch, with fewer rules to try. */
export function narrowChain(chain: IrChain, branch: Branch, surroundings: Surroundings): IrChain {
  if (chain.rules.length <= fewRules) return chain;
  let index = indexes.get(chain);
  if (!index) {
    index = new ChainIndex(chain, surroundings.host.family);
    indexes.set(chain, index);
  }
  return index.narrow(branch, surroundings);
}
