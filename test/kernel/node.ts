import type { Family } from '../../src/address/address.ts';
import { readFlows } from '../../src/engine/flows.ts';
import { buildHost } from '../../src/host/build.ts';
import type { Host, HostFields } from '../../src/host/model.ts';

/** The node that the instrument builds, as a flows file says it, and addresses around it that rules and packets use. */
export const nodes = {
  ipv4: {
    host: {
      addresses: ['192.168.0.2/24', '192.168.0.3/24'],
      podCIDR: '10.180.0.0/24',
      clusterCIDR: '10.180.0.0/16',
      podGateway: '10.180.0.1',
    },
    outside: ['203.0.113.9', '203.0.113.77', '198.51.100.7', '192.168.0.77'],
    node: ['192.168.0.2', '192.168.0.3', '10.180.0.1'],
    pods: ['10.180.0.5', '10.180.0.6'],
    remote: ['10.180.1.6', '10.180.2.9'],
    virtual: ['10.96.0.1', '10.96.0.2', '172.16.5.5'],
    loopback: ['127.0.0.1'],
    special: ['192.168.0.255', '127.0.0.9', '10.180.0.255'],
    prefixes: [
      '203.0.113.0/24',
      '192.168.0.0/16',
      '10.180.0.0/24',
      '10.0.0.0/8',
      '10.96.0.0/30',
      '0.0.0.9/0.0.0.255',
    ],
    bits: 32,
  },
  ipv6: {
    host: {
      addresses: ['fd00:192::2/64', 'fd00:192::3/64'],
      podCIDR: 'fd00:10:180::/64',
      clusterCIDR: 'fd00:10::/32',
      podGateway: 'fd00:10:180::1',
    },
    outside: ['2001:db8:113::9', '2001:db8:113::77', '2001:db8:100::7', 'fd00:192::77'],
    node: ['fd00:192::2', 'fd00:192::3', 'fd00:10:180::1'],
    pods: ['fd00:10:180::5', 'fd00:10:180::6'],
    remote: ['fd00:10:180:1::6', 'fd00:10:180:2::9'],
    virtual: ['fd00:10:96::1', 'fd00:10:96::2', 'fd77::5'],
    loopback: ['::1'],
    special: ['fd00:192::', 'fd00:10:180::'],
    prefixes: [
      '2001:db8:113::/48',
      'fd00:192::/32',
      'fd00:10:180::/64',
      'fd00::/8',
      'fd00:10:96::/126',
      '2001:db8::/32',
    ],
    bits: 128,
  },
} as const satisfies Record<Family, unknown>;

/** The node as the interpreter is given it. */
export function hostOf(family: Family): Host {
  return buildHost(family, [fieldsOf(family)]);
}

export function fieldsOf(family: Family): HostFields {
  const text = JSON.stringify({ host: nodes[family].host, packets: [] });
  return readFlows({ name: 'node', text }, family).host;
}
