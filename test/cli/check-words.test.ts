import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const node = readFileSync(join(fixtures, 'conformance/named/node-port/iptables.save'), 'utf8');

/** The last endpoint of a chain gets a part alone: five ways to the service, of which the same is so. */
test('what cuts off all who ask is said once, with those who ask and a share that people read', async () => {
  const text = node.replace(
    /^(-A KUBE-SVC-\S+ (?!.*--probability).*)(-j KUBE-SEP-\S+)$/m,
    '$1-m statistic --mode random --probability 0.55555555550 $2',
  );
  expect(text).not.toBe(node);
  const { out, status } = await kubenat(['check', 'dump'], { dump: text });
  expect(status).toBe(1);
  expect(out).toMatch(
    /^dump:\d+: error\[cut-off\]: .*default\/web at 10\.96\.0\.10:80 from pods of this node: cut off: .*, about \d+ % of them\n {4}-d .*\n {4}also from the node itself\n {4}also at node port 30080 from pods of this node, from the node itself, from outside \(line \d+\)\ndump: 1 finding \(5 ways\);/m,
  );
  const json = JSON.parse((await kubenat(['check', '--format', 'json', 'dump'], { dump: text })).out);
  expect(json.findings).toHaveLength(5);
  const { out: table } = await kubenat(['check', '--format', 'markdown', 'dump'], { dump: text });
  expect(table.match(/^\| 🔴/gm)).toHaveLength(1);
  expect(table).toContain(
    'also at node port 30080 from pods of this node, from the node itself, from outside',
  );
});

/** Of whatever Service, and of whatever part of a connection: people are told once, programs of each way. */
test.each([
  ['no packets', '-j DROP', 'cut-off', 'error'],
  ['chance', '-m statistic --mode random --probability 0.1 -j DROP', 'cut-off', 'error'],
  ['nobody knows what', '-m length --length 0:2000 -j DROP', 'undecided', 'warning'],
])('what one rule does, asking for %s, is one finding of all services', async (_, rule, code, severity) => {
  const sound = readFileSync(join(fixtures, 'conformance/named/cluster-ip-multi-port/iptables.save'), 'utf8');
  const text = sound.replace(/^(?=-A FORWARD )/m, `-A FORWARD ${rule}\n`);
  expect(text).not.toBe(sound);
  const told = async (format: string) =>
    (await kubenat(['check', '--format', format, 'dump'], { dump: text })).out;
  const here = JSON.parse(await told('json')).findings.filter(
    (one: Record<string, unknown>) => one.chain === 'FORWARD' && one.code === code,
  );
  const ways = new Set(
    here.map(({ service, from, to }: Record<string, string>) => `${service} ${from} ${to}`),
  );
  const services = [...new Set<string>(here.map(({ service }: Record<string, string>) => service))];
  expect(services.length).toBeGreaterThan(1);
  const all = `in ${ways.size} ways to ${services.length} service ports`;
  const lines = (await told('text')).split('\n');
  const at = lines.findIndex((line) => line.includes(`${severity}[${code}]: filter FORWARD 1: `));
  expect(lines[at + 1]).toBe(`    ${rule}`);
  expect(lines[at + 2]).toContain(all);
  for (const format of ['text', 'markdown', 'sarif', 'github', 'junit']) {
    const out = await told(format);
    expect(out.split(all).length - 1, format).toBe(format === 'junit' ? 2 : 1);
    for (const one of services) expect(out, format).toContain(one);
  }
});

/** Services come and go: what SARIF knows a result by is the rule. */
test('a rule that hits several services keeps its fingerprint when one of them is gone', async () => {
  const sound = readFileSync(
    join(fixtures, 'conformance/named/cluster-ip-dns-tcp-udp/iptables.save'),
    'utf8',
  );
  const text = sound.replace(/^(?=-A FORWARD )/m, '-A FORWARD -j DROP\n');
  const fewer = text.replace(/^-A KUBE-SERVICES .*-p udp .*\n/m, '');
  expect(fewer).not.toBe(text);
  const printOf = async (dump: string) => {
    const { out } = await kubenat(['check', '--format', 'sarif', '--only', 'cut-off', 'dump'], { dump });
    return JSON.parse(out).runs[0].results[0].partialFingerprints;
  };
  expect(await printOf(fewer)).toEqual(await printOf(text));
});

/** A copy that was broken off, at whatever line behind the first rule: what follows is not known, and nothing is found sound. */
test.each(['filter', 'nat'])(
  'a dump that breaks off in %s has a place, and its services are undecided',
  async (table) => {
    const lines = node.split('\n');
    const begin = lines.indexOf(`*${table}`);
    const first = lines.findIndex((line, at) => at > begin && line.startsWith('-A '));
    const end = lines.findIndex((line, at) => at > begin && line === 'COMMIT');
    for (const cut of [first + 1, Math.floor((first + end) / 2), end]) {
      const { out, status } = await kubenat(['check', 'dump'], {
        dump: `${lines.slice(0, cut).join('\n')}\n`,
      });
      expect(status).toBe(1);
      expect(out).toContain(
        `dump:${cut}:1: warning[commit-missing]: the dump breaks off in table ${table} (no COMMIT)`,
      );
      expect(out).not.toContain('no findings');
      expect(out).not.toContain('NOT-SHOWN');
    }
  },
);

test('services whose chains are not shown to their ends are undecided', async () => {
  const cut = node.slice(0, node.indexOf('-A KUBE-SVC-'));
  const { out } = await kubenat(['check', 'dump'], { dump: cut });
  expect(out).toMatch(
    /warning\[undecided\]: nat \S+: default\/web at .*: it is not known whether connections come about: the rules that follow are not shown, in nat\/KUBE-S/,
  );
});

