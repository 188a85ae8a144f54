import { type Family, familyOf, parseAddress } from '../address/address.ts';
import { portProtocols } from '../address/protocols.ts';
import { parseFlags, parsePort, protocolOf } from '../engine/notation.ts';
import { echoRequest, isIcmp, type Packet } from '../engine/packet.ts';
import { type Symbols, symbols } from '../nftables/symbols.ts';
import { readHeader, type SeenHeader } from './kernel.ts';
import {
  type LoggedPlace,
  type LoggedVerdict,
  loggedVerdicts,
  type PassedOver,
  type Sight,
} from './model.ts';

/**
 * Reads what `xtables-monitor --trace` and `nft monitor trace` print: the packet on a line of its own, and lines about it
 * after that, by a number which the kernel gives to other packets again.
 */
export class Monitor {
  private readonly seen = new Map<string, SeenHeader>();

  /** Undefined: the line is none of these. Null: it is, and says more of a packet of which other lines say the place. */
  read(text: string, line: number): Sight | PassedOver | null | undefined {
    const packet = /^\s*PACKET: \d+ ([0-9a-f]+) (.*)$/.exec(text);
    if (packet) return this.note(packet[1] as string, readHeader(packet[2] as string));
    const traced = /^\s*TRACE: \d+ ([0-9a-f]+) (.*)$/.exec(text);
    if (traced) return this.sightOf(traced[1] as string, xtablesPlace(traced[2] as string), line);
    if (!/^\s*trace id [0-9a-f]/.test(text)) return undefined;
    const nft = /^\s*trace id ([0-9a-f]+) (\S+) (\S+) (\S+) (.*)$/.exec(text);
    if (!nft) return 'no-place';
    const [, id = '', family = '', table = '', chain = '', rest = ''] = nft;
    if (rest.startsWith('packet: ')) return this.note(id, readNftPacket(rest));
    if (rest.startsWith('conntrack: ')) return this.noteState(id, rest);
    return this.sightOf(id, nftPlace(family, table, chain, rest), line, nftMark(rest));
  }

  private note(id: string, header: SeenHeader | null): PassedOver | null {
    if (!header) {
      this.seen.delete(id);
      return 'no-packet';
    }
    const state = this.seen.get(id)?.state;
    const identity = `${header.identity} ${isNumberedAnew(header) ? '' : id}`;
    this.seen.set(id, { ...header, identity, ...(state !== undefined && { state }) });
    return null;
  }

  /** `conntrack: ct direction original ct state new ct id …`, of nft 1.1.2 and later. */
  private noteState(id: string, rest: string): PassedOver | null {
    const header = this.seen.get(id);
    const [, state] = / ct state ([a-z]+)\b/.exec(rest) ?? [];
    if (!header) return 'no-packet';
    if (state !== undefined) this.seen.set(id, { ...header, state: state.toUpperCase() });
    return null;
  }

  /** A mark that the line itself does not tell is told once, with the header, and may change from then on. */
  private sightOf(
    id: string,
    place: LoggedPlace | null,
    line: number,
    own: number | null = null,
  ): Sight | PassedOver {
    const header = this.seen.get(id);
    if (!place) return 'no-place';
    // Of a packet that the log does not show, nothing can be said.
    if (!header) return 'no-packet';
    this.seen.set(id, { ...header, mark: null });
    return { writer: 'trace', line, ...header, mark: own ?? header.mark, place, prefix: null };
  }
}

/**
 * The number is one of the interface by which a packet arrived, too, which is lo by then for what the node sends itself; else a
 * packet keeps it on its way, and of two that are alike in all else (IPv6 has no identification) it is not the same.
 */
function isNumberedAnew(header: SeenHeader): boolean {
  return header.in === 'lo' || header.out === 'lo';
}

/** Of a policy, or the end of a chain: `policy accept meta mark 0x00004000`, nothing where it is 0; rules are printed without it. */
function nftMark(rest: string): number | null {
  if (rest.startsWith('rule ')) return null;
  const [, mark] = / meta mark (0x[0-9a-f]{1,8}|\d{1,10})\s*$/.exec(rest) ?? [];
  return mark === undefined ? 0 : Number(mark);
}

/** What stands after `-A CHAIN`. */
function appended(text: string): string | undefined {
  const at = text.indexOf(' -A ');
  if (at === -1) return undefined;
  const rule = text.slice(at + 4);
  const space = rule.indexOf(' ');
  return space === -1 ? '' : rule.slice(space + 1);
}

/** `nat:PREROUTING:rule:0xa:JUMP:KUBE-SERVICES  -4 -t nat -A PREROUTING …`, or `raw:PREROUTING:policy:ACCEPT`. */
function xtablesPlace(text: string): LoggedPlace | null {
  const gap = text.indexOf('  -');
  const parts = (gap === -1 ? text : text.slice(0, gap)).trim().split(':');
  const at = parts.findIndex(
    (part, index) => index > 1 && (part === 'rule' || part === 'policy' || part === 'return'),
  );
  if (at < 2) return null;
  const [table, ...chain] = parts.slice(0, at);
  const [kind, ...told] = parts.slice(at);
  // Of a rule its handle stands before the verdict.
  const [word = '', ...jump] = kind === 'rule' ? told.slice(1) : told;
  const verdict = kind === 'return' ? null : verdictOf(word.toLowerCase());
  if (verdict === undefined) return null;
  const rule = gap === -1 ? undefined : appended(text.slice(gap));
  return {
    table: table as string,
    chain: chain.join(':'),
    kind: kind as LoggedPlace['kind'],
    number: null,
    text: rule?.trimEnd() ?? null,
    jump: leads(verdict) ? jump.join(':') : null,
    verdict,
  };
}

