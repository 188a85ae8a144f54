import { expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

const files = {
  'four.json': JSON.stringify({ addresses: ['192.0.2.10/24'], podCIDR: '10.244.1.0/24' }),
  'six.json': JSON.stringify({ addresses: ['2001:db8:1::10/64'], podCIDR: 'fd00:10:244:1::/64' }),
  'rpfilter.save':
    '*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -m rpfilter --invert -j DROP\nCOMMIT\n',
  'fib4.nft':
    'table ip t {\n\tchain c {\n\t\ttype filter hook prerouting priority raw; policy accept;\n\t\tfib saddr . iif oif missing drop\n\t}\n}\n',
  'fib6.nft':
    'table ip6 t {\n\tchain c {\n\t\ttype filter hook prerouting priority raw; policy accept;\n\t\tfib saddr . iif oif missing drop\n\t}\n}\n',
};

/** Linux 6.18, rp_filter off: counters before and behind the rule. What passes it ends somewhere else. */
test.each([
  ['udp 0.0.0.0:68 -> 255.255.255.255:67 from pod', 'passes', 'passes'],
  ['udp 0.0.0.0:68 -> 255.255.255.255:67 from external', 'passes', 'passes'],
  ['udp 10.244.1.255:68 -> 10.244.1.1:67 from pod', 'drops', 'passes'],
  ['udp 10.244.1.7:5 -> 192.0.2.10:67 from external', 'drops', 'drops'],
  ['udp 198.51.100.7:5 -> 192.0.2.10:67 from external', 'passes', 'passes'],
  ['udp [fe80::5]:546 -> [ff02::1:2]:547 from pod', 'passes', 'passes'],
  ['udp [fe80::5]:546 -> [fd00:10:244:1::1]:547 from pod', 'passes', 'passes'],
  ['udp [::]:68 -> [fd00:10:244:1::1]:67 from pod', 'passes', 'drops'],
  ['udp [fd00:10:244:1::]:68 -> [fd00:10:244:1::1]:67 from pod', 'drops', 'drops'],
  ['icmpv6 :: -> ff02::1:ff00:1 type 135 from pod', 'passes', 'passes'],
])('the way back of %s: rpfilter %s, fib %s', async (packet, rpfilter, fib) => {
  const isFour = !packet.includes('::');
  const of = async (rules: string) => {
    const host = isFour ? 'four.json' : 'six.json';
    const { out } = await kubenat(
      ['trace', '--rules', rules, '--host', host, '--packet', packet, '--format', 'json'],
      files,
    );
    const [{ outcomes }] = JSON.parse(out).results;
    return outcomes.every((one: { verdict: string }) => one.verdict === 'drop') ? 'drops' : 'passes';
  };
  expect([await of('rpfilter.save'), await of(isFour ? 'fib4.nft' : 'fib6.nft')]).toEqual([rpfilter, fib]);
});

test('a match rpfilter is not proved to be the same as what nft finds of the way back', async () => {
  const { status, out } = await kubenat(['diff', 'rpfilter.save', 'fib4.nft'], files);
  expect([status, out]).toEqual([1, expect.stringContaining('The rules differ')]);
});

// Linux 6.18: the counters of INPUT, in each mode.
test.each([0, 1, 2])('who asks for an address is heard with rp_filter=%i', async (mode) => {
  const host = { addresses: ['192.0.2.10/24'], sysctls: { 'net.ipv4.conf.all.rp_filter': mode } };
  const rules = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
  const packet = 'udp 0.0.0.0:68 -> 255.255.255.255:67 from external';
  const { out } = await kubenat(
    ['trace', '--rules', 'a.save', '--host', 'host.json', '--packet', packet, '--format', 'json'],
    { 'a.save': rules, 'host.json': JSON.stringify(host) },
  );
  expect(JSON.parse(out).results[0].outcomes).toMatchObject([{ verdict: 'accept' }]);
});
