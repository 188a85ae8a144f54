import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/address/address.ts';
import type { Matched } from '../../src/engine/branch.ts';
import type { Packet } from '../../src/engine/packet.ts';
import { asRemembered, effectOf, severityOf } from '../../src/proof/classes/effect.ts';
import { entryOfCell } from '../../src/proof/classes/entry.ts';
import type { Cell } from '../../src/proof/explore/explore.ts';
import type { Fate, FateItem } from '../../src/proof/explore/fate.ts';
import { sayEffect } from '../../src/report/diff-words.ts';
import { load, table } from './small.ts';

const packet = { source: 0xcb007109, destination: 0x0a600001, from: 'external' } as Packet;

type End = readonly [goal: string, parts: number, hidden?: boolean];

/** What becomes of packets: `10.0.0.1:80`, `drop` or `reject`, and in how many of the cases. */
function fate(...ends: readonly End[]): Fate {
  const d = BigInt(ends.reduce((sum, [, parts]) => sum + parts, 0));
  const items = ends.map(([goal, parts, hidden = false]) => {
    const verdict = goal === 'drop' || goal === 'reject' ? goal : 'accept';
    const dnat = verdict === 'accept' ? goal : null;
    const end = {
      verdict,
      dnat,
      left: { destination: dnat === null ? packet.destination : parseAddress(goal.replace(/:.*/, '')) },
      masqueraded: hidden,
      rejectWith: 'tcp-reset',
      delivered: 'pod',
      interface: null,
    };
    return {
      end,
      weight: { n: BigInt(parts), d },
      matched: [],
      lists: [],
      written: [],
      flowMark: null,
    } as unknown as FateItem;
  });
  return { key: '', links: '', items, particular: false, hidden: false, unknown: null };
}

const [one, two] = ['10.0.0.1:80', '10.0.0.2:80'];

describe('what a change does', () => {
  test.each([
    [
      'other shares',
      fate([one, 1], [two, 1]),
      fate([one, 1], [two, 2]),
      ['shares: the endpoints get other shares'],
    ],
    ['another endpoint', fate([one, 1]), fate([two, 1]), [`endpoints: +${two} −${one}`]],
    ['a hidden client', fate([one, 1]), fate([one, 1, true]), ['source-ip: source IP now masqueraded']],
    ['a client that is seen', fate([one, 1, true]), fate([one, 1]), ['source-ip: source IP now preserved']],
    ['a drop', fate([one, 1]), fate(['drop', 1]), ['loss: now dropped']],
    ['a reject', fate([one, 1]), fate(['reject', 1]), ['loss: now rejected']],
    ['a new door', fate(['drop', 1]), fate([one, 1]), ['exposure: now let through']],
    [
      'a drop in place of a reject',
      fate(['reject', 1]),
      fate(['drop', 1]),
      ['delivery: now dropped (before: rejected (tcp-reset))'],
    ],
    [
      'drops by chance',
      fate([one, 1]),
      fate([one, 1], ['drop', 1]),
      ['loss: lost more often', 'shares: the endpoints get other shares'],
    ],
    [
      'fewer drops',
      fate([one, 1], ['drop', 1]),
      fate([one, 1]),
      ['exposure: let through more often', 'shares: the endpoints get other shares'],
    ],
  ])('%s', (_, before, after, said) => {
    expect(effectOf(before, after, packet).map((effect) => `${effect.kind}: ${sayEffect(effect)}`)).toEqual(
      said,
    );
  });

  test('and how much it matters', () => {
    const of = (before: Fate, after: Fate, from: Packet['from']) =>
      severityOf(effectOf(before, after, packet), { ...packet, from });
    expect(of(fate([one, 1]), fate(['drop', 1]), 'pod')).toBe('high');
    expect(of(fate(['drop', 1]), fate([one, 1]), 'external')).toBe('high');
    expect(of(fate(['drop', 1]), fate([one, 1]), 'pod')).toBe('medium');
    expect(of(fate([one, 1]), fate([one, 1, true]), 'external')).toBe('high');
    expect(of(fate([one, 1]), fate([one, 1, true]), 'pod')).toBe('medium');
    expect(of(fate([one, 1, true]), fate([one, 1]), 'external')).toBe('medium');
    expect(of(fate([one, 1]), fate([two, 1]), 'pod')).toBe('medium');
    expect(of(fate([one, 1], [two, 1]), fate([one, 1], [two, 2]), 'external')).toBe('low');
  });

  test('clients that are remembered stay where they are led, which is no other endpoint', () => {
    const kinds = (after: Fate) =>
      asRemembered([{ kind: 'endpoints', came: [], went: [] }], after).map((effect) => sayEffect(effect));
    expect(kinds(fate([one, 1]))).toEqual([`clients that are remembered stay with ${one}`]);
    expect(kinds(fate([one, 1], [two, 1]))).toEqual(['clients that were remembered are balanced anew']);
  });
});

