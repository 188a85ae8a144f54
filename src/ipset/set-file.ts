import { type Address, type Family, familyOf, parseAddress } from '../address/address.ts';
import { protocolNumbers } from '../address/protocols.ts';
import { lastOf, parseSubnet, prefixLength, prefixMask, subnetOf } from '../address/subnet.ts';
import { told } from '../text/detail.ts';
import { type Expected, want } from '../text/expected.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { SetDetail } from './detail.ts';
import {
  type EntryPart,
  entryKey,
  type IpSet,
  type PartKind,
  portPart,
  type SetList,
  setTypes,
} from './sets.ts';

/** A set while its entries are still being read. */
interface Growing extends IpSet {
  readonly entries: Map<string, boolean>;
  readonly ends: Map<string, number>;
  readonly lengths: number[][];
  otherProtocols: boolean;
}

interface GrowingList extends SetList {
  readonly members: string[];
}

type Known = Map<string, Growing | GrowingList>;

/** Reads what `ipset save` and `ipset list` print. Throws an InputError with all that is wrong. */
export function readSets(sources: readonly Source[]): ReadonlyMap<string, IpSet | SetList> {
  const sets: Known = new Map();
  const problems: Problem[] = [];
  for (const source of sources) {
    let start = 0;
    const listing = new Listing();
    for (const line of source.text.split('\n')) {
      const saved = listing.asSaved(line.trim());
      const fault = saved === null ? null : readLine(saved, sets);
      const span = { source, start, end: start + Math.max(line.length, 1) };
      if (fault)
        problems.push({
          code: 'set-syntax',
          severity: 'error',
          span,
          ...told<SetDetail>(fault.detail),
          expected: fault.expected,
        });
      start += line.length + 1;
    }
  }
  refuseErrors(problems);
  return sets;
}

interface Fault {
  readonly detail: SetDetail;
  readonly expected: Expected;
}

const expected = want.printed('ipset save', 'ipset list');

/** Puts what `ipset list` prints into the words of `ipset save`. */
class Listing {
  private name: string | null = null;
  private type = '';
  /** Whether the entries have begun. */
  private listed = false;

  /** A line as it would be saved; null: it says nothing of its own. */
  asSaved(line: string): string | null {
    const [, key, said = ''] = /^(Name|Type|Header|Members|[A-Z][a-z ]+):(.*)$/.exec(line) ?? [];
    const value = said.trimStart();
    if (key === 'Name') {
      this.name = value;
      this.listed = false;
      return null;
    }
    if (this.name === null) return line;
    if (line === '') {
      if (this.listed) this.name = null;
      return null;
    }
    if (this.listed) return `add ${this.name} ${line}`;
    if (key === 'Type') this.type = value;
    else if (key === 'Members') this.listed = true;
    return key === 'Header' ? `create ${this.name} ${this.type} ${value}` : null;
  }
}

function readLine(line: string, sets: Known): Fault | null {
  if (line === '' || line.startsWith('#')) return null;
  const [verb, name = '', what = '', ...options] = wordsOf(line);
  if (verb === 'create' && what !== '') return create(sets, name, what, options);
  if (verb === 'add' && what !== '') return add(sets, name, what, options);
  // What is no command of ipset may be a part of whatever text this is.
  const said = /^(?:add|create|del|destroy|flush|rename|swap)$/.test(verb ?? '') ? verb : undefined;
  return {
    detail: said === undefined ? { code: 'no-set-line' } : { code: 'set-line', word: said },
    expected: want.either('create SET TYPE …', 'add SET ENTRY …'),
  };
}

/** A comment stands in quotes, and may hold any word. */
function wordsOf(line: string): readonly string[] {
  return line.match(/"[^"]*"|\S+/g) ?? [];
}

function create(sets: Known, name: string, type: string, options: readonly string[]): Fault | null {
  if (sets.has(name)) return { detail: { code: 'set-twice', name }, expected: want.thing('each-set-once') };
  if (type === 'list:set') {
    sets.set(name, { name, members: [] });
    return null;
  }
  const parts = Object.hasOwn(setTypes, type) ? setTypes[type] : undefined;
  if (!parts)
    return { detail: { code: 'set-type', type }, expected: want.written(Object.keys(setTypes).join(', ')) };
  const family: Family = optionOf(options, 'family') === 'inet6' ? 'ipv6' : 'ipv4';
  const mask = maskOf(family, optionOf(options, 'netmask') ?? optionOf(options, 'bitmask'));
  const lengths = parts.map((kind) => (kind === 'prefix' ? [] : [0]));
  const entries = new Map<string, boolean>();
  const none = type === 'bitmap:port' || type === 'hash:mac';
  sets.set(name, {
    name,
    parts,
    family: none ? null : family,
    mask,
    entries,
    lengths,
    timeout: numberOf(options, 'timeout') ?? null,
    ends: new Map(),
    ...roomOf(type, options),
    otherProtocols: false,
  });
  return null;
}

/** As ip_set_hash_gen.h: a table of more buckets is parted, and each part is full for itself. */
function roomOf(type: string, options: readonly string[]): Pick<IpSet, 'most' | 'refuses'> {
  if (!type.startsWith('hash:')) return { most: Number.POSITIVE_INFINITY, refuses: true };
  const isWhole = (numberOf(options, 'hashsize') ?? 1024) <= 1024;
  const keeps = !options.includes('forceadd') && !options.includes('timeout');
  return { most: numberOf(options, 'maxelem') ?? most, refuses: isWhole && keeps };
}

