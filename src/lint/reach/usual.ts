import { type Address, addressBits, familyOf, formatEndpoint } from '../../address/address.ts';
import { portProtocols } from '../../address/protocols.ts';
import { prefixMask } from '../../address/subnet.ts';
import { LoweredChain } from '../../engine/lower/iptables/chain.ts';
import { NftIrChain } from '../../engine/lower/nftables/chain.ts';
import type { Choice } from '../../engine/lower/nftables/choice.ts';
import { chainKey, type ProgramChain } from '../../engine/program.ts';
import { type Match, type MatchKind, statisticScale } from '../../iptables/rule/match.ts';
import type { Rule } from '../../iptables/rule/ruleset.ts';
import type { Target } from '../../iptables/rule/target.ts';
import { keptBy } from '../../text/kept.ts';

/** The chain of an endpoint that marks what comes of it, and translates all the rest of one protocol. */
export interface UsualEndpoint {
  readonly kind: 'endpoint';
  readonly address: Address;
  readonly port: number;
  readonly protocol: number;
}

/** The chain of a service that first marks what is to be masqueraded, and then gives each endpoint the same share. */
export interface UsualService {
  readonly kind: 'service';
  /** Rules of the chain's own model: they lead to KUBE-MARK-MASQ. */
  readonly marking: readonly Rule[];
  /** At least one; each has a chain of its own, and comments name the address that it gives. */
  readonly endpoints: readonly { readonly chain: LoweredChain; readonly endpoint: UsualEndpoint }[];
}

/** The chain of a service of nft that does nothing but give each endpoint the same share of one protocol. */
export type UsualChoice = Choice & { readonly kind: 'choice' };

type Usual = UsualEndpoint | UsualService | UsualChoice;

/**
 * Chains that are written just as kube-proxy writes nearly all of them: of such a chain by itself nothing can be wrong, and of large
 * rule sets nearly every rule is in one. Each is looked at once, whoever asks.
 */
export class UsualChains {
  private readonly known = new Map<ProgramChain, Usual | null>();
  /** KUBE-MARK-MASQ. */
  readonly marking: ProgramChain | null;
  private readonly marksAlone: boolean;
  readonly endpoints: readonly UsualEndpoint[];
  readonly services: readonly UsualService[];
  /** All that are none of these, in their order. */
  readonly others: readonly ProgramChain[];

  constructor(chains: ReadonlyMap<string, ProgramChain>) {
    this.marking = chains.get(chainKey('nat', 'KUBE-MARK-MASQ')) ?? null;
    // Then what is led there comes back.
    this.marksAlone = this.marking?.rules.every(({ rule: { target } }) => target?.kind === 'mark') === true;
    const endpoints: UsualEndpoint[] = [];
    const services: UsualService[] = [];
    const others: ProgramChain[] = [];
    for (const chain of chains.values()) {
      const usual = this.of(chain);
      if (usual === null) others.push(chain);
      else if (usual.kind === 'endpoint') endpoints.push(usual);
      else if (usual.kind === 'service') services.push(usual);
    }
    this.endpoints = endpoints;
    this.services = services;
    this.others = others;
  }

  has(chain: ProgramChain): boolean {
    return this.of(chain) !== null;
  }

  endpoint(chain: ProgramChain): UsualEndpoint | null {
    const usual = this.of(chain);
    return usual?.kind === 'endpoint' ? usual : null;
  }

  service(chain: ProgramChain): UsualService | null {
    const usual = this.of(chain);
    return usual?.kind === 'service' ? usual : null;
  }

  choice(chain: ProgramChain): UsualChoice | null {
    const usual = this.of(chain);
    return usual?.kind === 'choice' ? usual : null;
  }

  of(chain: ProgramChain): Usual | null {
    const mayBe =
      chain.language === 'nftables'
        ? chain.name.includes('/')
        : this.marksAlone && chain.name.startsWith('KUBE-S');
    if (!mayBe) return null;
    const known = this.known.get(chain);
    if (known !== undefined) return known;
    const made = this.look(chain);
    this.known.set(chain, made);
    return made;
  }

  private look(chain: ProgramChain): Usual | null {
    if (chain instanceof NftIrChain) return usualChoice(chain);
    if (!(chain instanceof LoweredChain) || chain.table !== 'nat') return null;
    if (chain.name.startsWith('KUBE-SEP-')) return endpointIn(chain.source.rules);
    return /^KUBE-SV[CL]-/.test(chain.name) ? this.serviceIn(chain) : null;
  }

  private serviceIn(chain: LoweredChain): UsualService | null {
    const { rules } = chain.source;
    const first = rules.findIndex(({ target }) => !isMarking(target));
    const marking = first === -1 ? rules : rules.slice(0, first);
    if (first === -1 || !marking.every(asksEndsAlone)) return null;
    const endpoints: UsualService['endpoints'][number][] = [];
    const seen = new Set<LoweredChain>();
    for (let at = first; at < rules.length; at += 1) {
      const rule = rules[at] as Rule;
      const next = isCalling(rule.target) ? chain.jumpOf(rule) : null;
      const endpoint = next && this.endpoint(next);
      if (!next || !endpoint || seen.has(next) || !isFair(rule.matches, rules.length - at, endpoint))
        return null;
      if (endpoint.protocol !== (endpoints[0]?.endpoint ?? endpoint).protocol) return null;
      seen.add(next);
      endpoints.push({ chain: next, endpoint });
    }
    return { kind: 'service', marking, endpoints };
  }
}

