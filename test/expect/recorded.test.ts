import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cases, readCase } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

interface Recorded {
  readonly verdict: 'accept' | 'drop' | 'reject';
  readonly dnat: string | null;
  readonly src: string | null;
}

interface Flow {
  readonly id: string;
  readonly proto: string;
  readonly src: string;
  readonly sport?: number;
  readonly dst: string;
  readonly dport?: number;
  readonly from: string;
  readonly at?: number;
  readonly flags?: unknown;
  /** Only one of several outcomes was seen. */
  readonly sample?: boolean;
  readonly outcomes: readonly Recorded[];
}

const endpoint = (address: string, port?: number) => {
  const isV6 = address.includes(':');
  if (port === undefined) return address;
  return isV6 ? `[${address}]:${port}` : `${address}:${port}`;
};

const packetOf = ({ proto, src, sport, dst, dport, from }: Flow) =>
  `${proto} ${endpoint(src, sport)} -> ${endpoint(dst, dport)} from ${from}`;

/** What the kernel did, as expectations; only of packets whose outcomes are of one kind can all be said. */
function expectationsOf(flow: Flow): object[] {
  const packet = packetOf(flow);
  const { outcomes } = flow;
  const verdicts = new Set(outcomes.map(({ verdict }) => verdict));
  if (verdicts.size !== 1) return [];
  const [verdict] = verdicts;
  if (verdict !== 'accept') return [{ name: flow.id, packet, verdict }];
  const goals = [...new Set(outcomes.map(({ dnat }) => dnat ?? endpoint(flow.dst, flow.dport)))];
  const sources = [...new Set(outcomes.map(({ src }) => src))];
  const [source] = sources;
  return [
    { name: flow.id, packet, verdict, endpoints: goals, ...(sources.length === 1 && source && { source }) },
  ];
}

/** The contrary of what the kernel did, in one point. */
function wrongOf(flow: Flow): object[] {
  return expectationsOf(flow).flatMap((one): object[] => {
    const { endpoints, source, ...rest } = one as { endpoints?: string[]; source?: string; packet: string };
    if (!endpoints) return [{ ...rest, verdict: 'accept' }];
    const stranger = flow.src.includes(':') ? '2001:db8::dead' : '192.0.2.222';
    return [
      { ...rest, to: stranger },
      { ...rest, never: endpoints[0] },
      { ...rest, endpoints: [...endpoints, stranger] },
      ...(source ? [{ ...rest, source: stranger }] : []),
    ];
  });
}

const folder = mkdtempSync(join(tmpdir(), 'expect-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function ask(one: (typeof cases)[number], host: object, expectations: readonly object[]) {
  const dump = join(folder, `${one.id.replace('/', '-')}.save`);
  writeFileSync(dump, readCase(one, 'iptables.save'));
  const file = { rules: dump, host, family: one.family, expectations };
  const { status, out, err } = await kubenat(['test', '--format', 'json', 'a.kubenat.json'], {
    'a.kubenat.json': JSON.stringify(file),
  });
  expect(err.replaceAll(/^.*warning.*$/gm, '').trim()).toBe('');
  return { status, results: JSON.parse(out).results as { name: string; passed: boolean }[] };
}

/** The kernel's answers come from recordings; a sample, since the interpreter is compared with all of them elsewhere. */
const some = cases.filter((_, index) => index % 12 === 3);

describe.each(some)('what the kernel did to packets of $id', (one) => {
  const { host, packets } = JSON.parse(readCase(one, 'flows.json')) as { host: object; packets: Flow[] };
  const plain = packets.filter(({ at, flags, sample }) => at === undefined && flags === undefined && !sample);

  test('passes as an expectation', async () => {
    const { status, results } = await ask(one, host, plain.flatMap(expectationsOf));
    expect(results.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual([]);
    expect(status).toBe(0);
  });

  test('and its contrary fails', async () => {
    const { status, results } = await ask(one, host, plain.slice(0, 20).flatMap(wrongOf));
    expect(results.filter(({ passed }) => passed).map(({ name }) => name)).toEqual([]);
    expect(status).toBe(1);
  });
});
