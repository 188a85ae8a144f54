import { type Address, formatAddress } from '../../address/address.ts';
import type { Header, Matched } from '../../engine/branch.ts';
import type { Weighed } from '../../engine/collector.ts';
import { listMatched, type OutcomeEnd } from '../../engine/outcome.ts';
import type { Packet } from '../../engine/packet.ts';
import type { Reason } from '../../engine/reasons.ts';
import type { Rule } from '../../iptables/rule/ruleset.ts';
import { add, type Fraction, reduce, zero } from '../../sets/fraction.ts';
import { reasonKey } from '../doubt.ts';
import { flowBits, isOld } from '../open/flow-mark.ts';
import { ofPacket, ofState, pastTracking } from '../open/written.ts';
import { matchesKey, ruleKey } from '../rules/keys.ts';

/** `nextHop`: null: the destination is on the link. */
export interface FateLink {
  readonly interface: string;
  readonly nextHop: Address | null;
}

/** One thing that can happen to every packet of a set. */
export interface FateItem {
  readonly end: OutcomeEnd;
  readonly weight: Fraction;
  readonly matched: readonly Matched[];
  /** Lists of `recent` that the node has changed afterwards. */
  readonly lists: readonly string[];
  /** What rules wrote or did that others than these rules may see. */
  readonly written: readonly string[];
  /** By which links these packets leave; not each once. */
  readonly links: readonly FateLink[];
  /** The mark that the flow has afterwards, in words; null: the one that it had before, or none. */
  readonly flowMark: string | null;
}

/** A list is named by itself, or by a rule that changed it. */
export const listName = (list: string): string => /--name (\S+)/.exec(list)?.[1] ?? list;

/** All that can happen to the packets of a set: the same for each of them, but for what they keep of their own. */
export interface Fate {
  /** Equal for equal fates, but for the links. */
  readonly key: string;
  /** By which links and next hops packets leave, and how many by each. */
  readonly links: string;
  readonly items: readonly FateItem[];
  /** A rule was met whose effect another packet of the set may not share. */
  readonly particular: boolean;
  /** So it was on a way that ended like another one, which alone is among the items. */
  readonly hidden: boolean;
  /** Why it is not known what happens. */
  readonly unknown: Reason | null;
  /** ICMP goes untracked, errors about flows that are translated with it. */
  readonly untracksErrors?: boolean;
}

/** `chosen`: where rules were met whose effect another packet may not share. `asksConnections`: some rule, of either side. */
export function fateOf(
  ends: readonly Weighed<OutcomeEnd>[],
  packet: Packet,
  chosen: ReadonlySet<Matched> = new Set(),
  asksConnections = false,
): Fate {
  const items = new Map<string, FateItem>();
  const links = new Map<string, Fraction>();
  for (const { end, weight } of ends) {
    const matched = listMatched(end.last);
    const lists = [...end.memory.recent.keys()].sort();
    const flowMark = flowMarkOf(end, matched, packet);
    const missed = asksConnections && isMissed(end, packet);
    const written = [...writtenIn(end), ...(missed ? [pastTracking] : [])];
    const key = [endKey(end, packet), ...lists, flowMark, ...written].join(' ; ');
    const own = linkOf(end);
    for (const { interface: name, nextHop } of own) {
      const link = `${name} ${nextHop ?? ''} ${key}`;
      links.set(link, add(links.get(link) ?? zero, weight));
    }
    const known = items.get(key);
    if (known)
      items.set(key, { ...known, weight: add(known.weight, weight), links: [...known.links, ...own] });
    else items.set(key, { end, weight, matched, lists, written, flowMark, links: own });
  }
  const sorted = [...items].sort(([left], [right]) => (left < right ? -1 : 1));
  const list = sorted.map(([, item]) => item);
  return {
    key: sorted.map(([key, { weight }]) => `${hex(reduce(weight))} ${key}`).join('\n'),
    links: [...links]
      .map(([link, weight]) => `${hex(reduce(weight))} ${link}`)
      .sort()
      .join('\n'),
    items: list,
    particular: chosen.size > 0,
    hidden: [...chosen].some((one) => !list.some(({ matched }) => matched.includes(one))),
    unknown: list.find(({ end }) => end.verdict === 'unknown')?.end.reason ?? null,
  };
}

function linkOf({ interface: name, nextHop }: OutcomeEnd): readonly FateLink[] {
  return name === null ? [] : [{ interface: name, nextHop }];
}

/** Whether packets come to the same: what the next ones on their way see of them, too. */
export function isSameFate(one: Fate, other: Fate): boolean {
  return one.key === other.key && one.links === other.links;
}

