import { type Address, type Family, familyOf, parseAddress } from '../address/address.ts';
import { portProtocols } from '../address/protocols.ts';
import { isRecord, type Path, readSmallDocument, type SmallDocument } from '../host/document.ts';
import { readHostFields } from '../host/fields.ts';
import type { HostFields } from '../host/model.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { nearest } from '../text/nearest.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { PacketDetail, PacketPartName, PacketRecord } from './detail.ts';
import {
  icmpNames,
  parseFlags,
  parseIcmp,
  parseOrigin,
  parseState,
  protocolOf,
  stateNames,
} from './notation.ts';
import { echoRequest, isIcmp, type Packet, tcpFlags } from './packet.ts';

/** A list of packets: `{"host": {…}, "packets": […]}`. */
export interface Flows {
  readonly host: HostFields;
  readonly packets: readonly Flow[];
  /** Warnings; what is an error is thrown. */
  readonly problems: readonly Problem[];
}

/** A packet of a flows file. */
export interface Flow {
  readonly id: string;
  readonly packet: Packet;
  /** Seconds. Where any packet has a time, all are one sequence, and one without follows the one before at once. */
  readonly at: number | null;
}

/** Reads a flows file, JSON or YAML. Packets must be of the family. Throws an InputError with all that is wrong. */
export function readFlows(source: Source, family: Family): Flows {
  const document = readSmallDocument(source);
  const { value } = document;
  const fields = isRecord(value) ? value : {};
  const host = readHostFields(document, fields.host, ['host'], family);
  const listed = Array.isArray(fields.packets) ? fields.packets : null;
  if (!listed) {
    const expected = want.written('{"host": {…}, "packets": […]}');
    document.report(['packets'], 'field-missing', told<PacketDetail>({ code: 'no-packet-list' }), expected);
  }
  reportUnknown(document, [[fields, []]], 'packet-list', listFields);
  const records = (listed ?? []).map((item, index) => [item, ['packets', index]] as const);
  reportUnknown(document, records, 'packet', packetFields);
  refuseStates(document, records);
  const packets = (listed ?? []).flatMap((item, index) => readFlow(document, item, index, family) ?? []);
  refuseErrors(document.problems);
  return { host, packets, problems: document.problems };
}

type PacketPlace = readonly [value: unknown, path: Path];

const listFields = ['host', 'packets'];
const packetFields = ['id', 'proto', 'src', 'dst', 'sport', 'dport', 'from', 'flags', 'type', 'state', 'at'];

/** The states of packets with times are what connection tracking makes of the packets before them. */
function refuseStates(document: SmallDocument, records: readonly PacketPlace[]): void {
  const has = (value: unknown, name: string) => isRecord(value) && (value[name] ?? null) !== null;
  if (!records.some(([value]) => has(value, 'at'))) return;
  const why = told<PacketDetail>({ code: 'state-of-sequence' });
  for (const [value, path] of records)
    if (has(value, 'state')) document.report([...path, 'state'], 'field-value', why);
}

/** Of each name that is not known, where it stands first: lists are long, and made by programs. */
function reportUnknown(
  document: SmallDocument,
  records: readonly PacketPlace[],
  record: PacketRecord,
  known: readonly string[],
): void {
  const said = new Set(known);
  for (const [value, path] of records) {
    if (!isRecord(value)) continue;
    for (const name of Object.keys(value)) {
      if (said.has(name)) continue;
      said.add(name);
      const close = nearest(name, known);
      const expected = close ? want.perhaps(close) : want.oneOf(known);
      const why = told<PacketDetail>({ code: 'packet-record-no-field', record, field: name });
      document.report([...path, name], 'field-unknown', why, expected, 'warning');
    }
  }
}

/** The family of a flows file's packets; undefined: of both, or nothing says it. Whatever is wrong is left to who reads it. */
export function familyOfFlows(source: Source): Family | undefined {
  const { value } = readSmallDocument(source);
  const packets = isRecord(value) && Array.isArray(value.packets) ? value.packets.filter(isRecord) : [];
  const families = packets
    .flatMap(({ src, dst }) => [src, dst])
    .map((text) => (typeof text === 'string' ? parseAddress(text) : undefined))
    .map((address) => (address === undefined ? undefined : familyOf(address)));
  const [family, ...others] = new Set(families);
  return others.length === 0 ? family : undefined;
}

function readFlow(document: SmallDocument, item: unknown, index: number, family: Family): Flow | undefined {
  const path = ['packets', index];
  if (!isRecord(item)) {
    document.report(
      path,
      'field-type',
      told<PacketDetail>({ code: 'not-packet' }),
      want.written('{"id", "proto", "src", "dst", "dport", "from"}'),
    );
    return undefined;
  }
  const before = document.problems.length;
  const reader = new FieldReader(document, item, path, family);
  const protocol = reader.protocol();
  const packet: Packet = {
    protocol,
    source: reader.address('src'),
    destination: reader.address('dst'),
    sourcePort: portProtocols.has(protocol) || isIcmp(protocol) ? reader.port('sport') : null,
    destinationPort: portProtocols.has(protocol) ? reader.port('dport') : null,
    from: reader.origin(),
    flags: reader.flags(),
    icmp: reader.icmp(protocol),
    state: reader.state(),
  };
  const at = reader.time();
  const id = item.id === undefined ? String(index + 1) : String(item.id);
  return document.problems.length > before ? undefined : { id, packet, at };
}

