import { type Address, type Family, familyOf, parseAddress } from '../address/address.ts';
import { portProtocols } from '../address/protocols.ts';
import { type PacketNode, type PacketPart, parsePacketText } from '../grammar/packet.ts';
import type { ConnectionState } from '../sets/states.ts';
import { told } from '../text/detail.ts';
import { type Expected, want } from '../text/expected.ts';
import { nearest } from '../text/nearest.ts';
import { InputError, type Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { PacketDetail, PacketPartName } from './detail.ts';
import { echoRequest, isIcmp, type Origin, type Packet, tcpFlags } from './packet.ts';

/** Notes a problem with a part of the text. */
type Report = (part: PacketPart, detail: PacketDetail, expected: Expected) => void;

/** Some five times as long as any that has every option; the parser takes more than linear time. */
const longest = 1000;

const example = "'tcp 198.51.100.7:40000 -> 192.168.10.11:32213 from external'";

/** Reads a packet from its notation. Throws an InputError with all that is wrong. */
export function parsePacket(source: Source): Packet {
  const text = source.text.trimEnd();
  const indent = text.length - text.trimStart().length;
  const problems: Problem[] = [];
  const reportAt = (start: number, length: number, detail: PacketDetail, expected: Expected) => {
    const span = { source, start: start + indent, end: start + indent + Math.max(length, 1) };
    problems.push({
      code: 'packet-syntax',
      severity: 'error',
      ...told<PacketDetail>(detail),
      span,
      expected,
    });
  };
  if (text.length - indent > longest) {
    reportAt(longest, 1, { code: 'packet-too-long' }, want.atMost(longest, 'characters'));
    throw new InputError(problems);
  }
  const parsed = parsePacketText(text.slice(indent));
  if ('expected' in parsed) {
    const atEnd = parsed.offset >= text.length - indent;
    const said =
      parsed.expected.length === 0
        ? want.written(example)
        : want.orElse(...parsed.expected.map((kind) => kinds[kind] ?? kind), want.thing('as-in', example));
    reportAt(parsed.offset, parsed.length, { code: atEnd ? 'packet-ends-early' : 'packet-no-place' }, said);
    throw new InputError(problems);
  }
  const packet = readNode(parsed, (part, detail, expected) =>
    reportAt(part.offset, part.text.length, detail, expected),
  );
  if (problems.length > 0) throw new InputError(problems);
  return packet as Packet;
}

const kinds: Readonly<Record<string, Expected>> = {
  blank: want.thing('blank'),
  arrow: want.written('->'),
  keyword: want.either('from', 'flags', 'state', 'type'),
  bracketed: want.thing('bracketed-ipv6'),
  word: want.thing('address-with-or-without-port'),
};

function readNode(node: PacketNode, report: Report): Packet | null {
  const source = readEnd(node.source, report);
  const destination = readEnd(node.destination, report);
  if (!source || !destination) return null;
  const family = familyOf(source.address);
  if (familyOf(destination.address) !== family) {
    report(node.destination, { code: 'packet-families' }, want.thing('address-of', family));
  }
  const protocol = readProtocol(node.protocol, family, report);
  if (protocol !== null && !portProtocols.has(protocol)) refusePorts(node, source, destination, report);
  const options = readOptions(node, family, report);
  return {
    protocol: protocol ?? 0,
    source: source.address,
    destination: destination.address,
    sourcePort: source.port,
    destinationPort: destination.port,
    ...options,
  };
}

interface End {
  readonly address: Address;
  readonly port: number | null;
}

function readEnd(part: PacketPart, report: Report): End | null {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(part.text);
  const whole = parseAddress(part.text);
  const colon = part.text.lastIndexOf(':');
  const [host, port] = bracketed
    ? [bracketed[1] as string, bracketed[2]]
    : whole !== undefined || colon === -1
      ? [part.text, undefined]
      : [part.text.slice(0, colon), part.text.slice(colon + 1)];
  const address = parseAddress(host);
  if (address === undefined) {
    report(
      part,
      { code: 'packet-no-address', text: host || part.text },
      want.either('192.0.2.1', '192.0.2.1:80', '2001:db8::1', '[2001:db8::1]:80'),
    );
    return null;
  }
  if (port === undefined) return { address, port: null };
  const number = parsePort(port);
  if (number === null) report(part, { code: 'packet-no-port', text: port || null }, want.range(0, 65535));
  return { address, port: number };
}

export function parsePort(text: string): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : null;
}

function refusePorts(node: PacketNode, source: End, destination: End, report: Report): void {
  for (const [end, part] of [
    [source, node.source],
    [destination, node.destination],
  ] as const) {
    if (end.port !== null)
      report(part, { code: 'packet-no-ports', protocol: node.protocol.text }, want.thing('address-alone'));
  }
}

const protocols: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, dccp: 33, udplite: 136 };

