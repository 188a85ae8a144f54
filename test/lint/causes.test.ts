import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sayFinding } from '../../src/report/findings.ts';
import { openNode } from '../../src/session/check/rules.ts';
import { fixtures } from '../cases.ts';

const read = (path: string) => readFileSync(join(fixtures, 'conformance', path), 'utf8');
const dump = read('named/node-port/iptables.save');
const ruleset = read('nftables/1.36.3/load-balancer-source-ranges.nft');

/** What is told, with the place of it. */
const toldOf = (text: string, told: RegExp) =>
  openNode([{ name: 'node', text }], { host: [] })
    .flatMap(({ findings }) => findings)
    .map((finding) => `${finding.code} ${finding.place.table} ${finding.place.chain}: ${sayFinding(finding)}`)
    .filter((one) => told.test(one));

const changed = (text: string, pattern: RegExp | string, by: string) => {
  const made = text.replace(pattern, by);
  expect(made).not.toBe(text);
  return made;
};
const built = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
const withTable = (table: string, rule: string) => {
  const own = table === 'raw' ? ['PREROUTING', 'OUTPUT'] : built;
  return `*${table}\n${own.map((name) => `:${name} ACCEPT [0:0]\n`).join('')}${rule}\nCOMMIT\n${dump}`;
};
const inForward = (rule: string) => changed(dump, /^-A FORWARD /m, `-A FORWARD ${rule}\n$&`);
const beside = (type: string, hook: string, priority: number, rule: string) =>
  `${ruleset}table inet mine {\n\tchain mine {\n\t\ttype ${type} hook ${hook} priority ${priority}; policy accept;\n\t\t${rule}\n\t}\n}\n`;

describe('the rule is named that is the cause, and not that which the packets meet at last', () => {
  test.each([
    ['untracked', withTable('raw', '-A PREROUTING -p tcp -m tcp --dport 80 -j CT --notrack')],
    ['untracked by nft', beside('filter', 'prerouting', -300, 'tcp dport 80 notrack')],
  ])('%s', (_, text) => {
    const told = toldOf(text, /takes packets out of connection tracking/);
    expect(told.length).toBeGreaterThan(0);
    for (const one of told) expect(one).toMatch(/^cut-off (?:raw PREROUTING|inet mine mine): /);
  });

  test.each([
    ['a mark that is wiped', withTable('mangle', '-A POSTROUTING -j MARK --set-xmark 0x0/0xffffffff')],
    ['a mark that is wiped by nft', beside('filter', 'postrouting', -150, 'meta mark set 0x0')],
  ])('%s', (_, text) => {
    expect(
      toldOf(text, /^cut-off (?:mangle POSTROUTING|inet mine mine): .* from outside: .*takes the mark away/),
    ).not.toEqual([]);
  });
});

describe('what counts, or has a rate', () => {
  test.each([
    [
      'connlimit',
      inForward('-p tcp --syn -m connlimit --connlimit-above 20 -j REJECT --reject-with tcp-reset'),
    ],
    [
      'hashlimit',
      inForward(
        '-p tcp -m hashlimit --hashlimit-above 50/sec --hashlimit-mode srcip --hashlimit-name x -j DROP',
      ),
    ],
    ['limit', inForward('-p tcp -m limit --limit 10/sec -j ACCEPT\n-A FORWARD -p tcp -j DROP')],
    ['limit of nft', beside('filter', 'forward', -5, 'tcp flags syn limit rate over 10/second drop')],
    ['ct count of nft', beside('filter', 'forward', -5, 'ct state new ct count over 20 drop')],
  ])('%s decides', (_, text) => {
    expect(toldOf(text, /^throttled (?:filter FORWARD|inet mine mine): /)).not.toEqual([]);
  });

  test.each([
    ['what is logged', inForward('-p tcp -m limit --limit 10/sec -j LOG')],
    [
      'what is for the node',
      changed(dump, /^-A INPUT /m, '-A INPUT -p tcp -m tcp --dport 22 -m limit --limit 10/sec -j DROP\n$&'),
    ],
    ['what is for another protocol', inForward('-p icmp -m limit --limit 1/sec -j DROP')],
    ['what is logged by nft', beside('filter', 'forward', -5, 'limit rate 10/second log')],
  ])('%s does not', (_, text) => {
    expect(toldOf(text, /^throttled/)).toEqual([]);
  });
});

describe('what decides is no matter of packets', () => {
  test.each([
    ['the time of day', inForward('-m time --timestart 22:00 --timestop 06:00 -j DROP')],
    ['a program', inForward('-p tcp -j NFQUEUE --queue-num 0')],
    ['how long packets are', inForward('-m length --length 0:2000 -j DROP')],
    ['how long they are, by nft', beside('filter', 'forward', -5, 'meta length < 2000 drop')],
    [
      'how much came',
      inForward('-m connbytes --connbytes 0:100000 --connbytes-mode bytes --connbytes-dir both -j DROP'),
    ],
    ['from which device they come', inForward('-m mac --mac-source 00:11:22:33:44:55 -j DROP')],
    [
      'a proxy',
      withTable(
        'mangle',
        '-A PREROUTING -p tcp -m tcp --dport 80 -j TPROXY --on-port 15001 --on-ip 127.0.0.1 --tproxy-mark 0x1/0x1',
      ),
    ],
    ['a proxy of nft', beside('filter', 'prerouting', -150, 'tcp dport 80 tproxy to :15001 accept')],
  ])('%s', (_, text) => {
    expect(toldOf(text, /^undecided /)).not.toEqual([]);
  });

  test('how often a client came', () => {
    const rules =
      '-p tcp --syn -m recent --name x --update --seconds 60 --hitcount 10 --rsource -j DROP\n-A FORWARD -p tcp --syn -m recent --name x --set --rsource';
    expect(toldOf(inForward(rules), /^throttled filter FORWARD/)).not.toEqual([]);
    expect(
      toldOf(inForward(rules.replaceAll('-p tcp', '-p udp').replaceAll(' --syn', '')), /^throttled/),
    ).toEqual([]);
  });

  test('a hop is missing', () => {
    const text = withTable('mangle', '-A PREROUTING -i cni0 -j TTL --ttl-set 1');
    expect(toldOf(text, /^cut-off .* from pods of this node: .* no hop left/)).not.toEqual([]);
  });
});

