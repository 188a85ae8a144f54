import { type Declared, dataOf, declarations, hasObjects, type Named, verdict } from './declarations.ts';
import { aValue, type Family, type Field, fieldsOf, hasPrefixes } from './fields.ts';
import type { Random } from './random.ts';

const families = [
  'ip',
  'ip',
  'ip',
  'ip6',
  'ip6',
  'inet',
  'inet',
  'inet',
  'bridge',
  'netdev',
  'arp',
] as const satisfies readonly Family[];

/** A ruleset over the grammar of nft: of most lines nft takes all. */
export function generateRuleset(random: Random): string {
  const family = random.pick(families);
  const declared = declarations(random, family);
  const head = random.chance(10) ? '\tcomment "a table"\n' : '';
  const table = `table ${family} t {\n${head}${declared.text}${chain(random, family, declared)}}\n`;
  return `${table}${commands(random, family, declared)}`;
}

/** What is added to the table afterwards, by commands of their own. */
function commands(random: Random, family: Family, declared: Declared): string {
  if (random.chance(75)) return '';
  const add = () => {
    const place = random.pick(['add rule', 'insert rule', 'add rule', 'rule']);
    return `${place} ${family} t ${random.pick(['side', 'other'])} ${rule(random, family, null, declared)}\n`;
  };
  const more = random.list(1, 2, add);
  if (random.chance(10)) more.push(`flush chain ${family} t side\n`);
  if (random.chance(10)) more.push(`add counter ${family} t late\n`);
  if (random.chance(10)) more.push(`rename chain ${family} t other another\n`);
  return more.join('');
}

export interface Hook {
  readonly type: string;
  readonly hook: string;
  readonly line: string;
}

const priorities = ['0', 'filter', '-100', '-150 ', '10', '11', '-11', '50', '100', '-300', 'filter + 5'];
const inet = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;

function hookOf(random: Random, family: Family): Hook | null {
  if (random.chance(45)) return null;
  const priority = random.pick(priorities);
  if (family === 'netdev') {
    const hook = random.pick(['ingress', 'ingress', 'egress']);
    return {
      type: 'filter',
      hook,
      line: `type filter hook ${hook} device "lo" priority ${priority};`,
    };
  }
  const isRouted = hasObjects(family);
  const type = isRouted ? random.pick(['filter', 'filter', 'nat', 'route']) : 'filter';
  const hook =
    family === 'arp'
      ? random.pick(['input', 'output'])
      : type === 'nat'
        ? random.pick(['prerouting', 'output', 'postrouting', 'input'])
        : type === 'route'
          ? 'output'
          : random.pick(inet);
  const policy = random.chance(30) ? ` policy ${random.pick(['accept', 'drop'])};` : '';
  const own = type === 'nat' && priority === '-300' ? 'dstnat' : priority;
  const name = own === 'dstnat' && hook !== 'prerouting' ? '-100' : own;
  return { type, hook, line: `type ${type} hook ${hook} priority ${name};${policy}` };
}