/**
 * That connection tracking did not see it, its connection's later packets are told by: an entry that is known moves on whatever
 * becomes of the packet (nf_conntrack_in), a new one is kept where the packet arrives (nf_conntrack_confirm).
 */
function isMissed({ untracked, verdict }: OutcomeEnd, { state }: Packet): boolean {
  const arrives = verdict === 'accept' || verdict === 'unknown';
  return untracked && (isOld(state) || (arrives && (state ?? 'NEW') === 'NEW'));
}

/** What a packet carries is nothing where it does not arrive. */
function writtenIn({ memory, verdict }: OutcomeEnd): string[] {
  const arrives = verdict === 'accept' || verdict === 'unknown';
  return [...(memory.written ?? [])]
    .filter(([name]) => name.startsWith(ofState) || (arrives && name.startsWith(ofPacket)))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}

/** Long numbers are quicker to write in hexadecimal. */
function hex({ n, d }: Fraction): string {
  return `${n.toString(16)}/${d.toString(16)}`;
}

/** What the packet kept is not spelt out, so that it is the same for others. */
function endKey(end: OutcomeEnd, packet: Packet): string {
  const source = end.src !== null && end.left.source === packet.source ? '=' : end.src;
  return [
    end.verdict,
    dnatKey(end, packet),
    source,
    end.delivered,
    end.rejectWith,
    end.verdict === 'unknown' ? reasonKey(end.reason, packet.destination) : '',
    end.copy ? `copy ${end.copy.verdict} ${headerKey(end.copy.left, packet)}` : '',
  ].join(' ');
}

/** `=` for what the packet came with. */
function headerKey(header: Header, packet: Packet): string {
  return (['source', 'sourcePort', 'destination', 'destinationPort'] as const)
    .map((end) => (header[end] === packet[end] ? '=' : String(header[end])))
    .join();
}

function dnatKey({ dnat, left }: OutcomeEnd, packet: Packet): string {
  if (dnat === null) return '-';
  const kept = left.destination === packet.destination ? '=' : formatAddress(left.destination);
  return `${kept}:${left.destinationPort === packet.destinationPort ? '=' : left.destinationPort}`;
}

function flowMarkOf({ memory }: OutcomeEnd, matched: readonly Matched[], { state }: Packet): string | null {
  const mark = memory.connections.find((connection) => connection.mark !== 0)?.mark ?? 0;
  const before = isOld(state) ? 0xffffffff : 0;
  const kept = isOld(state) ? flowBits(matched).flow : 0;
  if (mark === 0 && kept === before) return null;
  const own = `0x${mark.toString(16)}`;
  return kept === 0 ? own : `${own} and the bits 0x${kept.toString(16)} of the one before`;
}

/** The rules that were met on all ways. */
export function matchedIn({ items }: Fate): Matched[] {
  return items.flatMap(({ matched }) => matched);
}

/** The rules that were met under this fate, and no rule like them under the other. */
export function metAlone(fate: Fate, other: Fate): Matched[] {
  const known = new Set(matchedIn(other).map(wayKey));
  return matchedIn(fate).filter((matched) => !known.has(wayKey(matched)));
}

/** What a rule that was met says and does, whatever chains are called. */
function wayKey({ place, hook, mark }: Matched): string {
  return `${place.table} ${hook}${metKey(place.rule)} ${mark}`;
}

/** Whether the same rules were met, in the same order, on the ways to the same ends. */
export function goSameWay({ items: left }: Fate, { items: right }: Fate): boolean {
  return areAlike(left, right, (one, other) => areAlike(one.matched, other.matched, isSameStep));
}

function isSameStep(one: Matched, other: Matched): boolean {
  if (one.place.table !== other.place.table || one.hook !== other.hook || one.mark !== other.mark)
    return false;
  return one.place.rule === other.place.rule || metKey(one.place.rule) === metKey(other.place.rule);
}

function areAlike<Item>(
  left: readonly Item[],
  right: readonly Item[],
  isAlike: (one: Item, other: Item) => boolean,
): boolean {
  return left.length === right.length && left.every((one, at) => isAlike(one, right[at] as Item));
}

/** Of the rules that were met: the same few are asked again and again. */
const metKeys = new WeakMap<Rule, string>();

function metKey(rule: Rule): string {
  const known = metKeys.get(rule);
  if (known !== undefined) return known;
  const key = rule.target?.kind === 'jump' ? matchesKey(rule.matches) : ruleKey(rule);
  metKeys.set(rule, key);
  return key;
}
