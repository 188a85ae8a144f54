import { type Address, addressBits, type Family } from '../address/address.ts';
import { prefixLength, prefixMask, type Subnet, subnetOf } from '../address/subnet.ts';
import type { IrProgram } from '../engine/ir.ts';
import type { Host, Interface } from '../host/model.ts';
import { firstRead } from '../iptables/dump/written.ts';
import type { Rule, Ruleset } from '../iptables/rule/ruleset.ts';
import { keptBy } from '../text/kept.ts';
import { interfacesIn } from './named-in-programs.ts';

/** So many interfaces are told apart: each is a place that packets come from. */
const mostInterfaces = 8;

/** Prefixes for interfaces of which rules say no more than the name (RFC 2544, RFC 5180), one after the other. */
const benchmarks: Readonly<Record<Family, (number: number) => Subnet>> = {
  ipv4: (number) => subnetOf(0xc6120000 + number * 256, prefixMask('ipv4', 24)),
  ipv6: (number) => subnetOf((0x200100020000n << 80n) + (BigInt(number) << 64n), prefixMask('ipv6', 64)),
};

/** Interfaces that a node is taken to have, and which of them stands for all that no rule names; null: none does. */
interface NamedInterfaces {
  readonly interfaces: readonly Interface[];
  readonly unnamed: string | null;
}

/**
 * The interfaces that rules name and nobody told of: somebody wrote the rules because they are there (docker0, tun0), or
 * come and go (`cali+`: one that no rule names otherwise stands for all). Beside them is one that no rule names at all,
 * since nobody says that there is none. What is on their links is what the same rules say, or made up.
 */
export function namedInterfaces(
  host: Host,
  rulesets: readonly Ruleset[],
  programs: readonly IrProgram[] = [],
  there: readonly string[] | null = null,
): NamedInterfaces {
  const found = new Map<string, Subnet | null>();
  for (const [name, link] of rulesets.flatMap(interfacesOf)) found.set(name, found.get(name) ?? link);
  for (const { name, link } of programs.flatMap(interfacesIn)) {
    const known = found.get(name) ?? (link && widened(link));
    found.set(name, known);
  }
  if (there !== null)
    return {
      interfaces: made(
        host,
        there.map((name) => [name, found.get(name) ?? null] as const),
      ),
      unnamed: null,
    };
  if (found.size === 0) return { interfaces: [], unnamed: null };
  const known = new Set([...found.keys(), ...host.interfaces.map(({ name }) => name)]);
  const fresh = new Map<string, Subnet | null>();
  for (const [name, prefix] of found) {
    const own = name.endsWith('+') ? memberOf(name.slice(0, -1), known) : name;
    if (!host.interfaces.some((one) => one.name === own)) fresh.set(own, prefix);
  }
  const unnamed = memberOf('', known);
  return { interfaces: made(host, [...fresh, [unnamed, null]]), unnamed };
}

const interfacesOf = keptBy((ruleset: Ruleset): readonly (readonly [string, Subnet | null])[] => {
  const found = new Map<string, Subnet | null>();
  for (const { chains } of ruleset.tables) {
    for (const chain of chains.values()) {
      for (const rule of firstRead(chain).rules) {
        for (const name of namesIn(rule)) found.set(name, found.get(name) ?? linkOf(rule, name));
      }
    }
  }
  return [...found];
});

function made(host: Host, fresh: readonly (readonly [string, Subnet | null])[]): Interface[] {
  const known = new Set(host.interfaces.map(({ name }) => name));
  const others = fresh.filter(([name]) => !known.has(name)).slice(0, mostInterfaces);
  return others.map(([name, prefix], number) => {
    const link = prefix ?? benchmarks[host.family](number);
    return { name, addresses: [{ address: firstHost(link), prefix: link, length: prefixLength(link) ?? 0 }] };
  });
}

const nameless: readonly string[] = [];

/** Of most rules none: they all share one list. */
function namesIn({ matches }: Rule): readonly string[] {
  let names: string[] | undefined;
  for (const match of matches) {
    if (match.kind !== 'in-interface' && match.kind !== 'out-interface') continue;
    // Any interface has the pattern of no letters.
    if (match.name === '+') continue;
    names ??= [];
    names.push(match.name);
  }
  return names ?? nameless;
}

const longestName = 15;
const letters = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A name that begins so, and that nothing else which is named tells from others that do. */
function memberOf(prefix: string, named: ReadonlySet<string>): string {
  const apart = (name: string) =>
    ![...named].some((other) =>
      other.endsWith('+')
        ? other.length - 1 > prefix.length && name.startsWith(other.slice(0, -1))
        : other === name,
    );
  const stem = prefix === '' ? 'other' : prefix;
  const found = [...letters].map((letter) => `${stem}${letter}`).find(apart);
  return (found ?? `${stem}0`).slice(0, longestName);
}

/** `-s 172.17.0.0/16 ! -o docker0` masquerades what comes from its link; `-d 172.17.0.2 -o docker0` goes there. */
function linkOf({ matches }: Rule, name: string): Subnet | null {
  const has = (kind: 'in-interface' | 'out-interface', negated: boolean) =>
    matches.some((match) => match.kind === kind && match.negated === negated && match.name === name);
  const of = (kind: 'source' | 'destination') => {
    const found = matches.find((match) => match.kind === kind && !match.negated);
    return found?.kind === kind ? widened(found.subnet) : null;
  };
  if (has('in-interface', false) || (has('out-interface', true) && !has('in-interface', true)))
    return of('source');
  return has('out-interface', false) ? of('destination') : null;
}

/** A single address has neighbours. */
function widened({ address, mask }: Subnet): Subnet | null {
  const family = typeof address === 'number' ? 'ipv4' : 'ipv6';
  const length = prefixLength({ address, mask });
  if (length === null || length === undefined || length === 0) return null;
  if (length < addressBits[family]) return { address, mask };
  return subnetOf(address, prefixMask(family, family === 'ipv4' ? 16 : 64));
}

function firstHost({ address }: Subnet): Address {
  return typeof address === 'number' ? address + 1 : address + 1n;
}
