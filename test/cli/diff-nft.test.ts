import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sarifErrors } from '../report/sarif.ts';
import { kubenat } from './harness.ts';

const root = join(import.meta.dirname, '../../fixtures/conformance');
const rules = join(root, 'nftables/1.37.2/cluster-ip.nft');
const moved = join(root, 'nftables/1.37.2/cluster-ip-one-endpoint.nft');
const table = (text: string) => `table ip t {
	chain p {
		type filter hook prerouting priority filter; policy accept;
		${text}
	}
}
`;
const host = JSON.stringify({ addresses: ['192.168.10.11/24'], podCIDR: '10.244.1.0/24' });
const diff = (files: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  kubenat(['diff', '--host', 'host.json', ...args], { 'host.json': host, ...files });

describe('kubenat diff of rulesets of nft', () => {
  test('the same rules, also where they are spelt and counted otherwise', async () => {
    const before = table('ip saddr 10.0.0.0-10.0.0.255 tcp dport 80 counter packets 1 bytes 60 drop');
    const after = table(
      'ip saddr 10.0.0.0-10.0.0.255 meta l4proto tcp th dport 80 counter packets 7 bytes 0 drop',
    );
    const { out, status } = await diff({ 'a.nft': before, 'b.nft': after }, 'a.nft', 'b.nft');
    expect(out).toBe('The rules are the same: no packet changes fate.\n');
    expect(status).toBe(0);
    expect((await diff({}, rules, rules)).status).toBe(0);
  });

  test('what changes of the source port alone is said', async () => {
    const masked = (how: string) =>
      `table ip t {\n\tchain p {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n\t\tmasquerade ${how}\n\t}\n}\n`;
    const files = { 'a.nft': masked(''), 'b.nft': masked('fully-random') };
    const [en, ko] = [
      await diff(files, 'a.nft', 'b.nft'),
      await diff(files, '--lang', 'ko', 'a.nft', 'b.nft'),
    ];
    expect(en.out).toMatch(
      /before {2}(.*), from port 40000\n {2}after {3}\1, from a port that the kernel chooses\n/,
    );
    expect(en.out).toMatch(
      /before {2}(.*), with identifier 1\n {2}after {3}\1, with an identifier that the kernel chooses\n/,
    );
    expect(ko.out).toContain('출발지 포트는 커널이 고름');
    expect(en.out).not.toMatch(/before {2}(.*)\n {2}after {3}\1\n/);
  });

  /** The kernel tells each of them apart: `one-rule.json` and test/kernel/nft-headers.test.ts. nft lists the last three alike. */
  test.each([
    ['ip6', 'ip6 nexthdr udp drop', 'meta l4proto udp drop'],
    ['ip6', 'ip6 nexthdr != tcp drop', 'meta l4proto != tcp drop'],
    ['ip6', 'ip6 nexthdr { tcp, udp } drop', 'meta l4proto { tcp, udp } drop'],
    ['ip6', '@nh,48,8 17 drop', 'meta l4proto udp drop'],
    ['ip', 'tcp flags { syn } drop', 'tcp flags == syn drop'],
    ['ip', 'ct status { confirmed } drop', 'ct status == confirmed drop'],
    ['ip', 'tcp flags & (syn | ack) { syn } drop', 'tcp flags { syn } drop'],
    ['ip', 'sctp chunk data missing drop', 'meta l4proto sctp sctp chunk data missing drop'],
    ['ip', 'tcp option sack-perm missing drop', 'meta l4proto tcp tcp option sack-perm missing drop'],
    ['ip6', 'ip6 nexthdr udp udp dport 5000 drop', 'udp dport 5000 drop'],
    [
      'ip6',
      'ip6 nexthdr udp reject with icmpv6 admin-prohibited',
      'meta l4proto udp reject with icmpv6 admin-prohibited',
    ],
  ])('%s: %s is not %s', async (family, one, other) => {
    const of = (rule: string) => table(rule).replace('table ip', `table ${family}`);
    const { out, status } = await diff({ 'a.nft': of(one), 'b.nft': of(other) }, 'a.nft', 'b.nft');
    expect(out).not.toContain('no packet changes fate');
    expect(status).toBe(1);
  });

  test.each([
    ['ip', 'tcp flags { syn } drop', 'tcp flags & syn != 0 drop'],
    ['ip', 'tcp flags & (syn | ack) { syn } drop', 'tcp flags syn / syn,ack drop'],
    ['ip', 'ip protocol tcp tcp dport 80 drop', 'tcp dport 80 drop'],
    ['ip', 'ip saddr { 10.0.0.1 comment "one" } drop', 'ip saddr 10.0.0.1 drop'],
    ['ip6', 'ip6 nexthdr udp udp dport 5000 drop', '@nh,48,8 17 udp dport 5000 drop'],
    [
      'ip',
      'tcp dport 80 tcp sport 1 limit rate 1/second accept',
      'tcp sport 1 tcp dport 80 limit rate 1/second accept',
    ],
  ])('%s: %s is %s', async (family, one, other) => {
    const of = (rule: string) => table(rule).replace('table ip', `table ${family}`);
    const { out, status } = await diff({ 'a.nft': of(one), 'b.nft': of(other) }, 'a.nft', 'b.nft');
    expect(out).toContain('no packet changes fate');
    expect(status).toBe(0);
  });

  test('what equal texts do not tell is said', async () => {
    const terse = 'table ip t {\n\tset s {\n\t\ttype ipv4_addr\n\t}\n}\n';
    const tied =
      table('tcp dport 80 drop') + table('tcp dport 81 accept').replace('table ip t', 'table ip u');
    const one = await diff({ 'a.nft': terse }, 'a.nft', 'a.nft');
    expect(one.out).toMatch(/Assumptions: sets without elements are empty/);
    const other = await diff({ 'a.nft': tied }, 'a.nft', 'a.nft', '--summary');
    expect(other.out).toBe('The rules are the same: no packet changes fate.\n');
    expect((await diff({ 'a.nft': tied }, 'a.nft', 'a.nft')).out).toMatch(
      /made in the same order on both sides/,
    );
  });

  test('packets that change fate, and nothing of others', async () => {
    const { out, status } = await diff({}, '--family', 'ipv4', rules, moved);
    expect(status).toBe(1);
    expect(out).toMatch(/The rules differ\. Of \d+ packets that were tried, \d+ change fate/);
    expect(out).toContain('Nothing is said of others.');
    expect(out).toMatch(/tcp .* -> 10\.96\.0\.10:80 from external/);
    expect(out).toMatch(/before {2}leaves .*, to 10\.244\.\d\.\d:8080/);
  });

  /** With this `table arp` a neighbour that was REACHABLE is FAILED: the node talks to nobody. */
  test.each([
    ['arp', 'input priority 0; policy drop;', 'accept'],
    ['bridge', 'forward priority 0; policy drop;', 'accept'],
    ['netdev', 'ingress device "eth0" priority 0; policy accept;', 'ip saddr 10.0.0.1 drop'],
  ])('a new table %s is not walked, and named', async (family, hook, rule) => {
    const before = table('tcp dport 80 drop');
    const beside = (what: string) =>
      `${before}table ${family} n {\n\tchain c {\n\t\ttype filter hook ${hook}\n\t\t${what}\n\t}\n}\n`;
    const files = { 'a.nft': before, 'b.nft': beside(rule), 'c.nft': beside('drop') };
    for (const one of ['a.nft', 'c.nft']) {
      const { out, status } = await diff(files, one, 'b.nft');
      expect(status).toBe(1);
      expect(out).toContain(`not walked: table ${family} n`);
    }
    expect((await diff(files, 'b.nft', 'b.nft')).status).toBe(0);
  });

  /** Each `numgen` counts by itself, as `statistic --mode nth` does (nth-split and nth-order among the kernel's diffs). */
  const chains = (other: string) =>
    `table ip t {
	chain x { numgen inc mod 2 0 drop
	}
	chain y { numgen inc mod 2 0 drop
	}
	chain p {
		type filter hook prerouting priority filter; policy accept;
		tcp dport 80 jump x
		tcp dport 81 jump ${other}
	}
}
`;
  test.each([
    [
      table('numgen inc mod 2 0 drop'),
      table('tcp dport 80 numgen inc mod 2 0 drop\n\t\ttcp dport != 80 numgen inc mod 2 0 drop'),
    ],
    [table('numgen inc mod 2 0 tcp dport 80 drop'), table('tcp dport 80 numgen inc mod 2 0 drop')],
    [table('limit rate 1/second tcp dport 80 accept'), table('tcp dport 80 limit rate 1/second accept')],
    [chains('y'), chains('x')],
  ])('who asks a state is no matter of spelling: %#', async (one, other) => {
    const { status, out } = await diff({ 'a.nft': one, 'b.nft': other }, 'a.nft', 'b.nft');
    expect(out).not.toContain('no packet changes fate');
    expect(status).toBe(1);
  });

  test('what no packet shows is not taken for proved', async () => {
    const before = table('udp dport 5353 udp length 77 drop');
    const after = table('udp dport 5353 udp length 78 drop');
    const { out, status } = await diff({ 'a.nft': before, 'b.nft': after }, 'a.nft', 'b.nft');
    expect(status).toBe(1);
    expect(out).toContain('That is no proof.');
  });

  test('a dump and a ruleset, for programs', async () => {
    const save = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    const nft = `table ip filter {
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
		ip daddr 10.244.1.5 accept
	}
}
`;
    const { out, status } = await diff(
      { 'a.save': save, 'b.nft': nft },
      '--format',
      'json',
      'a.save',
      'b.nft',
    );
    expect(status).toBe(1);
    const [{ same, witnesses }] = JSON.parse(out).families;
    expect(same).toBe(false);
    expect(witnesses[0].packet).toContain('10.244.1.5');
    expect(witnesses[0].before[0].verdict).toBe('drop');
    expect(witnesses[0].after[0].verdict).toBe('accept');
  });

  test('a dump and its translation are proved to do the same', async () => {
    const save = join(root, 'named/node-port-local/iptables.save');
    const { out: translated } = await kubenat(['translate', save]);
    const same = await diff({ 'b.nft': translated }, save, 'b.nft');
    expect(same).toMatchObject({ status: 0, err: '' });
    expect(same.out).toMatch(/^The rules are written otherwise, and each is proved to do the same/);
    const slip = translated.replace('| 0x4000', '| 0x8000');
    const other = await diff({ 'b.nft': slip }, save, 'b.nft');
    expect(other.status).toBe(1);
    expect(other.out).toContain(
      'nat/KUBE-MARK-MASQ, after ip iptables-nat/KUBE-MARK-MASQ, from here on not proved:',
    );
  });

  // What iptables-restore-translate 1.8.9 prints, with status 0, for each of the rules.
  test.each([
    [
      'a negated state is lost',
      '-s 10.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
      'ip saddr 10.0.0.0/8 ct status dnat counter drop',
      'rule 1: ip saddr 10.0.0.0/8 ct status dnat',
    ],
    [
      'a list of recent is a comment',
      '-m recent --rcheck --seconds 60 --name seen --rsource -j DROP',
      '# -A FORWARD -m recent --rcheck --seconds 60 --name seen --rsource -j DROP',
      'the end of the chain',
    ],
    [
      'an extension of the transport is a comment',
      '-p sctp -m sctp --dport 9 -j DROP',
      '# -A FORWARD -p sctp -m sctp --dport 9 -j DROP',
      'the end of the chain',
    ],
  ])('%s', async (_what, rule, nft, after) => {
    const save = `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${rule}\nCOMMIT\n`;
    const ruleset = `table ip filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\t${nft}\n\t}\n}\n`;
    const { status, out } = await diff({ 'a.save': save, 'b.nft': ruleset }, 'a.save', 'b.nft');
    expect(status).toBe(1);
    if (out.includes('from here on not proved')) expect(out).toContain(after);
    else expect(out).toContain('FORWARD: before filter/FORWARD at priority 0, policy accept, after no chain');
  });

  test('what is proved is confirmed by a second procedure', async () => {
    const one = table('ip saddr 10.0.0.1 tcp dport { 80, 81 } drop');
    const other = table('ip saddr 10.0.0.1 tcp dport 80 drop\n\t\tip saddr 10.0.0.1 tcp dport 81 drop');
    const files = { 'a.nft': one, 'b.nft': other };
    const same = await diff(files, '--paranoid', 'a.nft', 'b.nft');
    expect(same).toMatchObject({ status: 0, err: '' });
    expect(same.out).toMatch(/Note: a second procedure walked \d+ packets, .* and found no other fate/);
    const json = await diff(files, '--paranoid', '--format', 'json', 'a.nft', 'b.nft');
    expect(JSON.parse(json.out).families[0].noted).toMatchObject([{ code: 'confirmed' }]);
  });

  test('what is supposed of the host is not asked, and that is said', async () => {
    const { status, err } = await diff({ 'facts.yaml': '{}' }, '--assume', 'facts.yaml', rules, rules);
    expect(status).toBe(2);
    expect(err).toContain('--assume with rules of nft');
  });

  test('a later packet of a flow is a witness, too', async () => {
    const files = {
      'a.nft': table('ct state new tcp dport 80 accept'),
      'b.nft': table('ct state established tcp dport 80 drop'),
    };
    const { out, status } = await diff(files, 'a.nft', 'b.nft');
    expect(status).toBe(1);
    expect(out).toMatch(/: a later packet of its flow/);
  });

  test('that nft refuses a side is said', async () => {
    const save =
      '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:80\nCOMMIT\n';
    // As iptables-restore-translate 1.8.9 prints it.
    const nft = [
      'add table ip nat',
      'add chain ip nat PREROUTING { type nat hook prerouting priority -100; policy accept; }',
      'add rule ip nat PREROUTING counter dnat to 10.0.0.1:80',
      '',
    ].join('\n');
    const { status, out, err } = await diff({ 'a.save': save, 'b.nft': nft }, 'a.save', 'b.nft');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('b.nft:3:1: error[nft-refused]');
  });

  test('manifests beside a ruleset need the name of the node', async () => {
    const { err, status } = await diff({}, rules, join(root, 'named/cluster-ip/cluster.yaml'));
    expect(status).toBe(2);
    expect(err).toContain('--node with one of worker-1, worker-2, worker-3');
  });
});

interface Located {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: 'a' | 'b' };
    readonly region: { readonly startLine: number };
  };
}