function numberOf(options: readonly string[], name: string): number | undefined {
  const text = optionOf(options, name);
  return text === undefined ? undefined : Number(text);
}

function optionOf(options: readonly string[], name: string): string | undefined {
  const index = options.indexOf(name);
  return index === -1 ? undefined : options[index + 1];
}

function maskOf(family: Family, text: string | undefined): Address | null {
  if (text === undefined) return null;
  return /^\d+$/.test(text) ? prefixMask(family, Number(text)) : (parseAddress(text) ?? null);
}

function add(sets: Known, name: string, entry: string, options: readonly string[]): Fault | null {
  const set = sets.get(name);
  if (!set) return { detail: { code: 'set-lacks', name }, expected: want.written(`create ${name} …`) };
  if ('members' in set) {
    set.members.push(entry);
    return null;
  }
  const texts = entry.split(',');
  const lists = set.parts.map((kind, index) => readParts(kind, texts[index] ?? '', set));
  const wrong = texts.length > lists.length ? lists.length : lists.indexOf(null);
  if (wrong !== -1) return { detail: { code: 'set-entry', entry: texts[wrong] || entry, name }, expected };
  const count = lists.reduce((size, list) => size * (list as EntryPart[]).length, 1);
  if (count > most) return { detail: { code: 'set-entries', entry, count }, expected: want.atMost(most) };
  const end = set.timeout === null ? 0 : (numberOf(options, 'timeout') ?? set.timeout);
  for (const parts of product(lists as EntryPart[][])) {
    noteLengths(set, parts);
    const key = entryKey(parts);
    set.entries.set(key, options.includes('nomatch'));
    if (end > 0) set.ends.set(key, end);
  }
  return null;
}

/** The longest prefixes come first, as the kernel looks for them. */
function noteLengths({ lengths }: Growing, parts: readonly EntryPart[]): void {
  for (const [index, part] of parts.entries()) {
    const known = lengths[index] as number[];
    if (typeof part === 'string' || known.includes(part[1])) continue;
    known.push(part[1]);
    known.sort((left, right) => right - left);
  }
}

function product(lists: readonly (readonly EntryPart[])[]): readonly (readonly EntryPart[])[] {
  return lists.reduce<readonly (readonly EntryPart[])[]>(
    (entries, list) => entries.flatMap((entry) => list.map((part) => [...entry, part])),
    [[]],
  );
}

/** All that a part stands for: one thing, or each one of a range. Null where it is wrong. */
function readParts(kind: PartKind, text: string, set: Growing): EntryPart[] | null {
  if (kind === 'unevaluated') return [text];
  if (kind === 'bare-port') return rangeOf(text)?.map(String) ?? null;
  if (kind === 'port') return readPorts(text, set);
  return kind === 'prefix' ? readPrefix(text, set) : readAddresses(text, set);
}

function readPrefix(text: string, { family }: Growing): EntryPart[] | null {
  const subnet = parseSubnet(text);
  if (!subnet || familyOf(subnet.address) !== family) return null;
  const length = prefixLength(subnet);
  return length === undefined ? null : [[subnet.address, length]];
}

const most = 65_536;

/** In IPv4 a prefix or a range stands for all of its addresses. With `netmask` or `bitmask` each is reduced first. */
function readAddresses(text: string, { family, mask }: Growing): EntryPart[] | null {
  const ends = text.includes('-') ? text.split('-').map(parseAddress) : endsOf(text);
  const [one, other] = ends.filter((end) => end !== undefined && familyOf(end) === family) as Address[];
  if (other === undefined || ends.length > 2) return null;
  const addresses = typeof one === 'number' ? countUp(one, other as number) : one === other ? [one] : null;
  return (
    addresses?.map((address) => String(mask === null ? address : subnetOf(address, mask).address)) ?? null
  );
}

function endsOf(text: string): readonly Address[] {
  const subnet = parseSubnet(text);
  return subnet && prefixLength(subnet) !== undefined ? [subnet.address, lastOf(subnet)] : [];
}

/** `tcp:80`, `80` (which is of tcp), `udp:80-90`. Of protocols without ports only that they are there. */
function readPorts(text: string, set: Growing): EntryPart[] | null {
  const [name, ports] = text.includes(':') ? (text.split(':') as [string, string]) : ['tcp', text];
  if (name !== 'tcp' && name !== 'udp' && name !== 'sctp' && name !== 'udplite') {
    set.otherProtocols = true;
    return [text];
  }
  return rangeOf(ports)?.map((port) => portPart(protocolNumbers[name], port)) ?? null;
}

function rangeOf(text: string): number[] | null {
  const [, one, other = one] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (one === undefined || Math.max(Number(one), Number(other)) > 65535) return null;
  return countUp(Number(one), Number(other));
}

/** All numbers of a range, whose ends ipset takes in either order; null where there are too many. */
function countUp(one: number, other: number): number[] | null {
  const first = Math.min(one, other);
  const size = Math.max(one, other) - first + 1;
  return size > most ? null : Array.from({ length: size }, (_, offset) => first + offset);
}
