import fc from 'fast-check';
import type { Family } from '../../src/address/address.ts';
import { packet, type TestCase, withPorts } from './generate.ts';
import { nodes } from './node.ts';

type Text = fc.Arbitrary<string>;
type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
type Type = 'filter' | 'nat' | 'route';

/** Where a rule stands: some things may be done only there. */
interface Place {
  readonly family: Family;
  readonly inet: boolean;
  readonly type: Type | null;
  readonly hook: Hook | null;
}

const join = (...parts: readonly Text[]): Text =>
  fc.tuple(...parts).map((texts) => texts.filter((text) => text !== '').join(' '));
const some = (text: Text): Text => fc.oneof(fc.constant(''), text);
const say = (...texts: readonly string[]): Text => fc.constantFrom(...texts);
const not = say('', '', '!= ');

const words = {
  ipv4: { ip: 'ip', address: 'ipv4_addr', icmp: 'icmp', none: '0.0.0.0', nfproto: 'ipv4' },
  ipv6: { ip: 'ip6', address: 'ipv6_addr', icmp: 'icmpv6', none: '::', nfproto: 'ipv6' },
} as const;

function address(family: Family): Text {
  const node = nodes[family];
  return say(...node.virtual, ...node.virtual, ...node.outside, ...node.pods, ...node.remote, ...node.node);
}

const prefixes = {
  ipv4: ['203.0.113.0/24', '10.180.0.0/16', '10.96.0.0/30', '192.168.0.0/24'],
  ipv6: ['2001:db8:113::/48', 'fd00:10::/32', 'fd00:10:96::/126', 'fd00:192::/64'],
} as const;
const port = say('80', '81', '443', '8080', '30001', '1-1023', '80-443', '> 1000', '!= 80');
const plainPort = say('80', '81', '443', '8080', '30001');
const protocol = (family: Family): Text =>
  say('tcp', 'udp', 'sctp', family === 'ipv4' ? 'icmp' : 'ipv6-icmp');
const state = say('new', 'established', 'invalid', 'untracked', 'established,related', 'new,untracked');
const mark = say('0x1', '0x2', '0x4000', '0x4001', '0xff', '0x0');

