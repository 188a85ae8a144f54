import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { casesIn, fixtures } from '../cases.ts';
import { count } from '../claims.ts';
import { kubenat } from '../cli/harness.ts';
import { chainsInOrder } from './nftables-order.ts';
import { servicesInOrder } from './service-order.ts';

// Configurations as each release takes them, and hints: what the programs of 1.37.2 and 1.35.4 left on a node, or why they did not start.

const folder = join(fixtures, 'conformance/variants');
const variants = casesIn(folder);

function compile(own: string, node: string, version: string, ...flags: readonly string[]) {
  const path = (file: string) => join(own, file);
  const config = existsSync(path('kube-proxy.yaml')) ? ['--config', path('kube-proxy.yaml')] : [];
  return kubenat([
    'compile',
    ...config,
    '--node',
    node,
    '--kube-version',
    version,
    ...flags,
    path('cluster.yaml'),
  ]);
}

test('every variant is recorded in both modes', () => {
  expect(variants.length).toBe(36);
  const recordings = variants.flatMap(({ folder: own }) =>
    readdirSync(own).filter((file) => /^1\./.test(file)),
  );
  expect(recordings.length).toBe(94);
});

describe('iptables mode of 1.37.2', () => {
  test.each(variants)('$id', async ({ folder: own, node, family }) => {
    const { out, err } = await compile(
      own,
      node,
      '1.37.2',
      '--mode',
      'iptables',
      '--nfacct',
      '--family',
      family,
    );
    expect(servicesInOrder(out), err).toBe(servicesInOrder(readFileSync(join(own, '1.37.2.save'), 'utf8')));
    count('compiled rules of later releases');
  });
});

describe.each(['1.35.4', '1.37.2'])('nftables mode of %s', (version) => {
  const recorded = variants.filter(({ folder: own }) => existsSync(join(own, `${version}.nft`)));

  test.each(recorded)('$id', async ({ folder: own, node }) => {
    const { out, err } = await compile(own, node, version, '--mode', 'nftables');
    expect(chainsInOrder(out), err).toEqual(chainsInOrder(readFileSync(join(own, `${version}.nft`), 'utf8')));
    count('tables of nftables mode');
  });
});

describe('what 1.35.4 refuses, and 1.36.3 likewise', () => {
  const refused = variants.filter(({ folder: own }) => existsSync(join(own, '1.35.4.refused')));

  test.each(refused)('$id', async ({ folder: own, node }) => {
    const words = readFileSync(join(own, '1.35.4.refused'), 'utf8').trim();
    for (const version of ['1.35.4', '1.36.3']) {
      for (const mode of ['iptables', 'nftables']) {
        const { status, out, err } = await compile(own, node, version, '--mode', mode);
        expect({ status, out }).toEqual({ status: 2, out: '' });
        expect(err).toContain(words);
      }
    }
  });
});
