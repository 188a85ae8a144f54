import { expect, test } from 'vitest';
import { byService } from '../../src/diff/services.ts';
import type { PacketClass } from '../../src/proof/classes/classify.ts';
import { load, table } from './small.ts';

const entry = (name: string, chain = 'KUBE-SERVICES') =>
  table(
    'nat',
    ':OUTPUT ACCEPT [0:0]',
    `:${chain} - [0:0]`,
    `-A ${chain} -m comment --comment "${name} cluster IP" -j RETURN`,
  );

const one = (
  service: string | null,
  severity: string,
  order: number,
  kind = 'cluster IP',
  destinationPort = 80,
) =>
  ({
    entry: { service, kind },
    severity,
    order,
    opening: { destinationPort, protocol: 6 },
  }) as unknown as PacketClass;

const none = load('');

test('services come worst first, those of a kind by name, and what is of none last', () => {
  const classes = [
    one(null, 'low', 1),
    one('b/b', 'low', 1),
    one('a/a', 'low', 1),
    one('z/z', 'medium', 1),
    one('y/y', 'low', 1),
    one('y/y', 'high', 2),
  ];
  const said = byService(classes, none, none).map(({ service, severity, status }) => [
    service,
    severity,
    status,
  ]);
  expect(said).toEqual([
    ['y/y', 'high', 'changed'],
    ['z/z', 'medium', 'changed'],
    ['a/a', 'low', 'changed'],
    ['b/b', 'low', 'changed'],
    [null, 'low', 'changed'],
  ]);
});

test('the classes of one door stand together, in their order', () => {
  const classes = [
    one('a/a', 'low', 9),
    one('a/a', 'low', 3, 'cluster IP', 90),
    one('a/a', 'low', 2),
    one('a/a', 'low', 5, 'other', 1),
    one('a/a', 'low', 4, 'other', 2),
  ];
  const [change] = byService(classes, none, none);
  expect(change?.entries.map(({ kind, classes: own }) => [kind, own.map(({ order }) => order)])).toEqual([
    ['cluster IP', [2, 9]],
    ['cluster IP', [3]],
    ['other', [4, 5]],
  ]);
});

test.each(['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES'])(
  'what %s names came or went, though no packet notices',
  (chain) => {
    const has = load(entry('a/a:http', chain));
    const change = { service: 'a/a:http', severity: 'low', entries: [] };
    expect(byService([], none, has)).toEqual([{ ...change, status: 'added' }]);
    expect(byService([], has, none)).toEqual([{ ...change, status: 'removed' }]);
    expect(byService([], has, has)).toEqual([]);
  },
);