describe('formats of a diff of rulesets of nft', () => {
  const chain = (ports: string) =>
    `table inet f {\n\tchain i {\n\t\ttype filter hook input priority filter; policy drop;\n\t\ttcp dport { ${ports} } accept\n\t}\n}\n`;
  const files = { 'a.nft': chain('22, 443'), 'b.nft': chain('22, 80, 443') };
  // One packet is enough to tell how things are told.
  const only = ['--only', 'tcp 203.0.113.9:4000 -> 192.168.10.11:80 from external'];
  const of = (...args: readonly string[]) => diff(files, ...only, ...args, 'a.nft', 'b.nft');

  test('markdown: the verdict and packets in view, the rules folded', async () => {
    const { out, status } = await of('--format', 'markdown');
    expect(status).toBe(1);
    expect(out).toMatch(/^\*\*a\.nft → b\.nft: The rules differ\. tcp 203/);
    expect(out).toMatch(/^- 🔴 `tcp .*:80 from external/m);
    expect(out).toMatch(/^ {2}- before: dropped: the policy of inet f\/i is DROP$/m);
    expect(out).toContain('    - after: `rule 1: tcp dport { 22, 80, 443 } accept`');
    expect(out).toMatch(/<details>\n<summary>Text<\/summary>\n\n```diff\n@@ -2,5 \+2,5 @@\n/);
    expect(out).toMatch(/\n-\s+tcp dport \{ 22, 443 \} accept\n\+\s+tcp dport \{ 22, 80, 443 \} accept\n/);
  });

  test('github and sarif: chains that are not proved, at their lines', async () => {
    const github = (await of('--format', 'github')).out;
    expect(github).toMatch(
      /^::error file=b\.nft,line=4,title=kubenat diff%3A packets get through that did not before::tcp /,
    );
    expect(github).toContain(
      '::warning file=b.nft,line=4,title=kubenat diff%3A could not be proved::inet f/i',
    );
    const { runs } = JSON.parse((await of('--format', 'sarif')).out);
    const results: { ruleId: string; locations: { physicalLocation: unknown }[] }[] = runs[0].results;
    expect(results.map(({ ruleId }) => ruleId)).toEqual(['exposure', 'unproved']);
    for (const { locations } of results)
      expect(locations.map(({ physicalLocation }) => physicalLocation)).toEqual([
        { artifactLocation: { uri: 'b.nft' }, region: { startLine: 4 } },
      ]);
    const known: { id: string }[] = runs[0].tool.driver.rules;
    for (const { ruleId } of results) expect(known.map(({ id }) => id)).toContain(ruleId);
  });

  const rulesOf = (...lines: readonly string[]) =>
    `table ip f {\n\tchain i {\n\t\ttype filter hook input priority filter; policy accept;\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n}\n`;
  const beside = 'tcp dport 22 accept';
  const later = ['ct state established accept', 'tcp flags != syn drop'];
  /** Which rule decides is plain in each; its line is looked for in the text. */
  test.each([
    ['a rule that is new', [beside], [beside, 'tcp dport 80 drop'], ['b: tcp dport 80 drop']],
    ['a rule that is gone', [beside, 'tcp dport 80 drop'], [beside], ['a: tcp dport 80 drop']],
    [
      'a rule in place of another',
      [beside, 'tcp dport 80 drop'],
      [beside, 'tcp dport { 80 } accept'],
      ['b: tcp dport { 80 } accept', 'a: tcp dport 80 drop'],
    ],
    [
      'the order of two',
      ['tcp dport 80 drop', 'tcp dport 80 accept'],
      ['tcp dport 80 accept', 'tcp dport 80 drop'],
      ['b: tcp dport 80 accept', 'a: tcp dport 80 drop'],
    ],
    [
      'a later packet of the flow',
      later,
      later.slice(1),
      ['b: tcp flags != syn drop', 'a: ct state established accept'],
    ],
  ])('where packets change fate by %s', async (_, before, after, places) => {
    const texts = { a: rulesOf(...before), b: rulesOf(...after) };
    const { out } = await diff(texts, ...only, '--format', 'sarif', 'a', 'b');
    expect(sarifErrors(out)).toEqual([]);
    const { results } = JSON.parse(out).runs[0];
    for (const { locations } of results) expect(locations).toHaveLength(1);
    const { locations, relatedLocations = [] } = results[0];
    const told = [...locations, ...relatedLocations].map(
      ({ physicalLocation: { artifactLocation, region } }: Located) =>
        `${artifactLocation.uri}: ${texts[artifactLocation.uri].split('\n')[region.startLine - 1]?.trim()}`,
    );
    expect(told).toEqual(places);
  });

  test('unified: the text as nft lists it, once for both families', async () => {
    const { out } = await diff(files, '--format', 'unified', 'a.nft', 'b.nft');
    expect(out).toMatch(/^--- a\.nft\n\+\+\+ b\.nft\n@@ -2,5 \+2,5 @@\n/);
    expect(out.match(/^@@/gm)).toHaveLength(1);
    expect((await diff(files, '--format', 'unified', 'a.nft', 'a.nft')).out).toBe('');
  });

  test('what is kept beside what both have, in each format', async () => {
    const beside = `${files['a.nft']}table arp n {\n\tchain c {\n\t\ttype filter hook input priority 0;\n\t\tdrop\n\t}\n}\n`;
    for (const format of ['text', 'markdown', 'github', 'sarif']) {
      const all = { 'a.nft': files['a.nft'], 'c.nft': beside };
      const { out } = await diff(all, ...only, '--format', format, 'a.nft', 'c.nft');
      expect(out, format).toContain('not walked: table arp n');
    }
  });

  test('--strict counts what is written otherwise; what has no effect is said, and what is not for nft refused', async () => {
    const other = chain('22, 443').replace('accept', 'counter accept');
    const alike = { 'a.nft': files['a.nft'], 'b.nft': other };
    expect((await diff(alike, 'a.nft', 'b.nft')).status).toBe(0);
    expect((await diff(alike, '--strict', 'a.nft', 'b.nft')).status).toBe(1);
    expect((await diff(alike, '--fail-on', 'text', 'a.nft', 'b.nft')).status).toBe(1);
    expect((await of('--ignore', 'exposure')).err).toContain('--ignore has no effect on rules of nft');
    expect((await of('--format', 'markdown', '--graph')).status).toBe(2);
    expect((await diff(files, '--nodes', 'all', 'a.nft', 'b.nft')).status).toBe(2);
  });
});

