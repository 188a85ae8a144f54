import { aValue, type Family, type Field, fieldsOf } from './fields.ts';
import type { Random } from './random.ts';

/** A ruleset over the grammar of nft: most are taken, some are not. */
export function generateRuleset(random: Random): string {
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
  ] as const;
  const family = random.pick(families);
  const blocks = [...declarations(random, family), chain(random, family)];
  return `table ${family} t {\n${blocks.join('')}}\n`;
}

function declarations(random: Random, family: Family): readonly string[] {
  const address = family === 'ip6' ? 'ipv6_addr' : 'ipv4_addr';
  return [
    '\tcounter cnt {\n\t}\n',
    '\tquota quo {\n\t\tover 10 mbytes\n\t}\n',
    '\tlimit lim {\n\t\trate 10/second\n\t}\n',
    `\tset dyn {\n\t\ttype ${address}\n\t\tsize 100\n\t\tflags dynamic,timeout\n\t}\n`,
    ...random.list(0, 2, () => namedSet(random)),
    '\tchain side {\n\t}\n',
    '\tchain other {\n\t}\n',
  ];
}

const simpleTypes = [
  'ipv4_addr',
  'ipv6_addr',
  'inet_service',
  'inet_proto',
  'mark',
  'ifname',
  'ether_addr',
] as const;
const setTypes = [
  ...simpleTypes,
  'ct_state',
  'icmp_type',
  'icmpv6_type',
  'tcp_flag',
  'iface_index',
  'pkt_type',
  'ct_status',
  'dscp',
] as const;

let counter = 0;