function chain(random: Random, family: Family, declared: Declared): string {
  const hook = hookOf(random, family);
  const rules = random.list(1, 3, () => rule(random, family, hook, declared));
  const comment = random.chance(5) ? '\t\tcomment "the chain"\n' : '';
  const head = hook ? `\t\t${hook.line}\n` : '';
  return `\tchain c {\n${comment}${head}${rules.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

function rule(random: Random, family: Family, hook: Hook | null, declared: Declared): string {
  const fields = fieldsOf(family);
  const parts = random.list(0, 3, () =>
    random.chance(12)
      ? (lookup(random, declared.named) ?? match(random, random.pick(fields), fields))
      : match(random, random.pick(fields), fields),
  );
  if (random.chance(50))
    parts.splice(random.below(parts.length + 1), 0, action(random, family, hook, declared));
  if (random.chance(15)) parts.push(action(random, family, hook, declared));
  const last = random.below(10);
  if (last < 4 || parts.length === 0) parts.push(verdict(random));
  else if (last < 7) parts.push(terminal(random, family, hook, declared));
  if (random.chance(15)) parts.push(`comment "${random.pick(['a rule', 'x; y', 'ünï'])}"`);
  return parts.join(' ');
}

/** A question for a named set, or a verdict by a named map. */
function lookup(random: Random, named: readonly Named[]): string | null {
  const own = named.filter(({ key, data }) => key !== '' && (data === undefined || data === 'verdict'));
  if (own.length === 0) return null;
  const { name, key, data } = random.pick(own);
  return data === undefined ? `${key} ${random.pick(['', '', '!= '])}@${name}` : `${key} vmap @${name}`;
}

function match(random: Random, field: Field, all: readonly Field[]): string {
  const kind = random.below(100);
  if (kind < 14) return concatenation(random, field, all);
  if (kind < 20) return `${field.text} vmap { ${elements(random, [field], 'verdict')} }`;
  if (kind < 26 && field.masks) return masked(random, field);
  if (kind < 29 && hasPrefixes(field)) return ofPrefix(random, field);
  const { type } = field;
  const operator = random.pick(['', '', '', '', '== ', '!= ', '!= ']);
  if (kind < 50) return `${field.text} ${operator}${aValue(random, type, 'single', field.bits)}`;
  if (kind < 60 && field.ordered)
    return `${field.text} ${random.pick(['<', '>', '<=', '>='])} ${aValue(random, type, 'single', field.bits)}`;
  if (kind < 75) return `${field.text} ${operator}${aValue(random, type, 'stretch', field.bits)}`;
  const signed = `${field.text} ${random.pick(['', '', '== ', '!= '])}`;
  // nft loads a set of one element as that element, whatever else it carries.
  if (kind < 80) {
    const also = random.pick(['', '', ' comment "one"', ' timeout 5s', ' counter']);
    return `${signed}{ ${aValue(random, type, random.chance(60) ? 'single' : 'stretch', field.bits)}${also} }`;
  }
  return `${signed}{ ${elements(random, [field], null)} }`;
}

function elements(random: Random, fields: readonly Field[], data: string | null): string {
  const isStretched = random.chance(40);
  const one = () => {
    const key = fields
      .map(({ type, bits }) =>
        aValue(random, type, isStretched && random.chance(60) ? 'stretch' : 'single', bits),
      )
      .join(' . ');
    return data === null ? key : `${key} : ${dataOf(random, data)}`;
  };
  const list = random.list(1, 5, one);
  if (data === 'verdict' && random.chance(15)) list.push('* : drop');
  return list.join(', ');
}

/** Of numbers that fill no bytes nft 1.0.6 makes no keys that it can list. */
const isPart = ({ bits, type }: Field) => type !== 'integer' || (bits ?? 32) % 8 === 0;

function concatenation(random: Random, field: Field, all: readonly Field[]): string {
  const fields = [field, ...random.list(1, 2, () => random.pick(all))].filter(isPart);
  if (fields.length < 2) return 'meta length 1-1500';
  const key = fields.map(({ text }) => text).join(' . ');
  return random.chance(30)
    ? `${key} vmap { ${elements(random, fields, 'verdict')} }`
    : `${key} ${random.pick(['', '!= '])}{ ${elements(random, fields, null)} }`;
}

function masked(random: Random, { text, type, bits }: Field): string {
  const operator = random.pick(['&', '&', '&', '|', '^', 'and']);
  const value = aValue(random, type, 'single', bits);
  const asked = random.chance(15) ? `{ ${value} }` : value;
  return `${text} ${operator} ${aValue(random, type, 'single', bits)} ${random.pick(['==', '!=', ''])} ${asked}`;
}

/** The first bits of a value; of bits that have names one number after a slash is a prefix, and several are a mask. */
function ofPrefix(random: Random, { text, type, bits }: Field): string {
  const value = aValue(random, type, 'single', bits);
  const after = random.chance(30)
    ? `${value},${aValue(random, type, 'single', bits)}`
    : random.pick([1, 4, 8, 12, 16, 24]);
  return `${text} ${random.pick(['', '', '!= '])}${value} / ${after}`;
}

const timeouts = ['', '', ' timeout 1m', ' timeout 90s'];

function action(random: Random, family: Family, hook: Hook | null, declared: Declared): string {
  const number = () => random.below(60) + 1;
  const key = family === 'ip6' ? 'ip6 saddr' : family === 'arp' ? 'arp saddr ip' : 'ip saddr';
  const isTracked = hasObjects(family);
  switch (random.below(24)) {
    case 0:
    case 1:
      return 'counter';
    case 2:
      return `limit rate ${random.pick(['', 'over '])}${number()}/${random.pick(['second', 'minute', 'hour', 'day', 'week'])}${random.pick(['', ` burst ${number()} packets`, ' burst 5 packets'])}`;
    case 3:
      return `limit rate ${random.pick(['', 'over '])}${number() * 256} ${random.pick(['bytes', 'kbytes', 'mbytes'])}/${random.pick(['second', 'second', 'minute'])}${random.pick(['', ` burst ${number() * 256} bytes`, ` burst ${number()} kbytes`])}`;
    case 4:
      return `log${random.pick(['', ' prefix "x: "', ' level debug', ' level warn', ' level audit', ' group 3', ' prefix "y" group 2 snaplen 128', ' group 7 queue-threshold 20', ' flags all', ' flags tcp options', ' flags tcp sequence,options', ' flags ip options', ' flags skuid', ' flags ether', ' prefix "a b" level err flags all'])}`;
    case 5:
      return `quota ${random.pick(['', 'over ', 'until '])}${number() * 512} ${random.pick(['bytes', 'kbytes', 'mbytes'])}${random.pick(['', '', ` used ${number()} bytes`])}`;
    case 6:
    case 7:
      return objectUse(random, isTracked);
    case 8:
      return `${random.pick(['add', 'update', 'delete'])} @dyn { ${key}${random.pick(timeouts)}${random.pick(['', ' counter', ' limit rate 5/second', ' quota over 5 kbytes', ' ct count over 5'])} }`;
    case 9:
      return `${random.pick(['add', 'update'])} @dynmap { ${key}${random.pick(timeouts)} : ${random.pick(['0x5', 'meta mark', '7'])} }`;
    case 10:
      return `meter m${random.below(1000)}${random.pick(['', ' size 128'])} { ${key}${random.pick(['', ' . tcp dport', ' timeout 30s'])} ${random.pick(['counter', 'limit rate 9/minute', 'limit rate over 1 mbytes/second', 'ct count over 4', 'quota 1 kbytes'])} }`;
    case 11:
    case 12:
      return `meta mark set ${markValue(random, declared)}`;
    case 13:
      return isTracked ? `ct mark set ${markValue(random, declared)}` : 'counter';
    case 14:
      return random.pick([
        'meta nftrace set 1',
        'notrack',
        'meta priority set 1:2',
        'meta priority set none',
        'meta pkttype set host',
        'meta priority set 0x10002',
      ]);
    case 15:
      return isTracked
        ? random.pick([
            `ct count ${random.pick(['', 'over '])}${number()}`,
            'ct event set new,destroy',
            'ct zone set 5',
            'ct original zone set 7',
            'ct label set 5',
            'ct label set 5 | 7',
            'ct event set (new | destroy)',
            'meta secmark set ct secmark',
            'ct secmark set meta secmark',
            'ct zone set iif map { "lo" : 5 }',
          ])
        : 'counter';
    case 16:
      return random.pick([
        'tcp dport set 80',
        'ip daddr set 1.2.3.4',
        'ip6 daddr set ::1',
        'udp sport set 1-2',
        'tcp sport set 5',
        'udp checksum set 0',
        'ether saddr set 1:2:3:4:5:6',
        'tcp dport set tcp dport map { 80 : 8080 }',
        'ip saddr set ip daddr map { 1.2.3.4 : 4.3.2.1 }',
        '@th,0,16 set 5',
        '@nh,64,8 set 7',
        'tcp flags set syn',
        'tcp flags set syn | ack',
        '@nh,4,4 set 3',
      ]);
    case 17:
      return random.pick([
        'ip dscp set cs1',
        'ip ttl set 5',
        'ip6 hoplimit set 5',
        'ip ecn set ce',
        'ip6 dscp set af11',
        'ip id set 3',
        'ip6 flowlabel set 5',
        'ip dscp set ip saddr map { 10.0.0.0/8 : cs1, 11.0.0.0/8 : af21 }',
      ]);
    case 18:
      return random.pick([
        'tcp option maxseg size set 1460',
        'tcp option maxseg size set rt mtu',
        'reset tcp option sack-perm',
        'reset tcp option timestamp',
        'tcp option timestamp tsval set 1',
      ]);
    case 19:
      return random.pick(
        hook?.hook === 'forward' || hook === null
          ? ['counter', 'flow add @ft', 'counter', 'counter']
          : ['counter'],
      );
    case 20:
      return random.pick([
        'synproxy mss 1460 wscale 7 timestamp sack-perm',
        'synproxy mss 536',
        'synproxy',
        'synproxy wscale 2 sack-perm',
      ]);
    case 21:
      return copies(random, family);
    default:
      return 'counter packets 5 bytes 100';
  }
}

function objectUse(random: Random, isTracked: boolean): string {
  const everywhere = [
    'counter name "cnt"',
    'counter name cnt',
    'quota name "quo"',
    'limit name "lim"',
    'counter name tcp dport map { 80 : "cnt", 443 : "cnt" }',
    'quota name tcp dport map { 22 : "quo" }',
  ];
  return random.pick(
    isTracked
      ? [
          ...everywhere,
          'ct timeout set "tmo"',
          'ct timeout set "tmu"',
          'ct expectation set "exp"',
          'synproxy name "syn"',
          'synproxy name tcp dport map { 80 : "syn" }',
        ]
      : everywhere,
  );
}

function copies(random: Random, family: Family): string {
  if (family === 'netdev') return random.pick(['dup to "lo"', 'dup to lo', 'dup to iif']);
  if (family === 'ip6')
    return random.pick([
      'dup to ::1',
      'dup to fe80::1 device "lo"',
      'dup to ip6 daddr map { ::1 : fe80::1 }',
    ]);
  if (family === 'ip')
    return random.pick([
      'dup to 1.2.3.4',
      'dup to 1.2.3.4 device lo',
      'dup to ip saddr map { 10.0.0.0/8 : 1.1.1.1 }',
    ]);
  return 'counter';
}

function markValue(random: Random, { named }: Declared): string {
  const hex = () => `0x${(random.below(2 ** 31) & random.below(2 ** 31)).toString(16)}`;
  const source = random.pick(['mark', 'meta mark', 'ct mark', 'mark']);
  const maps = named.filter(({ key, data }) => key !== '' && data === 'mark');
  if (maps.length > 0 && random.chance(30)) {
    const { key, name } = random.pick(maps);
    return `${key} map @${name}`;
  }
  switch (random.below(9)) {
    case 0:
      return hex();
    case 1:
      return source;
    case 2:
      return `${source} and ${hex()}`;
    case 3:
      return `${source} or ${hex()}`;
    case 4:
      return `${source} xor ${hex()}`;
    case 5:
      return `${source} and ${hex()} or ${hex()}`;
    case 6:
      return `${source} & ${hex()} ^ ${hex()}`;
    case 7:
      return random.pick([
        `${source} << 3`,
        `${source} >> 4`,
        `numgen ${random.pick(['inc', 'random'])} mod 4${random.pick([' offset 2', ''])}`,
        `symhash mod 8${random.pick(['', ' offset 3'])}`,
        'jhash ip saddr . tcp sport mod 4 seed 0x12',
        'jhash ip daddr mod 2',
        'jhash ip saddr mod 5 offset 7',
        'numgen inc mod 3 map { 0 : 0x1, 1 : 0x2, 2 : 0x7 }',
        'jhash ip saddr mod 2 map { 0 : 0x1, 1 : 0x2 }',
        'symhash mod 2 map { 0 : 5, 1 : 6 }',

        'socket mark',
        'rt classid',
        'cpu',
      ]);
    default:
      return random.pick([
        'tcp dport map { 80 : 1, 22 : 2 }',
        'tcp dport map { 80-90 : 1, 22 : 2 }',
        'ip saddr map { 1.2.3.4 : 0x1, 10.0.0.0/8 : 0x2 }',
        'ip saddr . tcp dport map { 1.2.3.4 . 80 : 0x1, 10.0.0.1 . 22 : 0x2 }',
        'iifname map { "lo" : 3, "eth*" : 4 }',
        'ip dscp map { cs1 : 1, af11 : 2 }',
      ]);
  }
}

const queues = [
  'queue',
  'queue num 3',
  'queue to 5',
  'queue num 1-4 bypass,fanout',
  'queue flags bypass to 7',
  'queue flags bypass,fanout to 1-3',
  'queue to numgen inc mod 4',
  'queue to jhash oif . meta mark mod 4',
  'queue to symhash mod 2 offset 5',
  'queue flags fanout to oifname map { "eth0" : 0, "lo" : 2 }',
];

function terminal(random: Random, family: Family, hook: Hook | null, declared: Declared): string {
  const isNat = hook?.type === 'nat' || (hook === null && random.chance(50));
  if (family === 'netdev')
    return random.pick([
      'drop',
      'accept',
      'fwd to "lo"',
      'fwd to lo',
      'fwd ip to 1.2.3.4 device "lo"',
      'fwd to meta mark map { 1 : "lo" }',
      'reject',
      'reject with icmpx no-route',
    ]);
  if (family === 'arp') return random.pick(['drop', 'accept']);
  if (family === 'bridge')
    return random.pick([
      'drop',
      'accept',
      'reject',
      'reject with icmp host-unreachable',
      'reject with tcp reset',
      'reject with icmpx admin-prohibited',
      ...(random.chance(10) ? queues.slice(0, 5) : []),
    ]);
  if (isNat) return translation(random, family, hook, declared);
  return random.pick([
    'reject',
    'reject with tcp reset',
    'reject with icmp host-unreachable',
    'reject with icmp type port-unreachable',
    'reject with icmpv6 no-route',
    'reject with icmpv6 port-unreachable',
    'reject with icmpx admin-prohibited',
    'reject with icmpx port-unreachable',
    'drop',
    ...(random.chance(20) ? queues : ['accept', 'drop']),
    ...(hook === null || hook.hook === 'prerouting'
      ? [
          'meta l4proto tcp tproxy to :8080',
          `tcp dport 80 tproxy ${family === 'ip6' ? 'to [::1]:50080' : family === 'ip' ? 'to 127.0.0.1:50080' : 'ip to 127.0.0.1:50080'}`,
          `udp dport 53 tproxy${family === 'inet' ? ' ip6' : ''} to :53`,
        ]
      : []),
  ]);
}

function translation(random: Random, family: Family, hook: Hook | null, { named }: Declared): string {
  const type = family === 'ip6' ? 'ipv6_addr' : 'ipv4_addr';
  const address = () => aValue(random, type, random.chance(70) ? 'single' : 'stretch');
  const word = family === 'inet' ? random.pick(['', ' ip', ' ip']) : '';
  const flags = random.pick(['', '', '', ' random', ' fully-random', ' persistent', ' random,persistent']);
  const port = random.pick(['', '', ':80', ':80-90']);
  const target = (own: string) => (own.includes(':') && port ? `[${own}]${port}` : `${own}${port}`);
  const proto =
    port || random.chance(30)
      ? `${random.pick(['meta l4proto tcp', 'tcp dport 8080', 'udp sport 5', 'meta l4proto { tcp, udp }'])} `
      : '';
  const single = () => aValue(random, type, 'single');
  const kinds =
    hook === null
      ? ['snat', 'dnat', 'masquerade', 'redirect']
      : hook.hook === 'postrouting'
        ? ['snat', 'masquerade']
        : hook.hook === 'input'
          ? ['snat']
          : ['dnat', 'redirect'];
  const kind = random.pick(kinds);
  if (kind === 'redirect' && random.chance(15))
    return 'tcp dport 1-100 redirect to :tcp dport map { 1-50 : 8080, 51-100 : 9090 }';
  if (kind === 'masquerade' || kind === 'redirect')
    return `${proto}${kind}${port ? ` to ${port}` : ''}${flags}`;
  const maps = named.filter(({ key, data }) => key !== '' && data === type);
  if (maps.length > 0 && random.chance(30)) {
    const { key, name } = random.pick(maps);
    return `${kind}${family === 'inet' ? ' ip' : ''} to ${key} map @${name}`;
  }
  if (random.chance(25)) return mapped(random, family, kind, word, proto);
  if (kind === 'dnat' && port && random.chance(10)) return `${proto}dnat${word} to ${port}`;
  const own = random.chance(60) ? single() : address();
  // A prefix before a port is no grammar of nft.
  return own.includes('/')
    ? `${kind}${word} to ${own}${flags}`
    : `${proto}${kind}${word} to ${target(own)}${flags}`;
}

function mapped(random: Random, family: Family, kind: string, word: string, proto: string): string {
  if (family === 'ip6')
    return random.pick([
      `${kind} to ip6 saddr map { ::1 : 2001:db8::5, fd00::/8 : fe80::1 }`,
      `${kind} to numgen inc mod 2 map { 0 : 2001:db8::5, 1 : 2001:db8::6 }`,
      `meta l4proto tcp ${kind} ip6 addr . port to numgen random mod 2 map { 0 : 2001:db8::5 . 80, 1 : 2001:db8::6 . 81 }`,
    ]);
  return random.pick([
    `${proto}${kind}${word} to numgen random mod 2 map { 0 : 1.2.3.4, 1 : 1.2.3.5 }`,
    `${kind}${word} to tcp dport map { 80 : 1.2.3.4, 90 : 10.0.0.1 }`,
    `meta l4proto tcp ${kind} ip addr . port to numgen random mod 2 map { 0 : 1.2.3.4 . 80, 1 : 1.2.3.5 . 81 }`,
    `${kind}${word} to ip saddr map { 10.0.0.0/8 : 1.2.3.4, 11.0.0.1 : 5.5.5.5 }`,
    `${kind} ip addr . port to ip saddr . tcp dport map { 1.1.1.1 . 80 : 1.2.3.4 . 8080 }`,
    `${kind}${word} to jhash ip saddr mod 2 map { 0 : 1.2.3.4, 1 : 1.2.3.5 }`,
    `${kind} ip interval to ip saddr map { 10.0.0.1 : 10.1.0.0-10.1.0.9, 10.0.0.2 : 10.2.0.0/24 }`,
    `${kind} ip prefix to ip saddr map { 10.0.0.0/24 : 10.1.0.0/24, 10.0.1.0/24 : 10.2.0.0/24 }`,
    `tcp dport 80 ${kind}${word} to 1.2.3.4:tcp dport map { 80 : 8080 }`,
  ]);
}
