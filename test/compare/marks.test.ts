import { describe, expect, test } from 'vitest';
import { cases, readCase } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

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
    const rule = '-A INPUT -m mark --mark 0x8000/0x8000 -j DROP\n';
    const add = (dump: string) => dump.replace(/(\n-A INPUT)/, `\n${rule.trim()}$1`);
    expect(add(text)).toContain(rule);
    expect(await said(add(otherBit), add(text))).not.toMatch(proved);
  });

  test('nor where somebody else may look at it', async () => {
    const add = (dump: string) =>
      dump.replace(/(\n-A INPUT)/, '\n-A INPUT -m socket --restore-skmark -j ACCEPT$1');
    expect(await said(add(otherBit), add(text))).not.toMatch(proved);
  });
});