function namedSet(random: Random): string {
  counter += 1;
  const isInterval = random.chance(40);
  const types = random.chance(35)
    ? random.list(2, 4, () => random.pick(simpleTypes))
    : [random.pick(setTypes)];
  const usable = isInterval
    ? types.map((type) =>
        type === 'ct_state' || type === 'tcp_flag' || type === 'iface_index' || type === 'ct_status'
          ? 'inet_service'
          : type,
      )
    : types;
  const kind = random.below(4);
  const data =
    kind === 0 ? ' : verdict' : kind === 1 ? ` : ${random.pick(['mark', 'ipv4_addr', 'inet_service'])}` : '';
  const isTimed = random.chance(20);
  const flags = [isInterval ? 'interval' : '', isTimed ? 'timeout' : ''].filter(Boolean);
  const lines = [`type ${usable.join(' . ')}${data}`];
  if (flags.length > 0) lines.push(`flags ${flags.join(', ')}`);
  if (isTimed && random.chance(50)) lines.push(`timeout ${random.pick(['1h', '90s', '1d2h3m4s'])}`);
  if (isInterval && !data && random.chance(40)) lines.push('auto-merge');
  const isCounted = random.chance(15);
  if (isCounted) lines.push('counter');
  if (random.chance(15)) lines.push('comment "a set"');
  const element = () => {
    const key = usable.map((type) => aValue(random, type, isInterval ? 'stretch' : 'single')).join(' . ');
    const comment = random.chance(10) ? ' comment "an element"' : '';
    return `${key}${comment}${data === '' ? '' : ` : ${dataOf(random, data.slice(3))}`}`;
  };
  const elements = isTimed ? [] : random.list(0, 8, element);
  if (elements.length > 0) lines.push(`elements = { ${elements.join(', ')} }`);
  return `\t${data === '' ? 'set' : 'map'} s${counter} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

function dataOf(random: Random, type: string): string {
  if (type === 'verdict') return verdict(random);
  return aValue(random, type, 'single');
}

const verdict = (random: Random) =>
  random.pick(['accept', 'drop', 'return', 'continue', 'jump side', 'goto other', 'accept']);

interface Hook {
  readonly type: string;
  readonly hook: string;
  readonly line: string;
}

function hookOf(random: Random, family: Family): Hook | null {
  if (random.chance(60)) return null;
  const priority = random.pick(['0', 'filter', '-100', '-150 ', '10', '11', '-11', '50', '100', '-300']);
  if (family === 'netdev')
    return {
      type: 'filter',
      hook: 'ingress',
      line: `type filter hook ingress device "lo" priority ${priority};`,
    };
  const hooks =
    family === 'arp' ? ['input', 'output'] : ['prerouting', 'input', 'forward', 'output', 'postrouting'];
  const isNat = family !== 'arp' && family !== 'bridge' && random.chance(30);
  const hook = isNat ? random.pick(['prerouting', 'output', 'postrouting', 'input']) : random.pick(hooks);
  const own = priority === 'filter' || priority === '-300' ? '0' : priority;
  const policy = random.chance(30) ? ` policy ${random.pick(['accept', 'drop'])};` : '';
  const type = isNat ? 'nat' : 'filter';
  return { type, hook, line: `type ${type} hook ${hook} priority ${own};${policy}` };
}

function chain(random: Random, family: Family): string {
  const hook = hookOf(random, family);
  const rules = random.list(1, 3, () => rule(random, family, hook));
  const head = hook ? `\t\t${hook.line}\n` : '';
  return `\tchain c {\n${head}${rules.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

function rule(random: Random, family: Family, hook: Hook | null): string {
  const fields = fieldsOf(family);
  const parts = random.list(0, 3, () => match(random, random.pick(fields), fields));
  if (random.chance(45)) parts.splice(random.below(parts.length + 1), 0, action(random, family));
  if (random.chance(15)) parts.push(action(random, family));
  const last = random.below(10);
  if (last < 4 || parts.length === 0) parts.push(verdict(random));
  else if (last < 6) parts.push(terminal(random, family, hook));
  if (random.chance(15)) parts.push(`comment "${random.pick(['a rule', 'x; y', 'ünï'])}"`);
  return parts.join(' ');
}

function match(random: Random, field: Field, all: readonly Field[]): string {
  const kind = random.below(100);
  if (kind < 14) return concatenation(random, field, all);
  if (kind < 20) return `${field.text} vmap { ${elements(random, [field], 'verdict')} }`;
  if (kind < 26 && field.masks) return masked(random, field);
  const { type } = field;
  const operator = random.pick(['', '', '', '', '== ', '!= ', '!= ']);
  if (kind < 50) return `${field.text} ${operator}${aValue(random, type, 'single', field.bits)}`;
  if (kind < 60 && field.ordered)
    return `${field.text} ${random.pick(['<', '>', '<=', '>='])} ${aValue(random, type, 'single', field.bits)}`;
  if (kind < 75) return `${field.text} ${operator}${aValue(random, type, 'stretch', field.bits)}`;
  return `${field.text} ${random.pick(['', '', '!= '])}{ ${elements(random, [field], null)} }`;
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

function concatenation(random: Random, field: Field, all: readonly Field[]): string {
  const fields = [field, ...random.list(1, 2, () => random.pick(all))];
  const key = fields.map(({ text }) => text).join(' . ');
  return random.chance(30)
    ? `${key} vmap { ${elements(random, fields, 'verdict')} }`
    : `${key} ${random.pick(['', '!= '])}{ ${elements(random, fields, null)} }`;
}

function masked(random: Random, { text, type, bits }: Field): string {
  const operator = random.pick(['&', '&', '&', '|', '^', 'and']);
  return `${text} ${operator} ${aValue(random, type, 'single', bits)} ${random.pick(['==', '!='])} ${aValue(random, type, 'single', bits)}`;
}

function action(random: Random, family: Family): string {
  const number = () => random.below(60) + 1;
  const dynamicKey = family === 'ip6' ? 'ip6 saddr' : 'ip saddr';
  switch (random.below(22)) {
    case 0:
    case 1:
    case 2:
      return 'counter';
    case 3:
      return `limit rate ${random.pick(['', 'over '])}${number()}/${random.pick(['second', 'minute', 'hour', 'day', 'week'])}${random.pick(['', ` burst ${number()} packets`, ' burst 5 packets'])}`;
    case 4:
      return `limit rate ${random.pick(['', 'over '])}${number() * 512} ${random.pick(['bytes', 'kbytes', 'mbytes'])}/second${random.pick(['', ` burst ${number() * 256} bytes`])}`;
    case 5:
      return `log${random.pick(['', ' prefix "x: "', ' level debug', ' level warn', ' group 3', ' prefix "y" group 2 snaplen 128', ' flags all', ' flags tcp options', ' flags tcp sequence,options', ' flags ip options', ' flags skuid', ' flags ether'])}`;
    case 6:
      return `quota ${random.pick(['', 'over ', 'until '])}${number() * 512} ${random.pick(['bytes', 'kbytes', 'mbytes'])}`;
    case 7:
      return random.pick(['counter name "cnt"', 'counter name cnt', 'quota name "quo"', 'limit name "lim"']);
    case 8:
      return `${random.pick(['add', 'update'])} @dyn { ${dynamicKey}${random.pick(['', ' timeout 1m', ' timeout 90s'])}${random.pick(['', ' counter', ' limit rate 5/second'])} }`;
    case 9:
      return `meter m${random.below(1000)}${random.pick(['', ' size 128'])} { ${dynamicKey}${random.pick(['', ' . tcp dport'])} ${random.pick(['counter', 'limit rate 9/minute', 'limit rate over 1 mbytes/second'])} }`;
    case 10:
    case 11:
    case 12:
      return `meta mark set ${markValue(random)}`;
    case 13:
      return `ct mark set ${markValue(random)}`;
    case 14:
      return random.pick([
        'meta nftrace set 1',
        'notrack',
        'meta priority set 1:2',
        'meta pkttype set host',
        'ct event set new,destroy',
        'ct zone set 5',
        'meta priority set none',
      ]);
    case 15:
      return `ct count ${random.pick(['', 'over '])}${number()}`;
    case 16:
      return random.pick([
        'tcp dport set 80',
        'ip daddr set 1.2.3.4',
        'ip6 daddr set ::1',
        'udp sport set 1-2',
        'tcp sport set 5',
        'udp checksum set 0',
        'ether saddr set 1:2:3:4:5:6',
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
      ]);
    case 18:
      return random.pick([
        'tcp option maxseg size set 1460',
        'tcp option maxseg size set rt mtu',
        'reset tcp option sack-perm',
        'tcp option timestamp tsval set 1',
      ]);
    case 19:
      return random.pick([
        'last',
        'synproxy mss 1460 wscale 7 timestamp sack-perm',
        'dup to 1.2.3.4',
        'dup to ::1',
        'ct label set 5',
        'meta secmark set ct secmark',
      ]);
    default:
      return 'counter packets 5 bytes 100';
  }
}

function markValue(random: Random): string {
  const hex = () => `0x${(random.below(2 ** 31) & random.below(2 ** 31)).toString(16)}`;
  const source = random.pick(['mark', 'meta mark', 'ct mark']);
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
        `numgen ${random.pick(['inc', 'random'])} mod 4 offset 2`,
        'symhash mod 8',
        'jhash ip saddr . tcp sport mod 4 seed 0x12',
      ]);
    default:
      return random.pick([
        'tcp dport map { 80 : 1, 22 : 2 }',
        'ip saddr map { 1.2.3.4 : 0x1, 10.0.0.0/8 : 0x2 }',
        'iifname map { "lo" : 3, "eth*" : 4 }',
      ]);
  }
}

function terminal(random: Random, family: Family, hook: Hook | null): string {
  const isNat = hook?.type === 'nat' || (hook === null && random.chance(50));
  if (family === 'bridge' || family === 'netdev' || family === 'arp') return random.pick(['drop', 'accept']);
  if (isNat) return translation(random, family, hook);
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
    'meta l4proto tcp tproxy to :8080',
    'fwd to "lo"',
  ]);
}

