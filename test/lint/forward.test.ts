import { describe, expect, test } from 'vitest';
import { isCutOff } from '../../src/lint/forward.ts';
import { reachedIn } from '../../src/lint/reached.ts';
import { lazyProgram } from '../../src/proof/rules/program.ts';
import { load, table } from '../proof/small.ts';

const services = table(
  'nat',
  ':PREROUTING ACCEPT [0:0]',
  ':KUBE-SERVICES - [0:0]',
  ':KUBE-SEP-ABCDEFGHIJKLM234 - [0:0]',
  '-A PREROUTING -j KUBE-SERVICES',
  '-A KUBE-SERVICES -d 10.96.0.1/32 -j KUBE-SEP-ABCDEFGHIJKLM234',
  '-A KUBE-SEP-ABCDEFGHIJKLM234 -p tcp -j DNAT --to-destination 10.244.1.5:80',
);

const forward = (rules: readonly string[], policy = 'DROP', others = services) =>
  isCutOff(
    reachedIn(
      lazyProgram(
        load(
          others + table('filter', `:FORWARD ${policy} [0:0]`, ':MINE - [0:0]', ':DEEP - [0:0]', ...rules),
        ),
      ),
    ),
  );

describe('services that keep the source are cut off', () => {
  const mark = '-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT';
  test.each([
    ['nothing', []],
    ['nothing but marked packets', [mark]],
    ['known flows', ['-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT']],
    ['known flows, as it was once asked', ['-A FORWARD -m state --state RELATED,ESTABLISHED -j ACCEPT']],
    ['what is not new', ['-A FORWARD -m state ! --state INVALID,NEW -j ACCEPT']],
    ['what began otherwise', ['-A FORWARD -m conntrack ! --ctstate NEW -j ACCEPT']],
    ['no translated flow', ['-A FORWARD -m conntrack ! --ctstate DNAT -j ACCEPT']],
    ...['docker0', 'docker_gwbridge', 'br-0123456789ab', 'br-abcdefabcdef', 'virbr0', 'podman0'].flatMap(
      (name) => [
        [`what comes by ${name}`, [`-A FORWARD -i ${name} -j ACCEPT`]],
        [`what leaves by ${name}`, [`-A FORWARD -o ${name} -j ACCEPT`]],
      ],
    ),
    ['other destinations', ['-A FORWARD -d 10.245.0.0/16 -j ACCEPT']],
    [
      'only what is dropped and rejected',
      ['-A FORWARD -p tcp -j DROP', '-A FORWARD -j REJECT', '-A FORWARD -j RETURN'],
    ],
    ['what chains do not', ['-A FORWARD -j MINE', '-A MINE -p tcp -j DROP']],
    ['what does not come to the chain that would', ['-A FORWARD -i docker0 -j MINE', '-A MINE -j ACCEPT']],
    ['what is only logged', ['-A FORWARD -j LOG']],
  ])('where FORWARD lets through %s', (_, rules) => {
    expect(forward(rules as string[])).toBe(true);
  });

  test.each([
    ['all', ['-A FORWARD -j ACCEPT']],
    ['some protocols', [mark, '-A FORWARD -p tcp -m tcp --dport 80 -j ACCEPT']],
    ['pods', ['-A FORWARD -d 10.244.0.0/16 -j ACCEPT']],
    ['the endpoint', ['-A FORWARD -d 10.244.1.5/32 -j ACCEPT']],
    ['all but some destination', ['-A FORWARD ! -d 10.245.0.0/16 -j ACCEPT']],
    ['new flows', ['-A FORWARD -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT']],
    ['new flows, as it was once asked', ['-A FORWARD -m state --state NEW -j ACCEPT']],
    ['what is not invalid', ['-A FORWARD -m state ! --state INVALID -j ACCEPT']],
    ['what conntrack does not call invalid', ['-A FORWARD -m conntrack ! --ctstate INVALID -j ACCEPT']],
    ['translated flows', ['-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT']],
    ['what connection tracking says nothing of', ['-A FORWARD -m conntrack --ctproto 6 -j ACCEPT']],
    ['what is not marked', ['-A FORWARD -m mark ! --mark 0x4000/0x4000 -j ACCEPT']],
    ['what a mark of nothing holds for', ['-A FORWARD -m mark --mark 0x0/0x4000 -j ACCEPT']],
    ['what comes by a link', ['-A FORWARD -i eth0 -j ACCEPT']],
    ['what leaves by a bridge of pods', ['-A FORWARD -o br-pods -j ACCEPT']],
    ['what leaves by a bridge of another name', ['-A FORWARD -o br-0123456789ag -j ACCEPT']],
    ['what leaves by no bridge of its maker', ['-A FORWARD -o mydocker0 -j ACCEPT']],
    ['what does not come by docker0', ['-A FORWARD ! -i docker0 -j ACCEPT']],
    ['what does not leave by docker0', ['-A FORWARD ! -o docker0 -j ACCEPT']],
    ['what a chain lets through', ['-A FORWARD -j MINE', '-A MINE -j DEEP', '-A DEEP -j ACCEPT']],
    ['what a target that nobody knows takes', ['-A FORWARD -j NFQUEUE --queue-num 0']],
    ['what others mark', ['-A FORWARD -j MINE', '-A MINE -j MARK --set-xmark 0x4000/0x4000', mark]],
    [
      'what others carry over',
      ['-A FORWARD -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff', mark],
    ],
  ])('but not where it may let through %s', (_, rules) => {
    expect(forward(rules)).toBe(false);
  });

  test('a bit less than what is asked is not enough of a mark', () => {
    const marks = '-A FORWARD -j MARK --set-xmark 0x4000/0x4000';
    expect(forward([marks, '-A FORWARD -m mark --mark 0x6000/0x6000 -j ACCEPT'])).toBe(true);
    expect(
      forward([
        marks,
        '-A FORWARD -j MARK --set-xmark 0x2000/0x2000',
        '-A FORWARD -m mark --mark 0x6000/0x6000 -j ACCEPT',
      ]),
    ).toBe(false);
  });

  test("kube-proxy's own mark is that of packets whose source is not kept", () => {
    const marking = [
      ':KUBE-MARK-MASQ - [0:0]',
      '-A FORWARD -j KUBE-MARK-MASQ',
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    ];
    expect(forward([...marking, mark])).toBe(true);
  });

  test('only by a policy, and only where there are services', () => {
    expect(forward([mark], 'ACCEPT')).toBe(false);
    expect(forward([mark], 'DROP', '')).toBe(false);
    expect(forward([mark], 'DROP', table('nat', ':PREROUTING ACCEPT [0:0]'))).toBe(false);
    expect(isCutOff(reachedIn(lazyProgram(load(services))))).toBe(false);
  });

  /** Two jumps at each step: a billion ways, none of which lets anything through. */
  test('and chains are not looked through once for each way to them', () => {
    const chains = Array.from({ length: 31 }, (_, at) => `C${at}`);
    const ways = chains.slice(1).flatMap((to, at) => [`-A C${at} -j ${to}`, `-A C${at} -j ${to}`]);
    const declared = chains.map((name) => `:${name} - [0:0]`);
    expect(forward([...declared, '-A FORWARD -j C0', ...ways])).toBe(true);
  });

  test('addresses of IPv6 are destinations as well', () => {
    const six = table(
      'nat',
      ':PREROUTING ACCEPT [0:0]',
      ':KUBE-SERVICES - [0:0]',
      '-A PREROUTING -j KUBE-SERVICES',
      '-A KUBE-SERVICES -d fd00:96::1/128 -p tcp -j DNAT --to-destination [fd00:244::5]:80',
    );
    const through = (rule: string) =>
      isCutOff(reachedIn(lazyProgram(load(six + table('filter', ':FORWARD DROP [0:0]', rule), 'ipv6'))));
    expect(through('-A FORWARD -d fd00:244::/64 -j ACCEPT')).toBe(false);
    expect(through('-A FORWARD -d fd00:245::/64 -j ACCEPT')).toBe(true);
  });
});
