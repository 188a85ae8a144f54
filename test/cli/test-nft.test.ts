import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

// What the kernel did to these packets under the same rules is recorded in fixtures/conformance/nftables/flows.

const rules = readFileSync(join(fixtures, 'conformance/nftables/1.37.2/node-port-local.nft'), 'utf8');
const head =
  'rules: node.nft\nhost: {addresses: [192.168.10.11/24], podCIDR: 10.244.1.0/24}\nexpectations:\n';
const cluster = "packet: 'tcp 198.51.100.7:40000 -> 10.96.0.10:80 from external'";

const ask = (one: string, text = rules, ...flags: string[]) =>
  kubenat(['test', ...flags, 'a.kubenat.yaml'], {
    'a.kubenat.yaml': `${head}  - {${one}}\n`,
    'node.nft': text,
  });

/** What a claim gets: nothing where it holds, else what is said to happen. */
const claims: readonly (readonly [string, RegExp | null])[] = [
  [`${cluster}, verdict: accept`, null],
  [`${cluster}, verdict: drop`, /expected: verdict drop/],
  [`${cluster}, endpoints: ['10.244.1.5:8080', '10.244.2.7:8080', '10.244.3.9:8080']`, null],
  [`${cluster}, endpoints: ['10.244.1.5:8080', '10.244.2.7:8080']`, /10\.244\.3\.9:8080/],
  [`${cluster}, source: masked`, null],
  [`${cluster}, source: preserved`, /the server sees/],
  [`${cluster}, by: ip kube-proxy/services/1`, null],
  [`${cluster}, by: service default/web`, null],
  // A packet for nobody meets rules that name no service: that is not known, and no pass.
  [
    "packet: 'tcp 198.51.100.7:40000 -> 192.168.10.11:9 from external', by: service default/web",
    /could not be proved, because rules of nft are met/,
  ],
  // Nothing is proved of sets: that is not taken for a pass either.
  [
    'packets: {from: external, dst: 10.96.0.10}, verdict: accept',
    /could not be proved, because nothing is proved of sets/,
  ],
];

describe('kubenat test of rulesets of nft', () => {
  test.each(claims)('%s', async (claim, says) => {
    const { status, out, err } = await ask(claim);
    expect(err).toBe('');
    if (says === null) expect(out).toContain('1 passed');
    else expect(out).toMatch(says);
    expect(status).toBe(says === null ? 0 : 1);
  });

  test('a failure shows the way of the packet, by line and with chains named by their service', async () => {
    const { out } = await ask(`${cluster}, verdict: drop`);
    expect(out).toContain('service default/web/tcp');
    expect(out).toMatch(/line \d+/);
  });

  test('a chain that there is not is told', async () => {
    const { status, err } = await ask(`${cluster}, by: ip kube-proxy/servces`);
    expect(status).toBe(2);
    expect(err).toContain('ip kube-proxy/services, perhaps');
  });

  test('what depends on which chain was made last is no pass', async () => {
    const tie = (name: string, verdict: string) =>
      `table ip ${name} {\n\tchain c {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n\t\ttcp dport 80 dnat to 10.244.1.${verdict}:80\n\t}\n}\n`;
    const { status } = await ask(`${cluster}, to: 10.244.1.5:80`, tie('a', '5') + tie('b', '6'));
    expect(status).toBe(1);
  });

  test('coverage is refused', async () => {
    const { status, err } = await ask(`${cluster}, verdict: accept`, rules, '--coverage', 'text');
    expect(status).toBe(2);
    expect(err).toContain('coverage is not counted of rulesets of nft');
    expect(await ask(`${cluster}, verdict: accept`, rules, '--coverage-threshold', '50')).toMatchObject({
      status: 2,
    });
  });

  test('the family is that of the packets, where a ruleset holds both', async () => {
    const conformance = join(fixtures, 'conformance/nftables');
    const both = readFileSync(join(conformance, '1.37.2/dual-stack-v6.nft'), 'utf8');
    const { packets } = JSON.parse(readFileSync(join(conformance, 'flows/dual-stack-v6.json'), 'utf8'));
    const [first] = packets as [{ proto: string; src: string; dst: string; dport: number }];
    const { proto, src, dst, dport } = first;
    const packet = `packet: '${proto} [${src}]:40000 -> [${dst}]:${dport} from external', family: ipv6`;
    const { status, out } = await ask(`${packet}, never: 10.244.1.5`, both);
    expect(status).toBe(2);
    expect(out).toBe('');
    const right = await ask(`${packet}, never: '2001:db8::1'`, both);
    // Nobody says what addresses of IPv6 the node has.
    expect(right.out).toContain('ip6 kube-proxy');
    expect(right.status).toBe(1);
  });
});
