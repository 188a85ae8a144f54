import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cases, fixtures, readCase } from '../cases.ts';
import { kubenat } from './harness.ts';

const before = join(fixtures, 'diff', 'before');
const changed = (name: string) => join(fixtures, 'diff', name);
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubenat-'));
  folders.push(folder);
  return folder;
}

const small = cases.filter((one) => readCase(one, 'iptables.save').length < 60_000);

describe('rule sets that do the same are proved to', () => {
  test.each(small.map((one) => [one.id, one] as const))(
    "%s: kube-proxy's input and the node's dump",
    async (_id, one) => {
      const files = {
        'a.save': readCase(one, 'iptables.save'),
        'b.restore': readCase(one, 'kube-proxy.restore'),
      };
      const { status, out } = await kubenat(['diff', '--family', one.family, 'a.save', 'b.restore'], files);
      expect(out).toMatch(/no packet changes fate \(proved\)/);
      expect(out).toMatch(/was given kube-proxy's own/);
      expect(status).toBe(0);
    },
  );

  test.each(small.map((one) => [one.id, one] as const))(
    '%s: without comments and with the chains turned round',
    async (_id, one) => {
      const text = readCase(one, 'iptables.save');
      const bare = text.replace(/ -m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+)/g, '');
      const turned = bare.split('*nat').map(turnChains).join('*nat');
      const { status, out } = await kubenat(['diff', '--family', one.family, 'a', 'b'], {
        a: text,
        b: turned,
      });
      expect(out).toMatch(/no packet changes fate \(proved\)/);
      expect(status).toBe(0);
      const strict = await kubenat(['diff', '--strict', '--family', one.family, 'a', 'b'], {
        a: text,
        b: turned,
      });
      expect(strict.status).toBe(text === bare ? 0 : 1);
    },
  );

  /** Rules of one chain stay in their order; the chains stand in another. */
  function turnChains(table: string): string {
    const lines = table.split('\n');
    const rules = lines.filter((line) => line.startsWith('-A '));
    const chains = [...new Set(rules.map((rule) => rule.split(' ')[1]))].reverse();
    const sorted = chains.flatMap((chain) => rules.filter((rule) => rule.split(' ')[1] === chain));
    let next = 0;
    return lines.map((line) => (line.startsWith('-A ') ? sorted[next++] : line)).join('\n');
  }

  test('services in another order in the shared chains', async () => {
    const one = cases.find(({ id }) => id === 'named/small-real-cluster');
    if (!one) throw new Error('the case is gone');
    const text = readCase(one, 'iptables.save');
    const lines = text.split('\n');
    const services = lines.filter((line) => /^-A KUBE-SERVICES -d.* -j KUBE-/.test(line));
    const other = [...services].reverse();
    let next = 0;
    const turned = lines
      .map((line) => (/^-A KUBE-SERVICES -d.* -j KUBE-/.test(line) ? other[next++] : line))
      .join('\n');
    expect(turned).not.toBe(text);
    expect((await kubenat(['diff', 'a', 'b'], { a: text, b: turned })).status).toBe(0);
  });
});

describe('a rule that moves across one that overlaps', () => {
  const dump = (...rules: string[]) =>
    `*filter\n:INPUT ACCEPT [0:0]\n${rules.map((rule) => `-A INPUT ${rule}\n`).join('')}COMMIT\n`;
  const web = '-p tcp -m tcp --dport 80 -j ACCEPT';
  const net = '-s 198.51.100.0/24 -j DROP';
  const far = '-p udp -m udp --dport 53 -j DROP';

  test('is shown with the class that changes', async () => {
    const { status, out } = await kubenat(['diff', 'a', 'b', '--format', 'json'], {
      a: dump(web, net),
      b: dump(net, web),
    });
    expect(status).toBe(1);
    const { classes } = JSON.parse(out) as {
      classes: { effects: { kind: string }[]; packets: Record<string, unknown>[] }[];
    };
    // The others are what the node sends to many, of which its own copy is dropped.
    expect(classes.flatMap(({ effects }) => effects.map(({ kind }) => kind))).toEqual([
      'loss',
      'delivery',
      'delivery',
    ]);
    expect(classes[0]?.effects).toEqual([{ kind: 'loss', says: 'now dropped' }]);
    for (const { protocol, destinationPort, source } of classes.flatMap(({ packets }) => packets)) {
      expect(protocol).toEqual([[6, 6]]);
      expect(destinationPort).toEqual([[80, 80]]);
      expect(source).toEqual([['198.51.100.0', '198.51.100.255']]);
    }
  });

  test('and one that moves across others makes no difference', async () => {
    expect((await kubenat(['diff', 'a', 'b'], { a: dump(web, far), b: dump(far, web) })).status).toBe(0);
  });

  test('of groups it is told where the node has to listen to them', async () => {
    const group = '-d 224.0.0.0/4 -j DROP';
    const { status, out } = await kubenat(['diff', 'a', 'b'], { a: dump(web), b: dump(web, group) });
    expect(out).toMatch(/packets: now dropped/);
    expect(out).toMatch(/only where the node listens to the multicast group/);
    expect(status).toBe(1);
  });

  test('a match that is not evaluated is carried along, and said', async () => {
    const limited = '-p tcp -m limit --limit 3/sec -j DROP';
    const { status, out } = await kubenat(['diff', 'a', 'b'], { a: dump(web), b: dump(limited, web) });
    expect(status).toBe(1);
    expect(out).toMatch(/only where -m limit --limit 3\/sec holds, which is not evaluated/);
    expect((await kubenat(['diff', 'a', 'b'], { a: dump(limited, web), b: dump(limited, web) })).status).toBe(
      0,
    );
  });
});

