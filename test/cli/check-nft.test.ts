import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cases, fixtures, readCase } from '../cases.ts';
import { kubenat } from './harness.ts';

const nft = (name: string) =>
  readFileSync(join(fixtures, 'conformance/nftables/1.37.2', `${name}.nft`), 'utf8');

async function drift(name: string, change: (text: string) => string) {
  const own = cases.find(({ id }) => id === `named/${name}`);
  if (!own) throw new Error(`there is no case ${name}`);
  const files = {
    'cluster.yaml': readCase(own, 'cluster.yaml'),
    'kube-proxy.yaml': readCase(own, 'kube-proxy.yaml').replace(/^mode:.*$/m, 'mode: nftables'),
    'node.nft': change(nft(name)),
  };
  const flags = ['--config', 'kube-proxy.yaml', '--kube-version', '1.37', '--node', own.node];
  const { out, err } = await kubenat(
    [
      'check',
      '--only',
      'drift-missing,drift-foreign,drift-stale,drift-order',
      ...flags,
      '--drift',
      'cluster.yaml',
      'node.nft',
    ],
    files,
  );
  expect(err).not.toContain('error');
  return out;
}

describe('a node in nftables mode against its manifests', () => {
  test.each(['node-port', 'external-ips-local', 'session-affinity'])('%s has not drifted', async (name) => {
    expect(await drift(name, (text) => text)).toMatch(/^node.nft: no findings/);
  });

  test('an element that is gone', async () => {
    const out = await drift('node-port', (text) =>
      text.replace(/(map service-nodeports \{\n.*\n.*\n)\t\telements = .*\n/, '$1'),
    );
    expect(out).toMatch(
      /node.nft:\d+: error\[drift-missing\]: ip kube-proxy @service-nodeports: kube-proxy would write tcp \. 30080 : goto external-.*, and it is not there: packets are lost that got through before \(default\/web\)/,
    );
  });

  test('a rule of somebody else in a chain of kube-proxy', async () => {
    const out = await drift('node-port', (text) =>
      text.replace('\tchain services {\n', '\tchain services {\n\t\tip daddr 10.96.0.10 tcp dport 80 drop\n'),
    );
    expect(out).toMatch(
      /warning\[drift-foreign\]: ip kube-proxy services 1: kube-proxy would not write this rule: packets are lost that got through before\n {4}ip daddr 10\.96\.0\.10 tcp dport 80 drop/,
    );
  });

  test('what is left of a service that is gone', async () => {
    const out = await drift('node-port', (text) =>
      text
        .replace(
          '\tchain services {\n',
          '\tchain service-AAAAAAAA-old/gone/tcp/http {\n\t\tmeta l4proto tcp dnat to 10.244.9.9:80\n\t}\n\n\tchain services {\n',
        )
        .replace(
          /(map service-ips \{\n.*\n.*\n\t\telements = \{ )/,
          '$110.96.9.9 . tcp . 80 : goto service-AAAAAAAA-old/gone/tcp/http,\n\t\t\t     ',
        ),
    );
    expect(out).toMatch(
      /drift-stale\]: ip kube-proxy service old\/gone\/tcp\/http: this chain is left of old\/gone:http: /,
    );
    expect(out).toMatch(
      /drift-stale\]: ip kube-proxy @service-ips: the element 10\.96\.9\.9 \. tcp \. 80 : goto .* is left of old\/gone:http: /,
    );
  });

  test('rules in another order', async () => {
    const out = await drift('external-ips-local', (text) =>
      text.replace(
        /(\t\tip saddr 10\.244\.0\.0\/16 goto .*\n)(\t\tfib saddr type local meta mark .*\n)(\t\tfib saddr type local goto .*\n)/,
        '$3$2$1',
      ),
    );
    expect(out).toMatch(
      /drift-order\]: ip kube-proxy external default\/web\/tcp: kube-proxy would write the rules of this chain in another order/,
    );
  });
});

