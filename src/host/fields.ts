import { type Address, addressBits, type Family, familyOf, parseAddress } from '../address/address.ts';
import {
  hostSubnet,
  parseSubnet,
  prefixLength,
  prefixMask,
  type Subnet,
  subnetOf,
} from '../address/subnet.ts';
import { nearest } from '../text/nearest.ts';
import { isRecord, type Path, type SmallDocument } from './document.ts';
import type { HostFields, Interface, InterfaceAddress, Route, RouteType } from './model.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Reads one field of a host. Undefined where it is wrong, which was then reported, or of the other family. */
type FieldReader<T> = (reading: Reading, value: unknown, path: Path) => T | undefined;

interface Reading {
  readonly document: SmallDocument;
  readonly family: Family;
}

const readers: { readonly [Key in keyof HostFields]-?: FieldReader<NonNullable<HostFields[Key]> | null> } = {
  uplink: readName,
  podIf: readName,
  addresses: readAddresses,
  localAddresses: readAddresses,
  gateway: (reading, value, path) =>
    value === 'none' || value === null ? null : readAddress(reading, value, path),
  podGateway: readAddress,
  podCIDR: readPrefix,
  clusterCIDR: readPrefix,
  interfaces: (reading, value, path) => readList(reading, value, path, readInterface),
  routes: (reading, value, path) => readList(reading, value, path, readRoute),
  sysctls: readSysctls,
  conntrack: readBoolean,
};

/** Every field that a description of a host may have. */
export const hostFieldNames: readonly string[] = Object.keys(readers);

/** The fields of `--host`, or of a flows file's `host`, that concern the family. Problems go to the document. */
export function readHostFields(
  document: SmallDocument,
  value: unknown,
  path: Path,
  family: Family,
): HostFields {
  const fields: Record<string, unknown> = {};
  if (value === null || value === undefined) return fields;
  const reading: Reading = { document, family };
  if (!isRecord(value)) {
    document.report(path, 'field-type', 'the host is not a mapping', 'fields such as addresses and podCIDR');
    return fields;
  }
  for (const [name, content] of Object.entries(value)) {
    const read = Object.hasOwn(readers, name)
      ? (readers[name as keyof HostFields] as FieldReader<unknown>)
      : undefined;
    if (!read) reportUnknown(reading, name, [...path, name]);
    else {
      const result = read(reading, content, [...path, name]);
      if (result !== undefined) fields[name] = result;
    }
  }
  return fields as Writable<HostFields>;
}

function reportUnknown({ document }: Reading, name: string, path: Path): void {
  const known = Object.keys(readers);
  const close = nearest(name, known);
  document.report(
    path,
    'field-unknown',
    `a host has no field ${name}; it is passed over`,
    close ? `${close}, perhaps` : `one of ${known.join(', ')}`,
    'warning',
  );
}

function readName({ document }: Reading, value: unknown, path: Path): string | undefined {
  if (typeof value === 'string' && /^[^\s/]{1,15}$/.test(value)) return value;
  document.report(path, 'field-value', 'not the name of an interface', 'up to 15 characters without blanks');
  return undefined;
}

function readBoolean({ document }: Reading, value: unknown, path: Path): boolean | undefined {
  if (typeof value === 'boolean') return value;
  document.report(path, 'field-type', 'neither true nor false', 'true or false');
  return undefined;
}

function readAddress({ document, family }: Reading, value: unknown, path: Path): Address | undefined {
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  if (address === undefined) document.report(path, 'address-syntax', `${show(value)} is no IP address`);
  else if (familyOf(address) === family) return address;
  return undefined;
}

/** `a/length`, or several of them of different families with commas between, as clusters with both families have. */
function readPrefix({ document, family }: Reading, value: unknown, path: Path): Subnet | undefined {
  const subnets =
    typeof value === 'string' ? value.split(',').map((text) => parseSubnet(text.trim())) : [undefined];
  if (subnets.some((subnet) => subnet === undefined || prefixLength(subnet) === undefined)) {
    document.report(path, 'address-syntax', `${show(value)} is no prefix`, 'address/length');
    return undefined;
  }
  return subnets.find((subnet) => subnet && familyOf(subnet.address) === family);
}