describe('diff --scope kube-proxy of rulesets of nft', () => {
  const proxy = (to: string) =>
    `table ip kube-proxy {\n\tchain p {\n\t\ttype nat hook prerouting priority dstnat;\n\t\ttcp dport 80 dnat to ${to}:8080\n\t}\n}\n`;
  const own = (verdict: string) => table(`tcp dport 81 ${verdict}`);
  const scoped = async (before: string, after: string) => {
    const files = { 'a.nft': before, 'b.nft': after };
    const only = ['--only', 'tcp 203.0.113.9:4000 -> 192.168.10.11:80 from external'];
    return diff(files, ...only, '--scope', 'kube-proxy', 'a.nft', 'b.nft');
  };

  test('rules of others are left out, and named', async () => {
    const apart = await scoped(proxy('10.244.1.5') + own('drop'), proxy('10.244.1.5') + own('accept'));
    expect(apart.status).toBe(0);
    expect(apart.out).toMatch(
      /^kube-proxy's rules are the same; rules of others \(1 in ip t p of a\.nft; 1 in ip t p of b\.nft\) were not looked at\.$/m,
    );
    const alike = await scoped(proxy('10.244.1.5') + own('drop'), proxy('10.244.1.5') + own('drop'));
    expect(alike.out).toContain('; rules of others, the same on both sides, were not looked at.');
  });

  test("kube-proxy's own count", async () => {
    const { status, out } = await scoped(
      proxy('10.244.1.5') + own('drop'),
      proxy('10.244.1.6') + own('drop'),
    );
    expect(status).toBe(1);
    expect(out).toContain('ip kube-proxy/p, from here on not proved:');
    expect(out).not.toContain('ip t/p');
  });
});

