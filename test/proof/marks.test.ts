import { describe, expect, test } from 'vitest';
import { cases, readCase } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';
import { compareLines } from './lines.ts';

const one = cases.find(({ id }) => id === 'named/small-real-cluster');
if (!one) throw new Error('the case is gone');
const text = readCase(one, 'iptables.save');

const said = async (after: string, before = text) =>
  (await kubenat(['diff', 'a', 'b'], { a: before, b: after })).out;
const proved = /no packet changes fate \(proved\)/;

/** kube-proxy's `masqueradeBit` 15 in place of 14. */
const otherBit = text.replaceAll('0x4000', '0x8000');

describe('which bit of the mark is used is of no account', () => {
  test('where all rules use another one', async () => {
    expect(otherBit).not.toBe(text);
    expect(await said(otherBit)).toMatch(proved);
  });

  test('but not where some do not go along', async () => {
    const asksOther = text.replace(/(-A KUBE-POSTROUTING .*--mark) 0x4000/, '$1 0x8000');
    expect(asksOther).not.toBe(text);
    expect(await said(asksOther)).not.toMatch(proved);
  });

  test('nor where the other bit has a meaning of its own', async () => {
    const rule = '-A FORWARD -m mark --mark 0x8000/0x8000 -j DROP\n';
    const add = (dump: string) => dump.replace(/(\n-A FORWARD)/, `\n${rule.trim()}$1`);
    expect(add(text)).toContain(rule);
    expect(await said(add(otherBit), add(text))).not.toMatch(proved);
  });

  test.each([
    ['0xffffffff', false],
    ['0x80', true],
  ])('nor where flows keep the bits %s, which other rules may have put there', (mask, same) => {
    const rules = (bit: string) => [
      `mangle PREROUTING -s 203.0.113.0/24 -j MARK --set-xmark ${bit}/${bit}`,
      `mangle FORWARD -j CONNMARK --restore-mark --nfmask ${mask} --ctmask ${mask}`,
      `filter FORWARD -m mark --mark ${bit}/${bit} -j DROP`,
    ];
    expect(compareLines(rules('0x4000'), rules('0x8000')).same).toBe(same);
  });

  test('nor where somebody else may look at it', async () => {
    const add = (dump: string) =>
      dump.replace(/(\n-A PREROUTING)/, '\n-A PREROUTING -m socket --restore-skmark -j ACCEPT$1');
    expect(await said(add(otherBit), add(text))).not.toMatch(proved);
  });
});

/** Packets of flows that began before, on a node whose rules take the mark of the flow over. */
describe('the mark of a flow that nobody knows', () => {
  const dump = (rules: readonly string[]) =>
    [
      '*mangle',
      ...['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'].map((hook) => `:${hook} ACCEPT [0:0]`),
      ...rules,
      'COMMIT\n',
    ].join('\n');
  // Whether multicast arrives is not known, and would be told wherever rules differ.
  const forward = '-A FORWARD -d 10.9.9.9';
  const drop = `${forward} -m conntrack --ctstate ESTABLISHED`;
  const compare = (before: readonly string[], after: readonly string[]) => said(dump(after), dump(before));
  const restored = '-A PREROUTING -d 10.9.9.9 -j CONNMARK --restore-mark';
  const drops = `${drop} -m mark --mark 0x1/0x1 -j DROP`;

  test('is overwritten by one that is known', async () => {
    const sets = (mark: string) => [restored, `${forward} -j MARK --set-xmark ${mark}`, drops];
    expect(await compare(sets('0x0/0xffffffff'), sets('0x1/0xffffffff'))).toContain('now dropped');
    expect(await compare(sets('0x0/0x1'), sets('0x1/0x1'))).toContain('now dropped');
    // The bit 2 is asked for by no rule: traffic control may, once the packet leaves.
    expect(await compare(sets('0x0/0x1'), sets('0x2/0x3'))).toContain('now with the mark on leaving 0x2');
    const asked = `${forward} -m mark --mark 0x2/0x2 -j ACCEPT`;
    const both = (mark: string) => [restored, `${forward} -j MARK --set-xmark ${mark}`, drops, asked];
    expect(await compare(both('0x0/0x1'), both('0x2/0x3'))).toMatch(proved);
  });

  test('is the same on both sides, however it is asked for', async () => {
    const bits = '-A PREROUTING -d 10.9.9.9 -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff';
    const asks = (match: string) => [bits, `${drop} -m ${match} -j DROP`];
    expect(await compare(asks('mark --mark 0x1/0x1'), asks('connmark --mark 0x1/0x1'))).toMatch(proved);
    expect(await compare(asks('mark --mark 0x1/0x1'), asks('connmark ! --mark 0x1/0x1'))).not.toMatch(proved);
    // The first puts all of the flow's mark into the packet's, the second eight bits of it: routing may ask for the others.
    expect(await compare([restored, drops], [bits, drops])).toContain('mark at routing');
    const turned = (mark: string) => [bits, `${forward} -j MARK --xor-mark 0x1`, drops.replace('0x1/', mark)];
    expect(await compare([bits, drops], turned('0x0/'))).toMatch(proved);
    expect(await compare([bits, drops], turned('0x1/'))).not.toMatch(proved);
  });

  test('is in no other bits than those that are restored', async () => {
    // As the VPC CNI of Amazon does, with a bit of its own.
    const own = '-A PREROUTING -i eth+ -d 10.9.9.9 -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80';
    const asks = (mark: string) => [own, `${drop} -m mark --mark ${mark} -j DROP`];
    expect(await compare(asks('0x4000/0x4000'), [own])).toMatch(proved);
    expect(await compare(asks('0x80/0x80'), [own])).toContain('-m connmark --mark 0x80/0x80 holds');
  });

  test('is asked for before anything is restored: then the packet has none', async () => {
    expect(await compare([drops, restored], [restored])).not.toMatch(proved);
    expect(await compare([`${forward} -m mark --mark 0x1 -j DROP`], [])).toMatch(proved);
  });

  test('is kept, or another one in its place', async () => {
    const saves = (mask: string) => [`${drop} -j CONNMARK --save-mark --nfmask 0x0 --ctmask ${mask}`];
    expect(await compare([], saves('0xff'))).toContain('connections get another mark');
    expect(await compare(saves('0xff'), saves('0xf'))).toContain('connections get another mark');
    expect(await compare([], saves('0x0'))).toMatch(proved);
  });

  test('turns nothing in the answer that the node gives itself', async () => {
    const rejects = `${forward} -j REJECT`;
    const answers = '-A OUTPUT -m mark --mark 0x1/0x1 -j DROP';
    const filter = (rules: readonly string[]) =>
      `${dump([restored, answers])}*filter\n:FORWARD ACCEPT [0:0]\n${rules.join('\n')}\nCOMMIT\n`;
    expect(await said(filter([rejects]), filter([`${rejects} --reject-with icmp-port-unreachable`]))).toMatch(
      proved,
    );
    expect(await said(filter([rejects]).replace(answers, ''), filter([rejects]))).toMatch(proved);
  });
});
