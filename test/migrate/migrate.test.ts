import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { migrateWords } from '../../src/report/words/en/migrate.ts';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const named = (name: string, ...flags: readonly string[]) => {
  const folder = join(fixtures, 'conformance/named', name);
  const files = ['--config', join(folder, 'kube-proxy.yaml'), join(folder, 'cluster.yaml')];
  return kubenat(['migrate', ...flags, ...files]);
};

interface Report {
  readonly exceptions: readonly {
    readonly code: string;
    readonly node: string;
    readonly witness: { packet: string } | null;
  }[];
  readonly rest: string;
}

const reportOf = async (name: string, ...flags: readonly string[]) => {
  const { status, out } = await named(name, '--format', 'json', '--node', 'worker-1', ...flags);
  return { status, ...(JSON.parse(out) as Report) };
};

test('each reason has a part of the page', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/migration.md'), 'utf8');
  const parts = [...page.matchAll(/^## (\S+)$/gm)].map(([, code]) => code);
  expect(parts).toEqual(Object.keys(migrateWords.exceptions));
});

describe('a move from iptables to nftables', () => {
  // The reasons by what each of these clusters was recorded for (fixtures/conformance/README.md).
  test.each([
    ['cluster-ip', 'unused-port'],
    ['node-port', 'node-port-served'],
    ['node-port-no-endpoints', 'node-port-refused'],
    ['external-ips-no-endpoints', 'own-packet-refused'],
    ['load-balancer-no-endpoints', 'ranges-before-refusal'],
    ['masquerade-all', 'masquerade'],
    ['cluster-ip', 'hairpin'],
    ['cluster-ip', 'invalid-packets'],
    ['cluster-ip', 'no-accept'],
    ['session-affinity', 'affinity-memory'],
  ])('%s: %s', async (name, code) => {
    const { status, exceptions, rest } = await reportOf(name);
    expect(status).toBe(1);
    expect(exceptions.map((one) => one.code)).toContain(code);
    expect(rest).toBe('unproved');
  });

  test('a packet of a class is named to be tried', async () => {
    const { exceptions } = await reportOf('cluster-ip');
    const unused = exceptions.find(({ code }) => code === 'unused-port');
    expect(unused?.witness?.packet).toBe('tcp 198.51.100.7 -> 10.96.0.10:443 from external');
  });

  test('for people, with what to do', async () => {
    const { status, out } = await named('node-port');
    expect(status).toBe(1);
    expect(out).toContain(migrateWords.exceptions['node-port-served'].advice);
    expect(out).toContain('not proved for these rules');
    expect(out).toMatch(/\d+ packets were walked .* none changes fate for another reason/);
  });
});

test('the same on both sides changes nothing', async () => {
  for (const side of ['iptables@1.33', 'nftables@1.37.2']) {
    expect(await reportOf('node-port', '--from', side, '--to', side)).toEqual({
      status: 0,
      exceptions: [],
      rest: 'proved',
      tried: { packets: 0, nodes: [] },
      unnamed: [],
    });
  }
});

test('a change of release: from 1.31 on hints count without an annotation', async () => {
  const folder = join(fixtures, 'conformance/random/r003');
  const files = ['--config', join(folder, 'kube-proxy.yaml'), join(folder, 'cluster.yaml')];
  const sides = ['--from', 'iptables@1.30', '--to', 'iptables@1.37'];
  const { out } = await kubenat(['migrate', '--format', 'json', '--node', 'worker-1', ...sides, ...files]);
  const { exceptions } = JSON.parse(out) as Report;
  expect(new Set(exceptions.map(({ code }) => code))).toEqual(new Set(['endpoints']));
});

test('releases whose rules are the same change nothing, and that is proved', async () => {
  const sides = ['--from', 'iptables@1.36', '--to', 'iptables@1.37', '--node', 'worker-1'];
  expect(await named('node-port', ...sides)).toMatchObject({
    status: 0,
    out: 'iptables@1.36.3 → iptables@1.37.2: no packet changes fate: both sides have the same rules.\n',
  });
  // 1.37 translates to a single endpoint without a map: other rules, of which nothing is proved.
  const tables = ['--from', 'nftables@1.36', '--to', 'nftables@1.37', '--node', 'worker-1'];
  const { status, out } = await named('cluster-ip-one-endpoint', ...tables);
  expect(status).toBe(1);
  expect(out).toMatch(/^nftables@1\.36\.3 → nftables@1\.37\.2: no packet is known to change fate\.\n/);
});

test('the verdict comes first, and is the summary', async () => {
  const { out } = await named('node-port', '--node', 'worker-1');
  const [verdict] = out.split('\n');
  expect(verdict).toMatch(/^iptables@\S+ → nftables@\S+: packets change fate for \d+ reasons on 1 node\.$/);
  expect((await named('node-port', '--node', 'worker-1', '--summary')).out).toBe(`${verdict}\n`);
});

// Recorded: nftables/1.33.5/detect-local-bridge.nft has no table of IPv4.
test('a release whose tables nft refuses serves nothing', async () => {
  const { exceptions } = await reportOf('detect-local-bridge', '--to', 'nftables@1.33.5');
  expect(exceptions.map(({ code }) => code)).toContain('no-table');
  const others = ['unused-port', 'node-port-served', 'hairpin', 'endpoints'];
  expect(exceptions.filter(({ code }) => others.includes(code))).toEqual([]);
});

test('what does not start, or is no mode, is refused', async () => {
  for (const to of ['ipvs', 'nftables@1.29', 'nftables@9.9', 'iptables@x']) {
    const { status, out } = await named('node-port', '--to', to);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  }
});
