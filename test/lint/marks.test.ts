import { describe, expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { checkRuleset } from '../../src/lint/check.ts';
import { sayFinding } from '../../src/report/findings.ts';
import { cases, readCase } from '../cases.ts';

const recorded = (id: string) =>
  readCase(cases.find((one) => one.id === id) as (typeof cases)[number], 'iptables.save');
const found = (text: string, code: string) =>
  checkRuleset(readDump({ name: 'node', text }, {}).ruleset)
    .filter((finding) => finding.code === code)
    .map((finding) => sayFinding(finding));

/** A rule of the table mangle, before the dump. */
const mangle = (rule: string, dump: string) =>
  `*mangle\n:PREROUTING ACCEPT [0:0]\n:cali-PREROUTING - [0:0]\n-A PREROUTING -j cali-PREROUTING\n${rule}\nCOMMIT\n${dump}`;

describe("kube-proxy's mark for masquerade", () => {
  const node = recorded('named/node-port');
  const otherBit = recorded('named/masquerade-bit-random-fully-off');
  test.each([
    [
      'of somebody',
      '-A PREROUTING -i tun0 -j MARK --set-xmark 0x4000/0xffffffff',
      node,
      [/^somebody else sets the mark 0x4000/],
    ],
    [
      'of Calico',
      '-A cali-PREROUTING -j MARK --set-xmark 0xc000/0xc000',
      node,
      [/^Calico sets the mark 0x4000/],
    ],
    [
      'of another bit of this node',
      '-A PREROUTING -j MARK --or-mark 0x1000',
      otherBit,
      [/^somebody else sets the mark 0x/],
    ],
    ['of a bit that is another one here', '-A PREROUTING -j MARK --or-mark 0x4000', otherBit, []],
    ['that takes the bit away', '-A PREROUTING -j MARK --set-xmark 0x1/0xffffffff', node, []],
  ])('a rule %s', (_, rule, dump, expected) => {
    expect(found(mangle(rule, dump), 'mark-shared')).toEqual(
      expected.map((one) => expect.stringMatching(one)),
    );
  });
});

describe('masquerade without --random-fully', () => {
  const node = recorded('named/node-port');
  test.each([
    ['recorded without', recorded('named/masquerade-bit-random-fully-off'), 1],
    ['recorded with', node, 0],
    ['taken out', node.replace(' --random-fully', ''), 1],
    [
      'of another program',
      node.replace('-A POSTROUTING', '-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE\n-A POSTROUTING'),
      0,
    ],
  ])('%s', (_, dump, count) => {
    expect(found(dump, 'ports-predictable')).toHaveLength(count);
  });
});

describe('rules of ipvs mode beside others', () => {
  const node = recorded('named/node-port');
  test.each([
    [
      'a chain of the table nat',
      node.replace(':KUBE-MARK-MASQ', ':KUBE-LOAD-BALANCER - [0:0]\n:KUBE-MARK-MASQ'),
      ['KUBE-LOAD-BALANCER'],
    ],
    [
      'a chain of the table filter',
      node.replace(':KUBE-FORWARD', ':KUBE-IPVS-FILTER - [0:0]\n:KUBE-FORWARD'),
      ['KUBE-IPVS-FILTER'],
    ],
    [
      'several',
      node.replace(
        ':KUBE-MARK-MASQ',
        ':KUBE-LOAD-BALANCER - [0:0]\n:KUBE-NODE-PORT - [0:0]\n:KUBE-MARK-MASQ',
      ),
      ['KUBE-LOAD-BALANCER, KUBE-NODE-PORT'],
    ],
    ['none', node, []],
  ])('%s', (_, dump, expected) => {
    expect(found(dump, 'mode-left')).toEqual(expected.map((one) => expect.stringContaining(one)));
  });
});
