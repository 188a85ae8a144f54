import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const files = {
  'node.nft': readFileSync(join(fixtures, 'conformance/nftables/1.36.3/external-ips-local.nft'), 'utf8'),
};

describe('kubenat graph and report of what nft lists', () => {
  test('draws the chains of a Service, with what maps lead to, what is asked, and shares', async () => {
    const { status, out } = await kubenat(
      ['graph', '--format', 'mermaid', '--service', 'default/web', 'node.nft'],
      files,
    );
    expect([status, out]).toEqual([
      0,
      `flowchart LR
  n0>"ip kube-proxy nat-prerouting"]
  n1["services"]
  n2["service[default/web]"]
  n3["external[default/web]"]
  n4("10.244.2.7:8080")
  n5("10.244.3.9:8080")
  n6[/"mark 0x4000/0x4000"/]
  n7>"ip kube-proxy nat-output"]
  n0 --> n1
  n1 -->|"to 10.96.0.10, port 80"| n2
  n1 -->|"to 192.0.2.10, port 80<br/>ip daddr #64;nodeport-ips, port 30080"| n3
  n2 -->|"50 %<br/>meta l4proto tcp"| n4
  n2 -->|"50 %<br/>meta l4proto tcp"| n5
  n3 -->|"ip saddr 10.244.0.0/16<br/>fib saddr type local"| n2
  n3 -->|"fib saddr type local"| n6
  n7 --> n1
`,
    ]);
  });

  test('says what a map asks that has no short words', async () => {
    const text = `table inet mine {
\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\tct state vmap { established : accept, invalid : drop }
\t\ttcp dport 22 accept
\t}
}
`;
    const { out } = await kubenat(['graph', '--format', 'mermaid', 'node.nft'], { 'node.nft': text });
    expect(out).toMatch(/-->\|"ct state …<br\/>tcp dport 22"\| n1/);
    expect(out).toMatch(/-->\|"ct state …"\| n2/);
  });

  test('gives the page the program, and not a reader', async () => {
    const { status, out } = await kubenat(['report', 'node.nft'], files);
    expect(status).toBe(0);
    expect(out).toContain('"lowered":');
    const { status: refused, err } = await kubenat(['report', '--before', 'node.nft', 'node.nft'], files);
    expect([refused, err]).toEqual([2, expect.stringContaining('--before of rulesets of nft')]);
  });

  const texts = ['service', 'pods', 'nodes'].map((name) =>
    readFileSync(join(fixtures, `service-test/${name}.yaml`), 'utf8'),
  );
  const cluster = { 'cluster.yaml': texts.join('---\n') };

  test('compiles manifests in the mode that is asked for, for one node, and says what it does not show', async () => {
    const { status, out, err } = await kubenat(['report', '--mode', 'nftables', 'cluster.yaml'], cluster);
    expect(status).toBe(0);
    const data = JSON.parse(/<script id="kubenat-data"[^>]*>(.*?)<\/script>/s.exec(out)?.[1] ?? '');
    expect(data.version.compiled.text).toMatch(/^table ip kube-proxy \{/);
    expect(data.version.lowered).toContain('ip kube-proxy/services');
    expect(err).toContain('note[proxy-mode]: in nftables mode the page has no view of the cluster');
    const { out: plain, err: none } = await kubenat(['report', 'cluster.yaml'], cluster);
    expect([plain.includes('"lowered":'), none.includes('proxy-mode')]).toEqual([false, false]);
  });

  test('draws manifests in the mode that is asked for', async () => {
    const of = async (...flags: readonly string[]) => {
      const { status, out } = await kubenat(
        ['graph', '--format', 'mermaid', ...flags, '--service', 'default/service-test', 'cluster.yaml'],
        cluster,
      );
      return [status, out.includes('ip kube-proxy nat-prerouting'), out.includes('KUBE-SERVICES')];
    };
    expect(await of('--mode', 'nftables')).toEqual([0, true, false]);
    expect(await of()).toEqual([0, false, true]);
  });
});
