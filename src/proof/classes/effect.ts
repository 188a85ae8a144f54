import { type Address, formatAddress } from '../../address/address.ts';
import type { CopyEnd } from '../../engine/branch.ts';
import type { Packet } from '../../engine/packet.ts';
import { add, type Fraction, isLess, zero } from '../../sets/fraction.ts';
import { dataKey, uniqueData } from '../../text/data-key.ts';
import { type Fate, type FateItem, listName } from '../explore/fate.ts';
import {
  atRouting,
  ofCopy,
  ofPacket,
  ofState,
  onLeaving,
  otherPort,
  randomSourcePort,
  sourcePort,
} from '../open/written.ts';
import type { Severity } from './classify.ts';

/** In what respect a fate changes. The list is closed; `--ignore` and `--fail-on` name these. */
export const effectKinds = [
  'exposure',
  'loss',
  'source-ip',
  'endpoints',
  'shares',
  'affinity',
  'header',
  'state',
  'delivery',
] as const;
export type EffectKind = (typeof effectKinds)[number];

/** `via`: the next hop, where packets leave by the same interface before and after. */
export interface Link {
  readonly interface: string;
  readonly via?: string;
}

/** What becomes of packets that no endpoint gets, or of which one alone does. */
export type Ending =
  | { readonly kind: 'rejected'; readonly how: string | null }
  | { readonly kind: 'dropped' | 'unknown' | 'local' }
  | { readonly kind: 'led'; readonly to: string }
  /** Null: by an interface without a name. */
  | { readonly kind: 'passed'; readonly to: 'pods' | Link | null }
  /** The copy that the node keeps of what it sends to many. */
  | { readonly kind: 'copied'; readonly verdict: CopyEnd['verdict'] };

/** What rules write or do that others may see, in the notation of `proof/open/written`. */
export type Written =
  | 'counted'
  | 'tracked'
  | 'untracked'
  | 'set'
  | 'passed'
  | 'mark-at-routing'
  | 'mark-on-leaving'
  | 'source-port'
  | 'random-port'
  | 'other-port'
  | 'field';

export interface WrittenEffect<Kind = 'state' | 'header'> {
  readonly kind: Kind;
  readonly change: 'now' | 'no-longer';
  readonly written: Written;
  readonly what: string;
  /** How often, where more than once. */
  readonly times?: number;
  /** It is written to the copy of the packet that the node itself sees. */
  readonly ofCopy?: true;
}

/** Where packets arrive, `address:port`; null: at the destination that they have. */
export type Goal = string | null;

/** In what a fate changes. */
export type Effect =
  | { readonly kind: 'exposure'; readonly change: 'led'; readonly before: readonly Ending[] }
  | { readonly kind: 'exposure'; readonly change: 'let-through' | 'more-often' }
  | { readonly kind: 'loss'; readonly change: 'not-led'; readonly after: readonly Ending[] }
  | { readonly kind: 'loss'; readonly change: 'rejected' | 'dropped' | 'unknown' | 'more-often' }
  | { readonly kind: 'source-ip'; readonly change: 'masqueraded' | 'preserved' }
  | { readonly kind: 'endpoints'; readonly came: readonly Goal[]; readonly went: readonly Goal[] }
  /** Of endpoints; of other outcomes, where the same happens to packets as before, to more or fewer of them. */
  | { readonly kind: 'shares'; readonly of?: 'outcomes' }
  | {
      readonly kind: 'affinity';
      readonly change:
        | 'remembered'
        | 'not-remembered'
        | 'other-lists'
        | 'noted-otherwise'
        | 'flow-mark'
        | 'spread-anew';
    }
  | { readonly kind: 'affinity'; readonly change: 'stay'; readonly with: Goal }
  | WrittenEffect<'state'>
  | WrittenEffect<'header'>
  | {
      readonly kind: 'delivery';
      readonly before: readonly Ending[];
      readonly after: readonly Ending[];
    };

export function effectOf(before: Fate, after: Fate, packet: Packet): Effect[] {
  const effects = [...accessEffects(before, after)];
  const [was, is] = [shareOf(before, arrives), shareOf(after, arrives)];
  const comparable = isLed(before) === isLed(after);
  if (comparable && was.n !== 0n && is.n !== 0n) effects.push(...arrivingEffects(before, after, packet));
  effects.push(...memoryEffects(before, after));
  if (effects.length === 0) effects.push(deliveryOf(before, after));
  // Under another address, another port is no news.
  return effects.some(({ kind }) => kind === 'source-ip')
    ? effects.filter((one) => !isAboutPort(one))
    : effects;
}

