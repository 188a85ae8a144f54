import { type Address, type Family, familyOf, parseAddress } from '../address/address.ts';
import type { Entry } from './ip-route.ts';
import type { Host, Neighbour, SilentNeighbour } from './model.ts';
import { isLinkLocal } from './route.ts';

/** The words of `ip neigh` for an entry's state (nud). */
const states = [
  'NONE',
  'INCOMPLETE',
  'REACHABLE',
  'STALE',
  'DELAY',
  'PROBE',
  'FAILED',
  'NOARP',
  'PERMANENT',
] as const;

/** Whether an entry is a neighbour: also one for whom the node answers (`proxy`), which has no state. */
export function isNeighbourEntry(entry: Entry): boolean {
  return 'lladdr' in entry || 'proxy' in entry || 'state' in entry;
}

/** Undefined: of the other family, or of no state that says anything. */
export function readNeighbour(entry: Entry, family: Family): Neighbour | undefined {
  const address = parseAddress(String(entry.dst));
  if (address === undefined || familyOf(address) !== family || 'proxy' in entry) return undefined;
  const named = [entry.state].flat();
  const state = (['FAILED', 'INCOMPLETE'] as const).find((one) => named.includes(one)) ?? 'known';
  return { address, interface: typeof entry.dev === 'string' ? entry.dev : null, state };
}

/** A line of `ip neigh` as an entry of `ip -json neigh`; undefined: it is none. */
export function neighbourEntry(text: string): Entry | undefined {
  const [dst = '', ...words] = text.split(/\s+/);
  if (parseAddress(dst) === undefined) return undefined;
  const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
  const [dev, lladdr] = [after('dev'), after('lladdr')];
  const state = states.find((one) => one === words.at(-1));
  const isProxy = words.includes('proxy');
  if (state === undefined && lladdr === undefined && !isProxy) return undefined;
  return {
    dst,
    ...(dev === undefined ? {} : { dev }),
    ...(lladdr === undefined ? {} : { lladdr }),
    ...(state === undefined ? {} : { state: [state] }),
    ...(isProxy ? { proxy: null } : {}),
  };
}

/** Of several lists the later one counts. */
export function silentOf(neighbours: readonly Neighbour[]): readonly SilentNeighbour[] {
  const latest = new Map(neighbours.map((one) => [`${one.interface} ${one.address}`, one]));
  return [...latest.values()].filter((one): one is SilentNeighbour => one.state !== 'known');
}

/** Who was silent, of those by way of whom a packet leaves; null: nobody. A link-local address is known only with its link. */
export function silentHop(host: Host, link: string, nextHop: Address): SilentNeighbour | null {
  if (host.silent.length === 0) return null;
  const found = host.silent.find(
    (one) =>
      one.address === nextHop && (one.interface === null ? !isLinkLocal(nextHop) : one.interface === link),
  );
  return found ?? null;
}
