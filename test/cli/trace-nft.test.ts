import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const root = join(import.meta.dirname, '../../fixtures/conformance');
const rules = join(root, 'nftables/1.37.2/session-affinity.nft');
const mixed = (name: string) => join(root, 'mixed', name);
const host = JSON.stringify({
  addresses: ['192.168.10.11/24'],
  podCIDR: '10.244.1.0/24',
  clusterCIDR: '10.244.0.0/16',
  podIf: 'cni0',
  podGateway: '10.244.1.1',
});
const trace = (args: readonly string[], files: Readonly<Record<string, string>> = {}) =>
  kubenat(['trace', '--host', 'host.json', ...args], { 'host.json': host, ...files });

describe('kubenat trace of rulesets of nft', () => {
  test('names the chains of kube-proxy by their services, and says who hides the client', async () => {
    const packet = 'tcp 198.51.100.7:40000 -> 10.96.0.10:80';
    const { out, status } = await trace(['--rules', rules, '--first', '--all-rules', '--packet', packet]);
    expect(status).toBe(0);
    expect(out).toContain('33.33 % (1/3)  leaves to a pod of this node (cni0), to 10.244.1.5:8080');
    expect(out).toMatch(/rule 1 of ip kube-proxy services \(line \d+, “masquerade .*”\) marks the packet/);
    expect(out).toMatch(/rule 1 of ip kube-proxy masquerading \(line \d+\) replaces the source/);
    expect(out).toContain('endpoint default/web/tcp 10.244.1.5:8080 1');
    expect(out).toContain('update @affinity-T6OEKE6Q-default/web/tcp/__10.244.1.5/8080 { ip saddr }');
  });

  test('takes a table once that two texts tell, and refuses two of one name', async () => {
    const packet = ['--packet', 'tcp 198.51.100.7:40000 -> 10.96.0.10:80', '--format', 'json'];
    const once = await trace(['--rules', rules, ...packet]);
    const twice = await trace(['--rules', rules, '--rules', rules, ...packet]);
    expect(twice.out).toBe(once.out);
    const other = { 'o.nft': 'table ip kube-proxy {\n}\n' };
    const refused = await trace(['--rules', rules, '--rules', 'o.nft', ...packet], other);
    expect(refused.status).toBe(2);
    expect(refused.err).toMatch(
      /table ip kube-proxy is another one in o\.nft than in .*session-affinity\.nft/,
    );
  });

  test('takes the family of the packet where rules are of both', async () => {
    const { out, err } = await trace(
      ['--rules', rules, '--packet', 'tcp [2001:db8::7]:40000 -> [fd00::1]:80'],
      {
        'host.json': JSON.stringify({ addresses: ['fd00:10::11/64'], podCIDR: 'fd00:20::/64' }),
      },
    );
    expect(err).toBe('');
    expect(out).toContain('leaves by eth0');
  });

  test('a client stays with its endpoint as long as the set remembers it', async () => {
    const packet = {
      proto: 'tcp',
      src: '198.51.100.7',
      sport: 1,
      dst: '10.96.0.10',
      dport: 80,
      from: 'external',
    };
    const flows = {
      packets: [
        { ...packet, at: 0 },
        { ...packet, sport: 2, at: 60 },
        { ...packet, sport: 3, at: 20_000 },
      ],
    };
    const { out } = await trace(['--rules', rules, '--flows', 'flows.json', '--format', 'json'], {
      'flows.json': JSON.stringify(flows),
    });
    const { results } = JSON.parse(out);
    for (const { outcomes } of results) expect(outcomes).toHaveLength(3);
    const one = JSON.stringify({
      packets: [
        { ...packet, at: 0 },
        { ...packet, sport: 2, at: 60 },
      ],
    });
    const only = (
      await trace(['--rules', 'one.nft', '--flows', 'flows.json', '--format', 'json'], {
        'one.nft': `table ip t {
	set seen {
		type ipv4_addr
		flags dynamic,timeout
		timeout 30s
	}
	chain input {
		type filter hook prerouting priority filter; policy accept;
		ip saddr @seen drop
		update @seen { ip saddr }
	}
}
`,
        'flows.json': one.replace('"at":60', '"at":20'),
      })
    ).out;
    expect(
      JSON.parse(only).results.map(({ outcomes }: { outcomes: { verdict: string }[] }) =>
        outcomes.map(({ verdict }) => verdict),
      ),
    ).toEqual([['accept'], ['drop']]);
  });

  test('says of two chains with one hook and one priority what either order comes to', async () => {
    const args = ['--rules', join(mixed('hostports-created-after'), 'ruleset.nft')];
    const packet = ['--packet', 'tcp 198.51.100.7:40000 -> 192.168.10.11:30080 from external'];
    const { out } = await trace([...args, ...packet]);
    expect(out).toContain(
      'ip kube-proxy/nat-prerouting and ip hostports/prerouting have one hook and one priority',
    );
    expect(out).toMatch(
      /either leaves [\s\S]* or leaves to a pod of this node \(cni0\), to 10\.244\.1\.99:8888/,
    );
    const json = JSON.parse((await trace([...args, ...packet, '--format', 'json'])).out);
    const [{ outcomes }] = json.results;
    expect(
      outcomes.map(({ dnat, weight }: { dnat: string; weight: string }) => `${dnat} ${weight}`).sort(),
    ).toEqual(['10.244.1.5:8080 1/6', '10.244.1.99:8888 1/2', '10.244.2.7:8080 1/6', '10.244.3.9:8080 1/6']);
    for (const outcome of outcomes) expect(outcome.dependsOn).toContain('made last is asked first');
  });

  test('asks what nft list hooks tells first, and leaves open what it does not tell', async () => {
    const chain = (verdict: string) =>
      `\tchain f {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\tip daddr 10.244.1.5 ${verdict}\n\t}\n`;
    const rules = `table ip one {\n${chain('drop')}}\ntable inet two {\n${chain('reject')}}\n`;
    const listing = (...chains: readonly string[]) =>
      `family ip {\n\thook prerouting {\n\t\t-0000000200 ipv4_conntrack_in [nf_conntrack]\n\t}\n\thook forward {\n${chains.map((own) => `\t\t 0000000000 chain ${own} [nf_tables]\n`).join('')}\t}\n}\n`;
    const verdicts = async (...hooks: readonly string[]) => {
      const packet = ['--packet', 'tcp 198.51.100.7:40000 -> 10.244.1.5:80', '--format', 'json'];
      const files = hooks.map((text, at): [string, string] => [`hooks${at}`, text]);
      const named = files.flatMap(([name]) => ['--rules', name]);
      const { out } = await trace(['--rules', 'r.nft', ...named, ...packet], {
        'r.nft': rules,
        ...Object.fromEntries(files),
      });
      return JSON.parse(out)
        .results[0].outcomes.map(({ verdict }: { verdict: string }) => verdict)
        .sort();
    };
    expect(await verdicts()).toEqual(['drop', 'reject']);
    expect(await verdicts(listing('ip one f', 'inet two f'))).toEqual(['drop']);
    expect(await verdicts(listing('inet two f', 'ip one f'))).toEqual(['reject']);
    // Of three nft lists the second and the third in reverse.
    expect(await verdicts(listing('ip three f', 'inet two f', 'ip one f'))).toEqual(['drop', 'reject']);
    const { status, err } = await trace(
      ['--rules', 'r.nft', '--rules', 'h', '--packet', 'tcp 198.51.100.7:40000 -> 10.244.1.5:80'],
      { 'r.nft': rules, h: 'family ip {\n\twhat\n}\n' },
    );
    expect(status).toBe(2);
    expect(err).toContain('h:2:1: error[nft-syntax]: unexpected what');
  });

  test('a dump and a ruleset in any order, and why a rule does not match', async () => {
    const files = ['iptables.save', 'ruleset.nft'].map((name) => join(mixed('docker-beside'), name));
    const packet = ['--packet', 'tcp 198.51.100.7:40000 -> 10.96.0.10:80 from external'];
    for (const order of [files, files.toReversed()]) {
      const named = order.flatMap((file) => ['--rules', file]);
      const { out } = await trace([
        ...named,
        ...packet,
        '--all-rules',
        '--why-not',
        'ip kube-proxy/services/3',
      ]);
      expect(out).toContain('100 %  dropped: the policy of filter/FORWARD is DROP');
      expect(out).toMatch(/iptables\.save line \d+\): -j DOCKER-USER/);
      expect(out).toMatch(/The packet had gone away by rule 2 of ip kube-proxy services/);
    }
    const { out } = await trace([
      ...files.flatMap((file) => ['--rules', file]),
      ...packet,
      '--why-not',
      'ip kube-proxy/cluster-ips-check/1',
    ]);
    expect(out).toContain('ip daddr @cluster-ips does not hold: the destination is 10.244.');
  });

  test('what is not understood is not known', async () => {
    const { out } = await trace(
      ['--rules', 'r.nft', '--packet', 'tcp 198.51.100.7:4 -> 10.96.0.10:80 from external'],
      {
        'r.nft':
          'table ip t {\n\tchain p {\n\t\ttype filter hook prerouting priority 0; policy accept;\n\t\txt match "osf" drop\n\t}\n}\n',
      },
    );
    expect(out).toContain('unknown: what “xt match osf” comes to is not known (rule 1 of ip t/p)');
  });

  test('tables of iptables-nft that a dump has, too, are taken once', async () => {
    const nft = `table ip filter {
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
		xt match "comment" accept
	}
}
`;
    const save = '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -m comment --comment x -j ACCEPT\nCOMMIT\n';
    const packet = ['--first', '--packet', 'tcp 198.51.100.7:4 -> 10.244.1.5:80 from external'];
    const once = await trace(['--rules', 'r.nft', '--rules', 'r.save', ...packet], {
      'r.nft': nft,
      'r.save': save,
    });
    expect(once.out).toContain('100 %  leaves to a pod');
    expect(once.err).toBe('');
    const twice = await trace(['--rules', 'r.nft', '--rules', 'r.save', ...packet], {
      'r.nft': nft,
      'r.save': save.replace(':FORWARD DROP [0:0]', ':FORWARD DROP [0:0]\n:OWN - [0:0]'),
    });
    expect(twice.err).toContain('table-twice');
  });
});

