import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

const folder = join(import.meta.dirname, '../../fixtures/logs/affinity');

interface Result {
  readonly lines: readonly number[];
  readonly agrees: boolean;
  readonly parting: unknown;
  readonly ways: readonly {
    readonly taken: readonly string[];
    readonly packet: string;
    readonly at: { readonly chain: string; readonly rule: number } | null;
    readonly next: readonly unknown[];
    readonly outcome: { readonly dnat: string | null } | null;
  }[];
}

async function follow(rules: string, log: string, ...more: readonly string[]): Promise<readonly Result[]> {
  const hosts = ['ipaddr.json', 'iproute.json', 'iproute6.json'].flatMap((name) => [
    '--host',
    join(folder, name),
  ]);
  const args = ['trace', '--rules', join(folder, rules), '--log', join(folder, log), ...hosts, ...more];
  const { status, out, err } = await kubenat([...args, '--format', 'json'], {});
  expect(status, err).toBe(0);
  return JSON.parse(out).results;
}

/** What the rules leave to lists, sets and chance, the lines decide: a log of the very rules never parts from them. */
describe('a trace of rules with session affinity', () => {
  test('the rule that the line names is the one that matched, not its neighbours with other lists', async () => {
    const results = await follow('node.save', 'xtables-monitor.txt');
    expect(results.map(({ parting }) => parting)).toEqual(results.map(() => null));
    expect(results[0]?.ways).toMatchObject([
      // Of RETURN the program prints the number alone.
      { at: { chain: 'KUBE-POSTROUTING', rule: 1 }, next: [], outcome: { dnat: '10.20.2.53:5353' } },
    ]);
  });

  test('of rules that nft tells by their target alone, those with the name of a list are the others', async () => {
    const results = await follow('node.save', 'nft-monitor.txt');
    expect(results.map(({ parting }) => parting)).toEqual(results.map(() => null));
    expect(results.map(({ ways }) => ways[0]?.outcome?.dnat)).toEqual(['10.20.2.53:5353', '10.20.2.53:5353']);
  });

  test('a set that is told without elements held the client or not', async () => {
    const results = await follow('node.nft', 'native-monitor.txt', '--family', 'ipv4');
    expect(results.map(({ parting }) => parting)).toEqual(results.map(() => null));
    expect(results[0]?.ways[0]?.outcome).toMatchObject({ dnat: '10.20.1.53:5353' });
  });
});

describe('packets of IPv6, which have no identification', () => {
  const results = follow('node.nft', 'native-monitor.txt', '--family', 'ipv6');

  test('alike in all but the number of their trace, they are apart', async () => {
    expect((await results).filter(({ agrees }) => !agrees)).toEqual([]);
    const errors = (await results).filter(({ ways }) => ways[0]?.packet.includes(' type 1/4'));
    expect(errors.map(({ lines }) => lines.length)).toEqual([4, 4]);
  });

  test('errors belong to the flow of what they quote, and neighbours to none', async () => {
    const taken = (await results).map(({ ways }) => [
      / type (\d+)/.exec(ways[0]?.packet ?? '')?.[1] ?? '',
      ...ways.flatMap((way) => way.taken),
    ]);
    expect(taken.filter(([type]) => type === '1')).toEqual([
      ['1', 'related', 'invalid'],
      ['1', 'related', 'invalid'],
    ]);
    const neighbours = taken.filter(([type]) => type === '135' || type === '136');
    expect(neighbours.length).toBeGreaterThan(2);
    expect(neighbours.flatMap(([, ...as]) => as)).toEqual(neighbours.map(() => 'untracked'));
  });
});
