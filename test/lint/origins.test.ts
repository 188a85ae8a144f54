import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RuleFinding, severities } from '../../src/lint/finding.ts';
import { openNode } from '../../src/session/check/rules.ts';
import { fixtures } from '../cases.ts';

// Each finding about rules, in nodes of different origin that were recorded sound, and broken in one way each. The sound node has no such
// finding, the broken one has it: so each row is an input that fails, and one that passes.

/** Of `too-many-rules` no node is known that people have. */
type RuleCode = Exclude<RuleFinding['code'], `drift-${string}` | 'too-many-rules'>;

/** A recorded node, and what breaks it: its rules, or where a `host` is told, that. */
type Row = readonly [origin: string, breaks: (text: string) => string, host?: string];

const replaced =
  (pattern: RegExp | string, by: string) =>
  (text: string): string =>
    text.replace(pattern, by);
const without = (pattern: RegExp) => replaced(pattern, '');

/** A rule before the others of a chain of iptables. */
const before = (chain: string, rule: string) =>
  replaced(new RegExp(`^-A ${chain} `, 'm'), `-A ${chain} ${rule}\n$&`);

/** A chain of another table of nft. */
const beside =
  (type: string, hook: string, priority: number | string, rule: string, policy = 'accept') =>
  (text: string) =>
    `${text}table inet mine {\n\tchain mine {\n\t\ttype ${type} hook ${hook} priority ${priority}; policy ${policy};\n\t\t${rule}\n\t}\n}\n`;

/** A rule before the others of a chain of nft. */
const first = (chain: string, rule: string) =>
  replaced(new RegExp(`(\\tchain ${chain} \\{\\n(?:\\t\\t(?:type|comment) .*\\n)*)`), `$1\t\t${rule}\n`);
const emptied = (name: string) =>
  without(
    new RegExp(
      `(?<=\\t(?:set|map) ${name} \\{\\n(?:\\t\\t(?:type|comment|flags) .*\\n)*)\\t\\telements = \\{[^}]*\\}\\n`,
    ),
  );

const builtIn = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
const table = (name: string, rule: string) => (text: string) =>
  `*${name}\n${builtIn.map((chain) => `:${chain} ACCEPT [0:0]\n`).join('')}${rule}\nCOMMIT\n${text}`;

/** Rules that mark by chance, each by a bit of its own. */
const bits = Array.from({ length: 10 }, (_, at) => `0x${(1 << (at + 16)).toString(16)}`);
const dice = bits.map(
  (bit) => `-m statistic --mode random --probability 0.5 -j MARK --set-xmark ${bit}/${bit}`,
);
const diceOfNft = bits.map((bit) => `numgen random mod 2 == 0 meta mark set meta mark | ${bit}`);

const told = (sysctls: string) => `podCIDR: 10.244.1.0/24\nsysctls: { ${sysctls} }\n`;
const named = (name: string) => `conformance/named/${name}/iptables.save`;
const tables = (release: string, name: string) => `conformance/nftables/${release}/${name}.nft`;
const docker = 'sabotage/docker-external-ips.save';
const calico = 'sabotage/calico-external-ips.save';