function match(place: Place): Text {
  const { family, hook } = place;
  const { ip, icmp } = words[family];
  const end = say('saddr', 'daddr', 'daddr');
  const prefix = say(...prefixes[family]);
  const one = address(family);
  return fc.oneof(
    {
      weight: 4,
      arbitrary: join(
        say(ip),
        end,
        not,
        fc.oneof(
          one,
          prefix,
          fc.tuple(one, one).map(([a, b]) => (a === b ? a : `{ ${a}, ${b} }`)),
        ),
      ),
    },
    {
      weight: 4,
      arbitrary: join(say('tcp', 'tcp', 'udp', 'sctp', 'th'), say('dport', 'dport', 'sport'), port).map(
        (text) => (text.startsWith('th') ? `meta l4proto { tcp, udp, sctp } ${text}` : text),
      ),
    },
    { weight: 2, arbitrary: join(say('meta l4proto'), not, protocol(family)) },
    {
      weight: 1,
      arbitrary: join(
        say('tcp flags'),
        say(
          'syn',
          '& (syn | ack) == syn',
          '! fin,rst',
          'syn / fin,syn,rst,ack',
          '!= syn',
          '{ syn }',
          '== { syn }',
          '!= { syn }',
          '{ syn | ack }',
          '{ syn, ack }',
          '& (syn | ack) { syn }',
          'vmap { syn : drop, syn | ack : return }',
        ),
      ),
    },
    {
      weight: 1,
      arbitrary: join(
        say(family === 'ipv4' ? 'ip protocol' : 'ip6 nexthdr'),
        fc.oneof(
          join(not, protocol(family)),
          say('{ tcp, udp }', '{ tcp }', '!= { udp }', 'vmap { tcp : continue, udp : return }'),
        ),
      ),
    },
    // Of other protocols it is known; what packets of the own one carry, nobody says.
    { weight: 1, arbitrary: say('sctp chunk data missing', 'tcp option sack-perm missing') },
    { weight: 1, arbitrary: say(`${icmp} type echo-request`, `${icmp} type != echo-reply`) },
    { weight: 3, arbitrary: join(say('ct state'), not, state) },
    {
      weight: 1,
      arbitrary: say(
        'ct status dnat',
        'ct status snat',
        'ct status ! dnat',
        'ct direction original',
        'ct direction reply',
        'ct status { dnat }',
        'ct status { confirmed }',
        'ct status != { dnat }',
        'ct state { new }',
        'ct state != { new }',
        'ct state { invalid, untracked }',
        `ct original ${ip} daddr ${nodes[family].virtual[0]}`,
        `ct original ${ip} saddr ${prefixes[family][0]}`,
        `ct reply ${ip} saddr ${nodes[family].pods[0]}`,
        `ct reply ${ip} daddr ${nodes[family].outside[0]}`,
        'meta l4proto tcp ct original proto-dst 80',
        'meta l4proto udp ct reply proto-src != 8080',
        `ct original protocol tcp`,
        'ct mark 0x1',
        'ct mark & 0x3 != 0x0',
      ),
    },
    {
      weight: 2,
      arbitrary: join(
        say('meta mark'),
        fc.oneof(
          join(not, mark),
          fc.tuple(mark, not, mark).map(([m, n, v]) => `& ${m} ${n === '' ? '==' : '!='} ${v}`),
          say('< 0x10', '>= 0x4000', '0x1-0xff'),
        ),
      ),
    },
    {
      weight: 2,
      arbitrary:
        hook === 'output' || hook === 'postrouting'
          ? join(say('oifname'), not, say('"eth0"', '"cni0"', '"lo"', '"c*"', '{ "eth0", "lo" }'))
          : join(say('iifname'), not, say('"eth0"', '"cni0"', '"lo"', '"c*"', '{ "eth0", "lo" }')),
    },
    {
      weight: 2,
      arbitrary:
        hook === null
          ? say('fib daddr type local')
          : say(
              'fib daddr type local',
              'fib saddr type local',
              'fib daddr type != local',
              'fib daddr type { local, broadcast, multicast }',
              'fib daddr type { local }',
              ...(hook === 'prerouting' || hook === 'input' || hook === 'forward'
                ? [
                    'fib daddr . iif type local',
                    'fib saddr . iif type != local',
                    'fib saddr . iif oif missing',
                  ]
                : []),
            ),
    },
    {
      weight: 1,
      arbitrary: join(say(`${ip} saddr . meta l4proto . th dport`), not, say('@ranges')),
    },
    { weight: 1, arbitrary: join(say(ip), end, not, say('@timed')) },
    { weight: 2, arbitrary: join(say(ip), end, not, say('@addresses', '@nets')) },
    { weight: 2, arbitrary: join(say(`${ip} daddr . meta l4proto . th dport`), not, say('@services')) },
    {
      weight: 1,
      arbitrary: join(say('meta l4proto . th dport'), not, say('{ tcp . 80, udp . 53, tcp . 8080 }')),
    },
    {
      weight: 1,
      arbitrary: say('numgen random mod 2 0', 'numgen random mod 3 < 2', 'numgen random mod 4 { 0, 2 }'),
    },
    {
      weight: 1,
      arbitrary: say(
        `meta nfproto ${words[family].nfproto}`,
        'meta protocol ip',
        'meta pkttype host',
        'meta skuid != 12345',
      ),
    },
    {
      weight: 1,
      arbitrary:
        hook === null || hook === 'output' || hook === 'prerouting' || hook === 'input'
          ? join(
              say(ip),
              say('daddr'),
              say('127.0.0.1').map(() => words[family].none),
              say(''),
            ).map((text) => `${text.trim()}`)
          : say('meta mark 0x0'),
    },
  );
}

const verdict = say('accept', 'drop', 'return', 'jump one', 'jump two', 'goto one', 'goto two', 'continue');

