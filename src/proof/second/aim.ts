import type { Address, Family } from '../../address/address.ts';
import { type Origin, tcpFlags } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import { linkOf, ownerOf } from '../../host/route.ts';
import { printMatch, printTarget } from '../../iptables/rule/print.ts';
import type { Rule, Ruleset, Table } from '../../iptables/rule/ruleset.ts';
import { type Axis, originsOf, transportsOf } from './axes.ts';
import { type Cuts, cutsOf } from './cuts.ts';

/** Neighbours far away, and somebody else there. */
const strangers: Readonly<Record<Family, readonly Address[]>> = {
  ipv4: [0xcb007109, 0xcb00710a, 0xc6336407],
  ipv6: [
    0x20010db8011300000000000000000009n,
    0x20010db801130000000000000000000an,
    0x20010db8010000000000000000000007n,
  ],
};

/** A port that is asked for, where rules name none, and one that is asked from. */
const usualPort = 80;
const clientPort = 40000;

/**
 * Values of packets that begin flows and can meet a rule that one side alone has: what these rules name, and those that lead to
 * them; sources that come from where they say. What is named stands first in each axis.
 */
export function aimedAxes(before: Ruleset, after: Ruleset, host: Host): readonly Axis[] {
  const cuts = cutsOf([leading(before, after, host), leading(after, before, host)], host, []);
  const named = cuts.addresses.filter((address) => address > 0);
  const ports = cuts.ports.filter((port) => port > 0);
  const destinations = [...named, ...nearby(host), ...strangers[host.family].slice(0, 1)];
  return [
    originsOf(host).flatMap((from) => sourcesOf(from, host, cuts).map((source) => ({ from, source }))),
    [...new Set(destinations)].map((destination) => ({ destination })),
    transportsOf(
      { ...cuts, ports: [...new Set([...ports, usualPort])], icmp: cuts.icmp.slice(0, 1) },
      [clientPort],
      [tcpFlags.SYN],
    ),
  ];
}

/** The node's own addresses, and one beside each on its link. */
function nearby({ interfaces }: Host): readonly Address[] {
  return interfaces.flatMap(({ addresses }) => addresses.flatMap(({ address }) => [address, next(address)]));
}

const next = (address: Address): Address => (typeof address === 'number' ? address + 1 : address + 1n);

function sourcesOf(from: Origin, host: Host, { addresses }: Cuts): readonly Address[] {
  const known = [...new Set([...addresses, ...nearby(host), ...strangers[host.family]])];
  return known.filter((address) => {
    const own = ownerOf(host, address) !== undefined;
    if (from === 'host' || own) return from === 'host' && own;
    const link = linkOf(host, address) ?? host.uplink;
    if (from === 'pod') return host.podInterfaces.has(link);
    return from === 'external' ? link === host.uplink : link === from.interface;
  });
}

/** The rules of one side that its chain on the other side does not have, and those that lead to them. */
function leading(ruleset: Ruleset, other: Ruleset, host: Host): Ruleset {
  const changed = new Set(ruleset.tables.flatMap((table) => changedIn(table, other)));
  const own = withCallers(ruleset, changed);
  const { addresses } = cutsOf([own], host, []);
  const named = new Set(addresses);
  const translating = (rule: Rule) =>
    rule.target?.kind === 'dnat' &&
    rule.target.addresses !== undefined &&
    named.has(rule.target.addresses.first);
  return withCallers(ruleset, new Set([...changed, ...rulesOf(ruleset).filter(translating)]));
}

const rulesOf = ({ tables }: Ruleset): readonly Rule[] =>
  tables.flatMap(({ chains }) => [...chains.values()].flatMap(({ rules }) => rules));

function changedIn({ name, chains }: Table, other: Ruleset): readonly Rule[] {
  const against = other.tables.find((table) => table.name === name)?.chains;
  return [...chains.values()].flatMap(({ name: chain, rules }) => {
    const texts = against?.get(chain)?.rules.map(textOf) ?? [];
    const known = new Set(texts);
    const changed = rules.filter((rule) => !known.has(textOf(rule)));
    // The same rules may stand in another order, or as often as not before.
    return changed.length > 0 || rules.map(textOf).join('\n') === texts.join('\n') ? changed : rules;
  });
}

/** These rules alone, and those that call their chains. */
function withCallers(ruleset: Ruleset, wanted: ReadonlySet<Rule>): Ruleset {
  const tables = ruleset.tables.map((table) => {
    const chains = [...table.chains.values()];
    const kept = new Set(wanted);
    const reached = new Set(
      chains.filter(({ rules }) => rules.some((rule) => wanted.has(rule))).map(({ name }) => name),
    );
    // What is put into a set while it is gone through is come to, too.
    for (const name of reached) {
      for (const chain of chains) {
        for (const rule of chain.rules.filter(
          ({ target }) => target?.kind === 'jump' && target.chain === name,
        )) {
          kept.add(rule);
          reached.add(chain.name);
        }
      }
    }
    const left = chains.map((chain) => ({ ...chain, rules: chain.rules.filter((rule) => kept.has(rule)) }));
    return { ...table, chains: new Map(left.map((chain) => [chain.name, chain])) };
  });
  return { ...ruleset, tables };
}

const textOf = ({ matches, target }: Rule): string =>
  [...matches.map(printMatch), target ? printTarget(target) : ''].join('');