/** 10.244.3.9 is the last of three endpoints: what its chain does not translate goes to nobody. */
describe('only some clients are cut off', () => {
  const translated = (source: string) =>
    changed(dump, /^-A KUBE-SEP-\S+ (?=-p tcp .*10\.244\.3\.9:)/m, `$&${source} `);
  test.each([
    ['translated for some pods alone', translated('-s 10.244.9.0/24'), 'from pods of this node'],
    [
      'translated for all but some',
      translated('! -s 10.244.2.128/25'),
      'from pods of this node, in 10.244.2.128/25',
    ],
    [
      'translated for all but clients outside',
      translated('! -s 192.0.2.0/24'),
      'from outside, in 192.0.2.0/24',
    ],
    [
      'dropped for some pods',
      inForward('-s 10.244.2.128/25 -j DROP'),
      'from pods of this node, in 10.244.2.128/25',
    ],
    [
      'dropped by nft',
      beside('filter', 'forward', -5, 'ip saddr 10.244.1.128/25 drop'),
      'from pods of this node, in 10.244.1.128/25',
    ],
  ])('%s', (_, text, who) => {
    expect(toldOf(text, new RegExp(`^cut-off .* ${who.replaceAll('.', '\\.')}: cut off`))).not.toEqual([]);
  });

  test('that somebody bars addresses outside is as he wants it', () => {
    expect(toldOf(inForward('-s 192.0.2.0/24 -j DROP'), /^cut-off/)).toEqual([]);
  });
});

/** Confirmed by a kernel: what is dropped comes from other nodes alone. */
describe('pods of other nodes, whose packets come for an endpoint of this one', () => {
  const drops = (rules: string) =>
    changed(dump, ':FORWARD ACCEPT', ':FORWARD DROP').replace(/^-A FORWARD /m, `${rules}\n$&`);
  const told =
    /^cut-off filter FORWARD: .* from pods of other nodes, to an endpoint here: cut off: packets are dropped/;

  test('are cut off where one interface alone is let in', () => {
    expect(toldOf(drops('-A FORWARD -i cni0 -j ACCEPT'), told)).toHaveLength(1);
    const nft = beside('filter', 'forward', 0, 'iifname "cni0" accept').replace(
      /policy accept;(?=[^;]*$)/,
      'policy drop;',
    );
    expect(toldOf(nft, /^cut-off inet mine mine: .* from pods of other nodes/)).toHaveLength(1);
  });

  test.each([
    ['both are', drops('-A FORWARD -i cni0 -j ACCEPT\n-A FORWARD -o cni0 -j ACCEPT')],
    [
      'the network of pods is',
      drops('-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n-A FORWARD -d 10.244.0.0/16 -j ACCEPT'),
    ],
    ['they may come by a tunnel', drops('-A FORWARD -i cni0 -j ACCEPT\n-A FORWARD -i flannel.1 -j ACCEPT')],
  ])('are not where %s', (_, text) => {
    expect(toldOf(text, /from pods of other nodes/)).toEqual([]);
  });
});

describe("kube-proxy's maps and sets", () => {
  const emptied = (name: string) =>
    changed(ruleset, new RegExp(`(\\t(?:set|map) ${name} \\{\\n.*\\n.*\\n)\\t\\telements[^}]*\\}\\n`), '$1');
  test('source ranges that nothing asks: who is let in', () => {
    expect(toldOf(emptied('firewall-ips'), /./)).toEqual([
      'range-open ip kube-proxy services: default/service-test at 35.184.97.156:80 is open to clients outside of its source ranges',
    ]);
  });

  test('cluster IPs that are not known as such', () => {
    expect(toldOf(emptied('cluster-ips'), /./)).toEqual([
      expect.stringMatching(
        /^ports-unrefused ip kube-proxy cluster-ips-check: .* 10\.3\.241\.52 is not refused/,
      ),
    ]);
  });

  test('endpoints of this node: a note, an error where it is known, nothing where there are none', () => {
    expect(toldOf(emptied('hairpin-connections'), /./)).toEqual([expect.stringMatching(/^hairpins-none /)]);
    const withHost = (podCIDR: string) =>
      openNode([{ name: 'node', text: emptied('hairpin-connections') }], {
        host: [{ name: 'host', text: JSON.stringify({ podCIDR }) }],
      }).flatMap(({ findings }) => findings.map(({ code }) => code));
    expect(new Set(withHost('10.244.1.0/24'))).toEqual(new Set(['cut-off']));
    expect(withHost('10.244.8.0/24')).toEqual([]);
  });

  test.each([
    ['2', ['50 %', '50 %', 'nothing']],
    ['4', null],
    ['3', []],
  ])('a generator of %s numbers for three endpoints', (modulus, shares) => {
    const text = ruleset.replace('numgen random mod 3', `numgen random mod ${modulus}`);
    const told = toldOf(text, shares === null ? /^cut-off .* 25 % of them/ : /^uneven-shares/);
    if (shares?.length === 0) expect(told).toEqual([]);
    else expect(told[0]).toMatch(new RegExp((shares ?? ['25 %']).join('.*')));
  });
});
