import { type Address, addressBits, type Family, familyOf } from '../../address/address.ts';
import { prefixMask } from '../../address/subnet.ts';
import type { ProgramRule } from '../../engine/program.ts';
import type { AddressRange, Match, RecentMatch } from '../../iptables/rule/match.ts';
import type { Rule } from '../../iptables/rule/ruleset.ts';
import type { Target } from '../../iptables/rule/target.ts';
import { type IntervalSet, intersect, membersOf, single, unionOf } from '../../sets/intervals.ts';
import { askingOf, asksCounters } from '../open/asking.ts';
import { ruleKey } from './keys.ts';
import { bitsNamed, bitsOfFlows, type MarkUse, mayWatchMarks } from './mark-bits.ts';
import type { LazyChain } from './program.ts';

/** A rule, and the chain that it stands in. The rule is lowered when somebody asks for it: most are never looked at. */
export class Standing {
  readonly chain: LazyChain;
  private readonly index: number;

  constructor(chain: LazyChain, index: number) {
    this.chain = chain;
    this.index = index;
  }

  get rule(): ProgramRule {
    return this.chain.rules[this.index] as ProgramRule;
  }
}

/** What there is among the rules that packets can reach, gathered in one pass. */
export class Survey implements MarkUse {
  readonly family: Family;
  /** Rules that jump to a chain. */
  readonly callers = new Map<LazyChain, Standing[]>();
  /** Rules that change a destination, by the one address that they give; those that can give others. */
  readonly producers = new Map<Address, Standing[]>();
  private producedSet: IntervalSet | null = null;
  readonly looseProducers: Standing[] = [];
  /** Addresses and ports that NAT can put into a packet. */
  readonly sources = new Set<Address>();
  /** Some source is chosen from a range, or made of the packet's own. */
  looseSources = false;
  readonly ports = new Set<Address>();
  /** Rules that have the node answer with an error. */
  readonly refusing: Standing[] = [];
  /** Some rule asks or changes how far a packet has to go: of one that is spent, the node tells its sender. */
  spendsHops = false;
  resets = false;
  /** Whether what is remembered of a packet can matter to later ones. */
  remembers = false;
  restoresMarks = false;
  /** Whether some rule asks for later fragments. */
  asksFragments = false;
  /** Whether some rule asks what connection tracking made of earlier packets. */
  asksConnections = false;
  /** Whether flows are translated. */
  translates = false;
  /** Whether some are given an address by name, or that of the interface. */
  givesSource = false;
  masquerades = false;
  /** Sets that some rule asks what they hold, and the rules that do, as they read. */
  readonly sets = new Map<string, string[]>();
  /** Sets of which some rule asks what was counted. */
  readonly countedSets = new Set<string>();
  /** Lists of `recent` of which it matters how often, and in what order, rules change them: some rule counts, or takes out. */
  readonly orderedLists = new Set<string>();
  asksFlags = false;
  /** Whether some rule asks what a connection's entry says beside its state. */
  asksStatus = false;
  /** Rules with a state that is theirs alone. */
  readonly stateful: Standing[] = [];
  /** Bits of the mark that some rule asks for; those that some rule changes. */
  bitsAsked = 0;
  bitsSet = 0;
  /** How they are changed. */
  readonly marksSet = new Set<string>();
  /** Some rule asks the way back that routing has by the mark. */
  asksRouting = false;
  bits = 0;
  ofFlows = 0;
  watched = false;

  constructor(family: Family) {
    this.family = family;
  }

  /** A rule of a chain, by its position there, and the chain that it jumps to. */
  note(rule: Rule, jump: LazyChain | null, chain: LazyChain, index: number): void {
    const { target, matches } = rule;
    if (jump) addTo(this.callers, jump, new Standing(chain, index));
    else if (target) this.noteTarget(target, chain, index);
    for (const match of matches) {
      this.noteState(match, chain, index);
      this.noteMarks(match);
      if (match.kind === 'set' && !match.held) addTo(this.sets, match.name, ruleKey(rule));
    }
  }

