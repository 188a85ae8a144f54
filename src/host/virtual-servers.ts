import { type Address, familyOf, parseAddress } from '../address/address.ts';
import { protocolNumbers } from '../address/protocols.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { loneAddress } from './interface-address.ts';
import type { Host } from './model.ts';
import { ownerOf } from './route.ts';

/** A server to which IPVS sends packets. */
export interface RealServer {
  readonly address: Address;
  readonly port: number;
  /** 0: it gets no new connections. */
  readonly weight: number;
  /** `masq` translates the destination; the others send the packet as it is. */
  readonly forwarding: 'masq' | 'route' | 'tunnel';
}

/** An address and port that IPVS answers for. */
export interface VirtualServer {
  readonly protocol: number;
  readonly address: Address;
  readonly port: number;
  /** `rr`: one after the other. */
  readonly scheduler: string;
  readonly servers: readonly RealServer[];
}

/** What ipvsadm lists of a node. */
export interface VirtualServers {
  /** By `serverKey`. */
  readonly byKey: ReadonlyMap<string, VirtualServer>;
  /** There are servers for marked packets, whatever their address, which is not evaluated. */
  readonly byMark: boolean;
}

export function serverKey(protocol: number, address: Address, port: number): string {
  return `${protocol} ${familyOf(address)} ${address} ${port}`;
}

const flags: Readonly<Record<string, number | 'mark'>> = {
  '-t': protocolNumbers.tcp,
  '--tcp-service': protocolNumbers.tcp,
  '-u': protocolNumbers.udp,
  '--udp-service': protocolNumbers.udp,
  '--sctp-service': protocolNumbers.sctp,
  '-f': 'mark',
  '--fwmark-service': 'mark',
};
const names: Readonly<Record<string, number | 'mark'>> = {
  TCP: protocolNumbers.tcp,
  UDP: protocolNumbers.udp,
  SCTP: protocolNumbers.sctp,
  FWM: 'mark',
};
const forwardings: Readonly<Record<string, RealServer['forwarding']>> = {
  '-m': 'masq',
  '-g': 'route',
  '-i': 'tunnel',
  Masq: 'masq',
  Route: 'route',
  Local: 'route',
  Tunnel: 'tunnel',
};

const sign =
  /^(?:-[Aa] (?:-[tuf]|--(?:tcp|udp|sctp|fwmark)-service) |(?:TCP|UDP|SCTP|FWM) +\S+ [a-z]+|-> (?:[\d[]|RemoteAddress)|IP Virtual Server |Prot LocalAddress)/;

/** Whether a line, without blanks before it, is one that `ipvsadm -Sn` or `ipvsadm -Ln` prints. */
export function isOfIpvsadm(line: string): boolean {
  return sign.test(line);
}

interface Growing extends VirtualServer {
  readonly servers: RealServer[];
}

/** Reads the lines of `ipvsadm -Sn` and `ipvsadm -Ln` in a text, and passes over others. Null where there are none. */
export function readVirtualServers(source: Source, problems: Problem[]): VirtualServers | null {
  const byKey = new Map<string, Growing>();
  const reader = new Reader(byKey);
  let found = false;
  let start = 0;
  for (const whole of source.text.split('\n')) {
    const line = whole.trim();
    if (isOfIpvsadm(line)) {
      found = true;
      if (!reader.read(line.split(/\s+/))) {
        const span = { source, start, end: start + Math.max(whole.length, 1) };
        const message = 'this is no line of virtual servers';
        const expected = want.thing('ipvsadm-saved');
        problems.push({ code: 'set-syntax', severity: 'error', message, span, expected });
      }
    }
    start += whole.length + 1;
  }
  return found ? { byKey, byMark: reader.byMark } : null;
}

class Reader {
  byMark = false;
  private readonly byKey: Map<string, Growing>;
  /** The server whose real servers `ipvsadm -Ln` lists below it. */
  private current: Growing | null = null;

  constructor(byKey: Map<string, Growing>) {
    this.byKey = byKey;
  }

  read([verb = '', ...words]: readonly string[]): boolean {
    if (verb === 'IP' || verb === 'Prot' || (verb === '->' && words[0] === 'RemoteAddress:Port')) return true;
    if (verb === '-A') return this.add(flags[words[0] ?? ''], words[1], flagValue(words, '-s') ?? 'wlc');
    if (verb === '->') return this.addReal(this.current, words[0], words[1], words[2]);
    if (verb !== '-a') return this.add(names[verb], words[0], words[1] ?? '');
    const of = flags[words[0] ?? ''];
    if (of === 'mark') return true;
    const ends = endsOf(words[1]);
    const server = ends && of !== undefined ? this.byKey.get(serverKey(of, ...ends)) : undefined;
    const forwarding = words.find((word) => /^-[mgi]$/.test(word)) ?? '-g';
    return this.addReal(server ?? null, flagValue(words, '-r'), forwarding, flagValue(words, '-w') ?? '1');
  }

  private add(of: number | 'mark' | undefined, text: string | undefined, scheduler: string): boolean {
    this.current = null;
    if (of === 'mark') this.byMark = true;
    const ends = endsOf(text);
    if (of === 'mark' || of === undefined || !ends) return of === 'mark';
    const [address, port] = ends;
    this.current = { protocol: of, address, port, scheduler, servers: [] };
    this.byKey.set(serverKey(of, address, port), this.current);
    return true;
  }

  private addReal(
    server: Growing | null,
    text: string | undefined,
    forwarding = '',
    weight: string | undefined = '1',
  ): boolean {
    const ends = endsOf(text);
    const how = forwardings[forwarding];
    if (!ends || !how || !/^\d{1,9}$/.test(weight)) return false;
    // Those of a server by mark have none to belong to.
    if (!server) return this.byMark;
    server.servers.push({ address: ends[0], port: ends[1], weight: Number(weight), forwarding: how });
    return true;
  }
}

function flagValue(words: readonly string[], flag: string): string | undefined {
  const index = words.indexOf(flag);
  return index === -1 ? undefined : words[index + 1];
}

/** `10.96.0.1:443`, `[fd00::1]:443`. */
function endsOf(text: string | undefined): readonly [address: Address, port: number] | null {
  const [, host = '', port = ''] = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(text ?? '') ?? [];
  const address = parseAddress(host);
  return address === undefined || Number(port) > 65535 ? null : [address, Number(port)];
}

/** The node has the addresses of its virtual servers: kube-proxy puts them on an interface of that name. */
export function withVirtualAddresses(host: Host, { byKey }: VirtualServers): Host {
  const own = [...new Set([...byKey.values()].map(({ address }) => address))].filter(
    (address) => familyOf(address) === host.family && !ownerOf(host, address),
  );
  if (own.length === 0) return host;
  const known = host.interfaces.find(({ name }) => name === 'kube-ipvs0');
  const more = { name: 'kube-ipvs0', addresses: [...(known?.addresses ?? []), ...own.map(loneAddress)] };
  return {
    ...host,
    interfaces: [...host.interfaces.filter((one) => one !== known), more],
    assumed: [...host.assumed, { code: 'virtual-server-addresses', interface: 'kube-ipvs0' }],
  };
}
