import type { Matched } from '../../engine/branch.ts';
import { emptyMemory } from '../../engine/memory.ts';
import type { Origin, Packet } from '../../engine/packet.ts';
import { chainKey, type RulePlace } from '../../engine/program.ts';
import { ingressOf } from '../../engine/trace.ts';
import { Walk } from '../../engine/walk.ts';
import { standsForNone } from '../../iptables/rule/shown.ts';
import { type Box, joinBoxes } from '../../sets/box.ts';
import { type IntervalSet, sizeOf, subtract } from '../../sets/intervals.ts';
import { doubtKey, type ProofDoubt } from '../doubt.ts';
import type { Cell, ExploreQuestion } from '../explore/explore.ts';
import { type Fate, fateOf, matchedIn, metAlone } from '../explore/fate.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import { ruleKey } from '../rules/keys.ts';
import type { LazyChain } from '../rules/program.ts';
import { asRemembered, type Effect, effectOf, severityOf } from './effect.ts';
import { type Entry, entryOfCell } from './entry.ts';

export type Severity = 'high' | 'medium' | 'low';

/** Packets that share their fate before and their fate after. */
export interface PacketClass {
  readonly entry: Entry;
  /** Disjoint. */
  readonly boxes: readonly Box[];
  /** One of them. */
  readonly witness: Packet;
  /** The first packet of its flow, which asks for the service; the witness itself where that is no later one. */
  readonly opening: Packet;
  /** Whether the interpreter by itself, on the whole rule sets, says the same of the witness. */
  readonly confirmed: boolean;
  /** What changes are later packets of flows; the boxes are of their first ones. */
  readonly later: boolean;
  /** Matches that cannot be evaluated and are supposed to hold. */
  readonly supposed: readonly string[];
  readonly before: Fate;
  readonly after: Fate;
  /** Rules that the packets met on one side only. */
  readonly rules: { readonly before: readonly RulePlace[]; readonly after: readonly RulePlace[] };
  readonly effects: readonly Effect[];
  readonly severity: Severity;
  /** Lower for what stands for more: new flows from many sources, without a supposition. */
  readonly order: number;
  /** Why it could not be told whether their fates differ. */
  readonly doubt: ProofDoubt | null;
}

export interface Classified {
  readonly classes: readonly PacketClass[];
  readonly unproved: readonly PacketClass[];
}

/** Cells of one service, by one door, that share both fates. */
interface Group {
  readonly entry: Entry;
  /** The one that says it best. The others are forgotten, but for their boxes. */
  best: Cell;
  readonly boxes: Box[];
}

/** Puts cells together, as they are found, whose packets share their fates. */
export class Classifier {
  private readonly question: ExploreQuestion;
  private readonly groups = new Map<string, Group>();

  constructor(question: ExploreQuestion) {
    this.question = question;
  }

  add(cell: Cell): void {
    const entry = entryOfCell(cell);
    const key = [
      entry.service,
      entry.kind,
      doubtKey(cell.doubt),
      cell.later,
      cell.before.key,
      cell.after.key,
      // Where all else is as it was: otherwise each pod's own link would be a fate of its own.
      ...(cell.before.key === cell.after.key ? [cell.before.links, cell.after.links] : []),
    ].join('\n\n');
    const group = this.groups.get(key);
    if (!group) {
      this.groups.set(key, { entry, best: cell, boxes: [cell.box] });
      return;
    }
    group.boxes.push(cell.box);
    if (costOf(cell) < costOf(group.best)) group.best = cell;
  }

  /** Worst first. */
  classify(): Classified {
    const all = [...this.groups.values()].map((group) => makeClass(group, this.question));
    const ranked = all.map((one, index) => ({ one, rank: rankOf(one), index }));
    ranked.sort((a, b) => a.rank - b.rank || a.index - b.index);
    const sorted = ranked.map(({ one }) => one);
    return {
      classes: sorted.filter(({ doubt }) => doubt === null),
      unproved: sorted.filter(({ doubt }) => doubt !== null),
    };
  }
}

const severityRank: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2 };

/** Worst first; of equals those that need no supposition, are wide, and are of new flows. */
function rankOf({ severity, order }: PacketClass): number {
  return severityRank[severity] * 1000 + order;
}

function orderOf(supposed: readonly string[], narrow: boolean, witness: Packet): number {
  return (Math.min(supposed.length, 9) * 2 + (narrow ? 1 : 0)) * 20 + plainness(witness);
}