function action(place: Place): Text {
  const { family, hook, type, inet } = place;
  const { ip } = words[family];
  const own = inet ? ` ${ip}` : '';
  const target = say(...nodes[family].pods, ...nodes[family].remote);
  const bracket = (text: string) => (family === 'ipv6' ? `[${text}]` : text);
  const choices: fc.WeightedArbitrary<string>[] = [
    { weight: 3, arbitrary: verdict },
    {
      weight: 2,
      arbitrary: join(
        say('meta mark set'),
        fc.oneof(
          mark,
          say(
            'meta mark | 0x4000',
            'meta mark & 0xffffbfff',
            'meta mark ^ 0x3',
            'ct mark',
            'meta mark & 0xff | 0x100',
            `${ip} daddr map { ${nodes[family].virtual[0]} : 0x1, ${nodes[family].virtual[1]} : 0x2 }`,
          ),
        ),
      ),
    },
    { weight: 1, arbitrary: say('ct mark set 0x1', 'ct mark set meta mark', 'counter', 'log') },
    {
      weight: 2,
      arbitrary: say(
        'ct state vmap { new : continue, established : accept, invalid : drop }',
        `meta l4proto vmap { tcp : jump one, udp : goto two }`,
        `${ip} daddr . meta l4proto . th dport vmap @verdicts`,
        `${ip} saddr . meta l4proto . th dport vmap { ${prefixes[family][0]} . tcp . 1-1023 : drop, ${nodes[family].pods[0]} . udp . 80 : jump two }`,
        `meta l4proto . ct state vmap { tcp . new : jump one, udp . new : return, tcp . established : accept }`,
        `iifname . ${ip} daddr vmap { "eth0" . ${nodes[family].virtual[0]} : jump two, "cni0" . ${nodes[family].virtual[1]} : drop }`,
        `${ip} saddr vmap { ${nodes[family].outside[0]} : drop, ${prefixes[family][1]} : jump two }`,
        'numgen random mod 2 vmap { 0 : jump one, 1 : continue }',
        'iifname vmap { "eth0" : jump one, "cni0" : return }',
      ),
    },
  ];
  if (type === 'filter' && hook !== 'postrouting')
    choices.push({
      weight: 2,
      arbitrary: say(
        'reject',
        `meta l4proto tcp reject with tcp reset`,
        'reject with icmpx host-unreachable',
        'reject with icmpx admin-prohibited',
        'reject with icmpx no-route',
      ),
    });
  if (type === 'filter' && (hook === 'prerouting' || hook === 'output'))
    choices.push({ weight: 1, arbitrary: say('notrack') });
  if (type === 'nat' && (hook === 'prerouting' || hook === 'output'))
    choices.push({
      weight: 6,
      arbitrary: fc.oneof(
        target.map((to) => `dnat${own} to ${to}`),
        fc
          .tuple(say('tcp', 'udp'), target, plainPort)
          .map(([proto, to, dport]) => `meta l4proto ${proto} dnat${own} to ${bracket(to)}:${dport}`),
        fc
          .tuple(target, target)
          .map(
            ([a, b]) =>
              `meta l4proto tcp dnat ${ip} to numgen random mod 2 map { 0 : ${a} . 8080, 1 : ${b} . 81 }`,
          ),
        fc
          .tuple(target, target)
          .map(
            ([a, b]) =>
              `dnat ${ip} to ${ip} saddr map { ${nodes[family].outside[0]} : ${a}, ${nodes[family].outside[1]} : ${b} }`,
          ),
        say('meta l4proto tcp redirect to :8080', 'redirect', 'meta l4proto { tcp, udp } redirect to :81'),
      ),
    });
  if (type === 'nat' && hook === 'postrouting')
    choices.push({
      weight: 6,
      arbitrary: say(
        'masquerade',
        'masquerade fully-random',
        'masquerade random',
        `snat${own} to ${nodes[family].node[1]}`,
        `meta l4proto tcp masquerade to :2000-3000`,
      ),
    });
  return fc.oneof(...choices);
}

/** What asks for a protocol: nft refuses two of them in one rule. */
const protocols =
  /\b(?:tcp|udp|sctp|icmp|icmpv6) (?:dport|sport|flags|type)\b|\bmeta l4proto\b|\b(?:ip protocol|ip6 nexthdr)\b|\breset\b/g;

function rule(place: Place): Text {
  const whole = join(some(match(place)), match(place), some(match(place)), action(place));
  return whole.filter(
    (text) => (text.match(protocols) ?? []).length <= 1 && (place.inet || !/meta nfproto|icmpx/.test(text)),
  );
}

const hooksOf: Readonly<Record<Type, readonly Hook[]>> = {
  filter: ['prerouting', 'input', 'forward', 'output', 'postrouting'],
  nat: ['prerouting', 'output', 'postrouting'],
  route: ['output'],
};

const priorities: Readonly<Record<Type, readonly number[]>> = {
  filter: [-300, -150, -10, 0, 10, 50, 150],
  nat: [-101, -100, -99, 100, 101],
  route: [-150, -50],
};

const base = fc.constantFrom<Type>('filter', 'filter', 'nat', 'nat', 'route').chain((type) =>
  fc.record({
    type: fc.constant(type),
    hook: fc.constantFrom(...hooksOf[type]),
    priority: fc.constantFrom(...priorities[type]),
    policy: fc.constantFrom('accept', 'accept', 'accept', 'drop'),
  }),
);

