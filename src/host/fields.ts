import { type Address, type Family, familyOf, parseAddress } from '../address/address.ts';
import { parseSubnet, prefixLength, type Subnet } from '../address/subnet.ts';
import { want } from '../text/expected.ts';
import { nearest } from '../text/nearest.ts';
import { isRecord, type Path, type SmallDocument } from './document.ts';
import { parseInterfaceAddress } from './interface-address.ts';
import { type Entry, readRouteEntry } from './ip-route.ts';
import { readRule } from './ip-rule.ts';
import { routeEntry, routeTypes, ruleEntry } from './ip-words.ts';
import type { HostFields, Interface, InterfaceAddress, PolicyRule, Route } from './model.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Reads one field of a host. Undefined where it is wrong, which was then reported, or of the other family. */
type FieldReader<T> = (reading: Reading, value: unknown, path: Path) => T | undefined;

interface Reading {
  readonly document: SmallDocument;
  readonly family: Family;
}

/** What `ip` lists is read from what it printed, and what kube-proxy's mode makes of a host is told by rules; neither is a field. */
type FieldName = Exclude<keyof HostFields, 'listed' | 'routesLoopback'>;

const readers: { readonly [Key in FieldName]-?: FieldReader<NonNullable<HostFields[Key]> | null> } = {
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
  rules: (reading, value, path) => readList(reading, value, path, readPolicyRule),
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
    document.report(
      path,
      'field-type',
      'the host is not a mapping',
      want.suchAs('addresses, podCIDR', want.thing('fields')),
    );
    return fields;
  }
  for (const [name, content] of Object.entries(value)) {
    const read = Object.hasOwn(readers, name)
      ? (readers[name as FieldName] as FieldReader<unknown>)
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
    close ? want.perhaps(close) : want.oneOf(known),
    'warning',
  );
}

function readName({ document }: Reading, value: unknown, path: Path): string | undefined {
  if (typeof value === 'string' && /^[^\s/]{1,15}$/.test(value)) return value;
  document.report(path, 'field-value', 'not the name of an interface', want.thing('short-without-blanks'));
  return undefined;
}

function readBoolean({ document }: Reading, value: unknown, path: Path): boolean | undefined {
  if (typeof value === 'boolean') return value;
  document.report(path, 'field-type', 'neither true nor false', want.either('true', 'false'));
  return undefined;
}

function readAddress({ document, family }: Reading, value: unknown, path: Path): Address | undefined {
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  if (address === undefined) document.report(path, 'address-syntax', `${show(value)} is not an IP address`);
  else if (familyOf(address) === family) return address;
  return undefined;
}

/** `a/length`, or several of them of different families with commas between, as clusters with both families have. */
function readPrefix({ document, family }: Reading, value: unknown, path: Path): Subnet | undefined {
  const subnets =
    typeof value === 'string' ? value.split(',').map((text) => parseSubnet(text.trim())) : [undefined];
  if (subnets.some((subnet) => subnet === undefined || prefixLength(subnet) === undefined)) {
    document.report(path, 'address-syntax', `${show(value)} is no prefix`, want.thing('address-length'));
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
  if (!parsed)
    document.report(path, 'address-syntax', `${show(value)} is no address`, want.thing('address-length'));
  return parsed && familyOf(parsed.address) === family ? parsed : undefined;
}

function readList<T>(
  reading: Reading,
  value: unknown,
  path: Path,
  read: FieldReader<T>,
): readonly T[] | undefined {
  if (!Array.isArray(value)) {
    reading.document.report(path, 'field-type', 'not a list', want.thing('list'));
    return undefined;
  }
  return value.flatMap((item, index) => read(reading, item, [...path, index]) ?? []);
}

function readInterface(reading: Reading, value: unknown, path: Path): Interface | undefined {
  if (!isRecord(value)) {
    reading.document.report(path, 'field-type', 'not an interface', want.thing('name-and-addresses'));
    return undefined;
  }
  const name = readName(reading, value.name, [...path, 'name']);
  const addresses = readAddresses(reading, value.addresses ?? [], [...path, 'addresses']) ?? [];
  if (name === undefined) return undefined;
  return {
    name,
    addresses,
    ...(typeof value.master === 'string' || value.master === null ? { master: value.master } : {}),
    ...(typeof value.kind === 'string' ? { kind: value.kind } : {}),
  };
}

/** As `ip route` writes it, or in fields: to, via, dev, metric, type, table, src. */
function readRoute(reading: Reading, value: unknown, path: Path): Route | undefined {
  const entry =
    typeof value === 'string'
      ? routeEntry(value.trim().split(/\s+/), {})
      : isRecord(value)
        ? inWordsOfIp(value)
        : null;
  if (!entry) {
    reading.document.report(path, 'field-type', 'not a route', want.thing('route-fields'));
    return undefined;
  }
  checkRoute(reading, entry, path);
  return readRouteEntry(entry, reading.family, 0, (_index, message) =>
    reading.document.report(
      path,
      'address-syntax',
      message,
      want.written('to: 10.0.0.0/8, via: 192.168.0.1, dev: eth0'),
    ),
  );
}

function inWordsOfIp({ to, via, src, ...rest }: Readonly<Record<string, unknown>>): Entry {
  return {
    ...rest,
    dst: to,
    ...(via === undefined ? {} : { gateway: via }),
    ...(src === undefined ? {} : { prefsrc: src }),
  };
}

function checkRoute(reading: Reading, { type = 'unicast', dev, nexthops }: Entry, path: Path): void {
  if (!routeTypes.includes(String(type)))
    reading.document.report(
      [...path, 'type'],
      'field-value',
      'not a type of route',
      want.written(routeTypes.join(', ')),
    );
  if (type === 'unicast' && !nexthops) readName(reading, dev, [...path, 'dev']);
}

/** As `ip rule` writes it: `100: from 10.0.0.7 lookup 2`. */
function readPolicyRule({ document, family }: Reading, value: unknown, path: Path): PolicyRule | undefined {
  if (typeof value === 'string' && /^\d+:\s/.test(value)) {
    return readRule(ruleEntry(value), family, 0, (_index, message) =>
      document.report(path, 'address-syntax', message, want.written('100: from 10.0.0.7 lookup 2')),
    );
  }
  document.report(
    path,
    'field-type',
    'not a rule of policy routing',
    want.written('100: from 10.0.0.7 lookup 2'),
  );
  return undefined;
}

function readSysctls(
  { document }: Reading,
  value: unknown,
  path: Path,
): ReadonlyMap<string, number> | undefined {
  if (!isRecord(value)) {
    document.report(path, 'field-type', 'not a mapping', want.written('net.ipv4.conf.all.route_localnet: 1'));
    return undefined;
  }
  const sysctls = new Map<string, number>();
  for (const [name, content] of Object.entries(value)) {
    const number = Number(content);
    if (Number.isInteger(number)) sysctls.set(name, number);
    else document.report([...path, name], 'field-type', `${name} is not a number`, want.thing('number'));
  }
  return sysctls;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