describe('what counts', () => {
  const run = (name: string, ...flags: string[]) => kubenat(['diff', before, changed(name), ...flags]);

  test('a change of the text counts only with --strict, or --fail-on text', async () => {
    expect((await run('service-renamed')).status).toBe(0);
    expect((await run('service-renamed', '--strict')).status).toBe(1);
    expect((await run('service-renamed', '--fail-on', 'text')).status).toBe(1);
  });

  test('--fail-on and --ignore name respects', async () => {
    expect((await run('masquerade-all', '--fail-on', 'source-ip')).status).toBe(1);
    expect((await run('masquerade-all', '--fail-on', 'loss')).status).toBe(0);
    expect((await run('masquerade-all', '--ignore', 'source-ip')).status).toBe(0);
    expect((await run('scale-to-zero', '--ignore', 'endpoints,shares')).status).toBe(1);
  });

  test('what is no respect is refused with the list', async () => {
    const { status, out, err } = await run('scale-up', '--ignore', 'sourceip');
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/source-ip/);
  });
});

describe('services to which a change does the same', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const cluster = (count: number, masqueradeAll: boolean) => {
    const services = names.slice(0, count).map((name, index) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { clusterIP: `10.96.0.${index + 1}`, ports: [{ port: 80 }] },
    }));
    const slices = names.slice(0, count).map((name, index) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ port: 80 }],
      endpoints: [{ addresses: [`10.244.9.${index + 1}`] }],
    }));
    const config = {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      clusterCIDR: '10.244.0.0/16',
      iptables: { masqueradeAll },
    };
    return [config, ...services, ...slices].map((object) => JSON.stringify(object)).join('\n---\n');
  };
  const compare = (count: number, ...flags: string[]) =>
    kubenat(['diff', 'a', 'b', ...flags], { a: cluster(count, false), b: cluster(count, true) });

  test('are told together, with one of them in full', async () => {
    const { out } = await compare(8);
    expect(out).toContain(
      '~ 8 service ports (changed): default/a, default/b, default/c, default/d, default/e, default/f and 2 more\n' +
        '  cluster IP: source IP now masqueraded',
    );
    expect(out.match(/^ +example /gm)).toHaveLength(1);
    expect(out).toContain('10.96.0.1:80');
    expect(out).not.toContain('10.96.0.2:80');
  });

  test('are told together in a review comment', async () => {
    const { out } = await compare(5, '--format', 'markdown');
    expect(out).toContain(
      '5 service ports (changed): default/a, default/b, default/c, default/d, default/e**\n  - cluster IP: ',
    );
  });

  test('also where the configuration stands in a List with them', async () => {
    const list = (text: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: text.split('\n---\n').map((one) => JSON.parse(one)),
      });
    const { out } = await kubenat(['diff', 'a', 'b'], {
      a: list(cluster(4, false)),
      b: list(cluster(4, true)),
    });
    expect(out).toContain('~ 4 service ports (changed)');
  });

  test('and one alone with its address', async () => {
    const { out } = await compare(1);
    expect(out).toContain('~ default/a (changed)\n  cluster IP 10.96.0.1:80/tcp: ');
  });
});

