import type { Entry } from './ip-route.ts';

type Writable = Record<string, unknown>;

/** Words of a route that are followed by a value that matters. */
const valued: Readonly<Record<string, string>> = {
  dev: 'dev',
  src: 'prefsrc',
  table: 'table',
  tos: 'tos',
  metric: 'metric',
  weight: 'weight',
  from: 'from',
  scope: 'scope',
  proto: 'protocol',
  pref: 'pref',
};
const flags = ['onlink', 'dead', 'linkdown', 'pervasive', 'offload', 'trap'];
/** In the words of `ip route`. */
export const routeTypes = [
  'unicast',
  'unreachable',
  'blackhole',
  'prohibit',
  'throw',
  'local',
  'broadcast',
  'anycast',
  'multicast',
];

/** A line of `ip route`, or one of its ways (`nexthop`), in words: as an entry of `ip -json route`. */
export function routeEntry(words: readonly string[], entry: Writable): Writable {
  const found: string[] = [];
  let rest = words;
  if (routeTypes.includes(words[0] as string)) {
    entry.type = words[0];
    rest = words.slice(1);
  }
  if (rest[0] !== 'via' && rest[0] !== 'dev') {
    entry.dst = rest[0];
    rest = rest.slice(1);
  }
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] as string;
    const next = rest[index + 1];
    if (word === 'via') {
      const other = next === 'inet' || next === 'inet6';
      if (other) entry.via = { family: next, host: rest[index + 2] };
      else entry.gateway = next;
      index += other ? 2 : 1;
    } else if (Object.hasOwn(valued, word) && next !== undefined) {
      entry[valued[word] as string] = next;
      index += 1;
    } else if (flags.includes(word)) found.push(word);
  }
  entry.flags = found;
  return entry;
}

/** Words of a rule with their names in `ip -json rule`. */
const ruleWords: Readonly<Record<string, string>> = {
  from: 'src',
  to: 'dst',
  tos: 'tos',
  dsfield: 'tos',
  fwmark: 'fwmark',
  iif: 'iif',
  oif: 'oif',
  ipproto: 'ipproto',
  lookup: 'table',
  table: 'table',
  goto: 'goto',
  suppress_prefixlength: 'suppress_prefixlen',
};
const actions = ['unreachable', 'blackhole', 'prohibit', 'nop'];

/** `12: from all iif eth0 uidrange 5-10 ipproto tcp dport 80-90 lookup 100`. */
export function ruleEntry(text: string): Entry {
  const [priority, ...words] = text.split(/\s+/);
  const entry: Writable = { priority: Number.parseInt(priority as string, 10) };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    const value = words[index + 1] as string;
    const before = index;
    index += 1;
    if (Object.hasOwn(ruleWords, word)) entry[ruleWords[word] as string] = value;
    else if (word === 'sport' || word === 'dport') setSpan(entry, word, value);
    else if (word === 'uidrange') setSpan(entry, 'uid', value);
    else index = before;
    if (word === 'not') entry.not = null;
    if (actions.includes(word)) entry.action = word;
    if (word === '[l3mdev-table]' || value === '[l3mdev-table]' || word === 'l3mdev') entry.l3mdev = null;
  }
  return entry;
}

function setSpan(entry: Writable, name: string, value: string): void {
  const [first, last] = value.split('-').map(Number);
  entry[`${name}_start`] = first;
  entry[`${name}_end`] = last ?? first;
}
