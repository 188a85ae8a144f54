import fc from 'fast-check';
import type { Family } from '../../src/address/address.ts';

/** Of iptables; `nftables`: the rules are for nft. */
export type Backend = 'nft' | 'legacy' | 'nftables';

type Text = fc.Arbitrary<string>;

/** Rules about connections: states, marks, zones, translation both ways. */
export function rulesFor(backend: Backend, family: Family, ends: Ends): Text {
  return backend === 'nftables' ? nftRules(family, ends) : iptablesRules(family, ends);
}

/** Addresses that rules and packets use. */
export interface Ends {
  readonly virtual: readonly string[];
  readonly pods: readonly string[];
  readonly outside: readonly string[];
  readonly node: readonly string[];
}

const some = (
  texts: readonly (readonly [number, string])[],
  most: number,
): fc.Arbitrary<readonly string[]> => {
  const one = fc.oneof(...texts.map(([weight, text]) => ({ weight, arbitrary: fc.constant(text) })));
  return fc.uniqueArray(one, { maxLength: most, size: 'max' });
};

const bracket = (family: Family, address: string) => (family === 'ipv4' ? address : `[${address}]`);

function table(name: string, chains: readonly string[], rules: fc.Arbitrary<readonly string[]>[]): Text {
  return fc
    .tuple(...rules)
    .map((lists) => [
      `*${name}`,
      ...chains.map((chain) => `:${chain} ACCEPT [0:0]`),
      ...chains.flatMap((chain, index) => (lists[index] ?? []).map((rule) => `-A ${chain} ${rule}`)),
      'COMMIT\n',
    ])
    .map((lines) => lines.join('\n'));
}

function iptablesRules(family: Family, { virtual, pods, outside, node }: Ends): Text {
  const [vip = '', other = ''] = virtual;
  const [first = '', second = ''] = pods;
  const to = (address: string, ports: string) => `${bracket(family, address)}:${ports}`;
  const raw = some(
    [
      [3, '-p udp -m udp --dport 81 -j CT --notrack'],
      [1, `-s ${pods[0]} -j CT --notrack`],
      [2, '-i cni0 -j CT --zone 2'],
      [2, '-i eth0 -p tcp -j CT --zone 1'],
      [1, '-j CT --zone-orig 3'],
    ],
    1,
  );
  const marks = some(
    [
      [2, '-j CONNMARK --restore-mark'],
      [2, '-m conntrack --ctstate NEW -j MARK --set-xmark 0x1/0x1'],
      [1, '-i cni0 -j MARK --set-xmark 0x2/0x2'],
      [2, '-j CONNMARK --save-mark'],
      [1, '-m conntrack --ctstate INVALID -j DROP'],
      [1, '-m mark --mark 0x2/0x2 -j CONNMARK --set-xmark 0x4/0x4'],
    ],
    3,
  );
  const before = some(
    [
      [4, `-d ${vip} -p tcp -m tcp --dport 80 -j DNAT --to-destination ${to(first, '8080')}`],
      [3, `-d ${vip} -p udp -j DNAT --to-destination ${first}`],
      [3, `-d ${other} -p tcp -j DNAT --to-destination ${to(first, '8080')}`],
      [2, `-d ${other} -j DNAT --to-destination ${second}`],
      [2, `-d ${vip} -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination ${second}`],
      [
        1,
        `-d ${vip} -p tcp -m statistic --mode random --probability 0.5 -j DNAT --to-destination ${to(second, '81')}`,
      ],
      [1, '-p tcp -m tcp --dport 81 -j REDIRECT --to-ports 8080'],
      [1, `-d ${vip} -p udp -j DNAT --to-destination ${to(first, '8080-8082')}`],
      [1, `-d ${other} -j DNAT --to-destination ${first}-${second}`],
    ],
    3,
  );
  const after = some(
    [
      [4, '-j MASQUERADE'],
      [2, '-j MASQUERADE --random-fully'],
      [2, '-m mark --mark 0x1/0x1 -j MASQUERADE'],
      [1, `-s ${pods[0]} -j SNAT --to-source ${node[0]}`],
      [1, `-j SNAT --to-source ${node[0]}-${node[1]}`],
      [1, `-p tcp -j SNAT --to-source ${to(node[0] ?? '', '9000-9003')}`],
      [1, `-p udp -j SNAT --to-source ${to(node[0] ?? '', '9000-9001')}`],
      [1, `-d ${outside[0]} -p tcp -j MASQUERADE --to-ports 9000-9002`],
    ],
    2,
  );
  const filters = some(
    [
      [4, '-m conntrack --ctstate INVALID -j DROP'],
      [3, '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'],
      [1, '-m conntrack --ctstate RELATED -j DROP'],
      [1, '-m conntrack --ctstate UNTRACKED -j DROP'],
      [1, '-m conntrack --ctstate NEW -j REJECT'],
      [1, '-m conntrack --ctstate ESTABLISHED -j REJECT'],
      [
        1,
        '-p tcp -m conntrack --ctstate ESTABLISHED -m tcp --tcp-flags FIN FIN -j REJECT --reject-with tcp-reset',
      ],
      [1, '-m conntrack --ctdir REPLY -j DROP'],
      [2, '-m conntrack --ctstatus ASSURED -j DROP'],
      [1, '-m conntrack ! --ctstatus SEEN_REPLY --ctstate ESTABLISHED -j DROP'],
      [1, '-m connmark --mark 0x1/0x1 -m conntrack --ctstate ESTABLISHED -j DROP'],
      [1, '-m mark --mark 0x2/0x2 -j DROP'],
      [1, '-m conntrack --ctstate DNAT --ctdir REPLY -j REJECT'],
      [1, `-m conntrack --ctorigdst ${vip} --ctstate ESTABLISHED -j DROP`],
    ],
    2,
  );
  const none = fc.constant([] as readonly string[]);
  const sending = (rules: fc.Arbitrary<readonly string[]>) =>
    rules.map((list) => list.filter((rule) => !rule.startsWith('-i ')));
  const rarely = (rules: fc.Arbitrary<readonly string[]>) =>
    fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: sending(rules) });
  return fc
    .tuple(
      table(
        'raw',
        ['PREROUTING', 'OUTPUT'],
        [fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: raw }), none],
      ),
      table(
        'mangle',
        ['PREROUTING', 'OUTPUT', 'FORWARD', 'POSTROUTING'],
        [fc.oneof(none, marks), rarely(marks), none, rarely(marks)],
      ),
      table(
        'nat',
        ['PREROUTING', 'OUTPUT', 'POSTROUTING', 'INPUT'],
        [before, before, fc.oneof(none, after), rarely(fc.constant([`-j SNAT --to-source ${outside[1]}`]))],
      ),
      table('filter', ['FORWARD', 'INPUT', 'OUTPUT'], [filters, rarely(filters), rarely(filters)]),
    )
    .map((texts) => texts.join(''));
}