function isAboutPort(effect: Effect): boolean {
  if (effect.kind !== 'header' || effect.ofCopy) return false;
  return effect.written === 'source-port' || effect.written === 'random-port';
}

/** Whether rules lead packets somewhere, were it in some cases only. What they do not touch is nobody's service. */
function isLed({ items }: Fate): boolean {
  return items.some(({ end }) => end.verdict === 'accept' && end.dnat !== null);
}

function accessEffects(before: Fate, after: Fate): Effect[] {
  const [was, is] = [shareOf(before, arrives), shareOf(after, arrives)];
  const passes = ({ n }: Fraction) => n !== 0n;
  if (isLed(after) && !isLed(before)) {
    if (!passes(was)) return [{ kind: 'exposure', change: 'let-through' }];
    return [{ kind: 'exposure', change: 'led', before: endsOf(before) }];
  }
  if (isLed(before) && !isLed(after)) {
    if (!passes(is)) return [{ kind: 'loss', change: lossOf(after) }];
    return [{ kind: 'loss', change: 'not-led', after: endsOf(after) }];
  }
  if (isLess(was, is)) return [{ kind: 'exposure', change: passes(was) ? 'more-often' : 'let-through' }];
  if (isLess(is, was)) return [{ kind: 'loss', change: passes(is) ? 'more-often' : lossOf(after) }];
  return [];
}

function memoryEffects(before: Fate, after: Fate): Effect[] {
  return [...listEffects(before, after), ...markEffects(before, after), ...writtenEffects(before, after)];
}

function listEffects(before: Fate, after: Fate): Effect[] {
  const [was, is] = [before, after].map(({ items }) => distinct(items.flatMap(({ lists }) => lists)));
  if (was === is) return [];
  const change = was === '' ? 'remembered' : is === '' ? 'not-remembered' : listsApart(before, after);
  return [{ kind: 'affinity', change }];
}

function listsApart(before: Fate, after: Fate): 'other-lists' | 'noted-otherwise' {
  const [was, is] = [before, after].map(({ items }) =>
    distinct(items.flatMap(({ lists }) => lists.map(listName))),
  );
  return was === is ? 'noted-otherwise' : 'other-lists';
}

function markEffects(before: Fate, after: Fate): Effect[] {
  const [was, is] = [before, after].map(({ items }) => distinct(items.map(({ flowMark }) => flowMark ?? '')));
  return was === is ? [] : [{ kind: 'affinity', change: 'flow-mark' }];
}

function writtenEffects(before: Fate, after: Fate): Effect[] {
  const other = (fate: Fate) =>
    new Set(fate.items.flatMap(({ written }) => written.filter((one) => !isOfPort(one))));
  return [...changeOf(other(before), other(after)), ...portEffects(before, after)];
}

function changeOf(was: ReadonlySet<string>, is: ReadonlySet<string>): Effect[] {
  const gone = [...was].filter((one) => !is.has(one)).map((one) => effectOfWritten('no-longer', one));
  const come = [...is].filter((one) => !was.has(one)).map((one) => effectOfWritten('now', one));
  return [...come, ...gone];
}

const isOfPort = (written: string): boolean =>
  written.startsWith(`${sourcePort}: `) || written.startsWith(`${randomSourcePort}: `);

/** The port of what arrives at the same place under the same new address; elsewhere another port is no news. */
function portEffects(before: Fate, after: Fate): Effect[] {
  const [was, is] = [portsByEnd(before), portsByEnd(after)];
  const effects = [...was].flatMap(([end, ports]) => {
    const others = is.get(end);
    return others ? changeOf(ports, others) : [];
  });
  return [...new Map(effects.map((effect) => [JSON.stringify(effect), effect])).values()];
}

function portsByEnd({ items }: Fate): ReadonlyMap<string, ReadonlySet<string>> {
  const ports = new Map<string, ReadonlySet<string>>();
  for (const { end, written } of items) {
    if (end.verdict !== 'accept' || end.src === null) continue;
    const { src, left, delivered } = end;
    const key = [src, left.destination, left.destinationPort, delivered].join();
    ports.set(key, new Set([...(ports.get(key) ?? []), ...written.filter(isOfPort)]));
  }
  return ports;
}

