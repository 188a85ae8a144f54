import { formatAddress } from '../../address/address.ts';
import type { Packet } from '../../engine/packet.ts';
import { add, type Fraction, isLess, zero } from '../../sets/fraction.ts';
import { type Fate, type FateItem, splitEndpoint } from '../explore/fate.ts';
import { ofPacket, ofState } from '../open/written.ts';
import type { Severity } from './classify.ts';

/** In what respect a fate changes. The list is closed; `--ignore` and `--fail-on` name these. */
export const effectKinds = {
  exposure: 'packets get through that did not before',
  loss: 'packets are lost that got through before',
  'source-ip': 'the source address that arrives is hidden, or no longer hidden',
  endpoints: 'other endpoints are reached',
  shares: 'the same endpoints are reached, in other shares',
  affinity: 'which clients are remembered, or led by what is remembered',
  header: 'packets get through with another mark, header field or copy',
  state: 'what is counted, remembered or set up for later packets is another',
  delivery: 'packets arrive elsewhere, or are refused in another way',
} as const;
export type EffectKind = keyof typeof effectKinds;

const hidden = "the client's address is now hidden";

export interface Effect {
  readonly kind: EffectKind;
  /** What it is in one sentence, without a full stop. */
  readonly says: string;
}

export function effectOf(before: Fate, after: Fate, packet: Packet): Effect[] {
  const effects = [...accessEffects(before, after)];
  const [was, is] = [shareOf(before, arrives), shareOf(after, arrives)];
  const comparable = isLed(before) === isLed(after);
  if (comparable && was.n !== 0n && is.n !== 0n) effects.push(...arrivingEffects(before, after, packet));
  effects.push(...memoryEffects(before, after));
  if (effects.length === 0)
    effects.push({ kind: 'delivery', says: `now ${endsOf(after)} (before: ${endsOf(before)})` });
  return effects;
}

/** Whether rules lead packets somewhere, were it in some cases only. What they do not touch is nobody's service. */
function isLed({ items }: Fate): boolean {
  return items.some(({ end }) => end.verdict === 'accept' && end.dnat !== null);
}

function accessEffects(before: Fate, after: Fate): Effect[] {
  const [was, is] = [shareOf(before, arrives), shareOf(after, arrives)];
  const passes = ({ n }: Fraction) => n !== 0n;
  if (isLed(after) && !isLed(before)) {
    const says = passes(was) ? `now led to endpoints (before: ${endsOf(before)})` : 'now let through';
    return [{ kind: 'exposure', says }];
  }
  if (isLed(before) && !isLed(after)) {
    const says = passes(is) ? `no longer led to endpoints (now ${endsOf(after)})` : `now ${lossOf(after)}`;
    return [{ kind: 'loss', says }];
  }
  if (isLess(was, is))
    return [{ kind: 'exposure', says: passes(was) ? 'let through more often' : 'now let through' }];
  if (isLess(is, was))
    return [{ kind: 'loss', says: passes(is) ? 'lost more often' : `now ${lossOf(after)}` }];
  return [];
}

function memoryEffects(before: Fate, after: Fate): Effect[] {
  return [...listEffects(before, after), ...markEffects(before, after), ...writtenEffects(before, after)];
}

function listEffects(before: Fate, after: Fate): Effect[] {
  const [was, is] = [before, after].map(({ items }) => distinct(items.flatMap(({ lists }) => lists)));
  if (was === is) return [];
  const says =
    was === ''
      ? 'clients are now remembered'
      : is === ''
        ? 'clients are no longer remembered'
        : 'clients are remembered in other lists';
  return [{ kind: 'affinity', says }];
}

function markEffects(before: Fate, after: Fate): Effect[] {
  const [was, is] = [before, after].map(({ items }) => distinct(items.map(({ flowMark }) => flowMark ?? '')));
  return was === is ? [] : [{ kind: 'affinity', says: 'flows get another mark' }];
}

function writtenEffects(before: Fate, after: Fate): Effect[] {
  const [was, is] = [before, after].map(({ items }) => new Set(items.flatMap(({ written }) => written))) as [
    Set<string>,
    Set<string>,
  ];
  const gone = [...was].filter((one) => !is.has(one)).map((one) => sayWritten('no longer', one));
  const come = [...is].filter((one) => !was.has(one)).map((one) => sayWritten('now', one));
  return [...come, ...gone];
}

const writtenVerbs: readonly (readonly [start: string, kind: EffectKind, words: string])[] = [
  [`${ofState}counted by `, 'state', 'counted by '],
  [`${ofState}connection: `, 'state', 'tracked with '],
  [`${ofState}set `, 'state', 'put into or taken out of the set '],
  [`${ofState}done `, 'header', 'passed through '],
  [`${ofPacket}mark `, 'header', 'with the mark '],
  [ofPacket, 'header', 'with another '],
];

function sayWritten(how: string, text: string): Effect {
  const [start, kind, words] = writtenVerbs.find(([begin]) => text.startsWith(begin)) ?? ['', 'header', ''];
  const rest = text.slice(start.length).replace(/: 1$/, '').replace(/: /, ' ');
  return { kind: kind as EffectKind, says: `${how} ${words}${rest}` };
}

function distinct(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join();
}

