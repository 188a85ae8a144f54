import type { Address } from '../../../address/address.ts';
import type { IrChain, IrRule, States } from '../../../engine/ir.ts';
import type { Sets } from './asked.ts';

/** What has a name of its own, by the number under which it is met: fronts that are alike differ in the names alone. */
export interface Numbers {
  address(one: Address): string;
  port(one: number): string;
  /** A list, or a set, of those who are remembered. */
  list(name: string): string;
  /** What names a chain of one service or endpoint, and what is in it. */
  chain(chain: IrChain): string;
  /** Of what gives packets to something that has no number. */
  vague(): string;
  /** Whether a rule gives packets to another endpoint than its chain was made for. */
  isMisled(rule: IrRule, to: string): boolean;
  /** What sets of nft that rules change hold at first. */
  readonly dynamic: States['dynamic'];
}

/** A rule, or an element of a map, that names an address or a port. */
export interface Named {
  /** Where it stands, among all that name none. */
  readonly at: string;
  /** Its place among the rules of the node; null: no other one can keep packets from it. */
  readonly ordinal: number | null;
  say(numbers: Numbers): string;
}

/** What rules name, and what they ask for else. */
export class Sorted {
  readonly addresses = new Map<Address, Named[]>();
  readonly ports = new Map<number, Named[]>();
  readonly asked: Sets;
  /** Addresses that are themselves wherever they are met, and are no front's alone. */
  readonly fixed: ReadonlySet<Address>;
  /** To which rules that name none give packets. */
  readonly given: Address[] = [];
  readonly dynamic: States['dynamic'];
  private rules = 0;

  constructor(asked: Sets, fixed: ReadonlySet<Address>, dynamic: States['dynamic']) {
    this.asked = asked;
    this.fixed = fixed;
    this.dynamic = dynamic;
  }

  next(): number {
    this.rules += 1;
    return this.rules;
  }

  nameAddress(address: Address, one: Named): void {
    addTo(this.addresses, address, one);
  }

  namePort(port: number, one: Named): void {
    addTo(this.ports, port, one);
  }
}

function addTo<K>(map: Map<K, Named[]>, key: K, one: Named): void {
  const others = map.get(key);
  if (others) others.push(one);
  else map.set(key, [one]);
}

const ofIptables = /^KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB)-[A-Z2-7]{16}$/;
const ofNft = /^(?:service|local|external|endpoint|firewall)-[A-Z2-7]{8}-/;

/** Whether a chain is of one service or endpoint, so that nothing but the rules for this one leads to it. */
export function isOwnChain({ language, table, name }: Pick<IrChain, 'language' | 'table' | 'name'>): boolean {
  return language === 'iptables'
    ? table === 'nat' && ofIptables.test(name)
    : table.endsWith(' kube-proxy') && ofNft.test(name);
}
