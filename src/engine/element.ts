import { type Address, addressBits, familyOf } from '../address/address.ts';
import { protocolNumbers } from '../address/protocols.ts';
import { prefixMask, subnetOf } from '../address/subnet.ts';
import {
  barePortProtocols,
  type EntryPart,
  entryKey,
  type IpSet,
  type PartKind,
  portPart,
  type SetList,
} from '../ipset/sets.ts';
import { dataKey } from '../text/data-key.ts';
import { type Branch, headerOf } from './branch.ts';
import type { StateUse } from './ir.ts';
import type { ChangedSet } from './memory.ts';
import type { Reason } from './reasons.ts';
import type { Surroundings } from './surroundings.ts';
import type { Question } from './truth.ts';

type Use = Extract<StateUse, { kind: 'element' }>;
type Side = 'src' | 'dst';

/** As xt_set and ip_set_test: a rule that names too few directions for its set never matches, nor one of another family. */
export function testElement(use: Use, branch: Branch, surroundings: Surroundings): boolean | Question {
  const option = use.further.find((word) => /^--(?:packets|bytes)-/.test(word));
  if (option) return ask(use, branch, { code: 'set-count-unknown', set: use.set, option }, surroundings);
  return look(use, use.set, branch, surroundings);
}

function look(use: Use, name: string, branch: Branch, surroundings: Surroundings): boolean | Question {
  const changed = branch.memory.sets.get(name);
  if (changed && !changed.set) return ask(use, branch, { code: 'set-changed', set: name }, surroundings);
  const set = changed?.set ?? surroundings.program.states.sets?.get(name);
  if (!set) return ask(use, branch, whyUnknown(name, surroundings), surroundings);
  if (!('members' in set)) return test(use, set, branch, surroundings);
  let open: Question | undefined;
  for (const member of set.members) {
    const found = look(use, member, branch, surroundings);
    if (found === true) return true;
    if (found !== false) open ??= found;
  }
  return open ?? false;
}

function whyUnknown(set: string, { program }: Surroundings): Reason {
  return { code: program.states.sets === null ? 'set-unknown' : 'set-missing', set };
}

/** The same ends are in a set or are not, until a rule changes it. */
function ask(use: Use, branch: Branch, reason: Reason, { guide }: Surroundings): boolean | Question {
  const header = dataKey(headerOf(branch));
  const log = branch.memory.sets.get(use.set)?.log.length ?? 0;
  const key = `set ${use.set} ${use.directions.join()} ${use.further.join()} ${header} ${log}`;
  const known = branch.supposed.get(key);
  if (typeof known === 'boolean') return known;
  const answer = guide?.answerOpen?.({ key, reason, asked: null }, branch);
  return answer ?? { kind: 'question', key, reason };
}

/** The kernel tries the lengths of prefixes that a set has, the longest first, and the first entry decides. */
function test(use: Use, set: IpSet, branch: Branch, surroundings: Surroundings): boolean | Question {
  const values = valuesFor(use, set, branch);
  if (values === null || set.entries.size === 0) return false;
  if (isReason(values)) return ask(use, branch, values, surroundings);
  // Only sets of prefixes have exceptions; of others the option that asks for them is passed over.
  const asksException = use.further.includes('--return-nomatch') && set.parts.includes('prefix');
  for (const lengths of combinations(set.lengths)) {
    const key = keyOf(values, set, lengths);
    const nomatch = isOver(set, key, surroundings) ? undefined : set.entries.get(key);
    if (nomatch !== undefined) return nomatch === asksException;
  }
  return false;
}

function isOver({ ends }: IpSet, key: string, { now }: Surroundings): boolean {
  const end = ends.get(key);
  return end !== undefined && end <= now;
}

function keyOf(values: readonly Value[], set: IpSet, lengths: readonly number[]): string {
  return entryKey(values.map((value, index) => partOf(value, set.parts[index], lengths[index] as number)));
}

/** What a packet has for a part: text or an address. */
type Value = string | Address;

function isReason(values: readonly Value[] | Reason): values is Reason {
  return 'code' in values;
}

/** What the packet has for each part of a set. Null: nothing that could be in it. */
function valuesFor(use: Use, set: IpSet, branch: Branch): readonly Value[] | Reason | null {
  if (use.directions.length < set.parts.length) return null;
  if (set.family !== null && set.family !== familyOf(branch.source)) return null;
  if (set.entries.size === 0 && use.action === 'test') return null;
  const values: Value[] = [];
  for (const [index, kind] of set.parts.entries()) {
    const value = readers[kind](branch, use.directions[index] as Side, set);
    if (value === null) return null;
    if (typeof value === 'object') return value;
    values.push(value);
  }
  return values;
}

type Reader = (branch: Branch, side: Side, set: IpSet) => Value | Reason | null;

const addressOf = (branch: Branch, side: Side) => (side === 'src' ? branch.source : branch.destination);

