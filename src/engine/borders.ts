import type { Address } from '../address/address.ts';
import { lastOf, prefixLength, prefixMask, type Subnet, subnetOf } from '../address/subnet.ts';
import type { Host, InterfaceAddress } from '../host/model.ts';
import { specialPrefixes } from '../host/special.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import type { Condition, Instruction, IrProgram, NatRange, Test } from './ir.ts';

/** The first and the last value, both included. */
export type Range<Value> = readonly [first: Value, last: Value];

/** All borders that rules and the network of a node draw. */
export interface Borders {
  readonly addresses: readonly Range<Address>[];
  readonly ports: readonly Range<number>[];
}

/** Null where packets of one class may yet fare differently: where a hash, or a part of an address, decides. */
export function bordersOf(program: IrProgram, host: Host): Borders | null {
  const collector = new BorderCollector();
  for (const { rules } of program.chains.values()) {
    for (const { code } of rules) for (const instruction of code) collector.addInstruction(instruction);
  }
  collector.addHost(host);
  return collector.open ? null : { addresses: collector.addresses, ports: collector.ports };
}

class BorderCollector {
  readonly addresses: Range<Address>[] = [];
  readonly ports: Range<number>[] = [];
  /** Something was met that no border can stand for. */
  open = false;

  addInstruction(instruction: Instruction): void {
    switch (instruction.do) {
      case 'test':
        this.addCondition(instruction.condition);
        return;
      case 'recall':
      case 'remember':
        this.addState(instruction);
        return;
      case 'choose':
        for (const { code } of instruction.ways) for (const one of code) this.addInstruction(one);
        return;
      case 'lookup':
        this.addLookup(instruction);
        return;
      case 'nat':
        this.addRange(instruction.range, instruction.side === 'destination');
        return;
      case 'redirect':
        this.addRange({ ...instruction.range, addresses: fixed }, true);
        return;
      case 'masquerade':
        this.addRange(instruction.range, false);
        return;
      case 'netmap':
        this.open = true;
        return;
      default:
        return;
    }
  }

  private addCondition(condition: Condition): void {
    if (condition.kind === 'test') this.addTest(condition);
    else if (condition.kind === 'not') this.addCondition(condition.of);
    else if (condition.kind !== 'open') for (const part of condition.of) this.addCondition(part);
  }

  private addTest({ field, set, mask }: Test): void {
    const kind = borderKinds[field];
    if (kind === undefined) return;
    if (mask !== undefined) this.open = true;
    this.addSet(kind, set);
  }

  private addSet(kind: 'address' | 'port', set: IntervalSet): void {
    for (let at = 0; at < set.length; at += 2) {
      const [first, last] = [set[at] as Address, set[at + 1] as Address];
      if (kind === 'address') this.addresses.push([first, last]);
      else this.ports.push([Number(first), Number(last)]);
    }
  }

  /** What is remembered of a source is nothing to a first packet; sets are asked for any part of an address. */
  private addState({ state }: Extract<Instruction, { do: 'recall' | 'remember' }>): void {
    if (state.kind === 'recent') this.open ||= state.side === 'destination';
    else if (state.kind !== 'meter') this.open = true;
  }

  private addLookup({ fields, elements, otherwise }: Extract<Instruction, { do: 'lookup' }>): void {
    for (const { keys, code } of elements) {
      keys.forEach((set, index) => {
        const field = fields[index];
        if (field) this.addTest({ kind: 'test', field: field.field, set });
      });
      for (const one of code) this.addInstruction(one);
    }
    for (const one of otherwise ?? []) this.addInstruction(one);
  }

  /** Of a range, or without any port, the new destination keeps something of the packet's own. */
  private addRange({ addresses, ports }: NatRange, ofDestination: boolean): void {
    if (ofDestination) this.open ||= !isSingle(ports) || addresses === undefined;
    if (addresses && addresses !== fixed) {
      this.open ||= addresses.first !== addresses.last;
      this.addAddress(addresses.first);
    }
    if (ports) this.ports.push([ports.first, ports.last]);
  }

  addHost({ family, interfaces, routes, rules, podPrefix }: Host): void {
    for (const { addresses } of interfaces) {
      for (const held of addresses) {
        this.addAddress(held.address);
        this.addSubnet(held.prefix);
        // An address may be special at either end of its link: anycast for routers, or broadcast.
        this.addAddress(held.prefix.address);
        this.addAddress(lastOf(held.prefix));
        if (family === 'ipv6') this.addLeadingBits(held);
      }
    }
    for (const { prefix, from } of routes) {
      this.addSubnet(prefix);
      if (from) this.addSubnet(from);
    }
    for (const { from, to, sourcePorts, destinationPorts } of rules) {
      for (const subnet of [from, to]) if (subnet) this.addSubnet(subnet);
      for (const ports of [sourcePorts, destinationPorts]) if (ports) this.ports.push(ports);
    }
    if (podPrefix) this.addSubnet(podPrefix);
    for (const prefix of specialPrefixes[family]) this.addSubnet(prefix);
  }

  /** Of several sources, IPv6 chooses the one that has most leading bits in common with the destination. */
  private addLeadingBits({ address, length }: InterfaceAddress): void {
    for (let bits = 1; bits <= length; bits += 1) this.addSubnet(subnetOf(address, prefixMask('ipv6', bits)));
  }

  private addAddress(address: Address): void {
    this.addresses.push([address, address]);
  }

  private addSubnet(subnet: Subnet): void {
    if (prefixLength(subnet) === undefined) this.open = true;
    this.addresses.push([subnet.address, lastOf(subnet)]);
  }
}

/** The node's own address: its border is drawn with those of the host. */
const fixed = { first: 0, last: 0 } as const;

/** Fields that hold an end of the packet, or one that the connection's entry keeps. */
const borderKinds: Readonly<Partial<Record<Test['field'], 'address' | 'port'>>> = {
  source: 'address',
  destination: 'address',
  sourcePort: 'port',
  destinationPort: 'port',
  ctOriginalSource: 'address',
  ctOriginalDestination: 'address',
  ctReplySource: 'address',
  ctReplyDestination: 'address',
  ctOriginalSourcePort: 'port',
  ctOriginalDestinationPort: 'port',
  ctReplySourcePort: 'port',
  ctReplyDestinationPort: 'port',
};

function isSingle(ports: NatRange['ports']): boolean {
  return ports !== undefined && ports.first === ports.last;
}