describe('several files of one node', () => {
  const mixed = (name: string, file: string) =>
    readFileSync(join(fixtures, 'conformance/mixed', name, file), 'utf8');

  test('are looked at together', async () => {
    const files = {
      'a.save': mixed('docker-beside', 'iptables.save'),
      'b.nft': mixed('docker-beside', 'ruleset.nft'),
    };
    const { status, out } = await kubenat(['check', '--rules', 'a.save', '--rules', 'b.nft'], files);
    expect(status).toBe(1);
    expect(out).toMatch(
      /^a.save:\d+: error\[cut-off\]: filter FORWARD: default\/web at 10\.96\.0\.10:80 from pods of this node: cut off: packets are dropped by the policy of filter\/FORWARD$/m,
    );
    expect(out).toMatch(/^a.save, b.nft: 1 finding \(3 ways\); chains: 3 of Docker, 17 of kube-proxy$/m);
  });

  test('comments of nft silence findings', async () => {
    const files = {
      'node.nft':
        'table inet mine {\n\tchain a { # kubenat-ignore unreachable: loaded on demand\n\t\taccept\n\t}\n\tchain b {\n\t\ttype filter hook input priority 0;\n\t}\n}\n',
    };
    const { status, out } = await kubenat(['check', 'node.nft'], files);
    expect([status, out]).toEqual([
      0,
      'node.nft: no findings; chains: 1 of somebody else\n1 finding silenced by comments\n',
    ]);
  });
});

/** What nft does not load, and what a text does not show: of neither it is known what becomes of a service, and nothing is found sound. */
describe('what rules name, and what is not there', () => {
  const sound = nft('small-real-cluster');
  const without = (what: string) =>
    sound.replace(new RegExp(`\\n\\t${what}\\S* \\{\\n(?:\\t\\t.*\\n|\\n)*\\t\\}\\n`), '\n');
  const lacks = [
    'chain endpoint-',
    'chain service-.*/',
    'chain firewall-check',
    'map service-ips',
    'set cluster-ips',
  ];

  test.each(lacks)('%s', async (what) => {
    const cut = without(what);
    expect(cut.length).toBeLessThan(sound.length);
    const { status, out } = await kubenat(['check', '--format', 'json', 'node.nft'], { 'node.nft': cut });
    const { findings } = JSON.parse(out) as { findings: readonly { code: string }[] };
    const codes = new Set(findings.map(({ code }) => code));
    expect(codes).toContain('nft-refused');
    expect(codes).toContain('undecided');
    for (const code of codes) expect(['nft-refused', 'undecided', 'service-rejects']).toContain(code);
    expect(status).toBe(1);
  });

  test('of the whole it is not said', async () => {
    const { out } = await kubenat(['check', 'node.nft'], { 'node.nft': sound });
    expect(out).not.toMatch(/nft-refused|undecided/);
  });

  test.each([
    ['a set of another type', 'set s { type inet_service; }', 'ip saddr @s drop'],
    ['a set that is no map', 'set s { type ipv4_addr; }', 'ip saddr vmap @s'],
    ['a counter', 'set s { type ipv4_addr; }', 'counter name "c" drop'],
    [
      'a chain in a map',
      'map s { type ipv4_addr : verdict; elements = { 10.0.0.1 : jump lost } }',
      'ip saddr vmap @s',
    ],
    ['a base chain', 'chain b {\n\t\tjump a\n\t}', 'drop'],
  ])('%s', async (_, set, rule) => {
    const text = `table ip t {\n\t${set}\n\tchain a {\n\t\ttype filter hook input priority 0; policy accept;\n\t\t${rule}\n\t\t${rule}\n\t}\n}\n`;
    const { status, out } = await kubenat(['check', 'node.nft'], { 'node.nft': text });
    expect(out).toMatch(/warning\[nft-refused\]/);
    expect(status).toBe(1);
  });
});
