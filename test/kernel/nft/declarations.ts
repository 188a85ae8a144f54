import { aValue, type Family } from './fields.ts';
import type { Random } from './random.ts';

/** A named set or map that rules look up: its name and how its key is written. */
export interface Named {
  readonly name: string;
  readonly key: string;
  /** What a map gives; absent: a set. */
  readonly data?: string;
}

export interface Declared {
  readonly text: string;
  readonly named: readonly Named[];
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

/** A field that has the type of a key. */
const fieldOf: Readonly<Record<string, string>> = {
  ipv4_addr: 'ip saddr',
  ipv6_addr: 'ip6 daddr',
  inet_service: 'th dport',
  inet_proto: 'meta l4proto',
  mark: 'meta mark',
  ifname: 'iifname',
  ether_addr: 'ether saddr',
  ct_state: 'ct state',
  icmp_type: 'icmp type',
  icmpv6_type: 'icmpv6 type',
  tcp_flag: 'tcp flags',
  iface_index: 'iif',
  pkt_type: 'meta pkttype',
  ct_status: 'ct status',
  dscp: 'ip dscp',
};

/** Kinds of which a set holds no intervals. */
const single: ReadonlySet<string> = new Set(['ct_state', 'tcp_flag', 'iface_index', 'ct_status']);

const verdicts = ['accept', 'drop', 'return', 'continue', 'jump side', 'goto other', 'accept'];
export const verdict = (random: Random): string => random.pick(verdicts);

export const dataOf = (random: Random, type: string): string =>
  type === 'verdict' ? verdict(random) : aValue(random, type, 'single');

const durations = ['1h', '90s', '1d2h3m4s', '100ms', '1w', '5m'] as const;

/** Sets, maps, objects and flowtables, and two chains to jump to. */
export function declarations(random: Random, family: Family): Declared {
  const address = family === 'ip6' ? 'ipv6_addr' : 'ipv4_addr';
  const sets = random.list(0, 3, (at) => namedSet(random, family, `s${at}`));
  const comment = (percent: number) =>
    random.chance(percent) ? `\t\tcomment "of ${random.below(9)}"\n` : '';
  const blocks = [
    `\tcounter cnt {\n${comment(20)}${random.chance(30) ? '\t\tpackets 3 bytes 120\n' : ''}\t}\n`,
    `\tquota quo {\n${comment(10)}\t\t${random.pick(['over ', '', 'until '])}${random.pick(['10 mbytes', '1500 bytes', '3 kbytes', '10 mbytes used 5 kbytes'])}\n\t}\n`,
    `\tlimit lim {\n${comment(10)}\t\trate ${random.pick(['', 'over '])}${random.pick(['10/second', '3/minute burst 7 packets', '1 mbytes/second', '2 kbytes/hour burst 9000 bytes'])}\n\t}\n`,
    filledSet(random, address),
    `\tmap dynmap {\n\t\ttype ${address} : mark\n\t\tsize 64\n\t\tflags dynamic,timeout\n${random.chance(40) ? '\t\ttimeout 5m\n' : ''}\t}\n`,
    ...objects(random, family),
    ...sets.map(({ text }) => text),
    ...flowtable(random, family),
    '\tchain side {\n\t}\n',
    `\tchain other {\n${random.chance(10) ? '\t\tcomment "a chain"\n' : ''}\t}\n`,
  ];
  const named: Named[] = sets.map(({ named: own }) => own);
  return { text: blocks.join(''), named };
}

/** A set that rules fill, of which nft tells what nobody wrote. */
function filledSet(random: Random, address: string): string {
  const lines = [
    random.pick(['size 100', 'size 100', '']),
    random.pick(['flags dynamic,timeout', 'flags dynamic,timeout', 'flags timeout', 'flags dynamic', '']),
    random.pick(['', '', 'timeout 5m']),
    random.pick(['', '', '', 'counter']),
  ].filter((line) => line !== '');
  return `\tset dyn {\n\t\ttype ${address}\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

const isTracked = (family: Family) => family === 'ip' || family === 'ip6' || family === 'inet';
export const hasObjects = isTracked;

function objects(random: Random, family: Family): readonly string[] {
  if (!isTracked(family)) return [];
  const own = family === 'inet' ? '' : `\t\tl3proto ${family}\n`;
  const states = random.pick([
    'established : 100, close : 4',
    'established : 432000',
    'syn_sent : 9, time_wait : 7',
  ]);
  return [
    `\tct timeout tmo {\n\t\tprotocol tcp;\n${own}\t\tpolicy = { ${states} }\n\t}\n`,
    `\tct timeout tmu {\n\t\tprotocol udp;\n${own}\t\tpolicy = { ${random.pick(['unreplied : 5', 'replied : 9, unreplied : 30'])} }\n\t}\n`,
    ...(random.chance(95)
      ? []
      : [
          `\tct expectation exp {\n\t\tprotocol ${random.pick(['tcp', 'udp'])}\n\t\tdport ${random.below(65_535) + 1}\n\t\ttimeout ${random.pick(['2h', '30s', '1500ms'])}\n\t\tsize ${random.below(200) + 1}\n${own}\t}\n`,
        ]),
    `\tsynproxy syn {\n\t\tmss ${random.pick([1460, 536])}\n\t\twscale ${random.below(14) + 1}\n${random.pick(['', '\t\ttimestamp\n', '\t\ttimestamp sack-perm\n', '\t\tsack-perm\n'])}\t}\n`,
  ];
}

function flowtable(random: Random, family: Family): readonly string[] {
  if (!isTracked(family) || random.chance(96)) return [];
  const priority = random.pick(['filter', '0', '10', 'filter - 5', '-150']);
  const flags = random.chance(20) ? '\t\tcounter\n' : '';
  return [`\tflowtable ft {\n\t\thook ingress priority ${priority}\n\t\tdevices = { lo }\n${flags}\t}\n`];
}

function namedSet(random: Random, family: Family, name: string): { text: string; named: Named } {
  const isInterval = random.chance(40);
  const isTypeof = random.chance(20);
  const types = random.chance(35)
    ? random.list(2, 4, () => random.pick(simpleTypes))
    : [random.pick(setTypes)];
  const usable = isInterval ? types.map((type) => (single.has(type) ? 'inet_service' : type)) : types;
  const fields = usable.map((type) => fieldOf[type] as string).join(' . ');
  const kind = random.below(5);
  const data =
    kind === 0
      ? 'verdict'
      : kind === 1
        ? random.pick(['mark', 'ipv4_addr', 'inet_service', 'ipv6_addr'])
        : undefined;
  const isTimed = random.chance(20);
  const flags = [isInterval ? 'interval' : '', isTimed ? 'timeout' : ''].filter(Boolean);
  const typeofData = data === 'verdict' ? 'verdict' : data && (fieldOf[data] as string);
  const ending = data === undefined ? '' : ` : ${isTypeof ? typeofData : data}`;
  const lines = [isTypeof ? `typeof ${fields}${ending}` : `type ${usable.join(' . ')}${ending}`];
  if (random.chance(10)) lines.push(`size ${random.pick([64, 1000, 65_535])}`);
  if (flags.length > 0) lines.push(`flags ${flags.join(', ')}`);
  if (isTimed && random.chance(50)) lines.push(`timeout ${random.pick(durations)}`);
  if (isTimed && data === undefined && random.chance(15)) lines.push('gc-interval 10s');
  if (random.chance(5) && !lines.some((line) => line.startsWith('size')))
    lines.push(`policy ${random.pick(['memory', 'performance'])}`);
  if (isInterval && data === undefined && random.chance(40)) lines.push('auto-merge');
  const statements = random.chance(15)
    ? random.pick(['counter', 'counter', 'quota over 500 bytes', 'limit rate 5/second', 'ct count 3'])
    : undefined;
  if (statements) lines.push(statements);
  if (random.chance(15)) lines.push('comment "a set"');
  const seen = new Set<string>();
  const element = () => {
    const key = usable.map((type) => aValue(random, type, isInterval ? 'stretch' : 'single')).join(' . ');
    // Two values of one key are refused, which `fmt` is asked of now and then only.
    if (data !== undefined && seen.has(key) && random.chance(95)) return null;
    seen.add(key);
    const comment = random.chance(10) ? ' comment "an element"' : '';
    return `${key}${comment}${data === undefined ? '' : ` : ${dataOf(random, data)}`}`;
  };
  const elements = isTimed ? [] : random.list(0, 8, element).filter((one) => one !== null);
  if (data === 'verdict' && random.chance(10) && elements.length > 0) elements.push('* : drop');
  if (elements.length > 0) lines.push(`elements = { ${elements.join(', ')} }`);
  const isUsable =
    (family !== 'ip' && family !== 'ip6') || !fields.includes(family === 'ip' ? 'ip6 ' : 'ip ');
  const text = `\t${data === undefined ? 'set' : 'map'} ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
  return { text, named: { name, key: isUsable ? fields : '', ...(data !== undefined && { data }) } };
}
