import type { Address, Family } from '../../address/address.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { Host } from '../../host/model.ts';
import { specialPrefixes } from '../../host/special.ts';
import type { Match } from '../../iptables/rule/match.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
import type { Target } from '../../iptables/rule/target.ts';
import type { IntervalSet } from '../../sets/intervals.ts';
import { subnetSet } from '../../sets/subnet-set.ts';

/** One value of every stretch between two neighbouring bounds. */
export interface Cuts {
  readonly addresses: readonly Address[];
  readonly ports: readonly number[];
  readonly protocols: readonly number[];
  readonly icmp: readonly number[];
}

/**
 * Finds bounds without knowing what they are for: every number of the model's kinds that stands in a rule is one, and so are
 * those of prefixes of the host.
 */
export function cutsOf(rulesets: readonly Ruleset[], host: Host, prefixes: readonly Subnet[]): Cuts {
  const { family } = host;
  const addresses = new Set<Address>(family === 'ipv4' ? [0] : [0n]);
  const ports = new Set<number>([0]);
  const protocols = new Set<number>([6, 17, family === 'ipv4' ? 1 : 58, 47]);
  const icmp = new Set<number>(family === 'ipv4' ? [8, 0, 3] : [128, 129, 1, 135]);
  const noteSet = (set: IntervalSet | null) => {
    for (let at = 0; set && at < set.length; at += 2) {
      addresses.add(set[at] as Address);
      const last = set[at + 1] as Address;
      addresses.add(typeof last === 'number' ? last + 1 : last + 1n);
    }
  };
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const one of value) visit(one);
      return;
    }
    const fields = value as Record<string, unknown>;
    if ('address' in fields && 'mask' in fields) noteSet(subnetSet(fields as never));
    if ('first' in fields && 'last' in fields) noteRange(fields as never);
    for (const one of Object.values(fields)) visit(one);
  };
  const noteRange = ({ first, last }: { first: Address; last: Address }) => {
    if (typeof first === 'bigint' || first > 65535) noteSet([first, last]);
    else for (const port of [first, Number(last) + 1]) if (port <= 65535) ports.add(port);
  };
  for (const part of partsOf(rulesets)) {
    if (part.kind === 'protocol') protocols.add(part.protocol);
    if (part.kind === 'icmp' || part.kind === 'icmp6') icmp.add(part.type);
    visit(part);
  }
  for (const prefix of prefixes) noteSet(subnetSet(prefix));
  return {
    addresses: [...addresses].filter((one) => isAddress(one, family)),
    ports: [...ports],
    protocols: [...protocols],
    icmp: [...icmp].filter((type) => type < 255),
  };
}

function isAddress(value: Address, family: Family): boolean {
  return family === 'ipv4'
    ? typeof value === 'number' && value <= 0xffffffff
    : typeof value === 'bigint' && value < 1n << 128n;
}

function* partsOf(rulesets: readonly Ruleset[]): Generator<Match | Target> {
  for (const { tables } of rulesets) {
    for (const { chains } of tables) {
      for (const { rules } of chains.values()) {
        for (const { matches, target } of rules) {
          yield* matches;
          if (target) yield target;
        }
      }
    }
  }
}

/** The addresses of the host, those on its links, where routes lead, and what is special anywhere. */
export function allPrefixes(host: Host): readonly Subnet[] {
  return [...ownPrefixes(host), ...host.routes.map(({ prefix }) => prefix), ...specialPrefixes[host.family]];
}

function fullMask(family: Family): Address {
  return family === 'ipv4' ? 0xffffffff : (1n << 128n) - 1n;
}

function ownPrefixes(host: Host): readonly Subnet[] {
  return host.interfaces.flatMap(({ addresses }) =>
    addresses.flatMap(({ address, prefix }) => [prefix, { address, mask: fullMask(host.family) }]),
  );
}