/** Without a rule that asks for connections the kernel tracks none, and asks no nat: what was walked is another node then. */
test('rules of one side alone ask for connections: that they are tracked is said to be assumed', async () => {
  const asked = ['--only', 'tcp 203.0.113.9:4000 -> 192.168.10.11:80 from external'];
  const files = { 'a.nft': table('tcp dport 80 drop'), 'b.nft': table('ct state invalid drop') };
  const { out } = await diff(files, ...asked, 'a.nft', 'b.nft');
  expect(out).toContain(
    'connection tracking is on, though no rule of the side before the change asks for it',
  );
  const json = JSON.parse((await diff(files, ...asked, '--format', 'json', 'b.nft', 'a.nft')).out);
  expect(json.families[0].assumptions).toContainEqual({ code: 'conntrack-on', missing: 'after' });
  const both = { 'a.nft': table('ct state new drop'), 'b.nft': files['b.nft'] };
  expect((await diff(both, ...asked, 'a.nft', 'b.nft')).out).not.toContain('connection tracking is on');
});

describe('what is taken for granted of the host where rules of nft differ', () => {
  const input = (port: number, beside = '') =>
    `table ip f {\n\tchain i {\n\t\ttype filter hook input priority filter; policy drop;\n\t\ttcp dport { 22, ${port} } accept\n\t}\n${beside}}\n`;
  const proxys = '\tchain KUBE-SERVICES {\n\t}\n';
  const save =
    '*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT\nCOMMIT\n';
  // One packet is enough to tell what is stated.
  const only = ['--only', 'tcp 203.0.113.9:4000 -> 192.0.2.10:80 from external'];
  const compared = (before: string, after: string, ...args: readonly string[]) =>
    kubenat(['diff', ...args, 'a', 'b'], { a: before, b: after });

  /** The kernel drops what comes from the wire for 127/8, unless route_localnet is set: `facts/external-to-127-route-localnet-0.json`. */
  test('nobody sets route_localnet: no packet to 127/8 from outside, and first a client of the node', async () => {
    const { out } = await compared(input(80), input(443), '--format', 'json');
    const packets: string[] = JSON.parse(out).families[0].witnesses.map(
      (one: { packet: string }) => one.packet,
    );
    expect(packets[0]).toMatch(/^tcp \S+ -> 192\.0\.2\.10:80 from external$/);
    expect(packets.filter((packet) => /-> 127\..* from (?!host)/.test(packet))).toEqual([]);
  });

  test.each(['text', 'markdown', 'json'])(
    '%s: the sysctls, the interfaces and the routes are stated',
    async (format) => {
      const { out } = await compared(input(80), input(443), ...only, '--format', format);
      expect(out.replaceAll('\\', '')).toContain('net.ipv4.conf.all.route_localnet=0');
      expect(out).toContain('the uplink is eth0');
      expect(out).toContain('everything that is not on a link of the node is out of eth0');
    },
  );

  test.each([
    ["kube-proxy's iptables mode, as nft lists it", input(80, proxys), input(443, proxys), 1],
    ['another mode on either side', save, input(443), 1],
    ["nftables mode's own table", input(80), input(443, '\tchain services {\n\t}\n'), 0],
  ])('%s', async (_, before, after, value) => {
    const { out } = await compared(before, after, ...only);
    expect(out).toContain(`net.ipv4.conf.all.route_localnet=${value}`);
  });

  test('what is said of the host is not stated as taken for granted, and trace goes by the same', async () => {
    const told = JSON.stringify({ sysctls: { 'net.ipv4.conf.all.route_localnet': 1 } });
    const files = { a: input(80), b: input(443), h: told };
    expect((await kubenat(['diff', ...only, '--host', 'h', 'a', 'b'], files)).out).not.toContain(
      'route_localnet',
    );
    const packet = ['--packet', 'tcp 192.0.2.11:40000 -> 127.0.0.1:80 from external'];
    expect((await kubenat(['trace', '--rules', 'a', ...packet], files)).out).toContain('route_localnet=0');
  });
});