test('flows of one family are asked of rules for both without --family', async () => {
  const rules =
    'table inet f {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\ttcp dport 80 drop\n\t}\n}\n';
  const flows = JSON.stringify({
    host: { addresses: ['fd00:192::2/64'], podCIDR: 'fd00:10:180::/64' },
    packets: [
      { proto: 'tcp', src: '2001:db8::7', sport: 1, dst: 'fd00:10:180::5', dport: 80, from: 'external' },
    ],
  });
  const { out, err } = await kubenat(['trace', '--rules', 'RULES', '--flows', 'FLOWS', '--format', 'json'], {
    RULES: rules,
    FLOWS: flows,
  });
  expect(err).toBe('');
  expect(JSON.parse(out).results).toMatchObject([{ outcomes: [{ verdict: 'drop', weight: '1/1' }] }]);
});

describe('a map of which one element drops, and others do not', () => {
  const chain = (rule: string) =>
    `\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\t${rule}\n\t}\n`;
  const map =
    '\tmap ports {\n\t\ttype inet_service : verdict\n\t\telements = { 22 : drop, 80 : jump web, 443 : accept }\n\t}\n\n';
  const web = '\tchain web {\n\t\taccept\n\t}\n\n';

  test.each([
    ['its last ones do', `${map}${web}${chain('tcp dport vmap @ports')}`, 'tcp dport vmap @ports'],
    ['its first ones do', chain('ct state vmap { established : accept, new : drop }'), 'ct state vmap'],
  ])('is named as what drops, and shown: %s', async (_, table, shown) => {
    const packet = 'tcp 198.51.100.7:4000 -> 10.244.1.5:22';
    const files = { 'map.nft': `table inet fw {\n${table}}\n` };
    const { out } = await trace(['--rules', 'map.nft', '--first', '--packet', packet], files);
    expect(out).toMatch(/rule 1 of inet fw forward \(line \d+\) drops it/);
    expect(out).toMatch(new RegExp(`forward 1 \\(line \\d+\\): ${shown.replace(/[{}]/g, '\\$&')}`));
    expect(out).not.toContain('no rule matched that decides');
  });
});

