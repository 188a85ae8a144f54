import type { Hook } from '../iptables/rule/ruleset.ts';
import type { BaseChain, IrProgram } from './ir.ts';

/** What the kernel does between chains. */
export type StationKind =
  | 'check'
  | 'track'
  | 'route'
  | 'forward'
  | 'balance'
  | 'copy'
  | 'heard'
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
  /** Several things at one hook and priority. In which order they come depends on which of them was made last. */
  | { readonly kind: 'tie'; readonly tie: Tie; readonly rank: number }
  | { readonly kind: StationKind; readonly rank: number };

/** What may come in several orders. */
export interface Tie {
  /** For messages and questions. */
  readonly names: readonly string[];
  /** None: too many to be followed. */
  readonly orders: readonly Order[];
  /** How many stations any order has. */
  readonly size: number;
  arrange(order: Order): readonly Station[];
}

/** Numbers of what is tied, the first first. */
export type Order = readonly number[];

/** The ways through a node. Ranks grow along each, so that branches can be brought to one station before they go on. */
export interface Ways {
  /** Something comes in by an interface. Where it goes then is decided by `route`. */
  readonly arriving: readonly Step[];
  readonly forwarding: readonly Step[];
  /** It is for the node itself. */
  readonly delivering: readonly Step[];
  /** The node makes a packet. It was routed once before OUTPUT, and is again behind what changed it there, if that is of those that look (`rerouting.ts`). */
  readonly sending: readonly Step[];
  /** The copy that the node keeps of what it sends to many; it comes in by the interface that the other leaves by. */
  readonly copying: readonly Step[];
  /** What IPVS sends anew: its flow is known and its end decided. */
  readonly balanced: readonly Step[];
  /** What the node sent to itself comes in again through lo. It brings its route along. */
  readonly returning: readonly Step[];
}

const made = new WeakMap<IrProgram['baseChains'], Ways>();

/** The ways through a node with these rules. */
export function waysThrough({ baseChains, virtualServers }: IrProgram): Ways {
  const known = made.get(baseChains);
  if (known) return known;
  const ways = makeWays(baseChains, virtualServers !== undefined);
  made.set(baseChains, ways);
  return ways;
}

export type Station =
  | StationKind
  | { readonly base: BaseChain }
  | { readonly hook: Hook; readonly chains: readonly BaseChain[] }
  | { readonly tie: Tie };

/** Where connection tracking and translation stand among the chains of a hook (enum nf_ip_hook_priorities). */
const tracking = -200;
const translation: Readonly<Record<Hook, number | null>> = {
  PREROUTING: -100,
  OUTPUT: -100,
  INPUT: 100,
  POSTROUTING: 100,
  FORWARD: null,
};

function makeWays(baseChains: IrProgram['baseChains'], balances: boolean): Ways {
  const at = (hook: Hook, isNew = true) => stationsOf(hook, baseChains[hook], isNew, isNew && balances);
  const incoming = at('PREROUTING');
  const outgoing: Station[] = [...at('POSTROUTING'), 'confirm', 'leave'];
  const local: Station[] = [...at('INPUT'), 'confirm', 'deliver'];
  const arriving = rank(0, ['check', ...incoming, 'route']);
  const sending = rank(0, [...at('OUTPUT'), 'copy', ...outgoing]);
  const forwarding = rank(lengthOf(arriving), ['forward', ...at('FORWARD'), ...outgoing]);
  const back = Math.max(lengthOf(sending), lengthOf(forwarding));
  const again = rank(back, [...incoming, 'heard']);
  const delivering = rank(lengthOf(again), local);
  const balanced = rank(lengthOf(delivering), [...at('OUTPUT', false), ...outgoing]);
  const copying = rank(lengthOf(balanced), outgoing);
  return {
    arriving,
    forwarding,
    delivering,
    sending,
    copying,
    balanced,
    returning: [...again, ...delivering],
  };
}

/** The first rank after all of a way. */
function lengthOf(steps: readonly Step[]): number {
  const last = steps.at(-1);
  return last ? last.rank + 1 + (last.kind === 'tie' ? last.tie.size : 0) : 0;
}

function rank(first: number, stations: readonly Station[]): readonly Step[] {
  let next = first;
  return stations.map((station): Step => {
    const own = next;
    next += 1;
    if (typeof station === 'string') return { kind: station, rank: own };
    if ('base' in station) return { kind: 'chain', base: station.base, rank: own };
    if (!('tie' in station)) return { kind: 'nat', ...station, rank: own };
    next += station.tie.size;
    return { kind: 'tie', tie: station.tie, rank: own };
  });
}

/** A way on which something tied is put in order. */
export function withOrder(steps: readonly Step[], position: number, order: Order): readonly Step[] {
  const { tie, rank: own } = steps[position] as Extract<Step, { kind: 'tie' }>;
  return [
    ...steps.slice(0, position + 1),
    ...rank(own + 1, tie.arrange(order)),
    ...steps.slice(position + 1),
  ];
}