function table(family: Family, name: string): Text {
  const { address: type } = words[family];
  return fc.tuple(fc.boolean(), fc.array(base, { minLength: 2, maxLength: 5 })).chain(([inet, bases]) => {
    const place = (own: Pick<Place, 'type' | 'hook'>): Place => ({ family, inet, ...own });
    const chains = bases.map(({ type: kind, hook, priority, policy }, index) =>
      fc
        .array(rule(place({ type: kind, hook })), { minLength: 1, maxLength: 4 })
        .map((rules) =>
          chain(`base${index}`, [
            `type ${kind} hook ${hook} priority ${priority}; policy ${policy};`,
            ...rules,
          ]),
        ),
    );
    const free = place({ type: null, hook: null });
    const leaf = (rules: readonly string[]) =>
      rules.map((text) => text.replace(/(?:jump|goto) (?:one|two)/g, 'return'));
    const middle = (rules: readonly string[]) =>
      rules.map((text) => text.replace(/(jump|goto) one/g, '$1 two'));
    const called = [
      fc.array(rule(free), { minLength: 1, maxLength: 3 }).map((rules) => chain('two', leaf(rules))),
      fc.array(rule(free), { minLength: 1, maxLength: 3 }).map((rules) => chain('one', middle(rules))),
    ];
    const node = nodes[family];
    const sets = [
      block('set addresses', [
        `type ${type}`,
        `elements = { ${[...node.virtual, node.pods[0], node.outside[0]].join(', ')} }`,
      ]),
      block('set nets', [
        `type ${type}`,
        'flags interval',
        `elements = { ${prefixes[family].filter((_, index) => index !== 2).join(', ')} }`,
      ]),
      block('set services', [
        `type ${type} . inet_proto . inet_service`,
        `elements = { ${node.virtual[0]} . tcp . 80, ${node.virtual[1]} . udp . 80, ${node.node[0]} . tcp . 30001 }`,
      ]),
      block('set ranges', [
        `type ${type} . inet_proto . inet_service`,
        'flags interval',
        `elements = { ${prefixes[family][0]} . tcp . 1-1023, ${node.pods[0]} . udp . 80-8080 }`,
      ]),
      block('set timed', [
        `type ${type}`,
        'flags timeout',
        `elements = { ${node.virtual[0]} timeout 1h, ${node.outside[0]} timeout 2h }`,
      ]),
      block('map verdicts', [
        `type ${type} . inet_proto . inet_service : verdict`,
        `elements = { ${node.virtual[0]} . tcp . 80 : jump one, ${node.virtual[1]} . udp . 80 : goto two, ${node.node[0]} . tcp . 30001 : drop }`,
      ]),
    ].join('');
    return fc
      .tuple(...called, ...chains)
      .map((texts) => `table ${inet ? 'inet' : words[family].ip} ${name} {\n${sets}${texts.join('')}}\n`);
  });
}

const block = (head: string, lines: readonly string[]): string =>
  `\t${head} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
const chain = (name: string, lines: readonly string[]): string => block(`chain ${name}`, lines);

/** A ruleset of nft of two tables, with packets. */
export function nftCase(family: Family, packets: number): fc.Arbitrary<TestCase> {
  return fc.record({
    family: fc.constant(family),
    backend: fc.constant('nftables' as const),
    rules: fc.tuple(table(family, 'a'), table(family, 'b')).map((texts) => texts.join('')),
    packets: fc.array(packet(family), { minLength: packets, maxLength: packets, size: 'max' }).map(withPorts),
    sequence: fc.constant(false),
  });
}

/** The same with what rules remember of earlier packets, and nothing that chance decides. */
export function nftSequence(family: Family, packets: number): fc.Arbitrary<TestCase> {
  return fc.tuple(nftCase(family, packets), fc.infiniteStream(fc.nat())).map(([drawn, stream]) => ({
    ...drawn,
    rules: remembering(drawn.rules, family, stream),
    sequence: true,
  }));
}

/** Numbers in turn instead of those of chance, and before some rules others that fill a set, empty it, or ask it. */
function remembering(text: string, family: Family, stream: fc.Stream<number>): string {
  const { ip, address: type } = words[family];
  const dice = (below: number) => (stream.next().value as number) % below;
  const end = () => (dice(2) === 0 ? 'saddr' : 'daddr');
  const kinds: readonly (() => string)[] = [
    () => `add @seen { ${ip} ${end()} }`,
    () => `update @seen { ${ip} ${end()} timeout 1h }`,
    () => `delete @seen { ${ip} ${end()} }`,
    () => `meta l4proto { tcp, udp } add @few { ${ip} saddr . th dport } counter`,
    () => `${ip} ${end()} @seen drop`,
    () => `${ip} ${end()} != @seen counter meta mark set 0x2`,
    () => `meta l4proto { tcp, udp } ${ip} saddr . th dport @few return`,
    () => `numgen inc mod ${2 + dice(3)} ${dice(2)} drop`,
  ];
  // What is deleted takes up room until the set is swept: not while the packets pass.
  const sets =
    block('set seen', [`type ${type}`, 'size 4', 'flags dynamic,timeout', 'timeout 2h', 'gc-interval 1h']) +
    block('set few', [`type ${type} . inet_service`, 'size 3', 'flags dynamic']);
  const lines = text.replaceAll('numgen random', 'numgen inc').split('\n');
  return lines
    .flatMap((line) => {
      if (line.startsWith('table ')) return [line, sets.trimEnd()];
      const isRule = /^\t\t(?!type |flags |elements |size |timeout |gc-interval )/.test(line);
      return isRule && dice(3) === 0 ? [`\t\t${kinds[dice(kinds.length)]?.()}`, line] : [line];
    })
    .join('\n');
}
