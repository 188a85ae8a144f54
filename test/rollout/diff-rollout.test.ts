import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

const folder = join(import.meta.dirname, '../../fixtures/timeline');
const at = (name: string) => join(folder, `${name}.yaml`);

interface Row {
  readonly service: string;
  readonly endpoint: string;
  readonly fronts: readonly string[];
  readonly fates: readonly { readonly releases: readonly string[]; readonly fate: string }[];
}

async function rollout(from: string, to: string, ...more: readonly string[]) {
  const { status, out } = await kubenat(['diff', '--rollout', '--format', 'json', ...more, at(from), at(to)]);
  return { status, rows: (JSON.parse(out) as { readonly rows: readonly Row[] }).rows };
}

const dns = ['10.96.0.53:53', '203.0.113.7:53', '203.0.113.8:53', 'node port 30053'];

describe('open connections under a change', () => {
  test('one endpoint of two goes: datagrams to it are led to the other one', async () => {
    const { status, rows } = await rollout('base', 'one-gone');
    expect(status).toBe(1);
    expect(rows.filter(({ service }) => service === 'default/dns')).toMatchObject([
      { endpoint: '10.244.1.5:5353', fronts: dns, fates: [{ fate: 'goes-on' }] },
      { endpoint: '10.244.1.6:5353', fronts: dns, fates: [{ fate: 'chosen-anew' }] },
    ]);
  });

  test('the last ones go: what goes on to a dead address differs by release', async () => {
    const { rows } = await rollout('base', 'none-left');
    const [byAddress, byNodePort] = rows.filter(({ endpoint }) => endpoint === '10.244.1.6:5353');
    const older = [
      { releases: ['1.30', '1.31'], fate: 'refused' },
      { releases: ['1.32', '1.33', '1.34', '1.35', '1.36'], fate: 'dead' },
    ];
    expect(byAddress).toMatchObject({
      fronts: dns.slice(0, 3),
      fates: [...older, { releases: ['1.37'], fate: 'refused' }],
    });
    expect(byNodePort).toMatchObject({
      fronts: dns.slice(3),
      fates: [older[0], { releases: ['1.32', '1.33', '1.34', '1.35', '1.36', '1.37'], fate: 'dead' }],
    });
  });

  test('a target port moves: 1.32 and 1.33 look at addresses alone', async () => {
    const { rows } = await rollout('base', 'port-moved');
    expect(rows[0]?.fates.map(({ releases, fate }) => [releases.join(' '), fate])).toEqual([
      ['1.30 1.31', 'chosen-anew'],
      ['1.32 1.33', 'dead'],
      ['1.34 1.35 1.36 1.37', 'chosen-anew'],
    ]);
  });

  test.each([
    ['terminating', 'ending'],
    ['front-gone', 'goes-on'],
    ['node-port-changed', 'goes-on'],
    ['cluster-only', 'goes-on'],
  ])('%s: connections to the second endpoint: %s', async (to, fate) => {
    const { rows } = await rollout('base', to, '--kube-version', '1.36');
    expect(rows.filter(({ endpoint }) => endpoint === '10.244.1.6:5353')).toMatchObject([
      { fates: [{ releases: ['1.36'], fate }] },
    ]);
  });

  test('a Service goes: with 1.37 it is chance', async () => {
    const { rows } = await rollout('base', 'deleted');
    const fates = rows.find(({ fronts }) => fronts.includes('10.96.0.53:53'))?.fates;
    expect(fates?.map(({ fate }) => fate)).toEqual(['not-translated', 'dead', 'unknown']);
  });

  test('nothing changes: status 0', async () => {
    expect((await rollout('base', 'base')).status).toBe(0);
  });

  test('people read how many first; dumps are refused', async () => {
    const { out } = await kubenat(['diff', '--rollout', at('base'), at('none-left')]);
    expect(out.split('\n')[0]).toMatch(
      /: 4 of 5 kinds of open connections do not go on as they are; 4 go on to an address/,
    );
    const dump = '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n';
    const { status, err } = await kubenat(['diff', '--rollout', 'DUMP', at('base')], { DUMP: dump });
    expect(status).toBe(2);
    expect(err).toContain('DUMP is a dump');
  });
});