/** What comes at one priority of a hook, and is made by one maker. */
interface Unit {
  readonly priority: number;
  readonly name: string;
  /** Of a chain: its table and when it was made among the others of it. */
  readonly base: BaseChain | null;
  readonly stations: readonly Station[];
}

/** Where IPVS takes what is for a virtual server: ip_vs_in and ip_vs_local_request (net/netfilter/ipvs/ip_vs_core.c). */
const balancing: Readonly<Partial<Record<Hook, number>>> = { INPUT: 99, OUTPUT: -98 };

/** A hook's chains with what the kernel itself does between them. */
function stationsOf(hook: Hook, chains: readonly BaseChain[], tracks: boolean, balances: boolean): Station[] {
  const units: Unit[] = [];
  const balance = balances ? balancing[hook] : undefined;
  if (balance !== undefined)
    units.push({ priority: balance, name: 'IPVS', base: null, stations: ['balance'] });
  if (tracks && (hook === 'PREROUTING' || hook === 'OUTPUT'))
    units.push({ priority: tracking, name: 'connection tracking', base: null, stations: ['track'] });
  const nat = translation[hook];
  if (nat !== null) {
    const own = natStation(
      hook,
      chains.filter(({ type }) => type === 'nat'),
    );
    units.push({ priority: nat, name: 'translation', base: null, stations: [own] });
  }
  for (const base of chains) {
    if (base.type === 'nat') continue;
    units.push({ priority: base.priority, name: nameOf(base), base, stations: [{ base }] });
  }
  return groupsOf(units).flatMap((group) =>
    tied(group, (ordered) => ordered.flatMap((unit) => unit.stations)),
  );
}

function nameOf({ chain: { table, name } }: BaseChain): string {
  return `${table}/${name}`;
}

/** All nat chains of a hook are one station, in the order of their priorities. */
function natStation(hook: Hook, chains: readonly BaseChain[]): Station {
  const units = chains.map((base) => ({ priority: base.priority, name: nameOf(base), base, stations: [] }));
  const groups = groupsOf(units);
  const inOrder = (ordered: readonly Unit[]): readonly Station[] => [
    { hook, chains: ordered.map(({ base }) => base as BaseChain) },
  ];
  return tied(groups.flat(), inOrder)[0] as Station;
}

/** By priority, the lowest first. */
function groupsOf<One extends Unit>(units: readonly One[]): One[][] {
  const sorted = [...units].sort((left, right) => left.priority - right.priority);
  const groups: One[][] = [];
  for (const unit of sorted) {
    const last = groups.at(-1);
    if (last?.[0]?.priority === unit.priority) last.push(unit);
    else groups.push([unit]);
  }
  return groups;
}

/** Of more orders none is followed. */
const mostOrders = 720;

/** Units in their order, where there is one; else a tie. */
function tied(
  units: readonly Unit[],
  arrange: (ordered: readonly Unit[]) => readonly Station[],
): readonly Station[] {
  const inOrder = (order: Order) => arrange(order.map((index) => units[index] as Unit));
  const orders = ordersOf(units);
  const made = inOrder(orders[0] ?? units.map((_, index) => index));
  if (orders.length === 1) return made;
  const names = units.map(({ name }) => name);
  return [
    { tie: { names, orders, size: made.reduce((sum, one) => sum + sizeOf(one), 0), arrange: inOrder } },
  ];
}

function sizeOf(station: Station): number {
  return typeof station === 'object' && 'tie' in station ? 1 + station.tie.size : 1;
}

/** Every order in which units may have been made; none where they are too many. */
function ordersOf(units: readonly Unit[]): readonly Order[] {
  let orders: Order[] = [[]];
  for (const [index, unit] of units.entries()) {
    orders = orders.flatMap((order) => {
      const places = Array.from({ length: order.length + 1 }, (_, place) => place);
      return places
        .filter((place) => order.every((other, at) => mayCome(units[other] as Unit, unit, at < place)))
        .map((place) => [...order.slice(0, place), index, ...order.slice(place)]);
    });
    if (orders.length > mostOrders) return [];
  }
  return orders;
}

/** Whether one unit may come before another, or after it. The chains of a table are told in the order in which they were made. */
function mayCome(one: Unit, other: Unit, before: boolean): boolean {
  if (one.priority !== other.priority) return one.priority < other.priority === before;
  const [first, second] = [one.base?.registered, other.base?.registered];
  if (first !== undefined && second !== undefined && first !== second) return first > second === before;
  if (one.base?.chain.table !== other.base?.chain.table) return true;
  if (one.base?.made === undefined || other.base?.made === undefined) return before;
  return one.base.made > other.base.made === before;
}
