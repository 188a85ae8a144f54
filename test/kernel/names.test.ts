import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { families } from '../../src/address/address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { count } from '../claims.ts';
import { kubenat } from '../cli/harness.ts';
import { backends, isRequired, loadAndSave, whyNoKernel } from './iptables.ts';

const reason = whyNoKernel();
const texts = isRequired ? 200 : 20;

/** What means something to a shell, to iptables-restore or to a terminal, and letters of others. */
const letter = fc.oneof(
  fc.constantFrom(
    ...' "\'\\`$;|&<>()#!*-=%\t\u001b',
    'ü',
    '漢',
    '\u202e',
    '$(id)',
    '" -j DROP',
    '\\"',
    ' --comment x',
  ),
  fc.constantFrom(...'abz09'),
);
const letters = (maxLength: number) =>
  fc.array(letter, { minLength: 1, maxLength }).map((all) => {
    // The kernel counts bytes.
    let text = all.join('');
    while (Buffer.byteLength(text) > maxLength) text = text.slice(0, -1);
    return text.replace(/[\ud800-\udbff]$/, '') || 'a';
  });
const quoted = (text: string) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`;
const chainName = fc
  .string({ unit: fc.constantFrom(...'ABZabz09-_.:+=/@%^~#'), minLength: 1, maxLength: 28 })
  .filter((name) => !/^[-!:#]/.test(name));

describe.skipIf(reason !== null)(`what is in names and comments${reason ? ` (${reason})` : ''}`, () => {
  describe.each(backends)('%s', (backend) => {
    test('is loaded from the restore spelling as it was', { timeout: 300_000 }, () => {
      let loaded = 0;
      const dump = fc.tuple(fc.constantFrom(...families), chainName, letters(255));
      fc.assert(
        fc.property(dump, ([family, chain, comment]) => {
          const text = `*filter\n:${chain} - [0:0]\n-A ${chain} -m comment --comment ${quoted(comment)} -j RETURN\nCOMMIT\n`;
          const source = { name: 'dump', text };
          const restore = writeDump(readDump(source, { family, backend }).ruleset, { spelling: 'restore' });
          const save = writeDump(readDump(source, { family, backend }).ruleset);
          const ours = (dumped: string) =>
            dumped.split('\n').filter((line) => !/^:(?:INPUT|FORWARD|OUTPUT) /.test(line));
          expect(ours(loadAndSave(backend, family, restore, ['filter']))).toEqual(ours(save));
          loaded += 1;
        }),
        { numRuns: texts, seed: 4 },
      );
      count('names and comments of any letters', loaded);
    });
  });

  const odd = [
    "a'b",
    'a"b',
    'a\\',
    'a b',
    'a\nCOMMIT\n*nat\n',
    '$(id)',
    '-j',
    'ü',
    'x'.repeat(63),
    'x'.repeat(400),
    'a',
    '__proto__',
    '\u001b[31m',
  ];
  const good = fc.constantFrom('a', 'web', '0', 'x-0', 'x'.repeat(15));
  const name = fc.oneof({ weight: 9, arbitrary: good }, fc.constantFrom(...odd));
  const service = fc.record({ namespace: name, name, port: name, slice: name });

  test('of manifests is refused, or loaded as it was', { timeout: 300_000 }, async () => {
    let loaded = 0;
    const tried = fc.asyncProperty(service, async (names) => {
      const { status, out, err } = await kubenat(
        ['compile', '--spelling', 'restore', '--with-jumps', 'm.json'],
        { 'm.json': manifests(names) },
      );
      if (status !== 0) expect([status, out, err.slice(0, 6)]).toEqual([2, '', 'm.json']);
      else {
        const save = (await kubenat(['compile', 'm.json'], { 'm.json': manifests(names) })).out;
        expect(loadAndSave('nft', 'ipv4', out, ['filter', 'nat'])).toBe(save);
        loaded += 1;
      }
    });
    await fc.assert(tried, {
      numRuns: texts,
      seed: 4,
      examples: [[{ namespace: 'x'.repeat(63), name: 'x'.repeat(63), port: 'x'.repeat(15), slice: 'a' }]],
    });
    expect(loaded).toBeGreaterThan(0);
    count('names and comments of any letters', loaded);
  });
});

interface Names {
  readonly namespace: string;
  readonly name: string;
  readonly port: string;
  readonly slice: string;
}

function manifests({ namespace, name, port, slice }: Names): string {
  const items = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels: { [port]: name } },
      spec: { type: 'NodePort', clusterIP: '10.96.0.10', ports: [{ name: port, port: 80, nodePort: 30080 }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: slice, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: port, port: 8080 }],
      endpoints: [{ addresses: ['10.1.0.1'], nodeName: 'n' }],
    },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
