import type { Entry } from './ip-route.ts';
import { routeEntry, ruleEntry } from './ip-words.ts';
import { neighbourEntry } from './neighbour.ts';

/** What one or several of `ip addr`, `ip link`, `ip route`, `ip rule`, `ip neigh` and `sysctl` printed, as `ip -json` would. */
export interface IpText {
  readonly entries: readonly { readonly entry: Entry; readonly line: Line }[];
  readonly sysctls: ReadonlyMap<string, number>;
  /** Lines that are none of theirs. */
  readonly strange: readonly Line[];
}

export interface Line {
  readonly text: string;
  /** Offset in the source. */
  readonly start: number;
}

const link = /^\d+: +([^\s:@]+)(?:@\S+)?: <([^>]*)>(.*)$/;
const oneLine = /^\d+: +(\S+) +(inet6?) (.*)$/;
const brief = /^(\S+) +(?:UP|DOWN|UNKNOWN|LOWERLAYERDOWN|DORMANT)\b(.*)$/;
const rule = /^\d+:\s+(?:not )?from /;
const prefix = String.raw`(?:default|[0-9a-fA-F:.]+(?:/\d+)?)`;
const route = new RegExp(
  `^(?:(?:unicast|unreachable|blackhole|prohibit|throw|local|broadcast|anycast|multicast) )?${prefix}(?: |$)`,
);
const sysctl = /^(net\.[\w.-]+(?:\/[\w.-]+)*)\s*=\s*(-?\d+)$/;
/** What stands between the lines that matter: link layers, lifetimes, statistics, prompts with a command. */
const aside =
  /^(?:\s+(?:link\/|valid_lft|altname|RX:|TX:|alias|\d+ )|[^\s#$>]*[#$>] ?(?:sudo )?(?:\/(?:[^\s/]+\/)*)?(?:ip|sysctl)\b|(?:sudo )?ip\b|#)/;

/** A line with a command among the lines aside: `ip route show table 100`. */
const command = /\bip\b/;

/** Whether a text is what these commands print, by its first line that says anything. */
export function isIpText(text: string): boolean {
  const first = text
    .trimStart()
    .split('\n', 200)
    .find((line) => line.trim() !== '' && !aside.test(line));
  if (first === undefined) return false;
  const line = first.trimEnd();
  return (
    link.test(line) ||
    oneLine.test(line) ||
    brief.test(line) ||
    rule.test(line) ||
    sysctl.test(line) ||
    neighbourEntry(line) !== undefined ||
    isRouteLine(line)
  );
}

/** A route names how it goes on, or its ways follow on lines of their own. */
function isRouteLine(line: string): boolean {
  const goesOn =
    / (?:dev|via|proto|scope|metric|table|nexthop|nhid)\b|^(?:unreachable|blackhole|prohibit|throw) /;
  return route.test(line) && (goesOn.test(line) || !line.includes(' '));
}

export function readIpText(text: string): IpText {
  const reader = new IpTextReader();
  let start = 0;
  for (const raw of text.split('\n')) {
    reader.take({ text: raw.replace(/\r$/, '').trimEnd(), start });
    start += raw.length + 1;
  }
  return reader;
}

type Writable = Record<string, unknown>;

class IpTextReader implements IpText {
  readonly entries: { entry: Entry; line: Line }[] = [];
  readonly sysctls = new Map<string, number>();
  readonly strange: Line[] = [];
  /** The link to which the addresses that follow belong, and the route to which the ways belong. */
  private link: { entry: Writable; addresses: Writable[] } | null = null;
  private route: Writable | null = null;
  /** What was asked of `ip route` or `ip neigh`, which then names the table or the interface of no line. */
  private table: string | null = null;
  private device: string | undefined;

  take(line: Line): void {
    const { text } = line;
    if (text === '' || this.takeUnderLink(text) || this.takeWay(text)) return;
    if (aside.test(text)) {
      if (command.test(text)) this.takeCommand(text);
      return;
    }
    if (!this.takeLink(line) && !this.takeOther(line)) this.strange.push(line);
  }

  private takeCommand(text: string): void {
    this.table = / table ([\w-]+)/.exec(text)?.[1] ?? null;
    this.device = / dev (\S+)/.exec(text)?.[1];
  }

  private takeLink(line: Line): boolean {
    const [, name, flags, rest] = link.exec(line.text) ?? [];
    if (name !== undefined) {
      const master = / master (\S+)/.exec(rest as string)?.[1];
      this.open({ ifname: name, flags: (flags as string).split(','), ...(master ? { master } : {}) }, line);
      return true;
    }
    const single = oneLine.exec(line.text);
    if (single) {
      this.open({ ifname: single[1] }, line);
      this.addAddress(single[2] as string, single[3] as string);
      return true;
    }
    const [, short, list] = brief.exec(line.text) ?? [];
    if (short === undefined || rule.test(line.text)) return false;
    this.open({ ifname: short.split('@')[0] }, line);
    for (const [address] of (list as string).matchAll(/\S+(?: peer \S+)?/g))
      if (/^[0-9a-fA-F:.]+(?: peer [0-9a-fA-F:.]+)?\/\d+$/.test(address)) this.addAddress('', address);
    return true;
  }

  /** In the form of one line for each address, a link may be open already. */
  private open(entry: Writable, line: Line): void {
    if (this.link && Object.keys(entry).length === 1 && this.link.entry.ifname === entry.ifname) return;
    this.link = { entry, addresses: [] };
    this.route = null;
    this.entries.push({ entry, line });
  }

  /** `inet 10.0.0.1/24 brd … scope global eth0`, or `inet 10.0.0.1 peer 10.0.0.2/32 …`. */
  private takeUnderLink(text: string): boolean {
    const [, family, rest] = /^\s+(inet6?) (.*)$/.exec(text) ?? [];
    if (family === undefined || !this.link) return false;
    this.addAddress(family, rest as string);
    return true;
  }

  private addAddress(_family: string, text: string): void {
    const [, local, peer, length] =
      /^([0-9a-fA-F:.]+)(?: peer ([0-9a-fA-F:.]+))?(?:\/(\d+))?/.exec(text) ?? [];
    if (local === undefined || !this.link) return;
    const words = text.split(/[\s\\]+/);
    const scope = words[words.indexOf('scope') + 1];
    this.link.addresses.push({
      local,
      ...(peer ? { address: peer } : {}),
      prefixlen: Number(length ?? (local.includes(':') ? 128 : 32)),
      ...(words.includes('scope') ? { scope } : {}),
      ...(words.includes('deprecated') ? { deprecated: true } : {}),
      ...(words.includes('temporary') ? { temporary: true } : {}),
      ...(words.includes('tentative') ? { tentative: true } : {}),
      ...(words.includes('dadfailed') ? { dadfailed: true } : {}),
    });
    this.link.entry.addr_info = this.link.addresses;
  }

  private takeWay(text: string): boolean {
    if (!/^\s+nexthop /.test(text) || !this.route) return false;
    const way = routeEntry(text.trim().split(/\s+/).slice(1), {});
    const ways = (this.route.nexthops as unknown[] | undefined) ?? [];
    this.route.nexthops = [...ways, way];
    return true;
  }

  private takeOther(line: Line): boolean {
    const text = line.text.trim();
    const [, name, value] = sysctl.exec(text) ?? [];
    if (name !== undefined) {
      this.sysctls.set(name, Number(value));
      return true;
    }
    if (rule.test(text)) {
      this.entries.push({ entry: ruleEntry(text), line });
      return true;
    }
    const neighbour = neighbourEntry(text);
    if (neighbour) {
      const { device } = this;
      this.entries.push({ entry: { ...(device === undefined ? {} : { dev: device }), ...neighbour }, line });
      return true;
    }
    if (!route.test(text)) return false;
    const { table } = this;
    this.route = routeEntry(text.split(/\s+/), table === null || table === 'all' ? {} : { table });
    this.link = null;
    this.entries.push({ entry: this.route, line });
    return true;
  }
}
