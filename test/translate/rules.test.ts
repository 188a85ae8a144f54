import { describe, expect, test } from 'vitest';
import { readRules } from '../../src/iptables/pasted/read.ts';
import { type Translation, translateRuleset } from '../../src/translate/translate.ts';

function translate(table: string, lines: readonly string[], family: 'ipv4' | 'ipv6' = 'ipv4'): Translation {
  const text = `*${table}\n${lines.join('\n')}\nCOMMIT\n`;
  return translateRuleset(readRules({ name: 'dump', text }, { family }).ruleset);
}

/** The rules of a chain of the translation, without counters. */
function rulesOf({ ruleset }: Translation, chain: string): readonly string[] {
  const [, block = ''] = (ruleset ?? '').split(`chain ${chain} {\n`);
  return block
    .slice(0, block.indexOf('\t}'))
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/\bcounter\b ?/, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('type '));
}

/** A rule of FORWARD in filter, and what stands for it. */
const proved: readonly (readonly [iptables: string, ...nft: string[]])[] = [
  ['-s 10.0.0.0/8 ! -d 10.96.0.1 -j DROP', 'ip saddr 10.0.0.0/8 ip daddr != 10.96.0.1 drop'],
  ['-i eth+ ! -o docker0 -j ACCEPT', 'iifname "eth*" oifname != "docker0" accept'],
  ['-p tcp -m tcp --dport 80 -j DROP', 'meta l4proto tcp tcp dport 80 drop'],
  ['-p tcp -m tcp -j DROP', 'meta l4proto tcp drop'],
  ['! -p icmp -j RETURN', 'meta l4proto != icmp return'],
  ['-p udp -m udp ! --sport 53:54 -j DROP', 'meta l4proto udp udp sport != 53-54 drop'],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP', 'meta l4proto tcp tcp flags & 0x17 == 0x2 drop'],
  [
    '-p tcp -m multiport --dports 80,443,8000:8100 -j DROP',
    'meta l4proto tcp th dport { 80, 443, 8000-8100 } drop',
  ],
  [
    '-p tcp -m multiport --ports 80,443 -j DROP',
    'meta l4proto tcp th sport { 80, 443 } drop',
    'meta l4proto tcp th sport != { 80, 443 } th dport { 80, 443 } drop',
  ],
  ['-p tcp -m multiport ! --ports 80 -j DROP', 'meta l4proto tcp th sport != 80 th dport != 80 drop'],
  ['-p icmp -m icmp --icmp-type 8 -j ACCEPT', 'meta l4proto icmp icmp type 8 accept'],
  [
    '-p icmp -m icmp ! --icmp-type 3/4 -j DROP',
    'meta l4proto icmp icmp type != 3 drop',
    'meta l4proto icmp icmp type 3 icmp code != 4 drop',
  ],
  ['-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', 'ct state related,established accept'],
  ['-m conntrack ! --ctstate NEW -j ACCEPT', 'ct state != new accept'],
  ['-m conntrack ! --ctstate RELATED,NEW -j ACCEPT', 'ct state != { new, related } accept'],
  // iptables-restore-translate 1.8.9 keeps `ct status dnat` of it. A packet without an entry has no bits, and matches.
  [
    '-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    'ct state invalid,untracked drop',
    'ct state new ct status & dnat == 0 drop',
  ],
  [
    '-m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT',
    'ct state related,established accept',
    'ct state new ct status & dnat != 0 accept',
  ],
  [
    '-m conntrack --ctdir REPLY --ctorigdst 10.0.0.1 -j DROP',
    'ct direction reply ct original ip daddr 10.0.0.1 drop',
  ],
  ['-m conntrack --ctstatus ASSURED -j DROP', 'ct status & assured != 0 drop'],
  ['-m mark --mark 0x4000/0x4000 -j DROP', 'meta mark & 0x4000 == 0x4000 drop'],
  ['-m mark ! --mark 0x1 -j DROP', 'meta mark != 0x1 drop'],
  ['-m addrtype --dst-type LOCAL -j DROP', 'fib daddr type local drop'],
  ['-m addrtype ! --src-type LOCAL,BROADCAST -j DROP', 'fib saddr type != { local, broadcast } drop'],
  ['-m statistic --mode random --probability 0.5 -j DROP', 'meta random & 2147483647 < 1073741824 drop'],
  ['-m statistic --mode nth --every 3 --packet 1 -j DROP', 'numgen inc mod 3 == 1 drop'],
  ['-m iprange --src-range 10.0.0.1-10.0.0.9 -j DROP', 'ip saddr 10.0.0.1-10.0.0.9 drop'],
  ['-m pkttype --pkt-type multicast -j DROP', 'meta pkttype multicast drop'],
  ['-m ttl --ttl-lt 5 -j DROP', 'ip ttl < 5 drop'],
  ['-m dscp --dscp 0x0a -j DROP', 'ip dscp 10 drop'],
  ['-m length --length 1:99 -j DROP', 'meta length 1-99 drop'],
  ['-j REJECT --reject-with icmp-admin-prohibited', 'reject with icmp admin-prohibited'],
  ['-p tcp -j REJECT --reject-with tcp-reset', 'meta l4proto tcp reject with tcp reset'],
  ['-j LOG --log-prefix "to be seen" --log-level 7', 'log prefix "to be seen" level debug'],
  ['-m comment --comment "as it is" -j RETURN', 'return comment "as it is"'],
  ['-g OTHER', 'goto OTHER'],
  ['-p sctp -m sctp --dport 9 -j OTHER', 'meta l4proto sctp sctp dport 9 jump OTHER'],
];