  private noteState(match: Match, chain: LazyChain, index: number): void {
    if (match.kind === 'tcp' && match.flags) this.asksFlags = true;
    if (match.kind === 'fragment') this.asksFragments = true;
    this.asksConnections ||= ofConnections.has(match.kind === 'other' ? match.name : match.kind);
    if (match.kind === 'other' && hopNames.has(match.name)) this.spendsHops = true;
    if (match.kind === 'conntrack' && match.status) this.asksStatus = true;
    if (match.kind === 'rpfilter' && match.validMark) this.asksRouting = true;
    if (match.kind === 'mark') this.bitsAsked |= match.mask;
    if (match.kind === 'set' && asksCounters(match)) this.countedSets.add(match.name);
    if (match.kind === 'recent' && minds(match)) this.orderedLists.add(match.name);
    const asking = askingOf(match);
    this.remembers ||= match.kind === 'recent' || match.kind === 'other' || asking !== null;
    if (asking === 'own') this.stateful.push(new Standing(chain, index));
  }

  /** The addresses of all producers. */
  get produced(): IntervalSet {
    this.producedSet ??= unionOf([...this.producers.keys()].map(single));
    return this.producedSet;
  }

  /** Rules that give one of these addresses as the destination: found without a look at the others. */
  producersWithin(destinations: IntervalSet): Standing[] {
    return membersOf(intersect(destinations, this.produced)).flatMap(
      (address) => this.producers.get(address) ?? [],
    );
  }

  private noteMarks(part: Match | Target): void {
    this.bits |= bitsNamed(part);
    this.ofFlows |= bitsOfFlows(part);
    this.watched ||= mayWatchMarks(part);
  }

  private noteTarget(target: Target, chain: LazyChain, index: number): void {
    this.noteMarks(target);
    if (target.kind === 'other' && hopNames.has(target.name)) this.spendsHops = true;
    this.remembers ||= target.kind === 'other' || target.kind === 'tcpmss' || target.kind === 'ct';
    if (target.kind === 'mark') {
      this.bitsSet |= target.mask | target.value;
      this.marksSet.add(`${target.value}/${target.mask}`);
    }
    if ('ports' in target && target.ports) {
      this.ports.add(target.ports.first);
      this.ports.add(target.ports.last);
    }
    this.translates ||= translating.has(target.kind);
    this.givesSource ||= target.kind === 'snat';
    this.masquerades ||= target.kind === 'masquerade';
    if (target.kind === 'dnat') this.noteProducer(target.addresses, new Standing(chain, index));
    else if (target.kind === 'redirect' || target.kind === 'netmap') {
      this.looseProducers.push(new Standing(chain, index));
      this.looseSources ||= target.kind === 'netmap';
    } else if (target.kind === 'snat' && target.addresses) {
      this.sources.add(target.addresses.first);
      this.sources.add(target.addresses.last);
      this.looseSources ||= target.addresses.first !== target.addresses.last;
    } else if (target.kind === 'reject') {
      this.refusing.push(new Standing(chain, index));
      this.resets ||= target.with.startsWith('tcp-');
    } else if (target.kind === 'connmark') {
      this.remembers ||= target.action !== 'restore';
      this.restoresMarks ||= target.action === 'restore';
      // Who saves a mark finds no packets by it: what else it is for, the rules do not tell.
      if (target.action === 'restore') this.bitsSet |= target.packetMask;
    }
  }

  private noteProducer(addresses: AddressRange | undefined, standing: Standing): void {
    if (addresses && addresses.first === addresses.last) addTo(this.producers, addresses.first, standing);
    else this.looseProducers.push(standing);
  }
}

const ofConnections: ReadonlySet<string> = new Set([
  'cluster',
  'connbytes',
  'connlabel',
  'connlimit',
  'connmark',
  'conntrack',
  'helper',
  'state',
]);

/** Once noted is noted, but for who asks how often. */
function minds({ action, hitcount = 1 }: RecentMatch): boolean {
  return action === 'remove' || hitcount > 1;
}

const translating: ReadonlySet<Target['kind']> = new Set<Target['kind']>([
  'dnat',
  'snat',
  'masquerade',
  'redirect',
  'netmap',
]);

/** Extensions about the TTL, which the node's answer to one that is spent hangs on. */
const hopNames: ReadonlySet<string> = new Set(['ttl', 'hl', 'TTL', 'HL']);

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** All bits are replaced: the address is the same for all packets. */
const isWholeMask = (mask: Address): boolean =>
  mask === prefixMask(familyOf(mask), addressBits[familyOf(mask)]);

/** Targets whose effect is a function of the very packet, so that one packet does not speak for others. */
export function isParticular(target: Target | null): boolean {
  if (target?.kind === 'netmap') return !isWholeMask(target.mask);
  if (target?.kind !== 'dnat' && target?.kind !== 'snat') return false;
  const { addresses } = target;
  const shifts = target.kind === 'dnat' && target.basePort !== undefined;
  return shifts || (addresses !== undefined && addresses.first !== addresses.last);
}
