import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const recorded = (path: string) => readFileSync(join(fixtures, 'conformance', path), 'utf8');
const ranges = 'load-balancer-source-ranges';
const saved = recorded(`named/${ranges}/iptables.save`);
const listed = recorded(`nftables/1.37.2/${ranges}.nft`);

async function found(text: string, file = 'node.save'): Promise<readonly string[]> {
  const { out } = await kubenat(['check', '--format', 'json', file], { [file]: text });
  const { findings } = JSON.parse(out) as { findings: readonly Record<string, string>[] };
  return findings.map(({ code, from, to }) => [code, from, to].join(' ').trim());
}

const replaced = (text: string, from: RegExp, to: string) => {
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  return changed;
};

/** What kube-proxy drops of those whom its ranges do not admit, it drops of the others, too, where their way is broken before. */
describe('a balancer with source ranges', () => {
  test('is sound', async () => {
    expect(await found(saved)).toEqual([]);
    expect(await found(listed, 'node.nft')).toEqual([]);
  });

  test('is sound where kube-proxy has no endpoint for it on this node, whom the firewall drops first', async () => {
    const codes = await found(recorded('random/r020/iptables.save'));
    expect(codes.filter((one) => one.startsWith('cut-off'))).toEqual([]);
  });

  test.each([
    ['nobody leads on', /^-A KUBE-EXT-\S+ -j KUBE-SV\S+\n/gm, ''],
    ['the ranges ask for an interface that nobody comes by', /^(-A KUBE-FW-\S+ -s \S+) /gm, '$1 -i nosuch0 '],
    ['the endpoints are gone', /^-A KUBE-SEP-\S+ .*-j DNAT.*\n/gm, ''],
  ])('that is cut off is told of: %s', async (_, from, to) => {
    expect((await found(replaced(saved, from, to))).some((one) => /^cut-off external \d/.test(one))).toBe(
      true,
    );
  });

  test.each([
    ['all are dropped', /(chain firewall-[A-Z2-7]{8}-\S+ \{\n)(?:.*\n)*?(\t\})/, '$1\t\tdrop\n$2'],
    ['behind the ranges as well', /(ip saddr != \{[^}]*\} drop\n)/, '$1\t\tdrop\n'],
  ])('that is cut off is told of in nft: %s', async (_, from, to) => {
    const codes = await found(replaced(listed, from, to), 'node.nft');
    expect(codes.some((one) => /^cut-off external \d/.test(one))).toBe(true);
  });
});

/** The filter sees the address of the endpoint: of a live node with either, every connection comes about. */
describe('a refusal that no packet meets', () => {
  const rest = recorded('named/node-port/iptables.save');
  const reject = (rule: string) =>
    rest.replace(/COMMIT/, `-A KUBE-SERVICES ${rule} -j REJECT --reject-with icmp-port-unreachable\nCOMMIT`);
  const stale =
    '-d 10.96.0.10/32 -p tcp -m comment --comment "default/web has no endpoints" -m tcp --dport 80';

  test('is none, since the address is translated before', async () => {
    expect(await found(reject(stale))).toEqual([]);
  });

  test('is one of an address that nothing translates, or that nothing translates any more', async () => {
    const other = reject(stale.replace('10.96.0.10', '10.96.0.11'));
    expect(await found(other)).toEqual(['service-rejects']);
    const lost = reject(stale).replace(/^-A KUBE-SERVICES .*-j KUBE-SVC-.*\n/m, '');
    expect(await found(lost)).toContain('service-rejects');
    const broken = reject(stale).replace(/^-A KUBE-SEP-\S+ .*-j DNAT.*\n/gm, '');
    expect(await found(broken)).toContain('service-rejects');
  });

  test('in nft, where the check comes behind the translation', async () => {
    const sound = recorded('nftables/1.37.2/node-port.nft');
    const [, front] = /(10\.96\.0\.10 \. tcp \. 80) : goto service/.exec(sound) ?? [];
    const element = `elements = { ${front} comment "default/web" : goto reject-chain }`;
    const both = replaced(sound, /(map no-endpoint-services \{\n(?:.*\n){2})/, `$1\t\t${element}\n`);
    expect(await found(both, 'node.nft')).toEqual([]);
    // Up to 1.33 it comes before.
    const before = recorded('nftables/1.33.5/node-port.nft');
    const told = replaced(before, /(map no-endpoint-services \{\n(?:.*\n){2})/, `$1\t\t${element}\n`);
    expect(await found(told, 'node.nft')).toContain('service-rejects');
  });
});
