import type { EntryChange, ServiceChange, ServiceStatus } from '../diff/services.ts';
import type { PacketClass, Severity } from '../proof/classes/classify.ts';
import type { EntryKind } from '../proof/classes/entry.ts';
import { arrivalStates, type Box } from '../sets/box.ts';
import { type IntervalSet, sameSet, single } from '../sets/intervals.ts';
import { groupedBy } from '../text/lists.ts';
import { groupServices, type ServiceGroup, sayChange } from './diff-services.ts';

/** What a change of rules does to packets that come by one entry, in one respect: told once, whoever it is about. */
export interface ToldChange {
  readonly kind: EntryKind;
  /** Those of the first service; the first says it best. */
  readonly classes: readonly [PacketClass, ...PacketClass[]];
  /** The entry of each service, where it is what its widest classes say. */
  readonly entries: readonly [EntryChange, ...EntryChange[]];
  /** Of all services. */
  readonly count: number;
  /** The widest of its entry; others are told as what happens besides. */
  readonly isMain: boolean;
}

/** Services to which the same happens. */
export interface ToldGroup {
  readonly services: readonly (string | null)[];
  readonly status: ServiceStatus;
  readonly severity: Severity;
  readonly changes: readonly ToldChange[];
}

/** Changes joined by what they mean: what happens to many services in the same way is one of them. */
export function changesOf(services: readonly ServiceChange[]): readonly ToldGroup[] {
  return groupServices(services).map((group) => ({
    services: group.services,
    status: group.first.status,
    severity: group.first.severity,
    changes: group.entries.flatMap(changesOfEntry),
  }));
}

function changesOfEntry(entries: ServiceGroup['entries'][number]): ToldChange[] {
  const [first] = entries;
  const meanings = [...groupedBy(toldOf(first), (one) => sayChange(entries, one, false)).values()];
  const all = entries.reduce((sum, entry) => sum + toldOf(entry).length, 0);
  const besides = meanings.slice(1).reduce((sum, { length }) => sum + length, 0) * entries.length;
  return meanings.map((classes, index) => ({
    kind: first.kind,
    classes: classes as [PacketClass, ...PacketClass[]],
    entries,
    count: index === 0 ? Math.max(all - besides, entries.length) : classes.length * entries.length,
    isMain: index === 0,
  }));
}

const related: IntervalSet = single(arrivalStates.indexOf('RELATED'));

/** How many classes reviews tell of. */
export function countTold(services: readonly ServiceChange[]): number {
  return new Set(services.flatMap(({ entries }) => entries.flatMap(toldOf))).size;
}

/** What only connections meet that a helper expects is not told beside what all others do: no reader asks for it. */
function toldOf({ classes }: EntryChange): readonly PacketClass[] {
  const plain = classes.filter((one) => !one.boxes.every(isOfHelpers));
  return plain.length > 0 ? plain : classes;
}

const isOfHelpers = ({ sides }: Box) => sameSet(sides.state, related);