const writtenKinds: readonly (readonly [start: string, kind: 'state' | 'header', written: Written])[] = [
  [`${ofState}counted by `, 'state', 'counted'],
  [`${ofState}connection: `, 'state', 'tracked'],
  [`${ofState}untracked`, 'state', 'untracked'],
  [`${ofState}set `, 'state', 'set'],
  [`${ofState}done `, 'header', 'passed'],
  [`${atRouting}: `, 'header', 'mark-at-routing'],
  [`${onLeaving}: `, 'header', 'mark-on-leaving'],
  [`${sourcePort}: `, 'header', 'source-port'],
  [`${randomSourcePort}: `, 'header', 'random-port'],
  [`${otherPort}: `, 'header', 'other-port'],
  [ofPacket, 'header', 'field'],
];

function effectOfWritten(change: 'now' | 'no-longer', text: string): Effect {
  const isOfCopy = text.startsWith(ofCopy);
  const own = isOfCopy ? ofPacket + text.slice(ofCopy.length) : text;
  const [start, kind, written] = writtenKinds.find(([begin]) => own.startsWith(begin)) ?? [
    '',
    'header',
    'field',
  ];
  const [, said = '', times = '1'] = /^(.*?)(?:: (\d+))?$/s.exec(own.slice(start.length)) ?? [];
  return {
    kind,
    change,
    written,
    what: whatOf(written, said),
    ...(times === '1' ? {} : { times: Number(times) }),
    ...(isOfCopy ? { ofCopy: true } : {}),
  } as Effect;
}

/** Of whom is told by the packets of the class. */
function whatOf(written: Written, said: string): string {
  if (written === 'counted') return said.replace(/ as [^ ]+$| as [^ ]+(?=: )/, '');
  if (written !== 'set') return said.replace(/: /, ' ');
  const [set = '', targets = ''] = said.replaceAll(' of =,=,=,=', '').split(': ');
  return `${set} (${targets})`;
}

function distinct(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join();
}

function arrivingEffects(before: Fate, after: Fate, packet: Packet): Effect[] {
  const effects: Effect[] = [];
  const [was, is] = [hiding(before), hiding(after)];
  if (turns(was, is, packet)) effects.push({ kind: 'source-ip', change: 'masqueraded' });
  else if (turns(is, was, packet)) effects.push({ kind: 'source-ip', change: 'preserved' });
  const [toWas, toIs] = [goals(before), goals(after)];
  const came = [...toIs.keys()].filter((goal) => !toWas.has(goal));
  const went = [...toWas.keys()].filter((goal) => !toIs.has(goal));
  if (came.length + went.length > 0) effects.push({ kind: 'endpoints', came, went });
  else if ([...toIs].some(([goal, share]) => differ(share, toWas.get(goal) ?? zero))) {
    effects.push({ kind: 'shares' });
  }
  return effects;
}

function differ(left: Fraction, right: Fraction): boolean {
  return isLess(left, right) || isLess(right, left);
}

function arrives({ end }: FateItem): boolean {
  return end.verdict === 'accept';
}

/** A place where packets arrive, and whether it does not see their source. */
interface Place {
  readonly destination: Address;
  readonly isHidden: boolean;
}

function hiding({ items }: Fate): ReadonlyMap<Goal, Place> {
  const hides = new Map<Goal, Place>();
  for (const { end } of items) {
    if (end.verdict !== 'accept') continue;
    const isHidden = (hides.get(end.dnat)?.isHidden ?? false) || end.masqueraded;
    hides.set(end.dnat, { destination: end.left.destination, isHidden });
  }
  return hides;
}

/**
 * Whether places that saw the source are kept from it, or packets that were hidden nowhere now are somewhere. What an
 * endpoint sends to itself is always hidden, and does not count when that endpoint comes or goes.
 */
function turns(seen: ReadonlyMap<Goal, Place>, hides: ReadonlyMap<Goal, Place>, { source }: Packet): boolean {
  const anywhere = (places: ReadonlyMap<Goal, Place>) =>
    [...places.values()].some(({ destination, isHidden }) => isHidden && destination !== source);
  const kept = [...hides].some(([goal, { isHidden }]) => isHidden && seen.get(goal)?.isHidden === false);
  return kept || (anywhere(hides) && !anywhere(seen));
}

