import { formatEndpoint } from '../address/address.ts';
import type { EntryChange, ServiceChange } from '../diff/services.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import { type Effect, goals } from '../proof/classes/effect.ts';
import { zero } from '../sets/fraction.ts';
import { groupedBy } from '../text/lists.ts';
import { cutShort, percent, sayEffect, sayEffects, sayFate } from './diff-words.ts';
import type { DiffWords } from './words/diff.ts';
import { diffWords as en } from './words/en/diff.ts';

/** Services to which a change does the same, each by the same entries. */
export interface ServiceGroup {
  /** Of all of them, with what is said of it. */
  readonly first: ServiceChange;
  /** `namespace/name:port` of each, the first among them; null: rules that belong to no service. */
  readonly services: readonly (string | null)[];
  /** Entry by entry, those of all services. */
  readonly entries: readonly (readonly [EntryChange, ...EntryChange[]])[];
}

/** Services in their order, those that are alike where the first of them stands. */
export function groupServices(services: readonly ServiceChange[]): readonly ServiceGroup[] {
  const groups = groupedBy(services, (change) => (change.service === null ? '' : keyOf(change)));
  return [...groups.values()].map(groupOf);
}

/** Equal where the same happens; which endpoints it happens with may differ. */
function keyOf({ status, severity, entries }: ServiceChange): string {
  const meanings = entries.map(({ kind, classes }) => [
    kind,
    shares(classes[0]),
    [...new Set(classes.map(({ effects }) => JSON.stringify(effects.map(meaningOf))))],
  ]);
  return JSON.stringify([status, severity, meanings]);
}

/** An effect without the addresses of the service's own endpoints. */
function meaningOf(effect: Effect): unknown {
  if (effect.kind === 'endpoints') return [effect.kind, effect.came.length, effect.went.length];
  if (effect.kind === 'affinity' && effect.change === 'stay') return [effect.kind, effect.change];
  return effect;
}

function groupOf(changes: readonly ServiceChange[]): ServiceGroup {
  const first = changes[0] as ServiceChange;
  return {
    first,
    services: changes.map(({ service }) => service),
    entries: first.entries.map(
      (_, at) => changes.map(({ entries }) => entries[at]) as [EntryChange, ...EntryChange[]],
    ),
  };
}

const mostNames = 6;

/** `shop/web:http`, or how many there are. */
export function sayServices([service, ...others]: readonly (string | null)[], w: DiffWords = en): string {
  if (others.length > 0) return w.servicePorts(others.length + 1);
  return service ?? w.rulesOfNoService;
}

/** `: shop/web:http, shop/cart:http and 12 more`; nothing for one, which is named already. */
export function sayNames(services: readonly (string | null)[], w: DiffWords = en): string {
  return services.length === 1 ? '' : `: ${cutShort(services, mostNames, w)}`;
}

/** `node port 30080/tcp`; of several services, without the addresses and ports that tell them apart. */
export function sayEntry(entries: readonly [EntryChange, ...EntryChange[]], w: DiffWords = en): string {
  const [{ kind, classes }] = entries;
  return entries.length === 1 ? sayDoor(kind, classes[0], w) : w.entry[kind];
}

function sayDoor(kind: EntryChange['kind'], { opening }: PacketClass, w: DiffWords): string {
  const { destination, destinationPort, protocol } = opening;
  const name = { 6: 'tcp', 17: 'udp', 132: 'sctp' }[protocol] ?? w.protocol(protocol);
  if (kind === 'node port') return `${w.entry[kind]} ${destinationPort}/${name}`;
  if (kind === 'other' || destinationPort === null) return w.entry.other;
  return `${w.entry[kind]} ${formatEndpoint(destination, destinationPort)}/${name}`;
}

/** `now reachable from outside on every node`; with `ends`, what becomes of packets that get through only now. */
export function sayChange(
  entries: readonly [EntryChange, ...EntryChange[]],
  one: PacketClass,
  ends: boolean,
  w: DiffWords = en,
): string {
  const [{ kind }] = entries;
  const exposed = one.effects.some((effect) => effect.kind === 'exposure');
  const led = ({ items }: PacketClass['before']) => items.some(({ end }) => end.dnat !== null);
  if (exposed && !led(one.before) && led(one.after)) {
    return w.reachable({
      outside: one.witness.from === 'external',
      nodes: kind === 'node port' ? nodesOf(entries) : null,
      ends: ends ? { before: sayFate(one.before, w), after: sayFate(one.after, w) } : null,
    });
  }
  const said = isSaidAlike(entries, one, w) ? sayEffects(one, w) : sayCounts(one, w);
  return [said, ...(shares(one) === '' ? [] : [w.others(shares(one))])]
    .filter((part) => part !== '')
    .join('; ');
}

/** Under the policy Cluster every node answers, and hides the source; under Local, those with an endpoint, and the source is kept. */
function nodesOf(entries: readonly EntryChange[]): 'every' | 'this' {
  // From its own address the node hides nothing.
  const outside = entries
    .flatMap(({ classes }) => classes)
    .filter(({ witness }) => witness.from === 'external');
  const ends = outside.flatMap(({ after }) => after.items);
  const led = ends.filter(({ end }) => end.dnat !== null);
  return led.every(({ end }) => end.masqueraded) ? 'every' : 'this';
}

/** Whether the effects of all services are those of the first, with their addresses. */
function isSaidAlike(entries: readonly EntryChange[], one: PacketClass, w: DiffWords): boolean {
  const said = sayEffects(one, w);
  return entries.every(({ classes }) => classes.some((other) => sayEffects(other, w) === said));
}

function sayCounts({ effects }: PacketClass, w: DiffWords): string {
  return effects
    .map((effect) =>
      effect.kind === 'endpoints'
        ? w.endpoints(effect.came.length, effect.went.length)
        : sayEffect(effect, w),
    )
    .join('; ');
}

/** An entry and its widest change in one sentence. */
export function sayEntries(entries: readonly [EntryChange, ...EntryChange[]], w: DiffWords = en): string {
  return `${sayEntry(entries, w)}: ${sayChange(entries, entries[0].classes[0], true, w)}`;
}

/** `33.3 % → 25 %` of endpoints that stay. */
function shares({ before, after }: PacketClass): string {
  const [was, is] = [goals(before), goals(after)];
  const moved = [...is].filter(([goal]) => was.has(goal));
  const changes = new Set(
    moved.map(([goal, share]) => `${percent(was.get(goal) ?? zero)} → ${percent(share)}`),
  );
  const said = [...changes].filter((change) => new Set(change.split(' → ')).size > 1);
  return said.length > 2 ? `${said[0]} …` : said.join(' / ');
}
