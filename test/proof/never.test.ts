import { expect, test } from 'vitest';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { load } from './small.ts';

const forward = (...rules: readonly string[]) =>
  load(
    `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules.map((rule) => `-A FORWARD ${rule}\n`).join('')}COMMIT\n`,
  );
const isSame = (before: readonly string[], after: readonly string[]) => {
  const sides = [forward(...before), forward(...after)] as const;
  return comparePackets(...sides, assumeHost('ipv4', [], [...sides]).host).same;
};
const icmp = (type: number, state: string) =>
  `-p icmp -m icmp --icmp-type ${type} -m conntrack --ctstate ${state} -j DROP`;

// Linux 6.18, packets sent and counted: types 3 and 8 in each state; messages that neither ask, answer nor tell of an error are INVALID.
test.each([
  [3, 'ESTABLISHED', true],
  [3, 'RELATED', false],
  [3, 'INVALID', false],
  [8, 'RELATED', true],
  [8, 'ESTABLISHED', false],
  [0, 'ESTABLISHED', false],
  [40, 'RELATED,ESTABLISHED', true],
  [40, 'INVALID', false],
])('whether a rule about ICMP of type %i that is %s never holds: %s', (type, state, isNever) => {
  expect(isSame([icmp(type, state)], ['-m conntrack --ctstate NEW'])).toBe(isNever);
});

// Linux 6.18: of three datagrams in two fragments each none met `-f` where a rule asks conntrack, in raw PREROUTING and in FORWARD.
test('later fragments meet no rule where connections are tracked, and do where they are not', () => {
  const tracks = '-m conntrack --ctstate NEW';
  expect(isSame([tracks, '-f -j DROP'], [tracks])).toBe(true);
  expect(isSame(['-f -j DROP'], ['-s 10.0.0.1'])).toBe(false);
});
