import { inQuotes } from '../rule/quote.ts';

/** What a listing says of a match, or of a target's options, and the options of iptables that say the same. */
export type Form = readonly [said: RegExp, spell: (groups: readonly string[]) => string];

const not = (sign: string) => (sign.trim() === '' ? '' : '! ');

/** How `iptables -L` spells matches (the `print` functions of its extensions). Each is looked for at the beginning of what is left. */
export const matchForms: readonly Form[] = [
  [/^\/\* (.*?) \*\/(?= |$)/, ([text = '']) => `-m comment --comment ${inQuotes(text)}`],
  [/^(tcp|udp|sctp|dccp|udplite)((?: (?:spts?|dpts?|flags):\S+)*)(?= |$)/, transport],
  [/^(! )?(ctstate|ctstatus|ctproto|ctdir|ctexpire|ctorig\w+|ctrepl\w+) (\S+)/, conntrack],
  [/^(! )?state (\S+)/, ([sign = '', states]) => `-m state ${not(sign)}--state ${states}`],
  [
    /^multiport (dports|sports|ports) +(!?)(\S+)/,
    ([key, sign = '', ports]) => `-m multiport ${not(sign)}--${key} ${ports}`,
  ],
  [/^(icmp|ipv6-icmp)type (\d+)(?: code (\d+))?/, icmpType],
  [
    /^(icmp|ipv6-icmp) (!?)([a-z][a-z-]+)/,
    ([name = '', sign = '', type]) => `${icmpModule(name, sign)} ${type}`,
  ],
  [/^ADDRTYPE match((?: (?:src-type|dst-type) !?\S+| limit-(?:in|out))+)/, addressTypes],
  [/^(?:mark|MARK) match +(! ?)?(\S+)/, ([sign = '', mark]) => `-m mark ${not(sign)}--mark ${mark}`],
  [
    /^(?:connmark|CONNMARK) match +(! ?)?(\S+)/,
    ([sign = '', mark]) => `-m connmark ${not(sign)}--mark ${mark}`,
  ],
  [
    /^(source|destination) IP range (! ?)?(\S+)/,
    ([side, sign = '', range]) =>
      `-m iprange ${not(sign)}--${side === 'source' ? 'src' : 'dst'}-range ${range}`,
  ],
  [/^limit: avg (\S+) burst (\d+)/, ([rate, burst]) => `-m limit --limit ${rate} --limit-burst ${burst}`],
  [
    /^statistic mode random (! ?)?probability (\S+)/,
    ([sign = '', share]) => `-m statistic --mode random ${not(sign)}--probability ${share}`,
  ],
  [
    /^statistic mode nth (! ?)?every (\d+)(?: packet (\d+))?/,
    ([sign = '', every, packet = '0']) =>
      `-m statistic --mode nth ${not(sign)}--every ${every} --packet ${packet || '0'}`,
  ],
  [/^(! )?recent: (SET|CHECK|UPDATE|REMOVE)(.*? side: (?:source|dest)(?: mask: \S+)?)/, recent],
  [
    /^(! )?match-set (\S+) (\S+)/,
    ([sign = '', name, sides]) => `-m set ${not(sign)}--match-set ${name} ${sides}`,
  ],
  [
    /^(! )?owner (UID|GID) match (\S+)/,
    ([sign = '', what = '', id]) => `-m owner ${not(sign)}--${what.toLowerCase()}-owner ${id}`,
  ],
  [/^MAC ?(! ?)?([0-9A-Fa-f:]{17})/, ([sign = '', address]) => `-m mac ${not(sign)}--mac-source ${address}`],
  [/^PKTTYPE (!?)= (\S+)/, ([sign = '', type]) => `-m pkttype ${not(sign)}--pkt-type ${type}`],
  [/^length (! ?)?([\d:]+)/, ([sign = '', range]) => `-m length ${not(sign)}--length ${range}`],
  [/^TTL match TTL (==|!=|<|>) (\d+)/, ([sign = '', value]) => `-m ttl ${comparisons[sign]} ${value}`],
  [/^DSCP match (!?)(0x\S+)/, ([sign = '', value]) => `-m dscp ${not(sign)}--dscp ${value}`],
  [/^PHYSDEV match((?: !)?(?: --physdev-\S+(?: [^-! ]\S*)?)+)/, ([options]) => `-m physdev${options}`],
  [/^socket((?: --[a-z-]+)*)(?= |$)/, ([options]) => `-m socket${options}`],
  [/^#conn (src|dst)\/(\d+) (>|<=) (\d+)/, connections],
  [
    /^policy match dir (in|out) pol (ipsec|none)(?= |$)/,
    ([way, policy]) => `-m policy --dir ${way} --pol ${policy}`,
  ],
];

const comparisons: Readonly<Record<string, string>> = {
  '==': '--ttl-eq',
  '!=': '! --ttl-eq',
  '<': '--ttl-lt',
  '>': '--ttl-gt',
};

const flagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] as const;

