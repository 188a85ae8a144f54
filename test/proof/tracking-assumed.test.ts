import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';
import { dumpOf } from './lines.ts';

const asks = 'filter FORWARD -m conntrack --ctstate NEW -j ACCEPT';
const other = 'filter FORWARD -p tcp -m tcp --dport 80 -j ACCEPT';
const assumedOf = async (before: readonly string[], after: readonly string[]) => {
  const { status, out } = await kubenat(['diff', '--format', 'json', 'a', 'b'], {
    a: dumpOf(before),
    b: dumpOf(after),
  });
  const { assumptions } = JSON.parse(out) as { assumptions: readonly Record<string, unknown>[] };
  return { status, tracking: assumptions.filter(({ code }) => code === 'conntrack-on') };
};

/** The kernel puts datagrams together, and asks nat, only while some rule of the namespace asks for connections. */
describe('that connections are tracked is said where a side does not ask for it', () => {
  test.each([
    ['the rule goes', [asks, other], [other], [{ code: 'conntrack-on', missing: 'after' }]],
    ['the rule comes', [other], [asks, other], [{ code: 'conntrack-on', missing: 'before' }]],
    ['both ask', [asks, other], [asks, asks, other], []],
    // A later fragment, which nobody put together, meets neither rule (xt_tcpudp.c).
    ['neither asks', [other], [other, other], [{ code: 'conntrack-on', missing: 'both' }]],
  ])('%s', async (_what, before, after, tracking) => {
    expect(await assumedOf(before, after)).toEqual({ status: 0, tracking });
  });
});
