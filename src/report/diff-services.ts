import { formatEndpoint } from '../address/address.ts';
import type { EntryChange, ServiceChange } from '../diff/services.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import { goals } from '../proof/classes/effect.ts';
import { zero } from '../sets/fraction.ts';
import { groupedBy } from '../text/lists.ts';
import { count, cutShort, percent, sayEffects, sayFate } from './diff-words.ts';

/** Services to which a change does the same, each by the same doors: one, or so many that they are told together. */
export interface ServiceGroup {
  /** Of all of them, with what is said of it. */
  readonly first: ServiceChange;
  /** `namespace/name:port` of each, the first among them; null: rules that belong to no service. */
  readonly services: readonly (string | null)[];
  /** Entry by entry, those of all services. */
  readonly entries: readonly (readonly [EntryChange, ...EntryChange[]])[];
}

/** Fewer are told one by one, with their addresses. */
const fewest = 4;

/** Services in their order, those that are alike where the first of them stands. */
export function groupServices(services: readonly ServiceChange[]): readonly ServiceGroup[] {
  const alike = [...groupedBy(services, keyOf).values()].filter(({ length }) => length >= fewest);
  const groups = new Map(alike.flatMap((group) => group.map((change) => [change, group] as const)));
  return services.flatMap((change) => {
    const group = groups.get(change) ?? [change];
    return change === group[0] ? [groupOf(group)] : [];
  });
}

function keyOf({ status, severity, entries }: ServiceChange): string {
  return JSON.stringify([
    status,
    severity,
    entries.map(({ kind, classes }) => [kind, sayChange(kind, classes[0])]),
  ]);
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
export function sayServices([service, ...others]: readonly (string | null)[]): string {
  if (others.length > 0) return count(others.length + 1, 'service port', 'service ports');
  return service ?? 'rules of no service';
}

/** `: shop/web:http, shop/cart:http and 12 more`; nothing for one, which is named already. */
export function sayNames(services: readonly (string | null)[]): string {
  return services.length === 1 ? '' : `: ${cutShort(services, mostNames)}`;
}

/**
 * `node port 30080/tcp: now reachable from outside on every node`. Of several services alike, without the addresses and
 * ports that tell them apart.
 */
export function sayEntries(entries: readonly [EntryChange, ...EntryChange[]]): string {
  const [{ kind, classes }] = entries;
  const others = entries.reduce((sum, entry) => sum + entry.classes.length - 1, 0);
  const narrower = others === 0 ? '' : ` (and ${count(others, 'narrower class', 'narrower classes')})`;
  const door = entries.length === 1 ? sayDoor(kind, classes[0]) : kind === 'other' ? 'packets' : kind;
  return `${door}: ${sayChange(kind, classes[0])}${narrower}`;
}

export function nothingFor({ length }: readonly (string | null)[]): string {
  return `no packet fares otherwise for ${length === 1 ? 'it' : 'them'}`;
}

function sayDoor(kind: string, { witness }: PacketClass): string {
  const { destination, destinationPort, protocol } = witness;
  const name = { 6: 'tcp', 17: 'udp', 132: 'sctp' }[protocol] ?? `protocol ${protocol}`;
  if (kind === 'node port') return `node port ${destinationPort}/${name}`;
  if (kind === 'other' || destinationPort === null) return 'packets';
  return `${kind} ${formatEndpoint(destination, destinationPort)}/${name}`;
}

function sayChange(kind: string, one: PacketClass): string {
  const kinds = new Set(one.effects.map((effect) => effect.kind));
  const to = shares(one);
  if (kinds.has('exposure') && one.before.items.every(({ end }) => end.dnat === null)) {
    const where = kind === 'node port' ? ' on every node' : '';
    const from = one.witness.from === 'external' ? ' from outside' : '';
    return `now reachable${from}${where}: ${sayFate(one.after)}; before: ${sayFate(one.before)}`;
  }
  return [sayEffects(one), to].filter((part) => part !== '').join('; ');
}

/** `33.3 % → 25 %` of endpoints that stay. */
function shares({ before, after }: PacketClass): string {
  const [was, is] = [goals(before), goals(after)];
  const moved = [...is].filter(([goal]) => was.has(goal));
  const changes = new Set(
    moved.map(([goal, share]) => `${percent(was.get(goal) ?? zero)} → ${percent(share)}`),
  );
  const said = [...changes].filter((change) => new Set(change.split(' → ')).size > 1);
  return said.length === 0
    ? ''
    : `each of the others ${said.length > 2 ? `${said[0]} …` : said.join(' or ')}`;
}
