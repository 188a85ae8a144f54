import type { Hook } from '../iptables/rule/ruleset.ts';
import type { BaseChain, IrProgram } from './ir.ts';

/** What the kernel does between chains. */
export type StationKind =
  | 'check'
  | 'track'
  | 'route'
  | 'forward'
  | 'reroute'
  | 'confirm'
  | 'deliver'
  | 'leave';

/**
 * One station of a packet's way. All nat chains of a hook are one: the first of them that translates a flow ends it, and
 * where none does the flow keeps its ends.
 */
export type Step =
  | { readonly kind: 'chain'; readonly base: BaseChain; readonly rank: number }
  | {
      readonly kind: 'nat';
      readonly hook: Hook;
      readonly chains: readonly BaseChain[];
      readonly rank: number;
    }
  | { readonly kind: StationKind; readonly rank: number };

/** The ways through a node. Ranks grow along each, so that branches can be brought to one station before they go on. */
export interface Ways {
  /** Something comes in by an interface. Where it goes then is decided by `route`. */
  readonly arriving: readonly Step[];
  readonly forwarding: readonly Step[];
  /** It is for the node itself. */
  readonly delivering: readonly Step[];
  /** The node makes a packet. It was routed once before OUTPUT, and is again where OUTPUT changed it. */
  readonly sending: readonly Step[];
  /** What the node sent to itself comes in again through lo. It brings its route along. */
  readonly returning: readonly Step[];
}

const made = new WeakMap<IrProgram['baseChains'], Ways>();

/** The ways through a node with these rules. */
export function waysThrough({ baseChains }: IrProgram): Ways {
  const known = made.get(baseChains);
  if (known) return known;
  const ways = makeWays(baseChains);
  made.set(baseChains, ways);
  return ways;
}

type Station =
  | StationKind
  | { readonly base: BaseChain }
  | { readonly hook: Hook; readonly chains: readonly BaseChain[] };

/** Where connection tracking and translation stand among the chains of a hook (enum nf_ip_hook_priorities). */
const tracking = -200;
const translation: Readonly<Record<Hook, number | null>> = {
  PREROUTING: -100,
  OUTPUT: -100,
  INPUT: 100,
  POSTROUTING: 100,
  FORWARD: null,
};

function makeWays(baseChains: IrProgram['baseChains']): Ways {
  const at = (hook: Hook) => stationsOf(hook, baseChains[hook]);
  const incoming = at('PREROUTING');
  const outgoing: Station[] = [...at('POSTROUTING'), 'confirm', 'leave'];
  const local: Station[] = [...at('INPUT'), 'confirm', 'deliver'];
  const arriving = rank(0, ['check', ...incoming, 'route']);
  const sending = rank(0, [...at('OUTPUT'), ...outgoing]);
  const forwarding = rank(arriving.length, ['forward', ...at('FORWARD'), ...outgoing]);
  const back = Math.max(sending.length, forwarding.length + arriving.length);
  const again = rank(back, incoming);
  const delivering = rank(back + again.length, local);
  return { arriving, forwarding, delivering, sending, returning: [...again, ...delivering] };
}

function rank(first: number, stations: readonly Station[]): readonly Step[] {
  return stations.map((station, index): Step => {
    const own = first + index;
    if (typeof station === 'string') return { kind: station, rank: own };
    return 'base' in station
      ? { kind: 'chain', base: station.base, rank: own }
      : { kind: 'nat', ...station, rank: own };
  });
}

/** A hook's chains with what the kernel itself does between them. */
function stationsOf(hook: Hook, chains: readonly BaseChain[]): Station[] {
  const stations: { readonly priority: number; readonly station: Station }[] = [];
  if (hook === 'PREROUTING' || hook === 'OUTPUT') stations.push({ priority: tracking, station: 'track' });
  const nat = translation[hook];
  if (nat !== null) {
    const own = chains.filter(({ type }) => type === 'nat');
    stations.push({ priority: nat, station: { hook, chains: own } });
    if (hook === 'OUTPUT') stations.push({ priority: nat, station: 'reroute' });
  }
  for (const base of chains) {
    if (base.type === 'nat') continue;
    stations.push({ priority: base.priority, station: { base } });
    if (base.type === 'route') stations.push({ priority: base.priority, station: 'reroute' });
  }
  return stations.sort((left, right) => left.priority - right.priority).map(({ station }) => station);
}