/** Of kube-proxy's own rules, too: a part of the connections is not known, and nothing is found sound. */
test.each([
  [
    'an address that breaks off',
    (rule: string) => rule.replace(/(?<=--to-destination \d+\.\d+\.\d+)\S+/, ''),
  ],
  ['an option that breaks off', (rule: string) => rule.replace(/(?<=--to-dest)\S+ \S+/, '')],
  ['a quote that is not closed', (rule: string) => rule.replace(/" -m/, ' -m')],
])('a line that could not be read: %s', async (_, breaks) => {
  const [rule = ''] = /^-A KUBE-SEP-.* -j DNAT .*$/m.exec(node) ?? [];
  expect(breaks(rule)).not.toBe(rule);
  const { out, status } = await kubenat(['check', 'dump'], { dump: node.replace(rule, breaks(rule)) });
  expect(status).toBe(1);
  const line = node.slice(0, node.indexOf(rule)).split('\n').length;
  expect(out).toMatch(
    new RegExp(
      `^dump:${line}: warning\\[undecided\\]: nat KUBE-SEP\\S* 2: default/web .*: the line could not be read`,
      'm',
    ),
  );
  expect(out).not.toMatch(/NOT-(?:SHOWN|READ)/);
});

/** Lines that somebody left out of what he pastes are none that could not be read. */
test('of lines left out it is said that they are not shown', async () => {
  const lines = node.split('\n');
  const at = lines.findIndex((line) => line.startsWith('-A FORWARD '));
  const text = [...lines.slice(0, at + 1), '...', ...lines.slice(at + 1)].join('\n');
  const { out, status } = await kubenat(['check', 'dump'], { dump: text });
  expect(status).toBe(1);
  expect(out).toContain('the rules that follow are not shown, in filter/');
  expect(out).not.toMatch(/could not be read|NOT-SHOWN/);
});

test('what stands for rules that are not shown is no rule that a packet meets', async () => {
  const cut = node.slice(0, node.indexOf('-A KUBE-SERVICES -d'));
  const packet = 'tcp 10.244.1.9 -> 10.96.0.10:80';
  const { out } = await kubenat(['trace', '--rules', 'dump', '--packet', packet], { dump: cut });
  expect(out).toContain('the rules that follow are not shown (in nat/KUBE-SERVICES)');
  expect(out).not.toContain('NOT-SHOWN');
});

/** What stands for them is nobody's rule, and of what is not shown nobody says that it is missing, or that packets met it. */
test('diff counts no rule for those that are not shown, and says where they are', async () => {
  const cut = node.slice(0, node.indexOf('-A KUBE-SEP-'));
  const only = ['--only', 'tcp 10.244.1.9:40000 -> 10.96.0.10:80 from pod'];
  const { out, status } = await kubenat(['diff', ...only, '--scope', 'kube-proxy', 'node', 'cut'], {
    node,
    cut,
  });
  expect(status).toBe(1);
  expect(out).toMatch(/^Note: cut does not show all rules of .*nat INPUT/m);
  expect(out).not.toMatch(/NOT-SHOWN|rules of others|class(?:es)? of packets change fate/);
});

/** `kubectl apply` validates strictly unless it is told otherwise; clients that do not have the field passed over. */
test('of a field that the API does not know both is said that becomes of the object', async () => {
  const text =
    'apiVersion: v1\nkind: Service\nmetadata: { name: web, lables: {} }\nspec: { ports: [{ port: 80 }] }\n';
  const { out } = await kubenat(['check', 'web.yaml'], { 'web.yaml': text });
  expect(out).toMatch(/field-unknown\]: .*passes it over, or refuses the object \(kubectl apply does so/);
});

/** A node port has no address that would tell its families apart. */
test('what cuts off a node port in both families is said once', async () => {
  const node = readFileSync(join(fixtures, 'conformance/nftables/1.36.3/dual-stack-v4.nft'), 'utf8');
  const base = 'type filter hook forward priority filter; policy drop;';
  const text = `${node}table inet fw {\n\tchain f {\n\t\t${base}\n\t}\n}\n`;
  const { out } = await kubenat(['check', 'dump'], { dump: text });
  expect(out.match(/also at node port .*/g)).toEqual([
    'also at node port 30080 from pods of this node, from outside',
  ]);
});

test('of joined dumps each line says of which family it is', async () => {
  const recorded = (name: string) =>
    readFileSync(join(fixtures, 'conformance/named', name, 'iptables.save'), 'utf8');
  const { out } = await kubenat(['check', 'both'], {
    both: recorded('cluster-ip') + recorded('ipv6-cluster-ip'),
  });
  expect(out).toMatch(/^both, IPv4: no findings;.*\n(?:.*\n)*both, IPv6: no findings;/);
});

/** A port of the node is called the same in both families, and each of them has a rule for it. */
test('what both families tell of one port of the node is said of the line of each, and counted as often', async () => {
  const text = readFileSync(join(fixtures, 'conformance/nftables/1.37.2/dual-stack-v4.nft'), 'utf8');
  const { out } = await kubenat(['check', 'node'], { node: text.replaceAll('\t\tjump services\n', '') });
  expect(out.match(/from pods of this node(?:,|$|:| \()/gm)).toHaveLength(4);
  const said = out.match(/from (?:pods of this node|the node itself|outside)(?=[,:\n ])/g);
  expect(out).toContain(`(${said?.length} ways)`);
});