test('manifests whose configuration says nftables are asked as what is compiled of them', async () => {
  const files = {
    'cluster.yaml': readFileSync(join(import.meta.dirname, '../../fixtures/timeline/base.yaml'), 'utf8'),
    'proxy.yaml':
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n',
  };
  const node = ['--config', 'proxy.yaml', '--node', 'worker-1'];
  const compiled = await kubenat(['compile', ...node, 'cluster.yaml'], files);
  const ask = ['trace', ...node, '--format', 'json', '--packet', 'udp 198.51.100.7:4000 -> 10.96.0.53:53'];
  const asked = await kubenat([...ask, 'cluster.yaml'], files);
  expect(asked.status, asked.err).toBe(0);
  const dumped = await kubenat([...ask, '--rules', 'node.nft', '--cluster', 'cluster.yaml'], {
    ...files,
    'node.nft': compiled.out,
  });
  expect(dumped.status, dumped.err).toBe(0);
  expect(asked.out).toBe(dumped.out);
  expect(asked.out).toContain('10.244.1.6:5353');
});

/** Loaded into an empty kernel, the first and then the second, a SYN to the port is dropped, and the other way round refused. */
describe('files that were loaded in their order', () => {
  const refusing = (name: string, how: string) => `table ip ${name} {
	chain input {
		type filter hook input priority filter; policy accept;
		tcp dport 22 ${how}
	}
}
`;
  const files = {
    'a.nft': refusing('a', 'reject'),
    'b.nft': refusing('b', 'drop'),
    'host.yaml': 'addresses: [192.168.0.10/24]\npodCIDR: 10.244.0.0/24\n',
  };
  const verdict = async (...words: string[]) => {
    const packet = ['--first', '--packet', 'tcp 192.168.0.9:4000 -> 192.168.0.10:22 from external'];
    const { out } = await kubenat(
      ['trace', ...words, '--host', 'host.yaml', '--format', 'json', ...packet],
      files,
    );
    return JSON.parse(out).results[0].outcomes.map((one: { verdict: string }) => one.verdict);
  };
  const both = (one: string, other: string) => ['--rules', one, '--rules', other];

  test('the last one runs first', async () => {
    expect(await verdict(...both('a.nft', 'b.nft'), '--loaded-in-order')).toEqual(['drop']);
    expect(await verdict(...both('b.nft', 'a.nft'), '--loaded-in-order')).toEqual(['reject']);
    expect(await verdict(...both('a.nft', 'b.nft'))).toEqual(['reject', 'drop']);
  });
});