/** A base chain of nft: its hook, and its priority by name or number. */
function chainOf(hook: string, type: string, priority: string, rules: readonly string[]): string {
  const own = rules.filter((rule) => hook !== 'output' || !rule.includes('iifname'));
  const head = `type ${type} hook ${hook} priority ${priority};`;
  return `chain ${hook}-${priority.replace(/\W/g, '')} { ${[head, ...own].join('\n')}\n}`;
}

function nftRules(family: Family, { virtual, pods, outside, node }: Ends): Text {
  const ip = family === 'ipv4' ? 'ip' : 'ip6';
  const [vip = '', other = ''] = virtual;
  const [first = '', second = ''] = pods;
  const to = (address: string, ports: string) => `${bracket(family, address)}:${ports}`;
  const raw = some(
    [
      [3, 'udp dport 81 notrack'],
      [1, `${ip} saddr ${first} notrack`],
      [2, 'iifname "cni0" ct zone set 2'],
      [2, 'iifname "eth0" meta l4proto tcp ct zone set 1'],
      [1, 'ct original zone set 3'],
      [1, 'ct reply zone set 3'],
      [1, 'ct zone set iifname map { "eth0" : 3, "cni0" : 4 }'],
    ],
    1,
  );
  const marks = some(
    [
      [2, 'meta mark set ct mark'],
      [2, 'ct state new meta mark set meta mark or 0x1'],
      [1, 'iifname "cni0" meta mark set meta mark or 0x2'],
      [2, 'ct mark set meta mark'],
      [1, 'ct state invalid drop'],
      [1, 'meta mark & 0x2 == 0x2 ct mark set ct mark or 0x4'],
      [1, `ct mark set ${ip} daddr map { ${vip} : 0x1, ${first} : 0x5 }`],
      [1, 'ct original zone 3 ct mark set ct mark or 0x8'],
      [1, 'ct reply zone 0 ct zone 3 meta mark set meta mark or 0x10'],
    ],
    3,
  );
  const before = some(
    [
      [4, `${ip} daddr ${vip} tcp dport 80 dnat to ${to(first, '8080')}`],
      [3, `${ip} daddr ${vip} meta l4proto udp dnat to ${first}`],
      [3, `${ip} daddr ${other} meta l4proto tcp dnat to ${to(first, '8080')}`],
      [2, `${ip} daddr ${other} dnat to ${second}`],
      [2, `${ip} daddr ${vip} numgen inc mod 2 0 dnat to ${second}`],
      [1, `${ip} daddr ${vip} meta l4proto tcp numgen random mod 2 0 dnat to ${to(second, '81')}`],
      [
        1,
        `${ip} daddr ${vip} meta l4proto tcp dnat to numgen random mod 2 map { 0 : ${first}, 1 : ${second} }`,
      ],
      [1, 'tcp dport 81 redirect to :8080'],
      [1, `${ip} daddr ${vip} meta l4proto udp dnat to ${to(first, '8080-8082')}`],
      [1, `${ip} daddr ${other} dnat to ${first}-${second}`],
    ],
    3,
  );
  const after = some(
    [
      [4, 'masquerade'],
      [2, 'masquerade fully-random'],
      [2, 'meta mark & 0x1 == 0x1 masquerade'],
      [1, `${ip} saddr ${first} snat to ${node[0]}`],
      [1, `snat to ${node[0]}-${node[1]}`],
      [1, `meta l4proto tcp snat to ${to(node[0] ?? '', '9000-9003')}`],
      [1, `meta l4proto udp snat to ${to(node[0] ?? '', '9000-9001')}`],
      [1, `${ip} daddr ${outside[0]} meta l4proto tcp masquerade to :9000-9002`],
    ],
    2,
  );
  const filters = some(
    [
      [4, 'ct state invalid drop'],
      [3, 'ct state established,related accept'],
      [3, 'ct state vmap { established : accept, related : accept, invalid : drop }'],
      [1, 'ct state related drop'],
      [1, 'ct state untracked drop'],
      [1, 'ct state new reject'],
      [1, 'ct state established reject'],
      [1, 'ct state established tcp flags & fin == fin reject with tcp reset'],
      [1, 'ct direction reply drop'],
      [2, 'ct status assured drop'],
      [1, 'ct state established ct status & seen-reply == 0 drop'],
      [1, 'ct mark & 0x1 == 0x1 ct state established drop'],
      [1, 'ct mark 0x5 drop'],
      [1, 'meta mark & 0x2 == 0x2 drop'],
      [1, 'ct status dnat ct direction reply reject'],
      [1, `ct original ${ip} daddr ${vip} ct state established drop`],
      [1, 'meta l4proto tcp ct original proto-dst 80 ct reply proto-src 8080 ct direction reply drop'],
    ],
    2,
  );
  const none = fc.constant([] as readonly string[]);
  const rarely = (rules: fc.Arbitrary<readonly string[]>) =>
    fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: rules });
  const chain = (
    hook: string,
    type: string,
    priority: string,
    rules: fc.Arbitrary<readonly string[]>,
  ): Text => rules.map((list) => chainOf(hook, type, priority, list));
  return fc
    .tuple(
      chain('prerouting', 'filter', '-300', rarely(raw)),
      chain('prerouting', 'filter', '-150', fc.oneof(none, marks)),
      chain('output', 'route', '-150', rarely(marks)),
      chain('postrouting', 'filter', '-150', rarely(marks)),
      chain('prerouting', 'nat', '-100', before),
      chain('output', 'nat', '-100', before),
      chain('postrouting', 'nat', '100', fc.oneof(none, after)),
      chain('input', 'nat', '100', rarely(fc.constant([`snat to ${outside[1]}`]))),
      chain('forward', 'filter', '0', filters),
      chain('input', 'filter', '0', rarely(filters)),
      chain('output', 'filter', '0', rarely(filters)),
    )
    .map((chains) => `table ${ip} kept {\n${chains.join('\n')}\n}\n`);
}