/** A handful of addresses: endpoints, or the node itself; or what no host has. */
const isNarrow = (source: IntervalSet): boolean => sizeOf(source) <= 16n;

/** How unlike a reader's idea of a packet it is. */
function plainness({ state, from, protocol }: Packet): number {
  const origin = typeof from === 'string' ? ['external', 'pod', 'host'].indexOf(from) : 3;
  return (state === null ? 0 : 5) + (protocol === 6 || protocol === 17 ? 0 : 4) + origin * 0.1;
}

function makeClass({ entry, best, boxes: parts }: Group, question: ExploreQuestion): PacketClass {
  const { before, after, packet } = best;
  const supposed = positive(best);
  const plain = effectOf(before, after, packet);
  const effects = supposed.some(isRecall) ? asRemembered(plain, after) : plain;
  const boxes = joinBoxes(parts);
  const severity = severityOf(effects, packet);
  // An endpoint's packets to itself go through the node and back: its own address is of no interest.
  const { nobody } = question.sets;
  const narrow = boxes.every(({ sides }) => isNarrow(subtract(sides.source, nobody)));
  const own = narrow && packet.from !== 'host';
  return {
    entry,
    boxes,
    witness: packet,
    opening: best.begun?.packet ?? packet,
    later: best.later,
    confirmed: !best.later && confirm(best, question),
    supposed,
    order: orderOf(supposed, narrow, packet),
    before,
    after,
    rules: responsible(before, after, question),
    effects,
    severity: own && !effects.some(({ kind }) => kind === 'loss' || kind === 'exposure') ? 'low' : severity,
    doubt: best.doubt,
  };
}

/** Whether a list of `recent` holds the client. */
function isRecall(symbol: string): boolean {
  return symbol.startsWith('-m recent ');
}

function costOf(cell: Cell): number {
  return positive(cell).length * 10 + plainness(cell.packet);
}

function positive({ box }: Cell): string[] {
  return [...box.symbols].filter(([, answer]) => answer).map(([symbol]) => symbol);
}

/** Walks the witness through the rules as anybody would, without a guide. */
function confirm(
  { packet, before, after }: Cell,
  { host, before: left, after: right }: ExploreQuestion,
): boolean {
  return [
    [left, before],
    [right, after],
  ].every(([print, fate]) => {
    const walk = new Walk((print as typeof left).program, host, { trace: true, nextHops: true });
    const ends = walk.run(packet, ingressOf(host, packet.from as Origin, packet), emptyMemory);
    return plainKey(fateOf(ends, packet)) === plainKey(fate as Fate);
  });
}

/** Without what is remembered: a plain walk does not tell. */
function plainKey({ items }: Fate): string {
  const shares = new Map<string, number>();
  for (const { end, weight } of items) {
    const share = Number(weight.n) / Number(weight.d);
    shares.set(end.plainKey, (shares.get(end.plainKey) ?? 0) + share);
  }
  return [...shares]
    .map(([key, share]) => `${key} ${share.toFixed(9)}`)
    .sort()
    .join('\n');
}

/**
 * Rules that one side alone has, of those that only its packets met if there are any; where both sides have the same
 * rules, those that only its packets met.
 */
function responsible(before: Fate, after: Fate, question: ExploreQuestion): PacketClass['rules'] {
  const [left, right] = [placesOf(metAlone(before, after)), placesOf(metAlone(after, before))];
  const lonely = (alone: readonly RulePlace[], fate: Fate, other: Fingerprint) => {
    const own = alone.filter((place) => !isIn(place, other));
    return own.length > 0 ? own : placesOf(matchedIn(fate)).filter((place) => !isIn(place, other));
  };
  const changed = {
    before: lonely(left, before, question.after),
    after: lonely(right, after, question.before),
  };
  return changed.before.length + changed.after.length > 0 ? changed : { before: left, after: right };
}

/** The places of rules, each rule once; what stands for rules that are not shown is none. */
function placesOf(matched: readonly Matched[]): RulePlace[] {
  const shown = matched.filter(({ place }) => !standsForNone(place.rule));
  return [...new Map(shown.map(({ place }) => [place.rule, place])).values()];
}

const keysOfChains = new WeakMap<LazyChain, ReadonlySet<string>>();

function isIn({ table, chain, rule }: RulePlace, { program }: Fingerprint): boolean {
  const found = program.chains.get(chainKey(table, chain));
  if (!found) return false;
  const keys = keysOfChains.get(found) ?? new Set(found.source.rules.map(ruleKey));
  keysOfChains.set(found, keys);
  return keys.has(ruleKey(rule));
}