function shareOf({ items }: Fate, wanted: (item: FateItem) => boolean): Fraction {
  return items.filter(wanted).reduce((sum, { weight }) => add(sum, weight), zero);
}

/** Where packets arrive, with the share of each. */
export function goals({ items }: Fate): Map<Goal, Fraction> {
  const shares = new Map<Goal, Fraction>();
  for (const { end, weight } of items) {
    if (end.verdict !== 'accept') continue;
    shares.set(end.dnat, add(shares.get(end.dnat) ?? zero, weight));
  }
  return shares;
}

function lossOf({ items }: Fate): 'rejected' | 'dropped' | 'unknown' {
  const verdicts = new Set(items.map(({ end }) => end.verdict));
  if (verdicts.has('reject')) return 'rejected';
  return verdicts.has('drop') ? 'dropped' : 'unknown';
}

/** What becomes of packets, each thing once. */
function endsOf({ items }: Pick<Fate, 'items'>): Ending[] {
  const endings = items.flatMap(({ end }): Ending[] => {
    const { copy } = end;
    return [endingOf(end), ...(copy ? [{ kind: 'copied', verdict: copy.verdict } as const] : [])];
  });
  return [...new Map(endings.map((ending) => [JSON.stringify(ending), ending])).values()];
}

/** Where packets come to the same places: by which links, or how many of them, were it to another thing that rules leave behind. */
function deliveryOf(before: Fate, after: Fate): Effect {
  for (const told of [endsOf, linksOf, (fate: Fate) => linksOf(fate, true)]) {
    const [was, is] = [told(before), told(after)];
    if (dataKey(was) !== dataKey(is)) return { kind: 'delivery', before: was, after: is };
  }
  return { kind: 'shares', of: 'outcomes' };
}

/** `withHops`: with the next hops. */
function linksOf({ items }: Fate, withHops = false): Ending[] {
  return uniqueData(
    items.flatMap(({ links }) =>
      links.map(({ interface: name, nextHop }): Ending => {
        const via = withHops && nextHop !== null ? { via: formatAddress(nextHop) } : {};
        return { kind: 'passed', to: { interface: name, ...via } };
      }),
    ),
  );
}

function endingOf(end: FateItem['end']): Ending {
  if (end.verdict === 'reject') return { kind: 'rejected', how: end.rejectWith };
  if (end.verdict === 'drop') return { kind: 'dropped' };
  if (end.verdict === 'unknown') return { kind: 'unknown' };
  if (end.dnat !== null) return { kind: 'led', to: end.dnat };
  if (end.delivered === 'local') return { kind: 'local' };
  const device = end.interface === null ? null : { interface: end.interface };
  return { kind: 'passed', to: end.delivered === 'pod' ? 'pods' : device };
}

/** High: opens access from outside, loses traffic, or hides clients from outside. */
export function severityOf(effects: readonly Effect[], packet: Packet): Severity {
  const kinds = new Set(effects.map(({ kind }) => kind));
  if (kinds.has('loss')) return 'high';
  if (kinds.has('exposure')) return packet.from === 'external' ? 'high' : 'medium';
  const hides = effects.some((effect) => effect.kind === 'source-ip' && effect.change === 'masqueraded');
  if (hides) return packet.from === 'external' ? 'high' : 'medium';
  // What ports answers come to, rules may ask; of one port, no second flow to the same server gets through.
  const ports = effects.some(
    (effect) => isAboutPort(effect) && 'written' in effect && effect.written === 'source-port',
  );
  if (kinds.has('source-ip') || ports) return 'medium';
  return kinds.has('delivery') || kinds.has('endpoints') || kinds.has('state') ? 'medium' : 'low';
}

/** Clients that a list of `recent` remembers go where it leads them: that is what affinity is, and no loss of endpoints. */
export function asRemembered(effects: readonly Effect[], after: Fate): Effect[] {
  const [goal, ...others] = goals(after).keys();
  const stays = goal !== undefined && others.length === 0;
  const own: Effect = stays
    ? { kind: 'affinity', change: 'stay', with: goal }
    : { kind: 'affinity', change: 'spread-anew' };
  const kept = effects.filter(({ kind }) => kind !== 'endpoints' && kind !== 'shares');
  return kept.length === effects.length ? [...effects] : [own, ...kept];
}
