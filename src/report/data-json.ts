import { formatAddress } from '../address/address.ts';
import { formatSubnet } from '../address/subnet.ts';
import { fieldKey } from '../engine/fields.ts';
import type { HostDoubt } from '../host/doubt.ts';
import type { Filled } from '../kube/cluster/filled.ts';
import type { ClientNote, LegEnd, Part, UrlStop } from '../path/url.ts';
import type { ProofDoubt } from '../proof/doubt.ts';
import type { Assumption } from './words/assumptions.ts';
import type { PlainNote } from './words/notes.ts';
import type { PathNote } from './words/paths.ts';
import type { ToldReason } from './words/reasons.ts';

/** What results say by a code and its parts. */
type Told =
  | Assumption
  | PlainNote
  | ProofDoubt
  | HostDoubt
  | ToldReason
  | LegEnd
  | Part
  | UrlStop
  | ClientNote
  | PathNote
  | Filled;

type NamesOf<One> = One extends unknown ? Exclude<keyof One, 'code'> : never;
type PartOf<One, Name extends string> = One extends { readonly [K in Name]: infer Part } ? Part : never;

/** How each part is written for programs. Parts of one name are of one kind, whatever the code. */
const parts: { readonly [Name in NamesOf<Told>]: (part: PartOf<Told, Name>) => unknown } = {
  interface: same,
  address: (address) => (typeof address === 'string' || address === null ? address : formatAddress(address)),
  prefix: formatSubnet,
  gateway: (address) => address && formatAddress(address),
  values: (values) => Object.fromEntries(values),
  source: formatAddress,
  table: same,
  chain: same,
  port: same,
  interfaces: (list) => list.map(({ name, prefixes }) => ({ name, prefixes: prefixes.map(formatSubnet) })),
  bits: (bits) => `0x${bits.toString(16)}`,
  match: same,
  holds: same,
  names: same,
  lists: same,
  sets: same,
  missing: same,
  groups: (groups) => groups.map(formatAddress),
  others: same,
  differ: same,
  master: same,
  sysctl: same,
  does: same,
  priority: same,
  field: fieldKey,
  ports: (ports) =>
    Array.from({ length: ports.length / 2 }, (_, at) => [Number(ports[2 * at]), Number(ports[2 * at + 1])]),
  set: same,
  option: same,
  name: same,
  text: same,
  chains: same,
  extension: same,
  type: same,
  most: same,
  drop: same,
  doubt: dataJson,
  reason: dataJson,
  place: ({ table, chain, number }) => ({ table, chain, number }),
  side: same,
  places: same,
  alike: same,
  owners: (owners) => Object.fromEntries(owners),
  walked: same,
  open: same,
  whole: same,
  server: formatAddress,
  client: formatAddress,
  asked: formatAddress,
  undone: same,
  tracked: same,
  node: same,
  nodes: same,
  service: same,
  ranges: (ranges) => ranges.map(formatSubnet),
  addresses: (addresses) => addresses.map(formatAddress),
  prefixes: (prefixes) => prefixes.map(formatSubnet),
  scheme: same,
  secret: same,
  host: same,
  route: same,
  path: same,
  pods: (pods) =>
    typeof pods === 'boolean'
      ? pods
      : pods.map(({ addresses, node }) => ({ addresses: addresses.map(formatAddress), node })),
  nodePort: same,
  resource: same,
  className: same,
  controller: same,
  some: same,
  keeps: same,
  seconds: same,
  filled: dataJson,
  collided: same,
  owner: same,
  wanted: same,
  zone: same,
  zones: same,
  count: same,
  total: same,
  namespace: same,
  portNames: same,
  placed: same,
  labels: same,
};

function same<T>(part: T): T {
  return part;
}

/** The code and its parts, as texts and numbers. */
export function dataJson({ code, ...rest }: Told): Readonly<Record<string, unknown>> {
  const write = parts as unknown as Readonly<Record<string, (part: unknown) => unknown>>;
  return {
    code,
    ...Object.fromEntries(Object.entries(rest).map(([name, part]) => [name, write[name]?.(part)])),
  };
}