/** What a kernel did whose rules were loaded one after the other by nft -f, iptables-nft-restore and iptables-legacy-restore. */
describe('a file that takes away what was there before it', () => {
  const table = (name: string, port: number) =>
    `table ip ${name} {\n\tchain in {\n\t\ttype filter hook input priority filter; policy accept;\n\t\ttcp dport ${port} drop\n\t}\n}\n`;
  const dump = (version: string) =>
    `${version}*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j DROP\nCOMMIT\n`;
  const generated = (version: string) => `# Generated by ${version} on Tue Dec  1 12:57:20 2026\n`;
  const files = {
    'a.nft': table('a', 22),
    'flush.nft': `flush ruleset\n${table('b', 80)}`,
    'flush-again.nft': `flush ruleset\n${table('c', 443)}`,
    'flush-ip6.nft': `flush ruleset ip6\n${table('b', 80)}`,
    'delete.nft': `table ip a\ndelete table ip a\n${table('b', 80)}`,
    'nft.save': dump(generated('iptables-nft-save v1.8.9 (nf_tables)')),
    'legacy.save': dump(generated('iptables-save v1.8.9')),
    'delete-filter.nft': 'table ip filter\ndelete table ip filter\n',
    'two.save': `${dump(generated('iptables-nft-save v1.8.9 (nf_tables)'))}*nat\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n`,
    'some.save': dump(''),
    'host.yaml': 'addresses: [192.168.0.10/24]\npodCIDR: 10.244.0.0/24\n',
  };
  const ask = (names: string, ...words: string[]) => {
    const rules = names.split(' ').flatMap((name) => ['--rules', name]);
    const packet = ['--first', '--packet', 'tcp 192.168.0.9:4000 -> 192.168.0.10:22 from external'];
    return kubenat(
      ['trace', ...rules, '--host', 'host.yaml', '--format', 'json', ...packet, ...words],
      files,
    );
  };
  const verdicts = (out: string) =>
    JSON.parse(out).results[0].outcomes.map((one: { verdict: string }) => one.verdict);

  test.each([
    ['a.nft flush.nft', 'accept'],
    ['flush.nft a.nft', 'drop'],
    ['a.nft flush-ip6.nft', 'drop'],
    ['a.nft delete.nft', 'accept'],
    ['delete.nft a.nft', 'drop'],
    ['nft.save flush.nft', 'accept'],
    ['legacy.save flush.nft', 'drop'],
    ['flush.nft nft.save', 'drop'],
    ['flush.nft a.nft flush-again.nft', 'accept'],
  ])('in the order %s', async (names, verdict) => {
    const { out, err } = await ask(names, '--loaded-in-order');
    expect(err).toBe('');
    expect(verdicts(out)).toEqual([verdict]);
  });

  test.each(['a.nft flush.nft', 'nft.save flush.nft', 'delete.nft a.nft'])(
    'is taken for the first where the order of %s is not said',
    async (names) => {
      const { out, err } = await ask(names);
      expect(verdicts(out)).toEqual(['drop']);
      expect(err).toContain('it is taken as loaded before the other files');
    },
  );

  test('is nothing to think about beside what it leaves', async () => {
    for (const names of ['legacy.save flush.nft', 'a.nft flush-ip6.nft', 'flush.nft'])
      expect((await ask(names)).err).toBe('');
  });

  test('leaves nothing to tell where what is left is not known', async () => {
    const [each, unsaid] = [
      await ask('flush.nft flush-again.nft'),
      await ask('some.save flush.nft', '--loaded-in-order'),
    ];
    expect([each.status, unsaid.status]).toEqual([2, 2]);
    const part = await ask('two.save delete-filter.nft', '--loaded-in-order');
    expect(part.err).toContain('takes away a part of the tables of two.save');
    expect(each.err).toContain("take away each other's rules");
    expect(unsaid.err).toContain('if they are of iptables-nft, and leaves those of iptables-legacy');
  });
});

test('the mode that is asked for wins over the configuration', async () => {
  const files = {
    'cluster.yaml': readFileSync(join(import.meta.dirname, '../../fixtures/timeline/base.yaml'), 'utf8'),
    'proxy.yaml':
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n',
  };
  const ask = ['cluster.yaml', '--config', 'proxy.yaml', '--node', 'worker-1'];
  const packet = ['--packet', 'udp 198.51.100.7:4000 -> 10.96.0.53:53'];
  const rules = async (...mode: string[]) =>
    (await kubenat(['trace', ...ask, ...mode, '--show-program', ...packet], files)).out;
  expect(await rules()).toContain('ip kube-proxy/');
  expect(await rules('--mode', 'iptables')).not.toContain('ip kube-proxy/');
  const refused = await kubenat(['explain', ...ask, '--mode', 'ipvs'], files);
  expect([refused.status, refused.out]).toEqual([2, '']);
  expect(refused.err).toContain('kubenat migrate');
});
