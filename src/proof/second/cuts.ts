import type { Address, Family } from '../../address/address.ts';
import type { Subnet } from '../../address/subnet.ts';
import { type FieldName, fields } from '../../engine/fields.ts';
import { instructionsIn } from '../../engine/instructions.ts';
import type {
  Condition,
  DynamicSet,
  FieldSet,
  Instruction,
  LookupField,
  NatRange,
  StateUse,
} from '../../engine/ir.ts';
import type { Host } from '../../host/model.ts';
import { specialPrefixes } from '../../host/special.ts';
import { type IntervalSet, interval, single } from '../../sets/intervals.ts';
import { subnetSet } from '../../sets/subnet-set.ts';

/** One value of every stretch between two neighbouring bounds. */
export interface Cuts {
  readonly addresses: readonly Address[];
  readonly ports: readonly number[];
  readonly protocols: readonly number[];
  readonly icmp: readonly number[];
}

/** What sets of nft that rules change hold before the first packet, by the names that uses have. */
export type Contents = ReadonlyMap<string, DynamicSet>;

/**
 * Finds bounds without knowing what they are for: every value of a field that stands in these codes is one, of whichever end
 * of the packet, and so are those of prefixes of the host.
 */
export function cutsOf(
  codes: Iterable<readonly Instruction[]>,
  contents: Contents,
  host: Host,
  prefixes: readonly Subnet[],
): Cuts {
  const { family } = host;
  const cutter = new Cutter(family, contents);
  for (const code of codes) for (const instruction of instructionsIn(code)) cutter.take(instruction);
  for (const prefix of prefixes) cutter.note('source', subnetSet(prefix) ?? []);
  const { addresses, ports, protocols, icmp } = cutter;
  return {
    addresses: [...addresses].filter((one) => isAddress(one, family)),
    ports: [...ports].filter((one) => one < 1 << 16),
    protocols: [...protocols].filter((one) => one < 1 << 8),
    icmp: [...icmp].filter((type) => type < 255),
  };
}

class Cutter {
  readonly addresses: Set<Address>;
  readonly ports = new Set<number>([0]);
  readonly protocols: Set<number>;
  readonly icmp: Set<number>;
  private readonly contents: Contents;

  constructor(family: Family, contents: Contents) {
    const isFour = family === 'ipv4';
    this.contents = contents;
    this.addresses = new Set<Address>(isFour ? [0] : [0n]);
    this.protocols = new Set([6, 17, isFour ? 1 : 58, 47]);
    this.icmp = new Set(isFour ? [8, 0, 3] : [128, 129, 1, 135]);
  }

  take(instruction: Instruction): void {
    switch (instruction.do) {
      case 'test':
        this.condition(instruction.condition);
        break;
      case 'lookup':
        for (const { keys } of instruction.elements) this.keys(instruction.fields, keys);
        break;
      case 'recall':
      case 'remember':
        this.state(instruction.state);
        break;
      case 'set':
        this.change(instruction);
        break;
      case 'nat':
      case 'masquerade':
      case 'redirect':
        this.range(instruction.range);
        break;
      case 'netmap':
        this.note('source', subnetSet(instruction) ?? []);
        break;
    }
  }

  /** The first value of each stretch of the set, and the first behind it. */
  note(field: FieldName, set: IntervalSet): void {
    for (let at = 0; at < set.length; at += 2) {
      const [first, last] = [set[at] as Address, set[at + 1] as Address];
      if (fields[field].width === 'address') {
        this.addresses.add(first);
        this.addresses.add(next(last));
      } else if (/port$/i.test(field)) {
        this.ports.add(Number(first));
        this.ports.add(Number(last) + 1);
      } else if (field === 'icmpType') this.icmp.add(Number(first));
      else if (/protocol$/i.test(field)) this.protocols.add(Number(first));
    }
  }

  private condition(condition: Condition): void {
    if (condition.kind === 'test') this.note(condition.field, condition.set);
    else if (condition.kind === 'not') this.condition(condition.of);
    else if (condition.kind !== 'open') for (const one of condition.of) this.condition(one);
  }

  private keys(fields: readonly LookupField[], keys: readonly IntervalSet[]): void {
    fields.forEach(({ field }, at) => {
      this.note(field, keys[at] ?? []);
    });
  }

  private state(state: StateUse): void {
    if (state.kind !== 'dynamic') return;
    for (const { keys } of this.contents.get(state.set)?.elements ?? []) this.keys(state.fields, keys);
  }

  private change({ field, change }: FieldSet): void {
    if (change.kind === 'bits' && change.flip.kind === 'constant')
      this.note(field.field, single(change.flip.value));
  }

  private range({ addresses, ports, basePort }: NatRange): void {
    if (addresses) this.note('source', interval(addresses.first, addresses.last));
    if (ports) this.note('sourcePort', interval(ports.first, ports.last));
    if (basePort !== undefined) this.ports.add(basePort);
  }
}

const next = (address: Address): Address => (typeof address === 'number' ? address + 1 : address + 1n);

function isAddress(value: Address, family: Family): boolean {
  return family === 'ipv4'
    ? typeof value === 'number' && value <= 0xffffffff
    : typeof value === 'bigint' && value < 1n << 128n;
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
