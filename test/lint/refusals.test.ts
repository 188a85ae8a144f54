import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { severities } from '../../src/lint/finding.ts';
import { sayFinding } from '../../src/report/findings.ts';
import { openNode } from '../../src/session/check/rules.ts';
import { fixtures } from '../cases.ts';

const recorded = join(fixtures, 'conformance');
const read = (...path: readonly string[]) => readFileSync(join(recorded, ...path), 'utf8');
const findingsIn = (text: string) =>
  openNode([{ name: 'node', text }], { host: [] }).flatMap(({ findings }) => findings);
const refusalsIn = (text: string) =>
  findingsIn(text)
    .filter(({ code }) => code === 'service-rejects')
    .map((finding) => sayFinding(finding));
const toldIn = (text: string) =>
  findingsIn(text)
    .filter(({ code }) => code !== 'hairpins-none')
    .map(({ code }) => `${code} ${severities[code]}`);

/** What kube-proxy wrote on a node without a pod of the Service, in both of its modes. */
const texts = (name: string) => [
  ['iptables', read('named', name, 'iptables.save')],
  ['nftables', read('nftables', '1.36.3', `${name}.nft`)],
];

describe.each(['node-port-local-no-local', 'load-balancer-local-no-local', 'external-ips-local'])(
  'external policy Local keeps clients outside away from a node without a pod, as it should: %s',
  (name) => {
    test.each(texts(name))('%s', (_, text) => {
      expect(refusalsIn(text as string)).toEqual([]);
    });
  },
);

/** kube-proxy means it so, and it is worth knowing. */
describe('internal policy Local leaves the pods of this node nothing', () => {
  test.each(texts('internal-policy-local-no-local'))('%s', (_, text) => {
    expect(toldIn(text as string)).toEqual(['local-elsewhere note']);
  });
});

/** Both policies are Local, and pods are elsewhere. */
test('a service that nobody can use on this node', () => {
  const inside =
    '-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "default/web has no local endpoints" -m tcp --dport 80 -j DROP';
  const outside = read('named', 'node-port-local-no-local', 'iptables.save');
  const both = outside.replace(/^-A KUBE-EXTERNAL-SERVICES /m, `${inside}\n$&`);
  expect(both).not.toBe(outside);
  expect(toldIn(both)).toEqual(['local-elsewhere note']);
});
