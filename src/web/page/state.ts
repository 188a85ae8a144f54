import { computed, signal } from '@preact/signals';

/** Where the reader is. All of it stands in the address, so that a link brings others to the same place. */
export interface Place {
  readonly view: View;
  /** What is searched for in the list. */
  readonly search: string;
  /** `namespace/name`. */
  readonly service: string;
  /** Which of its ports, from 0. */
  readonly port: string;
  readonly node: string;
  /** In the notation of the command line. */
  readonly packet: string;
  /** Which outcome of the packet, from 0. */
  readonly outcome: string;
  /** A rule, `TABLE/CHAIN/NUMBER`. */
  readonly rule: string;
  /** An address and port at which the service is called, or `ingress N`. */
  readonly entry: string;
  /** Who calls: `outside`, `pod NODE`, `node NODE`. */
  readonly client: string;
  /** Names of nodes, with commas between them. */
  readonly off: string;
  readonly dead: string;
  /** Traffic policies that are tried instead of the service's own. */
  readonly external: string;
  readonly internal: string;
  /** Addresses of endpoints that are taken out, with commas between them. */
  readonly gone: string;
  /** Lines of rules that are tried: see `editsIn`. */
  readonly edits: string;
  /** By which column the list is sorted, from the highest where a minus stands before it. */
  readonly sort: string;
  /** What is searched for in the matrix or among the classes of a comparison, and how they are sorted. */
  readonly find: string;
  readonly order: string;
  /** The bundle of endpoints is opened. */
  readonly open: string;
  /** Which class of packets of a comparison, from 0. */
  readonly change: string;
}

export const views = ['services', 'chains', 'packet', 'cluster', 'sources', 'diff'] as const;
export type View = (typeof views)[number];

const start: Place = {
  view: 'services',
  search: '',
  service: '',
  port: '0',
  node: '',
  packet: '',
  outcome: '0',
  rule: '',
  entry: '',
  client: '',
  off: '',
  dead: '',
  external: '',
  internal: '',
  gone: '',
  edits: '',
  sort: '',
  find: '',
  order: '',
  open: '',
  change: '0',
};

export function readPlace(hash: string): Place {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const place = Object.fromEntries(
    Object.entries(start).map(([name, value]) => [name, given.get(name) ?? value]),
  ) as unknown as Place;
  return views.includes(place.view) ? place : { ...place, view: 'services' };
}

export function hashOf(place: Place): string {
  const kept = Object.entries(place).filter(([name, value]) => value !== start[name as keyof Place]);
  return `#${new URLSearchParams(kept as [string, string][]).toString()}`;
}

const current = signal<Place>(start);
export const place = computed(() => current.value);

/** The address of another place, all else staying as it is. */
export function linkTo(change: Partial<Place>): string {
  return hashOf({ ...current.value, ...change });
}

/** Goes there. `quietly`: without a step in the browser's history, while something is typed. */
export function go(change: Partial<Place>, quietly = false): void {
  const hash = linkTo(change);
  if (quietly) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  current.value = { ...current.value, ...change };
}

/** Begins where the address says, else where the page's maker did. */
export function begin(initial: string): void {
  const follow = () => {
    current.value = readPlace(location.hash.length > 1 ? location.hash : initial);
  };
  follow();
  addEventListener('hashchange', follow);
  addEventListener('popstate', follow);
}

/** The names of a list in the address. */
export function namesIn(list: string): string[] {
  return list.split(',').filter((name) => name !== '');
}
