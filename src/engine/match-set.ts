import { type Address, familyOf } from '../address/address.ts';
import { protocolNumbers } from '../address/protocols.ts';
import { prefixMask, subnetOf } from '../address/subnet.ts';
import { type EntryPart, entryKey, type IpSet, type PartKind, portPart, type Sets } from '../ipset/sets.ts';
import type { SetMatch } from '../iptables/rule/match.ts';
import { type Branch, headerOf } from './branch.ts';
import type { Surroundings } from './match.ts';
import { negateIf, type Question } from './truth.ts';

type Side = 'src' | 'dst';

/** As xt_set and ip_set_test: a rule that names too few directions for its set never matches, nor one of another family. */
export function matchesSet(match: SetMatch, branch: Branch, { program }: Surroundings): boolean | Question {
  const counted = match.further.find((word) => /^--(?:packets|bytes)-/.test(word));
  if (counted) return ask(match, branch, `what the set ${match.name} has counted is not known (${counted})`);
  return negateIf(match.negated, look(match, match.name, branch, program.sets ?? null));
}

function look(match: SetMatch, name: string, branch: Branch, sets: Sets): boolean | Question {
  const set = sets?.get(name);
  if (!set) return ask(match, branch, whyUnknown(name, sets));
  if (!('members' in set)) return test(match, set, branch);
  let open: Question | undefined;
  for (const member of set.members) {
    const found = look(match, member, branch, sets);
    if (found === true) return true;
    if (found !== false) open ??= found;
  }
  return open ?? false;
}

function whyUnknown(name: string, sets: Sets): string {
  if (sets === null)
    return `the contents of the set ${name} are not known; give --sets with what ipset save prints`;
  return `the set ${name} is not in what --sets says; give all that ipset save prints`;
}

function ask(match: SetMatch, branch: Branch, because: string): Question {
  const header = JSON.stringify(headerOf(branch), (_name, value) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  return { key: `set ${match.name} ${match.directions.join()} ${match.further.join()} ${header}`, because };
}

/** The kernel tries the lengths of prefixes that a set has, the longest first, and the first entry decides. */
function test(match: SetMatch, set: IpSet, branch: Branch): boolean | Question {
  if (match.directions.length < set.parts.length) return false;
  if (set.family !== null && set.family !== familyOf(branch.source)) return false;
  if (set.entries.size === 0) return false;
  const values: Value[] = [];
  for (const [index, kind] of set.parts.entries()) {
    const value = readers[kind](branch, match.directions[index] as Side, set);
    if (value === null) return false;
    if (typeof value === 'object') return ask(match, branch, `${value.because} (set ${set.name})`);
    values.push(value);
  }
  // Only sets of prefixes have exceptions; of others the option that asks for them is passed over.
  const asksException = match.further.includes('--return-nomatch') && set.parts.includes('prefix');
  for (const lengths of combinations(set.lengths)) {
    const key = entryKey(
      values.map((value, index) => partOf(value, set.parts[index], lengths[index] as number)),
    );
    const nomatch = set.entries.get(key);
    if (nomatch !== undefined) return nomatch === asksException;
  }
  return false;
}

/** What a packet has for a part: text or an address. Null: nothing that could be in a set. */
type Value = string | Address;

type Reader = (branch: Branch, side: Side, set: IpSet) => Value | null | { readonly because: string };

const readers: Readonly<Record<PartKind, Reader>> = {
  address: (branch, side, { mask }) => {
    const address = side === 'src' ? branch.source : branch.destination;
    return mask === null ? address : subnetOf(address, mask).address;
  },
  prefix: (branch, side) => (side === 'src' ? branch.source : branch.destination),
  port: readPort,
  'bare-port': (branch, side) => {
    if (!setProtocols.has(branch.protocol)) return null;
    const port = portOf(branch, side);
    return typeof port === 'number' ? String(port) : port;
  },
  unevaluated: () => ({ because: 'what the set asks beside addresses and ports is not evaluated' }),
};

/** Of these ip_set reads ports. */
const setProtocols: ReadonlySet<number> = new Set([
  protocolNumbers.tcp,
  protocolNumbers.udp,
  protocolNumbers.sctp,
  protocolNumbers.udplite,
]);

function readPort(branch: Branch, side: Side, { otherProtocols }: IpSet) {
  if (!setProtocols.has(branch.protocol)) {
    return otherProtocols ? { because: 'entries for protocols without ports are not evaluated' } : null;
  }
  const port = portOf(branch, side);
  return typeof port === 'number' ? portPart(branch.protocol, port) : port;
}

function portOf(branch: Branch, side: Side): number | { readonly because: string } {
  const port = side === 'src' ? branch.sourcePort : branch.destinationPort;
  const name = side === 'src' ? 'source' : 'destination';
  return port ?? { because: `the ${name} port is not given, and a set is asked for it` };
}

function partOf(value: Value, kind: PartKind | undefined, length: number): EntryPart {
  if (typeof value === 'string') return value;
  if (kind !== 'prefix') return String(value);
  return [subnetOf(value, prefixMask(familyOf(value), length)).address, length];
}

function combinations(lengths: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return lengths.reduce<readonly (readonly number[])[]>(
    (lists, choices) => lists.flatMap((list) => choices.map((choice) => [...list, choice])),
    [[]],
  );
}
