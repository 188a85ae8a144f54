import type { Hook, TableName } from '../iptables/rule/ruleset.ts';

/** One station of a packet's way: a table at a hook, or something that the kernel does in between. */
export type Step =
  | { readonly kind: 'table'; readonly table: TableName; readonly hook: Hook; readonly rank: number }
  | {
      readonly kind: 'check' | 'track' | 'route' | 'reroute' | 'confirm' | 'deliver' | 'leave';
      readonly rank: number;
    };

type Station = Exclude<Step['kind'], 'table'> | `${TableName} ${Hook}`;

/** Ranks grow along every way, so that branches can be brought to the same station before they go on. */
function way(firstRank: number, stations: readonly Station[]): readonly Step[] {
  return stations.map((station, index) => {
    const rank = firstRank + index;
    const [table, hook] = station.split(' ');
    if (hook) return { kind: 'table', table: table as TableName, hook: hook as Hook, rank };
    return { kind: station as Exclude<Step['kind'], 'table'>, rank };
  });
}

/** Something comes in by an interface. Where it goes then is decided by `route`. */
export const arriving = way(0, [
  'check',
  'raw PREROUTING',
  'track',
  'mangle PREROUTING',
  'nat PREROUTING',
  'route',
]);

/** It is for the node itself. Here nat comes after filter. */
export const delivering = way(40, [
  'mangle INPUT',
  'filter INPUT',
  'security INPUT',
  'nat INPUT',
  'confirm',
  'deliver',
]);

export const forwarding = way(10, [
  'mangle FORWARD',
  'filter FORWARD',
  'security FORWARD',
  'mangle POSTROUTING',
  'nat POSTROUTING',
  'confirm',
  'leave',
]);

/** The node makes a packet. It was routed once before OUTPUT, and is again where OUTPUT changed it. */
export const sending = way(0, [
  'raw OUTPUT',
  'track',
  'mangle OUTPUT',
  'reroute',
  'nat OUTPUT',
  'reroute',
  'filter OUTPUT',
  'security OUTPUT',
  'mangle POSTROUTING',
  'nat POSTROUTING',
  'confirm',
  'leave',
]);

/** What the node sent to itself comes in again through lo. It brings its route along. */
export const returning: readonly Step[] = [
  ...way(20, ['raw PREROUTING', 'track', 'mangle PREROUTING', 'nat PREROUTING']),
  ...delivering,
];