describe('rules that are proved to do the same', () => {
  test.each(proved)('%s', (rule, ...nft) => {
    const translation = translate('filter', [
      ':FORWARD ACCEPT [0:0]',
      ':OTHER - [0:0]',
      `-A FORWARD ${rule}`,
    ]);
    expect(translation.gaps).toEqual([]);
    expect(rulesOf(translation, 'FORWARD')).toEqual(nft);
  });

  test('translation of addresses, with the protocol that nft asks for', () => {
    const translation = translate('nat', [
      ':PREROUTING ACCEPT [0:0]',
      ':POSTROUTING ACCEPT [0:0]',
      '-A PREROUTING -d 10.96.0.1 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1-10.0.0.3:8080',
      '-A PREROUTING -p udp -j REDIRECT --to-ports 53',
      '-A POSTROUTING -s 10.0.0.0/8 -j SNAT --to-source 192.0.2.1 --random-fully --persistent',
      '-A POSTROUTING -j MASQUERADE --random-fully',
    ]);
    expect(translation.gaps).toEqual([]);
    expect(rulesOf(translation, 'PREROUTING')).toEqual([
      'ip daddr 10.96.0.1 meta l4proto tcp tcp dport 80 dnat to 10.0.0.1-10.0.0.3:8080',
      'meta l4proto udp redirect to :53',
    ]);
    expect(rulesOf(translation, 'POSTROUTING')).toEqual([
      'ip saddr 10.0.0.0/8 snat to 192.0.2.1 fully-random,persistent',
      'masquerade fully-random',
    ]);
  });

  test('marks of packets and of connections', () => {
    const translation = translate('mangle', [
      ':PREROUTING ACCEPT [0:0]',
      '-A PREROUTING -j MARK --set-xmark 0x4000/0x4000',
      '-A PREROUTING -j MARK --set-xmark 0x4000/0x0',
      '-A PREROUTING -j MARK --set-xmark 0x10/0xff',
      '-A PREROUTING -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
      '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xff',
      '-A PREROUTING -j DSCP --set-dscp 0x0a',
    ]);
    expect(translation.gaps).toEqual([]);
    expect(rulesOf(translation, 'PREROUTING')).toEqual([
      'meta mark set meta mark | 0x4000',
      'meta mark set meta mark ^ 0x4000',
      'meta mark set meta mark & 0xffffff00 ^ 0x10',
      'ct mark set meta mark',
      'meta mark set ct mark & 0xff',
      'ip dscp set 10',
    ]);
  });

  test('of IPv6', () => {
    const lines = [
      ':INPUT DROP [0:0]',
      '-A INPUT -s fd00::/8 -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT',
      '-A INPUT -m addrtype --dst-type LOCAL -j REJECT --reject-with icmp6-port-unreachable',
    ];
    const translation = translate('filter', lines, 'ipv6');
    expect(translation.gaps).toEqual([]);
    expect(translation.ruleset).toContain('type filter hook input priority 0; policy drop;');
    expect(rulesOf(translation, 'INPUT')).toEqual([
      'ip6 saddr fd00::/8 meta l4proto ipv6-icmp icmpv6 type 135 accept',
      'fib daddr type local reject with icmpv6 port-unreachable',
    ]);
  });
});

/** A rule, why it is named, and what stands for it; undefined: there is no ruleset. */
const gaps: readonly (readonly [rule: string, code: string, nft?: string])[] = [
  ['-m recent --name seen --set -j DROP', 'remembered-otherwise', 'update @recent-seen { ip saddr } drop'],
  ['-m recent --name seen --rcheck --hitcount 3 -j DROP', 'no-nft-form'],
  ['-m limit --limit 3/min -j ACCEPT', 'counted-otherwise', 'limit rate 3/minute burst 5 packets accept'],
  ['-m string --algo bm --string x -j DROP', 'no-nft-form'],
  ['-m set --match-set banned src -j DROP', 'no-nft-form'],
  ['-p sctp -m sctp --chunk-types any INIT -j DROP', 'no-nft-form'],
  ['-m no-such --thing 1 -j DROP', 'foreign'],
  ['-j NO-SUCH --thing 1', 'foreign'],
  ['-j LOG --log-prefix "a $b"', 'no-nft-form'],
];

describe('rules that are named', () => {
  test.each(gaps)('%s', (rule, code, nft) => {
    const translation = translate('filter', [':INPUT ACCEPT [0:0]', '-A INPUT -i eth0', `-A INPUT ${rule}`]);
    expect(translation.gaps).toMatchObject([
      { code, table: 'filter', chain: 'INPUT', number: 2, written: nft !== undefined },
    ]);
    if (nft === undefined) expect(translation.ruleset).toBeNull();
    else expect(rulesOf(translation, 'INPUT')[1]).toBe(nft);
  });

  test('a calls depth that nft refuses', () => {
    const names = Array.from({ length: 18 }, (_, index) => `C${index}`);
    const lines = [
      ':INPUT ACCEPT [0:0]',
      ...names.map((name) => `:${name} - [0:0]`),
      '-A INPUT -j C0',
      ...names.slice(1).map((name, index) => `-A C${index} -j ${name}`),
    ];
    const { ruleset, gaps: found } = translate('filter', lines);
    expect(ruleset).toBeNull();
    expect(found.map(({ code }) => code)).toContain('refused');
  });

  test('what is nothing to packets is a note', () => {
    const { notes, gaps: found } = translate('filter', [
      ':INPUT ACCEPT [0:0]',
      ':1st - [0:0]',
      '-A INPUT -m comment --comment "say \\"no\\"" -j 1st',
      '-A INPUT -m statistic --mode random --probability 0 -j DROP',
    ]);
    expect(found).toEqual([]);
    expect(notes.map(({ code, text }) => [code, text])).toEqual([
      ['comment-changed', "say 'no'"],
      ['never-matches', ''],
      ['chain-renamed', 'chain_1st'],
    ]);
  });
});
