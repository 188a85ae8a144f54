import { type Address, formatAddress } from '../../../address/address.ts';
import type { IrChain, IrProgram, IrRule, States } from '../../../engine/ir.ts';
import { chainKey } from '../../../engine/program.ts';
import type { Host } from '../../../host/model.ts';
import type { Client } from '../clients.ts';
import type { Front } from '../front.ts';
import type { ProxyRules } from '../proxy.ts';
import { type UsualChains, usualChains } from '../usual.ts';
import { addressesOf, Network, Sets } from './asked.ts';
import * as iptables from './iptables.ts';
import * as nftables from './nftables.ts';
import { type Named, type Numbers, Sorted } from './numbers.ts';

/**
 * Which fronts differ in nothing but names: addresses, ports and chains, such that every rule that may be met asks the same of the one as of the
 * other. Where nothing is wrong with one of them, nothing is wrong with the others. A rule, or an element of a map, that names one of a
 * front's addresses, or is in one of its chains, is a part of the front's shape; all other rules see no more of an address or a port than
 * in which of the sets that they ask for it is, and so do the node's routes.
 */
export class Alike {
  private readonly sorted: Sorted | null;
  private readonly network: Network;
  private readonly proxies: readonly ProxyRules[];
  private readonly usual: UsualChains;

  /** `clients`: addresses of all who will ask. */
  constructor(program: IrProgram, host: Host, proxies: readonly ProxyRules[], clients: readonly Client[]) {
    this.proxies = proxies;
    this.usual = usualChains(program.chains);
    const known = [...clients.map(({ source }) => source), ...addressesOf(host)];
    this.sorted = sortProgram(program, known, this.usual);
    const own = new Set(proxies.flatMap(({ ownEndpoints }) => [...(ownEndpoints ?? [])]));
    this.network = new Network(
      host,
      this.sorted?.asked ?? new Sets(),
      [...known, ...(this.sorted?.given ?? [])],
      own,
    );
  }

  /** Equal of fronts that are alike; null: nobody can tell. */
  shapeOf(front: Front): string | null {
    if (this.sorted === null || front.sources !== null) return null;
    return new Shape(front, this.sorted, this.network, this.proxies, this.usual).text();
  }
}

/** More sets than a node has that is not full of policies: then each front is followed. */
const mostSets = 256;

/** Rules by what they name; null: there is something of which it is not known what it asks. */
function sortProgram(
  { virtualServers, states: { dynamic } }: IrProgram,
  known: readonly Address[],
  usual: UsualChains,
): Sorted | null {
  if (virtualServers) return null;
  const asked = new Sets();
  const sorted = new Sorted(asked, new Set(known), dynamic);
  for (const { address } of usual.endpoints) if (sorted.fixed.has(address)) asked.lone(address);
  for (const service of usual.services) iptables.sortUsual(service, sorted);
  for (const chain of usual.others) {
    const { sortRules } = chain.language === 'iptables' ? iptables : nftables;
    if (!sortRules(chain, sorted) || asked.size > mostSets) return null;
  }
  // What is given to one of these addresses has ports of which nobody knows what rules ask.
  return sorted.given.some((one) => sorted.addresses.has(one)) ? null : sorted;
}

/** A front with the rules that are its own, in which what has a name is numbered in the order in which it is met. */
class Shape implements Numbers {
  private readonly addresses = new Map<Address, number>();
  private readonly ports = new Map<number, number>();
  private readonly chains = new Map<string, number>();
  private readonly lists = new Map<string, number>();
  /** What names that which was met. */
  private readonly waiting: (readonly Named[])[] = [];
  private isVague = false;
  private readonly parts: string[] = [];
  private readonly front: Front;
  private readonly sorted: Sorted;
  private readonly network: Network;
  private readonly proxies: readonly ProxyRules[];
  private readonly usual: UsualChains;
  readonly dynamic: States['dynamic'];

  constructor(
    front: Front,
    sorted: Sorted,
    network: Network,
    proxies: readonly ProxyRules[],
    usual: UsualChains,
  ) {
    this.front = front;
    this.sorted = sorted;
    this.network = network;
    this.proxies = proxies;
    this.usual = usual;
    this.dynamic = sorted.dynamic;
  }

  /** Null: a rule of its own gives packets to what has no number. */
  text(): string | null {
    const { kind, protocol, address, port, keepsSource } = this.front;
    const at = address === null ? '' : this.address(address);
    this.parts.push(`${kind} ${protocol} ${keepsSource} ${at} ${this.port(port)}`);
    const met = new Map<Named, number>();
    for (let named = this.waiting.pop(); named; named = this.waiting.pop()) {
      for (const one of named) {
        if (met.has(one)) continue;
        met.set(one, met.size);
        this.parts.push(`${one.at} ${one.say(this)}`);
      }
    }
    if (this.isVague) return null;
    // In which order they stand: each may keep packets from the next.
    const order = [...met]
      .flatMap(([{ ordinal }, at]) => (ordinal === null ? [] : [{ ordinal, at }]))
      .sort((one, other) => one.ordinal - other.ordinal)
      .map(({ at }) => at);
    return `${this.parts.join('\n')}\n${order.join(' ')}`;
  }

  address(address: Address): string {
    if (this.network.isFixed(address)) return formatAddress(address);
    const known = this.addresses.get(address);
    if (known !== undefined) return `a${known}`;
    const number = this.addresses.size;
    this.addresses.set(address, number);
    const named = this.sorted.addresses.get(address);
    if (named) this.waiting.push(named);
    return `a${number}=${this.network.address(address)}`;
  }

  port(port: number): string {
    const known = this.ports.get(port);
    if (known !== undefined) return `p${known}`;
    const number = this.ports.size;
    this.ports.set(port, number);
    const named = this.sorted.ports.get(port);
    if (named) this.waiting.push(named);
    return `p${number}=${this.network.port(port)}`;
  }

  list(name: string): string {
    const number = this.lists.get(name) ?? this.lists.size;
    this.lists.set(name, number);
    return `${number}`;
  }

  chain(chain: IrChain): string {
    const key = chainKey(chain.table, chain.name);
    const known = this.chains.get(key);
    const number = known ?? this.chains.size;
    const name = `${kindOf(chain)}${number}`;
    if (known !== undefined) return name;
    this.chains.set(key, number);
    return `${name}{${this.inside(chain)}}`;
  }

  private inside(chain: IrChain): string {
    const usual = this.usual.of(chain);
    if (usual?.kind === 'service') return iptables.sayUsual(usual, this);
    if (usual?.kind === 'choice') return nftables.sayUsual(usual, this);
    return (chain.language === 'iptables' ? iptables : nftables).sayRules(chain, this);
  }

  vague(): string {
    this.isVague = true;
    return '';
  }

  isMisled(rule: IrRule, to: string): boolean {
    return this.proxies.some(
      (proxy) => proxy.isOwn(rule) && proxy.madeForAnother(rule, this.front, to) !== null,
    );
  }
}

/** `KUBE-SVC`, `service`: what the chain is for. */
function kindOf({ language, name }: IrChain): string {
  return language === 'iptables' ? name.slice(0, 8) : name.slice(0, name.indexOf('-'));
}