/** xtables-monitor prints the number of a verdict for which it has no name, as 1.8.9 has none for RETURN (`enum nft_verdicts`). */
const numberedVerdicts: Readonly<Record<string, LoggedVerdict>> = {
  '0xffffffff': 'continue',
  '0xfffffffd': 'jump',
  '0xfffffffc': 'goto',
  '0xfffffffb': 'return',
};

/** Null: one that rules of a program do not have; undefined: it is no verdict. */
function verdictOf(word: string): LoggedVerdict | null | undefined {
  const known = numberedVerdicts[word] ?? loggedVerdicts.find((verdict) => verdict === word);
  return known ?? (['stolen', 'break', 'repeat', 'stop'].includes(word) ? null : undefined);
}

function leads(verdict: LoggedVerdict | null): boolean {
  return verdict === 'jump' || verdict === 'goto';
}

/** `rule … (verdict jump X)`, `policy accept`, `verdict continue`. */
function nftPlace(family: string, table: string, chain: string, rest: string): LoggedPlace | null {
  const place = { table, chain, number: null, text: null, jump: null, nft: { family, text: null } };
  const [kind, word = ''] = rest.split(' ');
  if (kind === 'policy') {
    const verdict = verdictOf(word);
    return verdict === 'accept' || verdict === 'drop' ? { ...place, kind, verdict } : null;
  }
  // The end of a chain, where nothing said anything.
  if (kind === 'verdict')
    return verdictOf(word) === undefined ? null : { ...place, kind: 'return', verdict: null };
  const ending = rest.lastIndexOf(' (verdict ');
  const [, name = '', to] = /^ \(verdict (\S+?)(?: (\S+))?\)\s*$/.exec(rest.slice(ending)) ?? [];
  const verdict = verdictOf(name);
  if (kind !== 'rule' || ending === -1 || verdict === undefined) return null;
  const text = rest.slice('rule '.length, ending).trim();
  return { ...place, kind, jump: (leads(verdict) && to) || null, verdict, nft: { family, text } };
}

/** `packet: iif "eth0" oif "cni0" ether saddr … ip saddr … ip daddr … ip id … tcp sport … tcp flags == syn`. */
function readNftPacket(text: string): SeenHeader | null {
  const words = text.trim().split(/\s+/);
  const after = (...keys: readonly string[]) => {
    const at = words.findIndex((_word, index) => keys.every((key, offset) => words[index + offset] === key));
    return at === -1 ? undefined : words[at + keys.length];
  };
  const either = (key: string) => after('ip', key) ?? after('ip6', key);
  const source = parseAddress(either('saddr') ?? '');
  const destination = parseAddress(either('daddr') ?? '');
  if (source === undefined || destination === undefined) return null;
  const name = ['tcp', 'udp', 'sctp', 'dccp', 'udplite', 'icmp', 'icmpv6'].find((known) =>
    words.some((word, index) => word === known && ['sport', 'type'].includes(words[index + 1] as string)),
  );
  const family = familyOf(source);
  const protocol = protocolOf(name ?? after('ip', 'protocol') ?? after('ip6', 'nexthdr') ?? '', family);
  if (protocol === null) return null;
  const of = name ?? '';
  const port = (side: string) => (portProtocols.has(protocol) ? parsePort(after(of, side) ?? '') : null);
  const type = after(of, 'type');
  const packet: Packet = {
    protocol,
    source,
    destination,
    sourcePort: isIcmp(protocol) ? parsePort(after(of, 'id') ?? '') : port('sport'),
    destinationPort: port('dport'),
    from: null,
    flags: flagsOf(after('tcp', 'flags', '==')),
    icmp: (type === undefined ? undefined : icmpOf(type, after(of, 'code'), family)) ?? echoRequest[family],
    state: null,
  };
  const strip = (name: string | undefined) => name?.replaceAll('"', '') ?? null;
  const numbers = [either('id'), either('length'), after('tcp', 'window'), after(of, 'sequence')];
  return {
    packet,
    in: strip(after('iif')),
    out: strip(after('oif')),
    mark: null,
    identity: [source, packet.sourcePort, packet.flags, ...numbers].join(' '),
    quotes: false,
  };
}

/** `syn`, `syn|ack`, or a number where nft has no name: `0x18`. */
function flagsOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^0x[0-9a-f]{1,2}$/i.test(text)) return Number(text) & 0x3f;
  return parseFlags(text) ?? 0;
}

function icmpOf(type: string, code: string | undefined, family: Family): Packet['icmp'] | undefined {
  const [types, codes] =
    family === 'ipv4' ? [symbols.icmpType, symbols.icmpCode] : [symbols.icmpv6Type, symbols.icmpv6Code];
  const number = numberOf(type, types);
  return number === undefined ? undefined : { type: number, code: numberOf(code ?? '0', codes) ?? 0 };
}

/** nft prints the number where it has no name. */
function numberOf(text: string, named: Symbols): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  return named.find(([name]) => name === text)?.[1];
}