describe('annotations of GitHub', () => {
  test.each([
    ['scale-up', 'warning', 'shop.yaml', 'addresses: [10.244.1.6]'],
    ['node-port-changed', 'error', 'shop.yaml', 'nodePort: 30081'],
    ['masquerade-all', 'error', 'kube-proxy.yaml', 'masqueradeAll: true'],
  ])('of %s stand at the line that changed', async (name, level, file, text) => {
    const { status, out } = await kubenat(['diff', before, changed(name), '--format', 'github']);
    expect(status).toBe(1);
    const lines = readFileSync(join(changed(name), file), 'utf8').split('\n');
    const line = lines.findIndex((one) => one.includes(text)) + 1;
    expect(line).toBeGreaterThan(0);
    expect(out).toContain(
      `::${level} file=${join(changed(name), file)},line=${line},title=kubenat diff%3A changed`,
    );
  });

  test('there are none where nothing changes', async () => {
    expect(await kubenat(['diff', before, before, '--format', 'github'])).toMatchObject({
      status: 0,
      out: '',
    });
  });
});

describe('formats', () => {
  const run = (name: string, format: string) => kubenat(['diff', before, changed(name), '--format', format]);

  test('sarif has the fields that version 2.1.0 demands', async () => {
    const { out } = await run('cluster-ip-to-load-balancer', 'sarif');
    const sarif = JSON.parse(out);
    expect(sarif.version).toBe('2.1.0');
    const [{ tool, results }] = sarif.runs;
    const known = new Set(tool.driver.rules.map(({ id }: { id: string }) => id));
    expect(results.length).toBeGreaterThan(0);
    for (const { ruleId, level, message, locations } of results) {
      expect(known).toContain(ruleId);
      expect(['none', 'note', 'warning', 'error']).toContain(level);
      expect(message.text).toMatch(/\S/);
      for (const { physicalLocation } of locations) {
        expect(physicalLocation.artifactLocation.uri).not.toMatch(/[<> ]/);
        expect(physicalLocation.region.startLine).toBeGreaterThan(0);
      }
    }
  });

  test('unified is a diff of few lines with names beside the hashes', async () => {
    const { out } = await run('scale-up', 'unified');
    expect(out).toMatch(/^--- .*\n\+\+\+ .*\n@@ -\d+,\d+ \+\d+,\d+ @@\n/);
    expect(out).toMatch(/# SEP\[shop\/web:http -> 10\.244\.1\.6:8080\]/);
    expect(out.split('\n').length).toBeLessThan(40);
    expect((await kubenat(['diff', before, before, '--format', 'unified'])).out).toBe('');
  });
});

describe('with git', () => {
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd,
      encoding: 'utf8',
    });

  function repository(): string {
    const folder = temporary();
    git(folder, 'init', '-q');
    const write = (from: string) => {
      for (const file of ['shop.yaml', 'kube-proxy.yaml']) {
        writeFileSync(join(folder, file), readFileSync(join(from, file)));
      }
      git(folder, 'add', '.');
      git(folder, 'commit', '-qm', 'x');
    };
    write(before);
    write(changed('scale-up'));
    return folder;
  }

  const main = (folder: string, ...args: string[]) => {
    const previous = process.cwd();
    process.chdir(folder);
    return kubenat(args).finally(() => process.chdir(previous));
  };

  test('REV:PATH is a file or a directory of a revision', async () => {
    const folder = repository();
    const { status, out } = await main(folder, 'diff', 'HEAD~1:./', 'HEAD:./');
    expect(out).toMatch(/\+10\.244\.1\.6:8080/);
    expect(status).toBe(1);
    expect((await main(folder, 'diff', 'HEAD~1:shop.yaml', 'HEAD~1:shop.yaml')).status).toBe(0);
    expect((await main(folder, 'diff', 'HEAD:', '.')).status).toBe(0);
  });

  test('what git does not know is refused, and nothing is run', async () => {
    const folder = repository();
    const names = [
      'HEAD:nothing.yaml',
      'nowhere:shop.yaml',
      '$(touch made):x',
      '; touch made:x',
      '--output=made:x',
    ];
    for (const name of names) {
      const { status, out } = await main(folder, 'diff', '--', name, 'HEAD:shop.yaml');
      expect([name, status, out]).toEqual([name, 2, '']);
    }
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });
});

