import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

const folder = join(import.meta.dirname, '../../fixtures/timeline');
const file = (name: string) => readFileSync(join(folder, `${name}.yaml`), 'utf8');

const client = 'udp 10.244.1.77:1001 -> 10.96.0.53:53 from pod';

async function run(events: readonly object[], ...more: readonly string[]) {
  const files = {
    'timeline.json': JSON.stringify({ events }),
    'base.yaml': file('base'),
    'next.yaml': file('none-left'),
    'deleted.yaml': file('deleted'),
  };
  return kubenat(['trace', '--timeline', 'timeline.json', ...more], files);
}

interface Event {
  readonly outcomes?: readonly {
    readonly verdict: string;
    readonly dnat: string | null;
    readonly weight: string;
  }[];
  readonly connections?: readonly { readonly server: string; readonly forgotten: boolean | null }[];
}

async function events(list: readonly object[], version: string): Promise<readonly Event[]> {
  const { status, out, err } = await run(list, '--kube-version', version, '--format', 'json');
  expect(status, err).toBe(0);
  return JSON.parse(out).events;
}

const rollout = (to: string) => [
  { at: 0, objects: 'base.yaml' },
  { at: 1, packet: client },
  { at: 10, objects: [to] },
  { at: 11, packet: client },
];
const both = [
  { verdict: 'accept', dnat: '10.244.1.6:5353', weight: '1/2' },
  { verdict: 'accept', dnat: '10.244.1.5:5353', weight: '1/2' },
];

describe('a datagram, and one more after the last endpoints went', () => {
  test('with 1.36 it goes on to the endpoint that is gone', async () => {
    const [, first, change, second] = await events(rollout('next.yaml'), '1.36');
    expect(first?.outcomes).toMatchObject(both);
    expect(change?.connections?.map(({ forgotten }) => forgotten)).toEqual([false, false]);
    expect(second?.outcomes).toMatchObject(both);
  });

  test('with 1.37 it is refused', async () => {
    const [, , change, second] = await events(rollout('next.yaml'), '1.37');
    expect(change?.connections?.map(({ forgotten }) => forgotten)).toEqual([true, true]);
    expect(second?.outcomes).toMatchObject([{ verdict: 'reject', weight: '1/1' }]);
  });

  test('where the Service goes, 1.37 leaves it to chance, and the fate is not known', async () => {
    const [, , change, second] = await events(rollout('deleted.yaml'), '1.37');
    expect(change?.connections?.map(({ forgotten }) => forgotten)).toEqual([null, null]);
    expect(second?.outcomes).toMatchObject([{ verdict: 'unknown' }]);
  });

  test('an entry that has run out is no more', async () => {
    const late = rollout('next.yaml').map((event) => (event.at === 11 ? { ...event, at: 100 } : event));
    expect((await events(late, '1.36'))[3]?.outcomes).toMatchObject([{ verdict: 'reject' }]);
  });

  test('all entries can be deleted', async () => {
    const list = [...rollout('next.yaml').slice(0, 3), { at: 10, flush: true }, { at: 11, packet: client }];
    expect((await events(list, '1.36'))[4]?.outcomes).toMatchObject([{ verdict: 'reject' }]);
  });

  test('people read it in the order of time', async () => {
    const { out } = await run(rollout('next.yaml'), '--kube-version', '1.36');
    expect(out.split('\n')).toContain(
      '          connection 10.244.1.77:1001 -> 10.96.0.53:53 with 10.244.1.5:5353: stays',
    );
  });
});

test.each([
  [[{ at: 0, packet: client }], 'there are no rules yet'],
  [
    [
      { at: 5, objects: 'base.yaml' },
      { at: 1, packet: client },
    ],
    'before the one that stands before it',
  ],
  [[[]], 'not an event'],
  [[{ objects: 'base.yaml' }], 'an event without a time'],
  [[{ at: 'x', objects: 'base.yaml' }], 'not a time'],
  [[{ at: -1, objects: 'base.yaml' }], 'not a time'],
  [[{ at: 0 }], 'nothing happens'],
  [[{ at: 0, objects: 'base.yaml', flush: true }], 'both objects and flush'],
  [[{ at: 0, objects: [] }], 'no names of files'],
  [[{ at: 0, rules: 7 }], 'no names of files'],
  [[{ at: 0, packet: {} }], 'not a packet'],
  [[{ at: 0, flush: 'yes' }], 'not true'],
])('%j is refused', async (list, said) => {
  const { status, err } = await run(list);
  expect(status).toBe(2);
  expect(err).toContain(said);
});
