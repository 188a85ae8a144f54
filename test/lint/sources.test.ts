import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openNode } from '../../src/session/check/rules.ts';
import { fixtures } from '../cases.ts';

const read = (path: string) => readFileSync(join(fixtures, path), 'utf8');
const dump = read('conformance/named/node-port/iptables.save');
const nft = read('conformance/nftables/1.36.3/node-port.nft');
const before = (rule: string) => dump.replace(/^-A POSTROUTING /m, `-A POSTROUTING ${rule}\n$&`);
const beside = (rule: string) =>
  `${nft}table ip mine {\n\tchain p {\n\t\ttype nat hook postrouting priority 90; policy accept;\n\t\t${rule}\n\t}\n}\n`;
const host = 'addresses: [192.168.10.11/24]\npodCIDR: 10.244.1.0/24\n';

const told = (text: string, known: string | null) =>
  openNode([{ name: 'node', text }], { host: known === null ? [] : [{ name: 'host', text: known }] }).flatMap(
    ({ findings }) =>
      findings.map((one) =>
        [one.code, 'from' in one ? one.from : '', one.code === 'cut-off' ? one.why.kind : '']
          .join(' ')
          .trim(),
      ),
  );

describe("a rule of somebody else gives pods' packets another source", () => {
  test.each([
    ['one that the node lacks', before('-s 10.244.0.0/16 -p tcp -j SNAT --to-source 203.0.113.99')],
    ['of nft', beside('ip saddr 10.244.0.0/16 snat to 203.0.113.99')],
  ])('%s', (_, text) => {
    // Whether the node has it nobody says.
    expect(told(text, null).filter((one) => one.startsWith('cut-off'))).toEqual([]);
    const found = told(text, host).filter((one) => one.startsWith('cut-off'));
    expect(new Set(found)).toEqual(new Set(['cut-off pod answers-astray']));
  });

  test.each([
    ['to whatever pod', '-s 10.244.0.0/16 -p tcp -j SNAT --to-source 203.0.113.99', ['source-lost pod']],
    ['by the uplink alone', '-s 10.244.0.0/16 -o eth0 -j SNAT --to-source 203.0.113.99', []],
    ['but not to other pods', '-s 10.244.0.0/16 ! -d 10.244.0.0/16 -j SNAT --to-source 203.0.113.99', []],
  ])('of which nobody says whose it is: %s', (_, rule, expected) => {
    // If the node has it, pods are known by it; if not, no answer comes back.
    expect([...new Set(told(before(rule), null))]).toEqual(expected);
  });

  test.each([
    ['its own', before('-s 10.244.0.0/16 -p tcp -j SNAT --to-source 192.168.10.11'), ['source-lost pod']],
    ['that of the uplink', before('-s 10.244.0.0/16 -j MASQUERADE'), ['source-lost pod']],
    ['of nft', beside('ip saddr 10.244.0.0/16 masquerade'), ['source-lost pod']],
    ['but not to other pods', before('-s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE'), []],
    ['of another network', before('-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'), []],
    [
      'as flannel does',
      before('-s 10.244.0.0/16 -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG')
        .replace(':KUBE-SVC', ':FLANNEL-POSTRTG - [0:0]\n:KUBE-SVC')
        .replace(
          /^COMMIT\n(?![\s\S]*^COMMIT)/m,
          '-A FLANNEL-POSTRTG ! -d 10.244.0.0/16 -j MASQUERADE\nCOMMIT\n',
        ),
      [],
    ],
  ])('%s', (_, text, expected) => {
    expect([...new Set(told(text, host))]).toEqual(expected);
  });

  test('to an endpoint that is a node, as networks of pods demand', () => {
    const api = read('conformance/named/host-network-api-server/iptables.save');
    const masquerading = api.replace(
      /^-A POSTROUTING /m,
      '-A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE\n$&',
    );
    expect(masquerading).not.toBe(api);
    expect(told(masquerading, host)).toEqual([]);
    expect(told(masquerading, null)).toEqual([]);
  });

  test('what kube-proxy marks itself it wants masqueraded', () => {
    const all = read('conformance/named/masquerade-all/iptables.save');
    const old = all.replace(
      /^-A POSTROUTING .*\n/m,
      '-A POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully\n',
    );
    expect(old).not.toBe(all);
    expect(told(old, host).filter((one) => one.startsWith('source-lost'))).toEqual([]);
  });
});