/** The door of packets that met these rules, all on one side. */
function entry(...rules: readonly string[]) {
  const chains = [
    ...new Set([...rules.join(' ').matchAll(/KUBE-[A-Z0-9-]+/g)].map(([name]) => `:${name} - [0:0]`)),
  ];
  const { tables } = load(table('nat', ':PREROUTING ACCEPT [0:0]', ...chains, ...rules));
  const places = tables.flatMap(({ chains }) =>
    [...chains.values()].flatMap(({ name, rules: own }) =>
      own.map((rule) => ({
        language: 'iptables' as const,
        table: 'nat' as const,
        chain: name,
        number: 1,
        rule,
      })),
    ),
  );
  const matched = places
    .sort((left, right) => left.rule.at - right.rule.at)
    .map((place): Matched => ({ place, hook: 'PREROUTING', mark: 0, before: null }));
  const after = { ...fate(), items: [{ ...(fate([one, 1]).items[0] as FateItem), matched }] };
  return entryOfCell({ before: fate(), after } as unknown as Cell);
}

describe('the door of packets', () => {
  const hash = 'ABCDEFGHIJKLM234';
  const said = (chain: string, words: string) =>
    `-A ${chain} -m comment --comment "a/b:http ${words}" -j KUBE-SVC-${hash}`;
  test.each([
    ['KUBE-SERVICES', 'cluster IP', 'cluster IP'],
    ['KUBE-SERVICES', 'loadbalancer IP', 'load balancer IP'],
    ['KUBE-SERVICES', 'external IP', 'external IP'],
    ['KUBE-NODEPORTS', 'health check node port', 'health check'],
    ['KUBE-NODEPORTS', '', 'node port'],
    ['KUBE-EXTERNAL-SERVICES', 'has no endpoints', 'node port'],
    ['KUBE-PROXY-FIREWALL', 'traffic not accepted', 'load balancer IP'],
    ['KUBE-SERVICES', '', 'other'],
    ['KUBE-MINE', 'cluster IP', 'other'],
  ])('of a rule in %s that says "%s" is a %s', (chain, words, kind) => {
    expect(entry(said(chain, words))).toEqual({ service: 'a/b:http', kind });
  });

  test.each([
    ['KUBE-SERVICES', 'SVC', 'cluster IP'],
    ['KUBE-SERVICES', 'SVL', 'cluster IP'],
    ['KUBE-SERVICES', 'EXT', 'load balancer IP'],
    ['KUBE-SERVICES', 'FW', 'load balancer IP'],
    ['KUBE-NODEPORTS', 'EXT', 'node port'],
    ['KUBE-MINE', 'SVC', 'other'],
  ])('without comments, where %s leads to KUBE-%s, is a %s', (chain, to, kind) => {
    const target = `KUBE-${to}-${hash}`;
    expect(entry('-A PREROUTING -p tcp -j ACCEPT', `-A ${chain} -p tcp -j ${target}`)).toEqual({
      service: target,
      kind,
    });
  });

  test('is no service where no chain of one was met, and the chain that a rule stands in counts, too', () => {
    expect(entry('-A PREROUTING -p tcp -j ACCEPT')).toEqual({ service: null, kind: 'other' });
    expect(entry(`-A KUBE-SVC-${hash} -p tcp -j ACCEPT`)).toEqual({
      service: `KUBE-SVC-${hash}`,
      kind: 'other',
    });
    expect(entry('-A PREROUTING -j KUBE-SERVICES', '-A KUBE-SERVICES -j KUBE-NODEPORTS')).toEqual({
      service: null,
      kind: 'other',
    });
  });
});