const readers: Readonly<Record<PartKind, Reader>> = {
  address: (branch, side, { mask }) => {
    const address = addressOf(branch, side);
    return mask === null ? address : subnetOf(address, mask).address;
  },
  prefix: (branch, side) => addressOf(branch, side),
  port: readPort,
  'bare-port': (branch, side, set) => {
    if (!barePortProtocols.has(branch.protocol)) return null;
    const port = portOf(branch, side, set);
    return typeof port === 'number' ? String(port) : port;
  },
  unevaluated: (_branch, _side, { name }) => ({ code: 'set-part-unevaluated', set: name }),
};

/** Of these ip_set reads ports (ip_set_get_ip4_port). */
const setProtocols: ReadonlySet<number> = new Set([
  protocolNumbers.tcp,
  protocolNumbers.udp,
  protocolNumbers.sctp,
  protocolNumbers.udplite,
]);

function readPort(branch: Branch, side: Side, set: IpSet): string | Reason | null {
  if (!setProtocols.has(branch.protocol)) {
    return set.otherProtocols ? { code: 'set-protocol-unevaluated', set: set.name } : null;
  }
  const port = portOf(branch, side, set);
  return typeof port === 'number' ? portPart(branch.protocol, port) : port;
}

function portOf(branch: Branch, side: Side, { name }: IpSet): number | Reason {
  const port = side === 'src' ? branch.sourcePort : branch.destinationPort;
  const end = side === 'src' ? 'source' : 'destination';
  return port ?? { code: 'set-port-unknown', side: end, set: name };
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

/** SET: what the packet has goes into the set, where there is room, or out of it. */
export function changeElement(use: Use, branch: Branch, surroundings: Surroundings): void {
  const before = branch.memory.sets.get(use.set);
  const set: IpSet | SetList | null | undefined = before
    ? before.set
    : surroundings.program.states.sets?.get(use.set);
  if (!set || 'members' in set) {
    const names = [use.set, ...(set && 'members' in set ? set.members : [])];
    for (const name of names) note(branch, name, { set: null, log: [...(before?.log ?? []), useKey(use)] });
    return;
  }
  const values = valuesFor(use, set, branch);
  if (values === null) return;
  const log = before?.log ?? [];
  if (isReason(values)) {
    note(branch, use.set, { set: null, log: [...log, useKey(use)] });
    return;
  }
  const changed =
    use.action === 'add' ? withEntry(use, set, values, surroundings) : withoutEntry(set, values);
  if (changed && changed.set.entries.size > set.most) {
    if (!set.refuses) note(branch, use.set, { set: null, log: [...log, useKey(use)] });
    return;
  }
  if (changed) note(branch, use.set, { set: changed.set, log: [...log, `${use.action} ${changed.key}`] });
}

function useKey({ action, directions, further }: Use): string {
  return [action, directions.join(), ...further].join(' ');
}

function note(branch: Branch, name: string, changed: ChangedSet): void {
  branch.memory = { ...branch.memory, sets: new Map(branch.memory.sets).set(name, changed) };
}

/** The kernel adds and takes out prefixes of the first length that the set has; of an empty one, whole addresses. */
function lengthsOf({ parts, lengths, family }: IpSet): readonly number[] {
  const most = addressBits[family ?? 'ipv4'];
  return parts.map((kind, index) => (kind === 'prefix' ? (lengths[index]?.[0] ?? most) : 0));
}

function withEntry(
  use: Use,
  set: IpSet,
  values: readonly Value[],
  surroundings: Surroundings,
): { set: IpSet; key: string } | null {
  const wanted = lengthsOf(set);
  const key = keyOf(values, set, wanted);
  const isRenewed = set.timeout !== null && use.further.includes('--exist');
  if (set.entries.has(key) && !isOver(set, key, surroundings) && !isRenewed) return null;
  const own = use.further.indexOf('--timeout');
  const lasts = set.timeout === null ? 0 : own === -1 ? set.timeout : Number(use.further[own + 1]);
  const ends = new Map(set.ends);
  if (lasts > 0) ends.set(key, surroundings.now + lasts);
  else ends.delete(key);
  const entries = new Map(set.entries).set(key, false);
  const lengths = set.parts.map((_, index) => {
    const known = set.lengths[index] ?? [];
    const length = wanted[index] as number;
    return known.includes(length) ? known : [...known, length].sort((left, right) => right - left);
  });
  return {
    set: { ...set, entries, lengths, ends },
    key: [key, ...(lasts > 0 ? [ends.get(key)] : [])].join(' '),
  };
}

function withoutEntry(set: IpSet, values: readonly Value[]): { set: IpSet; key: string } | null {
  const key = keyOf(values, set, lengthsOf(set));
  if (!set.entries.has(key)) return null;
  const entries = new Map(set.entries);
  entries.delete(key);
  // A length of which nothing is left is tried no more, nor taken for what is added (mtype_del_cidr).
  const isLeft = (index: number, length: number) =>
    [...entries.keys()].some((other) => other.split(',')[index]?.endsWith(`/${length}`));
  const lengths = set.parts.map((kind, index) => {
    const known = set.lengths[index] ?? [];
    return kind === 'prefix' ? known.filter((length) => isLeft(index, length)) : known;
  });
  return { set: { ...set, entries, lengths }, key };
}
