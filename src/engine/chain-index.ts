import type { Address } from '../address/address.ts';
import { addressBits, familyOf } from '../address/address.ts';
import { prefixMask } from '../address/subnet.ts';
import type { Branch } from './branch.ts';
import type { ProgramChain, ProgramRule } from './program.ts';

/** Shorter chains are walked as they are. */
const fewRules = 16;

/**
 * The rules of a long chain by what they demand of the destination, which does not change within a chain. kube-proxy
 * asks for each service's address, or node port, in one chain of thousands of rules.
 */
class ChainIndex {
  private readonly byAddress = new Map<Address, number[]>();
  private readonly byPort = new Map<number, number[]>();
  private readonly others: number[] = [];
  private readonly chain: ProgramChain;

  constructor(chain: ProgramChain) {
    this.chain = chain;
    for (const [position, rule] of chain.rules.entries()) this.listOf(rule).push(position);
  }

  private listOf(rule: ProgramRule): number[] {
    const address = demandedAddress(rule);
    if (address !== undefined) return listIn(this.byAddress, address);
    const port = demandedPort(rule);
    return port === undefined ? this.others : listIn(this.byPort, port);
  }

  /** The chain without the rules that demand another destination. */
  narrow({ destination, destinationPort }: Branch): ProgramChain {
    const { chain, byAddress, byPort, others } = this;
    const lists = [others, byAddress.get(destination) ?? []];
    if (destinationPort === null) lists.push(...byPort.values());
    else lists.push(byPort.get(destinationPort) ?? []);
    const positions = lists.flat().sort((left, right) => left - right);
    return { ...chain, rules: positions.map((position) => chain.rules[position] as ProgramRule) };
  }
}

function listIn<Key>(lists: Map<Key, number[]>, key: Key): number[] {
  const known = lists.get(key);
  if (known) return known;
  const list: number[] = [];
  lists.set(key, list);
  return list;
}

function demandedAddress({ rule }: ProgramRule): Address | undefined {
  for (const match of rule.matches) {
    if (match.kind !== 'destination' || match.negated) continue;
    const { address, mask } = match.subnet;
    const family = familyOf(address);
    if (mask === prefixMask(family, addressBits[family])) return address;
  }
  return undefined;
}

/** Matches before the port's must not have an effect of their own, which they had on every packet. */
function demandedPort({ rule }: ProgramRule): number | undefined {
  for (const match of rule.matches) {
    if (match.kind === 'recent' || match.kind === 'statistic') return undefined;
    if (match.kind !== 'tcp' && match.kind !== 'udp' && match.kind !== 'sctp') continue;
    const range = match.destinationPort;
    if (range && !range.negated && range.value.first === range.value.last) return range.value.first;
  }
  return undefined;
}

const indexes = new WeakMap<ProgramChain, ChainIndex>();

/** The same chain for this branch, with fewer rules to try. */
export function narrowChain(chain: ProgramChain, branch: Branch): ProgramChain {
  if (chain.rules.length <= fewRules) return chain;
  let index = indexes.get(chain);
  if (!index) {
    index = new ChainIndex(chain);
    indexes.set(chain, index);
  }
  return index.narrow(branch);
}
