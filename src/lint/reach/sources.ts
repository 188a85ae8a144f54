import { type Address, addressBits, familyOf } from '../../address/address.ts';
import { instructionsIn } from '../../engine/instructions.ts';
import type { Condition, IrChain, IrProgram, IrRule } from '../../engine/ir.ts';
import type { Host } from '../../host/model.ts';
import type { Match } from '../../iptables/rule/match.ts';
import { has, type IntervalSet, subtract } from '../../sets/intervals.ts';
import { subnetSet } from '../../sets/subnet-set.ts';
import { type Client, clientAmong, everyClient } from './clients.ts';
import { ofPolicies, ownerOfPlace } from './owners.ts';
import { usualChains } from './usual.ts';

/** So many of the sets are asked of, the largest ones: lists of whom somebody bars are long, and one of them says no more than another. */
const mostSets = 12;

/**
 * Clients of whom rules ask otherwise than of those who are asked for all: for each set of sources that a rule names, one on the side of it
 * where these are not. What kube-proxy itself asks of sources (endpoints, pods, source ranges) is asked by `clientsOf`.
 */
export function namedClients({ chains, family }: IrProgram, host: Host): readonly Client[] {
  const known = new Map<string, IntervalSet>();
  for (const chain of usualChains(chains).others)
    for (const set of sourcesIn(chain)) known.set(set.join(' '), set);
  const sets = [...known.values()]
    .toSorted((one, other) => (sizeOf(one) < sizeOf(other) ? 1 : -1))
    .slice(0, mostSets);
  const usual = everyClient(host);
  const whole = wholeOf(family);
  return sets.flatMap((set) =>
    usual.flatMap(({ kind, source }): Client[] => {
      const other = has(set, source) ? subtract(whole, set) : set;
      const client = clientAmong(kind, host, other);
      return client === null ? [] : [{ ...client, among: { set, inside: other === set } }];
    }),
  );
}

function wholeOf(family: IrProgram['family']): IntervalSet {
  return family === 'ipv4' ? [0, 2 ** 32 - 1] : [0n, 2n ** 128n - 1n];
}

function sizeOf(set: IntervalSet): bigint {
  return set.reduce<bigint>(
    (size, end, at) => (at % 2 === 0 ? size - BigInt(end) : size + BigInt(end) + 1n),
    0n,
  );
}

function sourcesIn(chain: IrChain): readonly IntervalSet[] {
  if (chain.language === 'iptables' && ofServices.test(chain.name)) return translatedIn(chain);
  const owner = ownerOfPlace({ table: chain.table, chain: chain.name });
  if (ofPolicies.has(owner)) return [];
  if (chain.language === 'iptables') return sourcesOfDump(chain);
  const isProxys = owner === 'kube-proxy';
  return chain.rules.flatMap((rule) => (isProxys && !translates(rule) ? [] : [...asked(rule)]));
}

const ofServices = /^KUBE-S(?:VC|VL|EP)-/;
const noSets: readonly IntervalSet[] = [];

function translatedIn({ rules }: IrChain): readonly IntervalSet[] {
  const isAsking = ({ rule: { matches, target } }: IrRule) =>
    target?.kind === 'dnat' && matches.some(({ kind }) => kind === 'source' || kind === 'iprange');
  return rules.some(isAsking)
    ? rules.filter(isAsking).flatMap(({ rule: { matches } }) => matches.flatMap(sourceIn))
    : noSets;
}

/** kube-proxy's chains of endpoints and services ask it to mark what they masquerade, and those of source ranges to let in. */
function sourcesOfDump({ name, rules }: IrChain): IntervalSet[] {
  if (/^KUBE-(?:FW-|SOURCE-RANGES)/.test(name)) return [];
  const isProxys = name.startsWith('KUBE-');
  return rules.flatMap(({ rule: { matches, target } }) =>
    isProxys && target?.kind !== 'dnat' ? [] : matches.flatMap(sourceIn),
  );
}

function sourceIn(match: Match): IntervalSet[] {
  if (match.kind === 'source') return bounded(subnetSet(match.subnet));
  if (match.kind !== 'iprange' || !match.source) return [];
  return [[match.source.value.first, match.source.value.last]];
}

/** What holds for nobody, or for all, tells none from others. */
function bounded(set: IntervalSet | null): IntervalSet[] {
  if (set === null || set.length === 0) return [];
  const [first] = set as readonly [Address];
  const last = typeof first === 'number' ? 2 ** addressBits[familyOf(first)] - 1 : 2n ** 128n - 1n;
  return set.length === 2 && BigInt(first) === 0n && set[1] === last ? [] : [set];
}

function translates({ code }: IrRule): boolean {
  return [...instructionsIn(code)].some((instruction) => instruction.do === 'nat');
}

function* asked({ code }: IrRule): Generator<IntervalSet> {
  for (const instruction of instructionsIn(code))
    if (instruction.do === 'test') yield* askedBy(instruction.condition);
}

function* askedBy(condition: Condition): Generator<IntervalSet> {
  if (condition.kind === 'not') yield* askedBy(condition.of);
  else if (condition.kind === 'all' || condition.kind === 'any')
    for (const one of condition.of) yield* askedBy(one);
  else if (condition.kind === 'test' && condition.field === 'source' && condition.mask === undefined)
    yield* bounded(condition.set);
}