const inputs: Readonly<Record<RuleCode, readonly Row[]>> = {
  'cut-off': [
    [named('node-port'), without(/^-A PREROUTING .*-j KUBE-SERVICES\n/m)],
    [docker, before('FORWARD', '-j REJECT --reject-with icmp-port-unreachable')],
    // Of 127.0.0.1, from where nothing leaves the node as it is.
    [named('node-port-local'), without(/^-A KUBE-EXT-\S+ .*"masquerade LOCAL traffic .*\n/m)],
    // Ways double with each die, and there are ten endpoints.
    [
      named('ten-endpoints'),
      before(
        'FORWARD',
        [...dice.slice(0, 3), '-m statistic --mode random --probability 0.1 -j DROP'].join('\n-A FORWARD '),
      ),
    ],
    // The firewall drops whom the chain of ranges, which nothing leads to, admits.
    [
      named('load-balancer-source-ranges-with-node'),
      replaced(/^(-A KUBE-SERVICES -d 35.*)-j KUBE-FW-\S+$/m, '$1-j ACCEPT'),
    ],
    [calico, without(/^-A KUBE-SEP-.*-j DNAT .*\n/gm)],
    [tables('1.33.5', 'node-port'), without(/(?<=\tchain nat-prerouting \{\n.*\n)\t\tjump services\n/)],
    [tables('1.37.2', 'load-balancer'), beside('filter', 'forward', 0, 'ct status dnat drop')],
  ],
  'errors-lost': [
    [named('node-port'), before('FORWARD', '-m conntrack --ctstate RELATED -j DROP')],
    [docker, before('FORWARD', '-p icmp -j DROP')],
    [named('node-port-udp-sctp'), before('FORWARD', '-p icmp -m icmp --icmp-type 3 -j REJECT')],
    [tables('1.37.2', 'load-balancer'), beside('filter', 'forward', 0, 'ct state related drop')],
  ],
  'wrong-endpoint': [
    [named('cluster-ip'), replaced(/(--to-destination 10\.244\.1\.)5:/, '$19:')],
    [named('ten-endpoints'), replaced(/(-A KUBE-SEP-.*--to-destination \S*):\d+/, '$1:9')],
    [tables('1.33.5', 'node-port'), replaced(/dnat to 10\.244\.1\.5:8080/, 'dnat to 10.244.1.99:8080')],
  ],
  'uneven-shares': [
    [named('node-port'), replaced('--probability 0.50000000000', '--probability 0.33333333349')],
    [named('ten-endpoints'), replaced(/^-A KUBE-SVC-\S+ .*--probability 0\.5.*\n/m, '')],
    [tables('1.36.3', 'node-port'), replaced('numgen random mod 3', 'numgen random mod 2')],
    [tables('1.33.5', 'node-port'), replaced('numgen random mod 3', 'numgen random mod 2')],
  ],
  'affinity-lost': [
    [tables('1.36.3', 'session-affinity'), replaced(/\t\tip saddr @affinity.* goto .*\n/, '')],
    [tables('1.33.5', 'session-affinity'), replaced(/\t\tupdate @affinity.*\n/, '')],
    [tables('1.37.2', 'session-affinity'), replaced(/(update @affinity.*\{ ip )saddr/, '$1daddr')],
    [named('session-affinity'), replaced(/--rsource(?= -m tcp -j DNAT)/, '--rdest')],
    [
      named('session-affinity'),
      replaced(/^((?:-A KUBE-SVC-\S+ .*--rcheck .*\n)+)((?:-A KUBE-SVC-.*\n)+)/m, '$2$1'),
    ],
    [named('session-affinity'), replaced(/^-A KUBE-SVC-\S+ .*--rcheck .*\n/m, '')],
    [named('session-affinity'), replaced(/-m recent --set --name \S+ --mask \S+ --rsource /, '')],
    [named('session-affinity-short-node-port'), replaced(/^-A KUBE-SVC-\S+ .*--rcheck .*\n/m, '')],
    [named('small-real-cluster'), replaced(/^-A KUBE-SVC-\S+ .*--rcheck .*\n/m, '')],
  ],
  'source-lost': [
    [named('load-balancer-local'), before('POSTROUTING', '-j MASQUERADE')],
    [named('node-port-local'), before('POSTROUTING', '-o cni0 -j MASQUERADE')],
    [tables('1.36.3', 'load-balancer-local'), beside('nat', 'postrouting', 90, 'masquerade')],
  ],
  'range-open': [
    // Of the node itself, which the ranges do not name either.
    [
      tables('1.37.2', 'load-balancer-source-ranges'),
      replaced(/(hook output priority -110.*\n)\t\tct state new jump firewall-check\n/, '$1'),
    ],
    [
      named('load-balancer-source-ranges'),
      replaced(/^(-A KUBE-SERVICES -d 35\S+ .*)-j KUBE-FW-(\S+)$/m, '$1-j KUBE-EXT-$2'),
    ],
    [tables('1.36.3', 'load-balancer-source-ranges'), emptied('firewall-ips')],
    [tables('1.33.5', 'load-balancer-source-ranges'), without(/\t\tip saddr != \{[^}]*\} drop\n/)],
    [tables('1.37.2', 'load-balancer-source-ranges'), emptied('firewall-ips')],
  ],
  throttled: [
    [named('node-port'), before('FORWARD', '-p tcp -m connlimit --connlimit-above 20 -j DROP')],
    [
      docker,
      before(
        'FORWARD',
        '-p tcp --syn -m hashlimit --hashlimit-above 50/sec --hashlimit-mode srcip --hashlimit-name x -j DROP',
      ),
    ],
    [
      tables('1.36.3', 'node-port'),
      beside('filter', 'forward', -5, 'tcp flags syn limit rate over 10/second drop'),
    ],
  ],
  undecided: [
    [named('cluster-ip'), before('FORWARD', '-p tcp -j NFQUEUE --queue-num 0')],
    [calico, before('FORWARD', '-m time --timestart 22:00 --timestop 06:00 -j DROP')],
    [
      tables('1.35.4', 'node-port'),
      beside('filter', 'prerouting', -150, 'tcp dport 80 tproxy to :15001 accept'),
    ],
  ],
  'health-check-closed': [
    [named('load-balancer-local'), before('INPUT', '-p tcp -m tcp --dport 31234 -j DROP')],
    [named('load-balancer-local-no-local'), before('INPUT', '-j REJECT --reject-with icmp-port-unreachable')],
    [`conformance/iptables/1.37.2/load-balancer-local.save`, before('INPUT', '-p tcp -j DROP')],
  ],
  'ways-left': [
    [named('node-port'), before('FORWARD', dice.join('\n-A FORWARD '))],
    [docker, before('FORWARD', dice.join('\n-A FORWARD '))],
    [tables('1.36.3', 'cluster-ip'), beside('filter', 'forward', 0, diceOfNft.join('\n\t\t'))],
  ],
  'order-decides': [
    [
      tables('1.36.3', 'cluster-ip'),
      beside('nat', 'prerouting', 'dstnat', 'tcp dport 80 dnat ip to 192.0.2.99'),
    ],
    [tables('1.33.5', 'node-port'), beside('nat', 'prerouting', -100, 'tcp dport 80 dnat ip to 192.0.2.99')],
    [tables('1.35.4', 'external-ips'), beside('nat', 'prerouting', -100, 'tcp dport 80 redirect to :15001')],
  ],
  'address-lost': [
    [tables('1.36.3', 'cluster-ip'), emptied('service-ips')],
    [tables('1.35.4', 'node-port'), emptied('service-ips')],
    [tables('1.37.2', 'load-balancer'), emptied('service-ips')],
  ],
  'service-rejects': [
    [
      named('cluster-ip'),
      before(
        'FORWARD',
        '-d 10.96.9.8/32 -p tcp -m comment --comment "default/gone has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
      ),
    ],
    [
      docker,
      before(
        'FORWARD',
        '-d 10.96.9.9/32 -p tcp -m comment --comment "default/gone has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
      ),
    ],
    [
      tables('1.36.3', 'cluster-ip'),
      replaced(
        /(\tmap no-endpoint-services \{\n.*\n.*\n)/,
        '$1\t\telements = { 10.96.9.9 . tcp . 80 comment "default/gone" : goto reject-chain }\n',
      ),
    ],
  ],
  'local-elsewhere': [
    [
      named('cluster-ip'),
      before(
        'FORWARD',
        '-d 10.96.9.9/32 -p tcp -m comment --comment "default/agent has no local endpoints" -m tcp --dport 80 -j DROP',
      ),
    ],
    [
      calico,
      before(
        'FORWARD',
        '-d 10.96.9.9/32 -p tcp -m comment --comment "default/agent has no local endpoints" -m tcp --dport 80 -j DROP',
      ),
    ],
    [
      tables('1.36.3', 'node-port'),
      (text) =>
        text
          .replace(/(\tset cluster-ips \{\n.*\n.*\n\t\telements = \{ )/, '$110.96.9.9, ')
          .replace(
            /(\tmap no-endpoint-services \{\n.*\n.*\n)/,
            '$1\t\telements = { 10.96.9.9 . tcp . 80 comment "default/agent" : drop }\n',
          ),
    ],
  ],
  'ports-unrefused': [
    [tables('1.36.3', 'node-port'), without(/\t\tct state new jump cluster-ips-check\n/g)],
    [tables('1.37.2', 'load-balancer'), first('cluster-ips-check', 'return')],
    [tables('1.33.5', 'cluster-ip'), emptied('cluster-ips')],
    [tables('1.36.3', 'cluster-ip-multi-port'), emptied('cluster-ips')],
    [tables('1.37.2', 'load-balancer'), emptied('cluster-ips')],
  ],
  'others-dropped': [
    [tables('1.36.3', 'node-port'), first('cluster-ips-check', 'drop')],
    [tables('1.33.5', 'cluster-ip'), replaced(/(hook output priority -?\w+; policy )accept/, '$1drop')],
    [named('node-port'), replaced(/^(-A INPUT .*portals" )-j KUBE-EXTERNAL-SERVICES$/m, '$1-j DROP')],
    [docker, replaced(/^(-A INPUT .*)-j KUBE-EXTERNAL-SERVICES$/m, '$1-j DROP')],
  ],
  unrefused: [
    [named('cluster-ip-no-endpoints'), without(/^-A OUTPUT -m conntrack .*-j KUBE-SERVICES\n/m)],
    [named('ipv6-no-endpoints'), without(/^-A FORWARD -m conntrack .*-j KUBE-SERVICES\n/m)],
    [named('external-ips-no-endpoints'), before('FORWARD', '-p tcp -j ACCEPT')],
    [tables('1.36.3', 'external-ips-no-endpoints'), first('filter-forward', 'ct state new accept')],
    [tables('1.37.2', 'external-ips-no-endpoints'), without(/\t\treject\n/g)],
  ],
  'hairpins-none': [
    [tables('1.36.3', 'cluster-ip'), emptied('hairpin-connections')],
    [tables('1.36.3', 'node-port'), emptied('hairpin-connections')],
    [tables('1.37.2', 'load-balancer'), emptied('hairpin-connections')],
  ],
  'masquerade-missing': [
    [named('node-port'), without(/^-A KUBE-POSTROUTING .*-j MASQUERADE.*\n/m)],
    [docker, without(/^-A POSTROUTING .*-j KUBE-POSTROUTING\n/m)],
    [
      named('masquerade-all'),
      replaced(/^-A KUBE-MARK-MASQ .*$/m, '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x8000/0x8000'),
    ],
  ],
  // Told where no service is seen that it cuts off.
  'forward-policy': ['cluster-ip', 'external-ips', 'load-balancer'].map(
    (name): Row => [
      named(name),
      (text) =>
        text
          .replace(':FORWARD ACCEPT', ':FORWARD DROP')
          .replace(/^-A KUBE-(?:SERVICES|NODEPORTS|SVC|SVL|SEP|EXT|FW).*\n/gm, ''),
    ],
  ),
  'mark-shared': [
    [named('node-port'), table('mangle', '-A PREROUTING -i eth0 -j MARK --set-xmark 0x4000/0x4000')],
    [docker, table('raw', '-A PREROUTING -p tcp -j MARK --set-xmark 0xffff/0xffff')],
    [
      named('masquerade-bit-random-fully-off'),
      table('mangle', '-A OUTPUT -j MARK --set-xmark 0xffffffff/0xffffffff'),
    ],
  ],
  'mark-clash': [
    [
      calico,
      (text) =>
        table(
          'mangle',
          ':cali-PREROUTING - [0:0]\n-A PREROUTING -j cali-PREROUTING\n-A PREROUTING -i tun0 -j MARK --set-xmark 0x10000/0x10000\n-A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT\n-A cali-PREROUTING -i cali+ -j MARK --set-xmark 0x10000/0x10000',
        )(text),
    ],
    [
      named('node-port'),
      table(
        'mangle',
        ':KUBE-ROUTER-FORWARD - [0:0]\n:ts-forward - [0:0]\n-A FORWARD -j KUBE-ROUTER-FORWARD\n-A FORWARD -j ts-forward\n-A KUBE-ROUTER-FORWARD -j MARK --set-xmark 0x40000/0x40000\n-A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000\n-A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT',
      ),
    ],
    [
      tables('1.36.3', 'node-port'),
      (text) =>
        `${beside('filter', 'prerouting', -150, 'iifname "tun0" meta mark set meta mark or 0x40000')(text)}table ip cilium_host {\n\tchain c {\n\t\ttype filter hook prerouting priority -140; policy accept;\n\t\tmeta mark & 0x00040000 != 0x00000000 accept\n\t\tiifname "lxc0" meta mark set meta mark | 0x00040000\n\t}\n}\n`,
    ],
  ],
  'mark-unset': [
    [named('node-port'), before('POSTROUTING', '-m mark --mark 0x77 -j MASQUERADE')],
    [docker, before('FORWARD', '-i eth0 -m mark --mark 0x200/0x200 -j DROP')],
    [tables('1.36.3', 'node-port'), beside('filter', 'forward', -5, 'meta mark 0x00000077 drop')],
    [tables('1.33.5', 'cluster-ip'), beside('filter', 'input', -5, 'meta mark & 0x00000200 != 0 drop')],
  ],
  'mark-unread': [
    [named('node-port'), table('mangle', '-A PREROUTING -i tun0 -j MARK --set-xmark 0x200/0x200')],
    [docker, table('raw', '-A PREROUTING -p udp -j MARK --set-xmark 0x7/0x7')],
    [
      tables('1.36.3', 'node-port'),
      beside('filter', 'prerouting', -150, 'tcp dport 22 meta mark set 0x00000020'),
    ],
  ],
  'setting-contradicts': [
    [named('node-port'), without(/^-A KUBE-FIREWALL .*\n/m)],
    [named('cluster-ip'), without(/^-A INPUT -j KUBE-FIREWALL\n/m)],
    [named('small-real-cluster'), replaced(/(! -s 127\.0\.0\.0\/8 -d 127\.0\.0\.0)\/8/, '$1/9')],
    [
      tables('1.36.3', 'node-port'),
      replaced('route_localnet: 0', 'route_localnet: 1'),
      told('net.ipv4.conf.all.route_localnet: 0'),
    ],
    ...[tables('1.33.5', 'cluster-ip'), docker, named('node-port')].map(
      (origin): Row => [
        origin,
        replaced('iptables: 1', 'iptables: 0'),
        `${told('net.bridge.bridge-nf-call-iptables: 1')}podIf: cni0\ninterfaces: [{ name: cni0, addresses: [10.244.1.1/24] }, { name: veth1, master: cni0 }]\n`,
      ],
    ),
  ],
  'forwarding-off': [
    [named('node-port'), replaced('ip_forward: 1', 'ip_forward: 0'), told('net.ipv4.ip_forward: 1')],
    [docker, replaced('forwarding: 1', 'forwarding: 0'), told('net.ipv4.conf.all.forwarding: 1')],
    [
      tables('1.36.3', 'node-port'),
      replaced('ip_forward: 1', 'ip_forward: 0'),
      told('net.ipv4.ip_forward: 1'),
    ],
  ],
  'conntrack-off': [named('node-port'), docker, tables('1.36.3', 'node-port')].map(
    (origin): Row => [origin, replaced('true', 'false'), 'conntrack: true\n'],
  ),
  'conntrack-full': [named('cluster-ip'), calico, tables('1.37.2', 'load-balancer')].map(
    (origin): Row => [
      origin,
      replaced('count: 100', 'count: 65536'),
      told('net.netfilter.nf_conntrack_count: 100, net.netfilter.nf_conntrack_max: 65536'),
    ],
  ),
  'chains-tied': [
    [tables('1.36.3', 'cluster-ip'), beside('filter', 'forward', 0, 'meta mark set 0x00000010')],
    [
      tables('1.33.5', 'node-port'),
      beside('nat', 'prerouting', 'dstnat', 'udp dport 53 dnat ip to 192.0.2.9'),
    ],
    [tables('1.37.2', 'load-balancer'), beside('nat', 'postrouting', 'srcnat', 'oifname "tun0" masquerade')],
  ],
  'ports-predictable': [
    [named('node-port'), replaced('-j MASQUERADE --random-fully', '-j MASQUERADE')],
    [named('load-balancer'), replaced('-j MASQUERADE --random-fully', '-j MASQUERADE')],
    [tables('1.36.3', 'node-port'), replaced('masquerade fully-random', 'masquerade')],
    [tables('1.33.5', 'node-port'), replaced('masquerade fully-random', 'masquerade')],
  ],
  'mode-left': [
    [docker, replaced(':KUBE-SERVICES', ':KUBE-LOAD-BALANCER - [0:0]\n:KUBE-SERVICES')],
    [named('cluster-ip'), replaced(':KUBE-SERVICES', ':KUBE-NODE-PORT - [0:0]\n:KUBE-SERVICES')],
    [named('external-ips'), replaced(':KUBE-SERVICES', ':KUBE-IPVS-FILTER - [0:0]\n:KUBE-SERVICES')],
  ],
  shadowed: [
    [named('node-port'), before('KUBE-FORWARD', '-j ACCEPT')],
    [docker, before('POSTROUTING', '-j MASQUERADE')],
    [tables('1.36.3', 'node-port'), first('masquerading', 'masquerade fully-random')],
  ],
  repeated: [
    [named('node-port'), replaced(/^-A POSTROUTING .*\n/m, '$&$&')],
    [calico, replaced(/^-A POSTROUTING .*-j KUBE-POSTROUTING\n/m, '$&$&')],
    [tables('1.37.2', 'load-balancer'), replaced(/\t\tct state new jump service-endpoints-check\n/, '$&$&')],
  ],
  unreachable: [
    [named('node-port'), replaced(':KUBE-SERVICES', ':MINE - [0:0]\n:KUBE-SERVICES')],
    [calico, replaced(':KUBE-SERVICES', ':OLD-RULES - [0:0]\n:KUBE-SERVICES')],
    [
      tables('1.36.3', 'node-port'),
      (text) =>
        `${beside('filter', 'input', 0, 'accept')(text)}table inet old {\n\tchain base {\n\t\ttype filter hook input priority 1; policy accept;\n\t}\n\n\tchain left {\n\t\ttcp dport 22 drop\n\t}\n}\n`,
    ],
  ],
  'stale-service': [
    [named('node-port'), replaced(/:KUBE-SVC-/, ':KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]\n$&')],
    [docker, replaced(/:KUBE-SEP-/, ':KUBE-EXT-AAAAAAAAAAAAAAAA - [0:0]\n:KUBE-SEP-')],
    [
      tables('1.36.3', 'cluster-ip'),
      replaced(
        /\tchain reject-chain \{/,
        '\tchain service-AAAAAAAA-default/old/tcp/ {\n\t\tmeta l4proto tcp dnat to 10.244.9.9:80\n\t}\n\n$&',
      ),
    ],
  ],
  'rule-unread': [
    [named('node-port'), replaced(/(^-A KUBE-SERVICES .*--dport \d+)( -j KUBE-SVC-)/m, '$1x$2')],
    [docker, replaced(/(^-A KUBE-SERVICES .*nodeports; NOTE[^"]*)"/m, '$1')],
    [named('load-balancer'), replaced(/(?<=^-A KUBE-NODEPORTS .*--dp)o(?=rt)/m, '')],
  ],
  'empty-jump': [
    [named('node-port'), without(/^-A KUBE-SEP-FQE2TFPTLWJIVQME .*\n/gm)],
    [named('ten-endpoints'), without(/^-A KUBE-SEP-.*\n/gm)],
    [tables('1.36.3', 'node-port'), without(/(?<=\tchain masquerading \{\n)(?:\t\t.*\n)*/)],
  ],
};

const read = (path: string) => readFileSync(join(fixtures, path), 'utf8');
const codesOf = (text: string, host: string | undefined) => {
  const opened = openNode([{ name: 'node', text }], {
    host: host === undefined ? [] : [{ name: 'host.yaml', text: host }],
  });
  return new Set(opened.flatMap(({ findings }) => findings.map(({ code }) => code)));
};

describe('each finding has nodes of at least three origins', () => {
  test('that it has', () => {
    const codes = Object.keys(inputs) as RuleCode[];
    for (const code of codes) {
      expect(severities[code], code).toBeDefined();
      expect([code, new Set(inputs[code].map(([origin]) => origin)).size]).toEqual([
        code,
        expect.any(Number),
      ]);
      expect(new Set(inputs[code].map(([origin]) => origin)).size, code).toBeGreaterThanOrEqual(3);
    }
  });

  const rows = Object.entries(inputs).flatMap(([code, all]) =>
    all.map(([origin, breaks, host]) => [code as RuleCode, origin, breaks, host] as const),
  );
  test.each(rows)('%s: %s', (code, origin, breaks, host) => {
    const rules = read(origin);
    const sound = host ?? rules;
    const broken = breaks(sound);
    expect(broken).not.toBe(sound);
    expect(codesOf(rules, host)).not.toContain(code);
    expect(host === undefined ? codesOf(broken, host) : codesOf(rules, broken)).toContain(code);
  });
});