function readAddresses(
  reading: Reading,
  value: unknown,
  path: Path,
): readonly InterfaceAddress[] | undefined {
  return readList(reading, value, path, readInterfaceAddress);
}

function readInterfaceAddress(
  { document, family }: Reading,
  value: unknown,
  path: Path,
): InterfaceAddress | undefined {
  const parsed = typeof value === 'string' ? parseInterfaceAddress(value) : undefined;
  if (!parsed) document.report(path, 'address-syntax', `${show(value)} is no address`, 'address/length');
  return parsed && familyOf(parsed.address) === family ? parsed : undefined;
}

/** `192.168.10.11/24`; without a length, the address alone is on the link. */
export function parseInterfaceAddress(text: string): InterfaceAddress | undefined {
  const address = parseAddress(text.split('/')[0] as string);
  const subnet = parseSubnet(text);
  const length = subnet && prefixLength(subnet);
  return address === undefined || !subnet || length === undefined
    ? undefined
    : { address, prefix: subnet, length };
}

export function loneAddress(address: Address): InterfaceAddress {
  return { address, prefix: hostSubnet(address), length: addressBits[familyOf(address)] };
}

function readList<T>(
  reading: Reading,
  value: unknown,
  path: Path,
  read: FieldReader<T>,
): readonly T[] | undefined {
  if (!Array.isArray(value)) {
    reading.document.report(path, 'field-type', 'not a list', 'a list');
    return undefined;
  }
  return value.flatMap((item, index) => read(reading, item, [...path, index]) ?? []);
}

function readInterface(reading: Reading, value: unknown, path: Path): Interface | undefined {
  if (!isRecord(value)) {
    reading.document.report(path, 'field-type', 'not an interface', 'name and addresses');
    return undefined;
  }
  const name = readName(reading, value.name, [...path, 'name']);
  const addresses = readAddresses(reading, value.addresses ?? [], [...path, 'addresses']) ?? [];
  return name === undefined ? undefined : { name, addresses };
}

const routeTypes: readonly RouteType[] = ['unicast', 'unreachable', 'blackhole', 'prohibit'];

function readRoute(reading: Reading, value: unknown, path: Path): Route | undefined {
  if (!isRecord(value)) {
    reading.document.report(path, 'field-type', 'not a route', 'to, via, dev and metric');
    return undefined;
  }
  const { family } = reading;
  const everything = subnetOf(family === 'ipv4' ? 0 : 0n, prefixMask(family, 0));
  const to = value.to === 'default' ? everything : readPrefix(reading, value.to, [...path, 'to']);
  const via = value.via === undefined ? null : readAddress(reading, value.via, [...path, 'via']);
  const type = routeTypes.find((known) => known === (value.type ?? 'unicast'));
  if (!type)
    reading.document.report([...path, 'type'], 'field-value', 'not a type of route', routeTypes.join(', '));
  const dev = type === 'unicast' ? readName(reading, value.dev, [...path, 'dev']) : null;
  if (!to || via === undefined || !type || dev === undefined) return undefined;
  return {
    prefix: to,
    length: prefixLength(to) as number,
    metric: Number(value.metric ?? 0),
    type,
    interface: dev,
    gateway: via,
  };
}

function readSysctls(
  { document }: Reading,
  value: unknown,
  path: Path,
): ReadonlyMap<string, number> | undefined {
  if (!isRecord(value)) {
    document.report(path, 'field-type', 'not a mapping', 'net.ipv4.conf.all.route_localnet: 1');
    return undefined;
  }
  const sysctls = new Map<string, number>();
  for (const [name, content] of Object.entries(value)) {
    const number = Number(content);
    if (Number.isInteger(number)) sysctls.set(name, number);
    else document.report([...path, name], 'field-type', `${name} is not a number`, 'a number');
  }
  return sysctls;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
