import type { Family } from '../../src/address/address.ts';
import type { Dice } from './dense.ts';

/** Where a rule may stand: these tables, at any of their hooks or at some. */
interface Places {
  readonly tables: readonly string[];
  readonly hooks?: readonly string[];
  readonly family?: Family;
}

/** Rules of extensions that write what others read, that read it, and that keep a state, beside those that rules are drawn of. */
export const further: Readonly<Record<string, Places>> = {
  '-j DSCP --set-dscp 0x0a': { tables: ['mangle'] },
  '-j TOS --set-tos 0x10/0x3f': { tables: ['mangle'] },
  '-j TTL --ttl-set 64': { tables: ['mangle'], family: 'ipv4' },
  '-j TTL --ttl-dec 1': { tables: ['mangle'], family: 'ipv4' },
  '-j HL --hl-set 64': { tables: ['mangle'], family: 'ipv6' },
  '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200': { tables: ['mangle'] },
  '-j CONNMARK --set-xmark 0x2/0x2': { tables: ['mangle', 'nat', 'filter'] },
  '-j CONNMARK --restore-mark --nfmask 0x2 --ctmask 0x2': { tables: ['mangle', 'filter'] },
  '-j CLASSIFY --set-class 1:2': { tables: ['mangle'], hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'] },
  '-p udp -j CT --notrack': { tables: ['raw'] },
  '-p tcp -j CT --zone 3': { tables: ['raw'] },
  '-j NFLOG --nflog-group 5': { tables: ['mangle', 'filter'] },
  '-j LOG': { tables: ['mangle', 'filter'] },
  '-m dscp --dscp 0x0a -j DROP': { tables: ['filter'] },
  '-m dscp ! --dscp 0x0a -j DROP': { tables: ['filter'] },
  '-m tos --tos 0x10/0x3f -j DROP': { tables: ['filter'] },
  '-m ttl --ttl-eq 64 -j DROP': { tables: ['mangle', 'filter'], family: 'ipv4' },
  '-m ttl --ttl-lt 64 -j DROP': { tables: ['mangle', 'filter'], family: 'ipv4' },
  '-m ttl --ttl-gt 63 -j DROP': { tables: ['mangle', 'filter'], family: 'ipv4' },
  '-m hl --hl-eq 64 -j DROP': { tables: ['mangle', 'filter'], family: 'ipv6' },
  '-m hl --hl-lt 64 -j DROP': { tables: ['mangle', 'filter'], family: 'ipv6' },
  '-m length --length 0:47 -j DROP': { tables: ['mangle', 'filter'] },
  '-p tcp -m tcpmss --mss 1000:1300 -j DROP': { tables: ['mangle', 'filter'] },
  '-m connmark --mark 0x2/0x2 -j DROP': { tables: ['mangle', 'filter'] },
  '-m limit --limit 1/hour --limit-burst 3 -j DROP': { tables: ['filter'] },
  '-m limit --limit 1/hour --limit-burst 3 -j ACCEPT': { tables: ['filter'] },
  '-m quota --quota 200 -j DROP': { tables: ['filter'] },
  '-m hashlimit --hashlimit-upto 1/hour --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name h1 -j DROP':
    {
      tables: ['filter'],
    },
  '-m statistic --mode nth --every 3 --packet 1 -j DROP': { tables: ['filter', 'mangle'] },
  '-m recent --set --name F1': { tables: ['raw', 'mangle', 'filter'] },
  '-m recent --rcheck --hitcount 2 --name F1 -j DROP': { tables: ['filter'] },
  '-m conntrack --ctstate UNTRACKED -j DROP': { tables: ['filter'] },
  '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT': { tables: ['filter', 'mangle'] },
  '-m addrtype --dst-type LOCAL -j DROP': { tables: ['filter', 'mangle', 'raw'] },
};

/** Puts some of them into the built-in chains of a dump, in its tables where they may stand. */
export function withFurther(text: string, family: Family, dice: Dice): string {
  const lines = text.split('\n');
  const own = Object.entries(further).filter(([, places]) => (places.family ?? family) === family);
  for (let count = 2 + dice(5); count > 0; count -= 1) {
    const [rule, { tables, hooks }] = own[dice(own.length)] as [string, Places];
    const table = tables[dice(tables.length)] as string;
    const start = lines.indexOf(`*${table}`);
    if (start < 0) continue;
    const end = lines.indexOf('COMMIT', start);
    const chains = lines
      .slice(start, end)
      .flatMap((line) => /^:([A-Z]+) (?:ACCEPT|DROP)/.exec(line)?.[1] ?? [])
      .filter((name) => hooks?.includes(name) ?? true);
    const chain = chains[dice(Math.max(1, chains.length))];
    const first = lines.findIndex((line, at) => at > start && at < end && line.startsWith(`-A ${chain} `));
    if (chain) lines.splice(first < 0 ? end : first + dice(2), 0, `-A ${chain} ${rule}`);
  }
  return lines.join('\n');
}