/** Of all chains of a program. */
export const usualChains = keptBy(
  (chains: ReadonlyMap<string, ProgramChain>): UsualChains => new UsualChains(chains),
);

function usualChoice({ name, choice }: NftIrChain): UsualChoice | null {
  return choice && /^(?:service|local)-/.test(name) ? { kind: 'choice', ...choice } : null;
}

function isCalling(target: Target | null): boolean {
  return target?.kind === 'jump' && target.returns;
}

function isMarking(target: Target | null): boolean {
  return target?.kind === 'jump' && target.returns && target.chain === 'KUBE-MARK-MASQ';
}

function endpointIn({ length, 0: marks, 1: gives }: readonly Rule[]): UsualEndpoint | null {
  if (length !== 2 || !marks || !gives || !isMarking(marks.target)) return null;
  const { target } = gives;
  if (target?.kind !== 'dnat' || !target.addresses || !target.ports) return null;
  const { addresses, ports, basePort, random, randomFully, persistent } = target;
  if (basePort !== undefined || random || randomFully || persistent) return null;
  if (addresses.first !== addresses.last || ports.first !== ports.last) return null;
  if (sourceAlone(marks.matches) !== addresses.first) return null;
  const protocol = protocolAlone(gives.matches);
  return protocol === null
    ? null
    : { kind: 'endpoint', address: addresses.first, port: ports.first, protocol };
}

/** The one source that matches ask for; null: they ask for something else. */
function sourceAlone(matches: readonly Match[]): Address | null {
  let source: Address | null = null;
  for (const match of matches) {
    if (match.kind === 'comment') continue;
    if (match.kind !== 'source' || match.negated || source !== null) return null;
    const { address, mask } = match.subnet;
    const family = familyOf(address);
    if (mask !== prefixMask(family, addressBits[family])) return null;
    source = address;
  }
  return source;
}

/** The protocol that matches ask for, by its name and by its extension; null: they ask for something else. */
function protocolAlone(matches: readonly Match[]): number | null {
  let protocol: number | null = null;
  let extensions = 0;
  for (const match of matches) {
    if (match.kind === 'comment') continue;
    if (match.kind === 'protocol' && !match.negated && protocol === null) protocol = match.protocol;
    else if (asksNothing(match)) extensions += 1;
    else return null;
  }
  return extensions === 1 && protocol !== null && portProtocols.has(protocol) ? protocol : null;
}

function asksNothing(match: Match): boolean {
  if (match.kind !== 'tcp' && match.kind !== 'udp' && match.kind !== 'sctp') return false;
  const { sourcePort, destinationPort, flags, option, unevaluated } = match;
  return !sourcePort && !destinationPort && !flags && !option && !unevaluated;
}

/** What kube-proxy asks of what comes to a service: where it comes from, and that it is for its address and port. */
const endKinds: ReadonlySet<MatchKind> = new Set([
  'source',
  'destination',
  'protocol',
  'comment',
  'tcp',
  'udp',
  'sctp',
]);

function asksEndsAlone({ matches }: Rule): boolean {
  return matches.every(({ kind }) => endKinds.has(kind));
}

/** Whether a rule gives one part of so many, to the endpoint that its comment tells. */
function isFair(matches: readonly Match[], among: number, { address, port }: UsualEndpoint): boolean {
  let chance: number = statisticScale;
  for (const match of matches) {
    if (match.kind === 'comment') {
      if (!mayTell(match.text, address, port)) return false;
    } else if (
      match.kind !== 'statistic' ||
      match.mode !== 'random' ||
      match.negated ||
      chance !== statisticScale
    )
      return false;
    else chance = match.threshold;
  }
  // The last one takes all that is left.
  return among === 1 ? chance === statisticScale : isPartOf(chance, among);
}

/** Whether a comment tells this endpoint (`default/web -> 10.244.1.5:8080`), or none. Digits are read, since there are very many. */
function mayTell(comment: string, address: Address, port: number): boolean {
  const arrow = comment.indexOf(' -> ');
  if (arrow === -1) return true;
  if (typeof address !== 'number') return comment.slice(arrow + 4) === formatEndpoint(address, port);
  const numbers = [0, 0, 0, 0, 0];
  let at = 0;
  for (let next = arrow + 4; next < comment.length; next += 1) {
    const digit = comment.charCodeAt(next) - 48;
    if (digit >= 0 && digit <= 9) numbers[at] = (numbers[at] as number) * 10 + digit;
    else if (comment[next] === (at === 3 ? ':' : '.') && at < 4) at += 1;
    else return false;
  }
  const [a, b, c, d, told] = numbers as [number, number, number, number, number];
  return at === 4 && told === port && ((a * 256 + b) * 256 + c) * 256 + d === address;
}

/** kube-proxy wrote five digits of a chance once, and ten today. */
const written = 0.00001;

/** Whether a chance, as it is written, is one of so many. */
export function isPartOf(chance: number, among: number): boolean {
  const off = Math.abs(chance / statisticScale - 1 / among);
  return off <= written || off * among < 0.01;
}