/** The fields of one packet. Whatever is wrong is reported, and a stand-in returned. */
class FieldReader {
  private readonly document: SmallDocument;
  private readonly item: Readonly<Record<string, unknown>>;
  private readonly path: Path;
  private readonly family: Family;

  constructor(document: SmallDocument, item: Readonly<Record<string, unknown>>, path: Path, family: Family) {
    this.document = document;
    this.item = item;
    this.path = path;
    this.family = family;
  }

  protocol(): number {
    const protocol = protocolOf(String(this.item.proto ?? ''), this.family);
    if (protocol === null) {
      this.document.report(
        [...this.path, 'proto'],
        'field-value',
        told<PacketDetail>({ code: 'not-protocol' }),
        want.either('tcp', 'udp', 'sctp', 'icmp'),
      );
    }
    return protocol ?? 6;
  }

  address(name: 'src' | 'dst'): Address {
    const text = this.item[name];
    const address = typeof text === 'string' ? parseAddress(text) : undefined;
    const path = [...this.path, name];
    if (address === undefined) {
      const why = told<PacketDetail>({ code: 'packet-no-address', text: JSON.stringify(text) ?? name });
      this.document.report(path, 'address-syntax', why);
    } else if (familyOf(address) !== this.family) {
      this.document.report(
        path,
        'packet-family',
        told<PacketDetail>({ code: 'address-not-of', text: `${text}`, family: this.family }),
        want.orElse(this.family, '--family'),
      );
    }
    return address ?? 0;
  }

  port(name: 'sport' | 'dport'): number | null {
    const port = this.item[name];
    if (port === undefined || port === null) return null;
    if (Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65535) return port as number;
    this.document.report(
      [...this.path, name],
      'port-range',
      told<PacketDetail>({ code: 'packet-no-port', text: JSON.stringify(port) }),
      want.range(0, 65535),
    );
    return null;
  }

  origin(): Packet['from'] {
    const { from } = this.item;
    if (from === undefined || from === null) return null;
    if (typeof from === 'string' && from !== '') return parseOrigin(from);
    this.document.report(
      [...this.path, 'from'],
      'field-type',
      told<PacketDetail>({ code: 'not-origin' }),
      want.either('external', 'pod', 'host'),
    );
    return null;
  }

  flags(): number {
    const { flags } = this.item;
    if (flags === undefined || flags === null) return tcpFlags.SYN;
    const text = Array.isArray(flags) ? flags.join(',') : String(flags);
    const parsed = parseFlags(text);
    if (parsed === undefined) {
      this.document.report(
        [...this.path, 'flags'],
        'field-value',
        told<PacketDetail>({ code: 'not-part', text, part: 'flags' }),
        want.either('SYN,ACK', 'SA'),
      );
    }
    return parsed ?? tcpFlags.SYN;
  }

  icmp(protocol: number): Packet['icmp'] {
    const usual = echoRequest[this.family];
    const { type } = this.item;
    if (type === undefined || type === null) return usual;
    if (isIcmp(protocol))
      return (
        parseIcmp(String(type), this.family) ??
        this.refusePart('type', 'icmp-type', icmpNames(this.family), usual)
      );
    const unfit: PacketDetail = { code: 'option-unfit', protocol: String(this.item.proto), option: 'type' };
    this.document.report(
      [...this.path, 'type'],
      'field-value',
      told<PacketDetail>(unfit),
      want.written('icmp'),
    );
    return usual;
  }

  state(): Packet['state'] {
    const { state } = this.item;
    if (state === undefined || state === null) return null;
    return parseState(String(state)) ?? this.refusePart('state', 'state', stateNames, null);
  }

  private refusePart<T>(name: string, part: PacketPartName, known: readonly string[], standIn: T): T {
    const text = String(this.item[name]);
    const close = nearest(text, known);
    this.document.report(
      [...this.path, name],
      'field-value',
      told<PacketDetail>({ code: 'not-part', text, part }),
      close ? want.perhaps(close) : want.oneOf(known),
    );
    return standIn;
  }

  time(): number | null {
    const { at } = this.item;
    if (at === undefined || at === null) return null;
    if (typeof at === 'number' && Number.isFinite(at)) return at;
    this.document.report(
      [...this.path, 'at'],
      'field-type',
      told<PacketDetail>({ code: 'not-time' }),
      want.thing('seconds'),
    );
    return null;
  }
}
