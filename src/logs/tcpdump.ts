import { type Address, familyOf, parseAddress } from '../address/address.ts';
import { portProtocols } from '../address/protocols.ts';
import { parsePort, protocolOf } from '../engine/notation.ts';
import { echoRequest, isIcmp, type Packet } from '../engine/packet.ts';
import type { PassedOver, Sight } from './model.ts';

/** Reads lines of tcpdump, with what `-v` prints on a line of its own before the packet. */
export class Tcpdump {
  /** What the line before said of the protocol, where it announced a packet. */
  private announced: { readonly name: string; readonly link: Link } | null = null;

  /** Undefined: the line is none of tcpdump's. */
  read(text: string, line: number): Sight | PassedOver | undefined {
    const { announced } = this;
    this.announced = null;
    const head = /(?:^|[\s:])(?:IP6?|ethertype IPv[46] \(0x[0-9a-f]{4}\), length \d+:) /.exec(text);
    if (!head) return announced && /^\s/.test(text) ? readPacket(text.trim(), announced, line) : undefined;
    const link = linkOf(text.slice(0, head.index));
    const rest = text.slice(head.index + head[0].length);
    const verbose = /^\([^)]{0,400}(?:proto|next-header) (\w+) \(\d+\)[^)]*\)/.exec(rest);
    if (rest.startsWith('(') && verbose) this.announced = { name: verbose[1] as string, link };
    if (rest.startsWith('(') && !rest.includes(' > ')) return 'no-packet';
    const body = rest.startsWith('(') ? rest.slice(rest.indexOf(') ') + 2) : rest;
    return readPacket(body, { name: verbose?.[1] ?? '', link }, line);
  }
}

interface Link {
  readonly in: string | null;
  readonly out: string | null;
}

/** Of `-i any`: `eth0  In  IP …`. */
function linkOf(text: string): Link {
  const [way = '', name = null] = text.trim().split(/\s+/).reverse();
  if (!/^(?:In|Out|M|B|P)$/.test(way)) return { in: null, out: null };
  return way === 'Out' ? { in: null, out: name } : { in: name, out: null };
}

function readPacket(
  text: string,
  { name, link }: { readonly name: string; readonly link: Link },
  line: number,
): Sight | PassedOver | undefined {
  const [, from, to, rest = ''] = /^(\S+) > (\S+): (.*)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [source, destination] = [readEnd(from), readEnd(to)];
  if (!source || !destination) return 'names';
  if (link.out !== null) return 'left';
  const family = familyOf(source.address);
  const protocol = protocolOf(protocolName(rest, name, source.port), family);
  if (protocol === null) return 'no-packet';
  const flags = /Flags \[([^\][]*)\]/.exec(rest)?.[1];
  if (protocol === 6 && flags === undefined) return 'flags-unknown';
  const packet: Packet = {
    protocol,
    source: source.address,
    destination: destination.address,
    sourcePort: isIcmp(protocol) ? parsePort(/, id (\d{1,5}),/.exec(rest)?.[1] ?? '') : source.port,
    destinationPort: destination.port,
    from: null,
    flags: flagBits(flags ?? ''),
    icmp: echoRequest[family],
    state: null,
  };
  if (portProtocols.has(protocol) && packet.destinationPort === null) return 'no-packet';
  if (isIcmp(protocol) && !rest.includes('echo request')) return 'no-packet';
  const seen = { in: link.in, out: null, mark: null, place: null, prefix: null, quotes: false };
  return { writer: 'tcpdump', line, packet, ...seen, identity: `tcpdump ${line}` };
}

function protocolName(rest: string, announced: string, port: number | null): string {
  if (rest.startsWith('Flags [') || /^tcp \d/.test(rest)) return 'tcp';
  if (/^ICMP6?[ ,]/.test(rest)) return 'icmp';
  if (rest.startsWith('UDP')) return 'udp';
  if (announced !== '') return announced;
  // Questions of DNS and their like, which tcpdump spells out, have ports, and no word for what carries them.
  return port !== null && /^\d{1,5}[+*%-]* /.test(rest) ? 'udp' : '';
}

/** `10.0.0.1.80`, `fd00::1.80`, or an address alone. */
function readEnd(text: string): { readonly address: Address; readonly port: number | null } | null {
  const dot = text.lastIndexOf('.');
  const port = dot === -1 ? null : parsePort(text.slice(dot + 1));
  const before = dot === -1 ? undefined : parseAddress(text.slice(0, dot));
  if (port !== null && before !== undefined) return { address: before, port };
  const whole = parseAddress(text);
  return whole === undefined ? null : { address: whole, port: null };
}

/** `S`, `S.`, `P.`, `F.`, `R`: a dot is ACK. */
function flagBits(letters: string): number {
  const bits: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, '.': 16, U: 32 };
  return [...letters].reduce((all, letter) => all | (bits[letter] ?? 0), 0);
}