/** Of `0x17/0x02`, as `-n` prints them, or of names. */
function tcpFlags(text: string): string {
  const names = (bits: string) =>
    bits.startsWith('0x')
      ? flagNames.filter((_, bit) => Number(bits) & (1 << bit)).join(',') || 'NONE'
      : bits;
  return text.split('/').map(names).join(' ');
}

function transport([protocol, parts = '']: readonly string[]): string {
  const options = parts
    .trim()
    .split(' ')
    .filter(Boolean)
    .map((part) => {
      const [, key = '', sign = '', value = ''] = /^(\w+):(!?)(.*)$/.exec(part) ?? [];
      if (key === 'flags') return ` ${not(sign)}--tcp-flags ${tcpFlags(value)}`;
      return ` ${not(sign)}--${key.startsWith('s') ? 'sport' : 'dport'} ${value}`;
    });
  return `-m ${protocol}${options.join('')}`;
}

function conntrack([sign = '', key, value]: readonly string[]): string {
  return `-m conntrack ${not(sign)}--${key} ${value}`;
}

const icmpModule = (name: string, sign = '') =>
  name === 'icmp' ? `-m icmp ${not(sign)}--icmp-type` : `-m icmp6 ${not(sign)}--icmpv6-type`;

function icmpType([name = '', type, code]: readonly string[]): string {
  return `${icmpModule(name)} ${type}${code ? `/${code}` : ''}`;
}

function addressTypes([parts = '']: readonly string[]): string {
  const options = parts
    .replace(/(src|dst)-type (!?)/g, (_, side, sign) => `${not(sign)}--${side}-type `)
    .replace(/limit-/g, '--limit-iface-');
  return `-m addrtype${options}`;
}

const recentOptions: readonly (readonly [RegExp, string])[] = [
  [/(?<=^| )(seconds|hitcount): (\d+)/g, '--$1 $2'],
  [/(?<=^| )reap(?= )/g, '--reap'],
  [/(?<=^| )TTL-Match(?= )/g, '--rttl'],
  [/name: (\S+)/g, '--name $1'],
  [/side: source/g, '--rsource'],
  [/side: dest/g, '--rdest'],
  [/mask: (\S+)/g, '--mask $1'],
];

function recent([sign = '', action = '', rest = '']: readonly string[]): string {
  const verb = action === 'CHECK' ? 'rcheck' : action.toLowerCase();
  const options = recentOptions.reduce((text, [said, spelled]) => text.replace(said, spelled), rest);
  return `-m recent ${not(sign)}--${verb}${options}`;
}

function connections([side, mask, sign, count]: readonly string[]): string {
  const bound = sign === '>' ? 'above' : 'upto';
  return `-m connlimit --connlimit-${bound} ${count} --connlimit-mask ${mask} --connlimit-${side}addr`
    .replace('srcaddr', 'saddr')
    .replace('dstaddr', 'daddr');
}