function arrivingEffects(before: Fate, after: Fate, packet: Packet): Effect[] {
  const effects: Effect[] = [];
  const [was, is] = [hiding(before), hiding(after)];
  if (turns(was, is, packet)) effects.push({ kind: 'source-ip', says: hidden });
  else if (turns(is, was, packet))
    effects.push({ kind: 'source-ip', says: "the client's address is now seen" });
  const [toWas, toIs] = [goals(before), goals(after)];
  const came = [...toIs.keys()].filter((goal) => !toWas.has(goal));
  const went = [...toWas.keys()].filter((goal) => !toIs.has(goal));
  if (came.length + went.length > 0) effects.push({ kind: 'endpoints', says: endpointsSay(came, went) });
  else if ([...toIs].some(([goal, share]) => differ(share, toWas.get(goal) ?? zero))) {
    effects.push({ kind: 'shares', says: 'the endpoints get other shares' });
  }
  return effects;
}

function endpointsSay(came: readonly string[], went: readonly string[]): string {
  const list = (sign: string, goals: readonly string[]) =>
    goals.length > 4 ? [`${sign}${goals.length} endpoints`] : goals.map((goal) => `${sign}${goal}`);
  return [...list('+', came), ...list('−', went)].join(' ');
}

function differ(left: Fraction, right: Fraction): boolean {
  return isLess(left, right) || isLess(right, left);
}

function arrives({ end }: FateItem): boolean {
  return end.verdict === 'accept';
}

/** Of each place where packets arrive, whether it does not see their source. */
function hiding({ items }: Fate): Map<string, boolean> {
  const hides = new Map<string, boolean>();
  for (const { end } of items) {
    if (end.verdict !== 'accept') continue;
    const goal = goalOf(end);
    hides.set(goal, (hides.get(goal) ?? false) || end.masqueraded);
  }
  return hides;
}

/**
 * Whether places that saw the source are kept from it, or packets that were hidden nowhere now are somewhere. What an
 * endpoint sends to itself is always hidden, and does not count when that endpoint comes or goes.
 */
function turns(seen: Map<string, boolean>, hides: Map<string, boolean>, { source }: Packet): boolean {
  const own = formatAddress(source);
  const anywhere = (places: Map<string, boolean>) =>
    [...places].some(([goal, isHidden]) => isHidden && splitEndpoint(goal).address !== own);
  const kept = [...hides].some(([goal, isHidden]) => isHidden && seen.get(goal) === false);
  return kept || (anywhere(hides) && !anywhere(seen));
}

function shareOf({ items }: Fate, wanted: (item: FateItem) => boolean): Fraction {
  return items.filter(wanted).reduce((sum, { weight }) => add(sum, weight), zero);
}

function goalOf({ dnat }: FateItem['end']): string {
  return dnat ?? 'the same destination';
}

/** Where packets arrive, with the share of each. */
export function goals({ items }: Fate): Map<string, Fraction> {
  const shares = new Map<string, Fraction>();
  for (const { end, weight } of items) {
    if (end.verdict !== 'accept') continue;
    const goal = goalOf(end);
    shares.set(goal, add(shares.get(goal) ?? zero, weight));
  }
  return shares;
}

function lossOf({ items }: Fate): string {
  const verdicts = new Set(items.map(({ end }) => end.verdict));
  if (verdicts.has('reject')) return 'rejected';
  return verdicts.has('drop') ? 'dropped' : 'not known to arrive';
}

/** What becomes of packets where no endpoint is reached, in a few words. */
function endsOf({ items }: Fate): string {
  const words = items.map(({ end }) => {
    if (end.verdict === 'reject') return `rejected (${end.rejectWith})`;
    if (end.verdict === 'drop') return 'dropped';
    if (end.verdict === 'unknown') return 'not known to arrive';
    if (end.dnat !== null) return `led to ${end.dnat}`;
    return end.delivered === 'local' ? 'handed to the node itself' : `passed on as they are${leaving(end)}`;
  });
  return [...new Set(words)].join(' or ');
}

function leaving({ delivered, interface: device }: FateItem['end']): string {
  return delivered === 'pod' ? ' to the pods' : device === null ? '' : ` by ${device}`;
}

/** High: opens access from outside, loses traffic, or hides clients from outside. */
export function severityOf(effects: readonly Effect[], packet: Packet): Severity {
  const kinds = new Set(effects.map(({ kind }) => kind));
  if (kinds.has('loss')) return 'high';
  if (kinds.has('exposure')) return packet.from === 'external' ? 'high' : 'medium';
  const hides = effects.some(({ kind, says }) => kind === 'source-ip' && says === hidden);
  if (hides) return packet.from === 'external' ? 'high' : 'medium';
  if (kinds.has('source-ip')) return 'medium';
  return kinds.has('delivery') || kinds.has('endpoints') || kinds.has('state') ? 'medium' : 'low';
}

/** Clients that a list of `recent` remembers go where it leads them: that is what affinity is, and no loss of endpoints. */
export function asRemembered(effects: readonly Effect[], after: Fate): Effect[] {
  const [goal, ...others] = goals(after).keys();
  const says =
    others.length === 0
      ? `clients that are remembered stay with ${goal}`
      : 'clients that were remembered are spread anew';
  const kept = effects.filter(({ kind }) => kind !== 'endpoints' && kind !== 'shares');
  return kept.length === effects.length ? [...effects] : [{ kind: 'affinity', says }, ...kept];
}
