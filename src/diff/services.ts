import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { isHidden } from '../iptables/rule/shown.ts';
import type { PacketClass, Severity } from '../proof/classes/classify.ts';
import { type EntryKind, serviceIn } from '../proof/classes/entry.ts';
import { commentOf } from '../proof/rules/keys.ts';
import { keptBy } from '../text/kept.ts';

export type ServiceStatus = 'added' | 'removed' | 'changed';

/** The classes of packets that come to a service by one door; the first is the one that matters most. */
export interface EntryChange {
  readonly kind: EntryKind;
  readonly classes: readonly [PacketClass, ...PacketClass[]];
}

/** What a change of rules does to one service port, entry by entry, the worst first. */
export interface ServiceChange {
  /** `namespace/name:port`; null: rules that belong to no service. */
  readonly service: string | null;
  readonly status: ServiceStatus;
  readonly severity: Severity;
  readonly entries: readonly EntryChange[];
}

/** Changes by service, the worst first. */
export function byService(
  classes: readonly PacketClass[],
  before: Ruleset,
  after: Ruleset,
): readonly ServiceChange[] {
  const [had, has] = [namedIn(before), namedIn(after)];
  // Whether one is gone, or new, that the other side does not name, is known where that side shows all that there are.
  const isOnlyIn = (service: string, own: Named, other: Named) =>
    own.services.has(service) && !other.services.has(service) && other.isWhole;
  const groups = new Map<string | null, PacketClass[]>();
  for (const one of classes) {
    const { service } = one.entry;
    groups.set(service, [...(groups.get(service) ?? []), one]);
  }
  // Services that came or went without any packet that would notice: renamed, or never reached.
  for (const service of [...had.services, ...has.services]) {
    const isAlone = isOnlyIn(service, had, has) || isOnlyIn(service, has, had);
    if (isAlone && !groups.has(service)) groups.set(service, []);
  }
  const statusOf = (service: string): ServiceStatus => {
    if (isOnlyIn(service, had, has)) return 'removed';
    return isOnlyIn(service, has, had) ? 'added' : 'changed';
  };
  const changes = [...groups].map(([service, own]): ServiceChange => {
    const status = service === null ? 'changed' : statusOf(service);
    return { service, status, severity: worst(own), entries: byEntry(own) };
  });
  return changes.sort(
    (left, right) =>
      severities.indexOf(left.severity) - severities.indexOf(right.severity) ||
      compareNames(left.service ?? '~', right.service ?? '~'),
  );
}

export const severities: readonly Severity[] = ['high', 'medium', 'low'];

function compareNames(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function worst(classes: readonly PacketClass[]): Severity {
  return severities.find((severity) => classes.some((one) => one.severity === severity)) ?? 'low';
}

function byEntry(classes: readonly PacketClass[]): EntryChange[] {
  const groups = new Map<string, [PacketClass, ...PacketClass[]]>();
  for (const one of classes) {
    const { destinationPort, protocol } = one.opening;
    const door = [one.entry.kind, ...(one.entry.kind === 'other' ? [] : [protocol, destinationPort])].join(
      ' ',
    );
    const group = groups.get(door);
    if (group) group.push(one);
    else groups.set(door, [one]);
  }
  return [...groups.values()].map((own) => {
    own.sort((left, right) => left.order - right.order);
    return { kind: own[0].entry.kind, classes: own };
  });
}

const doors = ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES'];

/** The services that kube-proxy's entry chains name, and whether all of these chains are shown, with all of their rules. */
interface Named {
  readonly services: ReadonlySet<string>;
  readonly isWhole: boolean;
}

const namedIn = keptBy(
  (ruleset: Ruleset): Named => ({ services: servicesOf(ruleset), isWhole: showsDoors(ruleset) }),
);

function showsDoors({ tables, notShown }: Ruleset): boolean {
  if (notShown?.some((table) => table === 'nat' || table === 'filter')) return false;
  return tables.every(
    ({ chains, partly }) => !partly && doors.every((door) => !chains.get(door)?.rules.some(isHidden)),
  );
}

function servicesOf({ tables }: Ruleset): Set<string> {
  const names = new Set<string>();
  for (const { chains } of tables) {
    for (const door of doors) {
      for (const rule of chains.get(door)?.rules ?? []) {
        const service = serviceIn(commentOf(rule));
        if (service !== null) names.add(service);
      }
    }
  }
  return names;
}
