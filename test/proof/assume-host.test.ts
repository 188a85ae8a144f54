import { describe, expect, test } from 'vitest';
import { formatSubnet, parseSubnet, type Subnet } from '../../src/address/subnet.ts';
import type { Host } from '../../src/host/model.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { sayAssumptions } from '../../src/report/assumptions.ts';
import { load, table } from './small.ts';

const dnat = (to: string) =>
  table(
    'nat',
    ':PREROUTING ACCEPT [0:0]',
    ':A - [0:0]',
    '-A PREROUTING -j A',
    '-A A -p tcp -j ACCEPT',
    `-A A -p tcp -j DNAT --to-destination ${to}`,
  );
const bare = table('filter', ':INPUT ACCEPT [0:0]');

const pods = ({ podPrefix }: Host) => podPrefix && formatSubnet(podPrefix);
const uplink = ({ interfaces, uplink: name }: Host) =>
  interfaces
    .find((one) => one.name === name)
    ?.addresses.map(({ address, length, prefix }) => [address, length, formatSubnet(prefix)]);

describe('of a node that nobody described', () => {
  test('an address for documentation is supposed, and said', () => {
    const four = assumeHost('ipv4', [], []);
    expect(uplink(four.host)).toEqual([[0xc000020a, 24, '192.0.2.0/24']]);
    expect(four.assumed[0]).toEqual({ code: 'node-address', address: 0xc000020a });
    const six = assumeHost('ipv6', [], []);
    expect(uplink(six.host)).toEqual([[(0x20010db8n << 96n) + 0x10n, 64, '2001:db8::/64']]);
    expect(sayAssumptions(six.assumed)[0]).toBe("the node's address is 2001:db8::10 (--host says otherwise)");
    for (const { host } of [four, six]) expect([host.addressesKnown, host.routesKnown]).toEqual([true, true]);
  });

  test.each([
    ['10.9.8.7:80', bare, dnat('10.9.8.7:80'), '10.9.8.0/24'],
    ['the first that there is', dnat('10.1.1.1:80') + bare, dnat('10.2.2.2:80'), '10.1.1.0/24'],
    ['the first of a range', bare, dnat('10.1.1.9-10.1.2.9'), '10.1.1.0/24'],
    ['no endpoint', bare, bare, '10.244.1.0/24'],
    ['a port alone', bare, dnat(':80'), '10.244.1.0/24'],
  ])('the pods are the neighbours of %s', (_, before, after, found) => {
    const { host, assumed } = assumeHost('ipv4', [], [load(before), load(after)]);
    expect(pods(host)).toBe(found);
    expect(sayAssumptions(assumed)).toContain(`the node's pods are ${found} (--host says otherwise)`);
  });

  test('so it is with IPv6', () => {
    expect(pods(assumeHost('ipv6', [], [load(dnat('[fd00:9:8:7::1]:80'), 'ipv6')]).host)).toBe(
      'fd00:9:8:7::/64',
    );
    expect(pods(assumeHost('ipv6', [], [load(bare, 'ipv6')]).host)).toBe('fd00:244::/64');
  });

  test('what is known is not made up', () => {
    const podCIDR = parseSubnet('10.7.0.0/24') as Subnet;
    const prefix = parseSubnet('10.6.0.0/24') as Subnet;
    const addresses = [{ address: 0x0a060001, prefix, length: 24 }];
    const partly = assumeHost('ipv4', [{ podCIDR }], [load(dnat('10.9.8.7:80'))]);
    expect([pods(partly.host), partly.assumed.length]).toEqual(['10.7.0.0/24', 1]);
    const other = assumeHost('ipv4', [{ addresses }], []);
    expect(uplink(other.host)).toEqual([[0x0a060001, 24, '10.6.0.0/24']]);
    expect(sayAssumptions(other.assumed)).toEqual([
      "the node's pods are 10.244.1.0/24 (--host says otherwise)",
    ]);
    expect(assumeHost('ipv4', [{ addresses }, { podCIDR }], []).assumed).toEqual([]);
  });

  test('the interface that stands for all that no rule names is not told among those that they name', () => {
    const rules = table(
      'filter',
      ':INPUT ACCEPT [0:0]',
      '-A INPUT -i tun0 -j DROP',
      '-A INPUT ! -i lo -j DROP',
    );
    const { assumed } = assumeHost('ipv4', [], [load(rules)]);
    expect(sayAssumptions(assumed).slice(-2)).toEqual([
      'the node has the interfaces that rules name: tun0 (198.18.0.0/24) (--host says otherwise)',
      'the node has another interface, which no rule names, made up as other0 (198.18.1.0/24) (--host says otherwise)',
    ]);
  });
});
