import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openNode } from '../../src/session/check/rules.ts';
import { fixtures } from '../cases.ts';

const read = (path: string) => readFileSync(join(fixtures, 'conformance', path), 'utf8');
const foundIn = (text: string) =>
  openNode([{ name: 'rules', text }], { host: [] }).flatMap(({ findings }) => findings);

/** Where nobody says which pods are the node's, they may be more than 256: then the address of one ends in 255, or in 0. */
test.each(
  [
    'named/node-port/iptables.save',
    'named/node-port-local/iptables.save',
    'nftables/1.37.2/node-port.nft',
  ].flatMap((file) => [0, 1, 77, 255].map((last) => [file, last] as const)),
)('%s: endpoints of which each ends in %i are sound', (file, last) => {
  const text = read(file).replace(/(10\.244\.\d+)\.\d+(?=[:/ ](?!24|16))/g, `$1.${last}`);
  expect(text).not.toBe(read(file));
  expect(foundIn(text)).toEqual([]);
});

const v4 = 'named/node-port/iptables.save';
const v6 = 'named/ipv6-cluster-ip/iptables.save';
const nft = 'nftables/1.37.2/node-port.nft';

/** ICMP errors have 56 to 576 bytes (RFC 1812), those of IPv6 96 to 1,280 (RFC 4443): what holds of all of them is told, and nothing else. */
test.each([
  [v4, '-p icmp -m length --length 0:576 -j DROP', true],
  [v4, '-p icmp -m length --length 56:576 -j REJECT --reject-with icmp-host-prohibited', true],
  [v4, '-p icmp -m length ! --length 577:65535 -j DROP', true],
  [v4, '-p icmp -m length --length 577:65535 -j DROP', false],
  [v4, '-p icmp -m length --length 0:100 -j DROP', false],
  [v6, '-p ipv6-icmp -m length --length 96:1280 -j DROP', true],
  [v6, '-p ipv6-icmp -m length --length 1281:65535 -j DROP', false],
  [nft, 'meta l4proto icmp meta length 56-576 drop', true],
  [nft, 'meta l4proto icmp meta length > 1000 drop', false],
] as const)('%s with %s: errors are lost: %s', (file, rule, isLost) => {
  const text = file.endsWith('.nft')
    ? `${read(file)}table ip own {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\t${rule}\n\t}\n}\n`
    : read(file).replace(/^(?=-A FORWARD )/m, `-A FORWARD ${rule}\n`);
  const codes = new Set(foundIn(text).map(({ code }) => code));
  expect([...codes]).toEqual(isLost ? ['errors-lost'] : []);
});
