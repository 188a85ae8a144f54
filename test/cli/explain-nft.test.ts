import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNft } from '../../src/nftables/read/read.ts';
import { guessRelease } from '../../src/proxy/nftables/shape.ts';
import { cases, fixtures, readCase } from '../cases.ts';
import { kubenat } from './harness.ts';

const recorded = join(fixtures, 'conformance/nftables');
const read = (release: string, file: string) => readFileSync(join(recorded, release, file), 'utf8');

/** Between which releases the tables of one were made, for each that is recorded. */
const guessed: Readonly<Record<string, readonly (string | null)[]>> = {
  '1.33.5': ['1.30 1.33.5'],
  '1.35.4': ['1.33.6 1.35'],
  '1.36.3': ['1.36 1.36', '1.36 null'],
  '1.37.2': ['1.37 null', '1.36 null'],
};

describe('the release is guessed by the shape of the tables', () => {
  test.each(Object.entries(guessed))('%s', (release, allowed) => {
    const files = readdirSync(join(recorded, release)).filter((_, at) => at % 5 === 0);
    const found = files.flatMap((name) =>
      readNft({ name, text: read(release, name) }).ruleset.tables.map((table) => {
        const { first, last } = guessRelease(table) ?? { first: null, last: null };
        return `${first} ${last}`;
      }),
    );
    expect([...new Set(found)].filter((one) => !allowed.includes(one))).toEqual([]);
    expect(found).toContain(allowed[0]);
  });

  test('tables of others are of none', () => {
    const { ruleset } = readNft({ name: 'a', text: 'table ip kube-proxy {\n\tchain services {\n\t}\n}\n' });
    expect(ruleset.tables.map(guessRelease)).toEqual([null]);
  });
});

describe('kubenat explain of what nft lists', () => {
  test('names fronts, chains and endpoints of a Service', async () => {
    const { status, out } = await kubenat(['explain', '--family', 'ipv4', 'node.nft', 'service-test'], {
      'node.nft': read('1.33.5', 'load-balancer-source-ranges.nft'),
    });
    expect([status, out]).toEqual([
      0,
      `table ip kube-proxy: by its shape of kube-proxy 1.30 to 1.33.5 (all filter chains stand before DNAT)
  node ports: at 192.168.10.11

default/service-test tcp
  10.3.241.52:80: to service default/service-test/tcp (service-ips)
  35.184.97.156:80: to external default/service-test/tcp (service-ips)
  node port 32213: to external default/service-test/tcp (service-nodeports)
  35.184.97.156:80: admits { 198.51.100.7, 203.0.113.0/24 } alone (firewall-ips)
  endpoints: 10.244.1.5:8080, 10.244.2.7:8080, 10.244.3.9:8080
`,
    ]);
  });

  test('counts what was rejected on loopback addresses', async () => {
    const text = `${read('1.37.2', 'node-port.nft').replace(
      '\tset hairpin-connections {',
      '\tcounter localhost-nodeport-rejected-tcp {\n\t\tpackets 7 bytes 420\n\t}\n\n\tset hairpin-connections {',
    )}`;
    const { out } = await kubenat(['explain', '--family', 'ipv4', 'node.nft'], { 'node.nft': text });
    expect(out).toContain(
      'counter localhost-nodeport-rejected-tcp: rejected TCP for node ports on loopback addresses, 7 packets',
    );
  });

  test('is JSON, too, and refuses a Service that is not there', async () => {
    const files = { 'node.nft': read('1.36.3', 'external-ips-local.nft') };
    const { out } = await kubenat(['explain', '--format', 'json', '--family', 'ipv4', 'node.nft'], files);
    const { tables } = JSON.parse(out);
    expect(tables[0].services[0].endpoints).toEqual(['10.244.2.7:8080', '10.244.3.9:8080']);
    const { status, err } = await kubenat(['explain', 'node.nft', 'default/wbe'], files);
    expect([status, err]).toEqual([
      2,
      expect.stringMatching(/no service and no file default\/wbe.*\n?.*default\/web/),
    ]);
  });
});

/** A connection comes to the same endpoints in either mode; what a Service seen from its own cluster looks like is the same. */
test.each(['node-port', 'external-ips-local', 'internal-policy-local'])(
  'explain of manifests in nftables mode: %s',
  async (name) => {
    const own = cases.find(({ id }) => id === `named/${name}`);
    if (!own) throw new Error(name);
    const files = {
      'cluster.yaml': readCase(own, 'cluster.yaml'),
      'kube-proxy.yaml': readCase(own, 'kube-proxy.yaml').replace(/^mode:.*$/m, 'mode: nftables'),
    };
    const { status, out } = await kubenat(
      ['explain', '--kube-version', '1.37', '--config', 'kube-proxy.yaml', 'cluster.yaml'],
      files,
    );
    expect(status).toBe(0);
    expect(out).toMatch(/reaches 10\.244\.\d\.\d+:8080/);
    expect(out).not.toContain('KUBE-');
  },
);