describe('rules that a text does not show', () => {
  const jumps = ['PREROUTING', 'OUTPUT'].map((hook) => `-A ${hook} -j KUBE-SERVICES`);
  const dump = (...rules: readonly string[]) =>
    [
      '*nat',
      ...['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((hook) => `:${hook} ACCEPT [0:0]`),
      ':KUBE-SERVICES - [0:0]',
      ...jumps,
      ...rules,
      'COMMIT',
      '',
    ].join('\n');

  test.each([
    '-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT [unsupported revision]',
    '-A KUBE-SERVICES -m conntrack [unsupported revision] -j DROP',
    '-A KUBE-SERVICES -d 10.96.0.300 -j DROP',
  ])('are not proved to be the same where they read alike: %s', async (rule) => {
    const files = { 'a.save': dump(rule), 'b.save': dump(rule) };
    const { status, out } = await kubenat(['diff', 'a.save', 'b.save'], files);
    expect(out).toMatch(/could not be proved that no packet changes fate/);
    expect(status).toBe(1);
  });

  test('and are left out of both are said to be taken for the same', async () => {
    const text = dump(
      '-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to 10.244.1.5:80',
      '...',
    );
    const files = { 'a.save': text, 'b.save': text };
    const { status, out } = await kubenat(['diff', 'a.save', 'b.save'], files);
    expect(out).toMatch(/Note: rules that neither of them shows are taken to be the same/);
    expect(status).toBe(0);
  });
});

describe('the field that a change is told to come of', () => {
  const pods = `apiVersion: v1
kind: Node
metadata: {name: node-1}
spec: {podCIDR: 10.244.1.0/24}
status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {nodeName: node-1, containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.244.1.5, podIPs: [{ip: 10.244.1.5}], conditions: [{type: Ready, status: "True"}]}
`;
  const service = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  clusterIP: 10.96.0.80
  selector: {app: web}
  ports:
  - {port: 80, targetPort: http}
`;
  const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints:
- {addresses: [10.244.1.5], nodeName: node-1}
- {addresses: [10.244.1.6], nodeName: node-1, conditions: {ready: true}}
ports: [{port: 8080}]
`;
  const causes = async (before: string, after: string) => {
    const files = { 'a.yaml': before, 'b.yaml': after };
    const { out } = await kubenat(['diff', 'a.yaml', 'b.yaml'], files);
    return [...new Set(out.match(/(?<=caused by {2}).*/g) ?? [])];
  };
  const node = pods.slice(0, pods.indexOf('---'));
  const [byPods, bySlice] = [`${service}---\n${pods}`, `${service}---\n${node}---\n${slice}`];

  test.each([
    [
      'targetPort',
      byPods,
      'targetPort: http',
      'targetPort: 8081',
      ['b.yaml:8: spec.ports[0].targetPort of Service default/web'],
    ],
    [
      'the port of the container',
      byPods,
      'containerPort: 8080',
      'containerPort: 8081',
      [expect.stringMatching(/^b\.yaml:\d+: spec\.containers\[0\]\.ports\[0\]\.containerPort of Pod/)],
    ],
    [
      'the port of a slice',
      bySlice,
      '[{port: 8080}]',
      '[{port: 8081}]',
      [expect.stringMatching(/^b\.yaml:\d+: ports\[0\]\.port of EndpointSlice default\/web-1$/)],
    ],
    [
      'an endpoint of several',
      bySlice,
      'ready: true',
      'ready: false',
      [expect.stringMatching(/^a\.yaml:\d+: endpoints\[1\]\.conditions of EndpointSlice default\/web-1$/)],
    ],
    [
      'the address of an endpoint',
      bySlice,
      '[10.244.1.5]',
      '[10.244.1.7]',
      [
        expect.stringMatching(
          /^b\.yaml:\d+: endpoints\[0\]\.addresses\[0\] of EndpointSlice default\/web-1$/,
        ),
      ],
    ],
  ])('%s, and none that both sides have alike', async (_, before, old, fresh, told) => {
    expect(await causes(before, before.replace(old, fresh))).toEqual(told);
  });
});

test('answers that get through again are told of the service that was asked', async () => {
  const read = (name: string) => readFileSync(join(fixtures, 'connections/reply-dropped', name), 'utf8');
  const files = { a: read('node.save'), b: read('fixed.save'), host: read('host.yaml') };
  const { out } = await kubenat(['diff', '--host', 'host', 'a', 'b', '--format', 'json'], files);
  const { services } = JSON.parse(out) as {
    services: { service: string | null; changes: { says: string }[] }[];
  };
  expect(services[0]).toMatchObject({
    service: 'default/web',
    changes: [{ says: expect.stringMatching(/^cluster IP 10\.20\.40\.10:80\/tcp: /) }],
  });
});