/** By name or number; `icmp` is that of the family. Null where there is none. */
export function protocolOf(text: string, family: Family): number | null {
  const name = text.toLowerCase();
  if (['icmp', 'icmpv6', 'icmp6', 'ipv6-icmp'].includes(name)) return family === 'ipv4' ? 1 : 58;
  if (/^\d{1,3}$/.test(name) && Number(name) > 0 && Number(name) < 256) return Number(name);
  return Object.hasOwn(protocols, name) ? (protocols[name] as number) : null;
}

function readProtocol(part: PacketPart, family: Family, report: Report): number | null {
  const protocol = protocolOf(part.text, family);
  if (protocol === null)
    report(
      part,
      { code: 'packet-no-protocol', text: part.text },
      want.either('tcp', 'udp', 'sctp', 'icmp', want.range(1, 255)),
    );
  return protocol;
}

type Options = Pick<Packet, 'from' | 'flags' | 'icmp' | 'state'>;

function readOptions({ options, protocol }: PacketNode, family: Family, report: Report): Options {
  const result = { from: null, flags: tcpFlags.SYN, icmp: echoRequest[family], state: null } as {
    -readonly [Key in keyof Options]: Options[Key];
  };
  const seen = new Set<string>();
  for (const { name, offset, value } of options) {
    if (seen.has(name))
      report({ text: name, offset }, { code: 'option-twice', option: name }, want.thing('once', name));
    seen.add(name);
    if (name === 'from') result.from = parseOrigin(value.text);
    else if (name === 'flags')
      result.flags = parseFlags(value.text) ?? reject(value, report, 'flags', flagNames);
    else if (name === 'state')
      result.state = parseState(value.text) ?? reject(value, report, 'state', stateNames);
    else result.icmp = parseIcmp(value.text, family) ?? reject(value, report, 'icmp-type', icmpNames(family));
  }
  const number = protocolOf(protocol.text, family);
  for (const { name, offset } of options) {
    const fits = name === 'flags' ? number === 6 : name === 'type' ? number === null || isIcmp(number) : true;
    if (!fits)
      report(
        { text: name, offset },
        { code: 'option-unfit', protocol: protocol.text, option: name },
        want.written(name === 'flags' ? 'tcp' : 'icmp'),
      );
  }
  return result;
}

function reject<T>(value: PacketPart, report: Report, what: PacketPartName, known: readonly string[]): T {
  const close = nearest(value.text, known);
  const detail: PacketDetail = { code: 'not-part', text: value.text, part: what };
  report(value, detail, close ? want.perhaps(close) : want.written(known.join(', ')));
  return null as T;
}

export function parseOrigin(text: string): Origin {
  return text === 'external' || text === 'pod' || text === 'host' ? text : { interface: text };
}

const flagNames = Object.keys(tcpFlags);

/** `SYN`, `SYN,ACK`, or letters: `SA`. Undefined where it is neither. */
export function parseFlags(text: string): number | undefined {
  if (text.toUpperCase() === 'NONE') return 0;
  const names = text.toUpperCase().split(/[,|]/);
  const bits = names.map((name) => tcpFlags[name as keyof typeof tcpFlags] as number | undefined);
  if (bits.every((bit) => bit !== undefined)) return bits.reduce((all, bit) => all | bit, 0);
  if (!/^[FSRPAU]*$/.test(text)) return undefined;
  return [...text].reduce((all, letter) => all | (1 << 'FSRPAU'.indexOf(letter)), 0);
}

export const stateNames = ['new', 'established', 'related', 'invalid', 'untracked'];

export function parseState(text: string): ConnectionState | undefined {
  return stateNames.includes(text.toLowerCase()) ? (text.toUpperCase() as ConnectionState) : undefined;
}

const icmpTypes: Readonly<Record<Family, Readonly<Record<string, number>>>> = {
  ipv4: {
    'echo-reply': 0,
    'destination-unreachable': 3,
    redirect: 5,
    'echo-request': 8,
    'router-advertisement': 9,
    'router-solicitation': 10,
    'time-exceeded': 11,
    'parameter-problem': 12,
    'timestamp-request': 13,
    'timestamp-reply': 14,
    'address-mask-request': 17,
    'address-mask-reply': 18,
  },
  ipv6: {
    'destination-unreachable': 1,
    'packet-too-big': 2,
    'time-exceeded': 3,
    'parameter-problem': 4,
    'echo-request': 128,
    'echo-reply': 129,
    'router-solicitation': 133,
    'router-advertisement': 134,
    'neighbour-solicitation': 135,
    'neighbour-advertisement': 136,
    redirect: 137,
  },
};

export function icmpNames(family: Family): string[] {
  return Object.keys(icmpTypes[family]);
}

/** A name, a number, or a number with a code: `3/1`. */
export function parseIcmp(text: string, family: Family): Packet['icmp'] | undefined {
  const named = icmpTypes[family][text.toLowerCase()];
  if (named !== undefined) return { type: named, code: 0 };
  const [type, code] = text.split('/').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  if (type === undefined || !(type < 256) || !((code ?? 0) < 256)) return undefined;
  return { type, code: code ?? 0 };
}