function translation(random: Random, family: Family, hook: Hook | null): string {
  const address = () =>
    aValue(random, family === 'ip6' ? 'ipv6_addr' : 'ipv4_addr', random.chance(70) ? 'single' : 'stretch');
  const word = family === 'inet' ? random.pick(['', ' ip', ' ip']) : '';
  const flags = random.pick(['', '', '', ' random', ' fully-random', ' persistent', ' random,persistent']);
  const port = random.pick(['', '', ':80', ':80-90']);
  const target = (own: string) => (own.includes(':') && port ? `[${own}]${port}` : `${own}${port}`);
  const proto =
    port || random.chance(30)
      ? `${random.pick(['meta l4proto tcp', 'tcp dport 8080', 'udp sport 5', 'meta l4proto { tcp, udp }'])} `
      : '';
  const single = () => aValue(random, family === 'ip6' ? 'ipv6_addr' : 'ipv4_addr', 'single');
  const kinds =
    hook === null
      ? ['snat', 'dnat', 'masquerade', 'redirect']
      : hook.hook === 'postrouting'
        ? ['snat', 'masquerade']
        : hook.hook === 'input'
          ? ['snat']
          : ['dnat', 'redirect'];
  const kind = random.pick(kinds);
  if (kind === 'masquerade' || kind === 'redirect')
    return `${proto}${kind}${port ? ` to ${port}` : ''}${flags}`;
  if (random.chance(25) && family !== 'ip6') {
    return random.pick([
      `${proto}${kind}${word} to numgen random mod 2 map { 0 : 1.2.3.4, 1 : 1.2.3.5 }`,
      `${kind}${word} to tcp dport map { 80 : 1.2.3.4, 90 : 10.0.0.1 }`,
      `meta l4proto tcp ${kind} ip addr . port to numgen random mod 2 map { 0 : 1.2.3.4 . 80, 1 : 1.2.3.5 . 81 }`,
      `${kind}${word} to ip saddr map { 10.0.0.0/8 : 1.2.3.4, 11.0.0.1 : 5.5.5.5 }`,
      `${kind} ip addr . port to ip saddr . tcp dport map { 1.1.1.1 . 80 : 1.2.3.4 . 8080 }`,
    ]);
  }
  return `${proto}${kind}${word} to ${target(random.chance(60) ? single() : address())}${flags}`;
}
