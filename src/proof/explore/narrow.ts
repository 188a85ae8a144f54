import type { Address } from '../../address/address.ts';
import { portProtocols } from '../../address/protocols.ts';
import { hostSubnet } from '../../address/subnet.ts';
import type { Branch } from '../../engine/branch.ts';
import type { ProgramChain, ProgramRule } from '../../engine/program.ts';
import type { Match } from '../../iptables/rule/match.ts';
import type { Dimension } from '../../sets/box.ts';
import { type IntervalSet, single, subtract, unionOf } from '../../sets/intervals.ts';

/** Shorter chains are walked rule by rule. */
const fewRules = 24;

/** The rules of a long chain by the one destination, or the one port, that each of them asks for. */
export interface ChainIndex {
  readonly dimension: 'destination' | 'destinationPort';
  readonly exact: ReadonlyMap<Address, readonly number[]>;
  /** Rules that ask for something else, or for more. */
  readonly others: readonly number[];
  /** All that no rule asks for exactly. */
  readonly rest: IntervalSet;
  readonly narrowed: Map<Address | null, ProgramChain>;
}

const indexes = new WeakMap<ProgramChain, ChainIndex | null>();

export function indexOf(chain: ProgramChain): ChainIndex | null {
  const known = indexes.get(chain);
  if (known !== undefined) return known;
  const fresh = chain.rules.length <= fewRules ? null : buildIndex(chain);
  indexes.set(chain, fresh);
  return fresh;
}

function buildIndex(chain: ProgramChain): ChainIndex | null {
  const byDestination = sortRules(chain.rules, destinationOf);
  const byPort = sortRules(chain.rules, portOf);
  const [dimension, { exact, others }] =
    byPort.others.length < byDestination.others.length
      ? (['destinationPort', byPort] as const)
      : (['destination', byDestination] as const);
  if (others.length > chain.rules.length / 2) return null;
  const [sample] = exact.keys();
  const full: IntervalSet =
    dimension === 'destinationPort'
      ? [0, 65535]
      : typeof sample === 'bigint'
        ? [0n, (1n << 128n) - 1n]
        : [0, 0xffffffff];
  const rest = subtract(full, unionOf([...exact.keys()].map(single)));
  return { dimension, exact, others, rest, narrowed: new Map() };
}

function sortRules(rules: readonly ProgramRule[], keyOf: (rule: ProgramRule) => Address | null) {
  const exact = new Map<Address, number[]>();
  const others: number[] = [];
  rules.forEach((rule, index) => {
    const key = keyOf(rule);
    if (key === null) others.push(index);
    else {
      const list = exact.get(key);
      if (list) list.push(index);
      else exact.set(key, [index]);
    }
  });
  return { exact, others };
}

function destinationOf({ rule }: ProgramRule): Address | null {
  for (const match of rule.matches) {
    if (match.kind !== 'destination' || match.negated) continue;
    return match.subnet.mask === hostSubnet(match.subnet.address).mask ? match.subnet.address : null;
  }
  return null;
}

const transports: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'dccp']);

/** Only where nothing that leaves a trace is asked before, and the protocol surely has ports. */
function portOf({ rule }: ProgramRule): Address | null {
  const known = rule.matches.some(
    (match) => match.kind === 'protocol' && !match.negated && portProtocols.has(match.protocol),
  );
  if (!known) return null;
  for (const match of rule.matches) {
    if (transports.has(match.kind)) return exactPort(match);
    if (match.kind !== 'comment' && match.kind !== 'protocol' && match.kind !== 'destination') return null;
  }
  return null;
}

function exactPort(match: Match): Address | null {
  const wanted = 'destinationPort' in match ? match.destinationPort : undefined;
  if (!wanted || wanted.negated || wanted.value.first !== wanted.value.last) return null;
  return wanted.value.first;
}

/** The rules that can match a branch, and the set in which its destination or port may be for that to be so. */
export function narrowTo(
  chain: ProgramChain,
  index: ChainIndex,
  branch: Branch,
): { readonly chain: ProgramChain; readonly dimension: Dimension; readonly within: IntervalSet } {
  const value = index.dimension === 'destination' ? branch.destination : branch.destinationPort;
  const exact = value === null ? undefined : index.exact.get(value);
  const key = exact && value !== null ? value : null;
  let narrowed = index.narrowed.get(key);
  if (!narrowed) {
    const numbers = [...(exact ?? []), ...index.others].sort((left, right) => left - right);
    const rules = numbers.map((number) => chain.rules[number] as ProgramRule);
    narrowed = {
      language: chain.language,
      table: chain.table,
      name: chain.name,
      policy: chain.policy,
      rules,
    };
    index.narrowed.set(key, narrowed);
  }
  return { chain: narrowed, dimension: index.dimension, within: key === null ? index.rest : single(key) };
}
