import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type fc from 'fast-check';
import { readFlows } from '../../src/engine/flows.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { readSets } from '../../src/ipset/set-file.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { readProxyConfig } from '../../src/kube/cluster/config.ts';
import { servicesTable } from '../../src/kube/cluster/services-table.ts';
import { showModel } from '../../src/kube/cluster/show.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { checkRuleset } from '../../src/lint/check.ts';
import { loadNft } from '../../src/nftables/check/load.ts';
import { printRuleset } from '../../src/nftables/print/tables.ts';
import { parseUrl } from '../../src/path/url.ts';
import { compileNode } from '../../src/proxy/compile-node.ts';
import { openCollected } from '../../src/session/collected.ts';
import { readNodeState } from '../../src/session/node-state.ts';
import { openProgram } from '../../src/session/program.ts';
import { refuseErrors } from '../../src/text/problem.ts';
import type { Source } from '../../src/text/source.ts';
import { cases, fixtures, readCase } from '../cases.ts';
import { pathOf } from '../pages.ts';
import { dumpText, manifestText, packetText } from './grammar.ts';
import { mutated } from './mutate.ts';

const gathered = readFileSync(pathOf('fixtures/collected/node.txt'), 'utf8');
/** All but most of the rules. */
const isSection = (line: string, at: number): boolean => !/^(?:-A|\t\t)/.test(line) || at % 6 === 0;

/** Something that reads what anybody may have written. */
export interface Target {
  readonly texts: fc.Arbitrary<string>;
  /** Gives anything, or throws an InputError. What it checks beside that it does by other errors. */
  read(text: string): unknown;
}

const some = cases.filter((_, index) => index % 9 === 0);
const recorded = (file: string) => some.map((one) => readCase(one, file));
const facts = readdirSync(join(fixtures, 'facts'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => readFileSync(join(fixtures, 'facts', name), 'utf8'));
const rulesets = [
  ...readdirSync(join(fixtures, 'nftables/loaded')).filter((name) => name.endsWith('.nft')),
  '../../conformance/nftables/1.36.3/ten-endpoints.nft',
].map((name) => readFileSync(join(fixtures, 'nftables/loaded', name), 'utf8'));
const read = (path: string) => readFileSync(join(fixtures, path), 'utf8');
const source = (text: string) => ({ name: 'input', text });
const host = buildHost('ipv4', []);
const packet = parsePacket(source('tcp 10.0.0.9:4000 -> 10.96.0.10:80 from external'));

/** What is written from a text that was read is read again, and is then the same. */
function readDumpTwice(text: string, backend: 'nft' | 'legacy'): void {
  const { ruleset } = readDump(source(text), { backend });
  const written = writeDump(ruleset);
  const again = writeDump(readDump(source(written), { backend, family: ruleset.family }).ruleset);
  if (again !== written) throw new Error(`reads differently the second time:\n${written}\n${again}`);
  if (ruleset.family === 'ipv4') tracePacket(buildProgram(ruleset, source(text)), host, packet);
  checkRuleset(ruleset);
}

/** What nft lists of it is not always what it would load. */
function readNftRules(text: string): void {
  const { ruleset, problems } = loadNft(source(text));
  refuseErrors(problems);
  printRuleset(ruleset);
  const { family, program } = openProgram({ dumps: [source(text)], objects: [], config: null }, {});
  if (family === 'ipv4') tracePacket(program, host, packet);
}

function compileText(text: string): void {
  const { objects, problems } = readManifests([source(text)]);
  const built = buildCluster(objects, { assumedNode: 'n' });
  refuseErrors([...problems, ...built.problems]);
  showModel(built.cluster);
  servicesTable(built.cluster);
  writeDump(compileNode(built.cluster, { node: 'n' }).ruleset);
}

/** Readers by name. */
export const targets: Readonly<Record<string, Target>> = {
  dump: {
    texts: mutated(
      [...recorded('iptables.save'), ...recorded('kube-proxy.restore')],
      ['-j', '-A', ':KUBE-A - ', '-m '],
    ),
    read: (text) => readDumpTwice(text, 'nft'),
  },
  'dump by grammar': { texts: dumpText, read: (text) => readDumpTwice(text, 'legacy') },
  'ruleset of nft': {
    texts: mutated(rulesets, ['elements = { ', 'jump c', 'comment "', '10.0.0.1 . tcp . 80', '0x00004000']),
    read: readNftRules,
  },
  manifest: {
    texts: mutated(
      [
        ...recorded('cluster.yaml'),
        ...recorded('cluster.yaml').slice(0, 3).map(asJson),
        read('service-test/svc.txt'),
      ],
      ['spec:', '- ', '{}', '[]', 'port: 80', 'name: a'],
    ),
    read: compileText,
  },
  'manifest by grammar': { texts: manifestText, read: compileText },
  configuration: {
    texts: mutated(recorded('kube-proxy.yaml'), ['clusterCIDR: ', 'iptables:', 'mode: ']),
    read: (text) => readProxyConfig(source(text)),
  },
  packet: { texts: packetText, read: (text) => parsePacket(source(text)) },
  flows: {
    texts: mutated(recorded('flows.json').map(withFew), ['"at": 1', '"src": ', '"flags"']),
    read: (text) => readFlows(source(text), 'ipv4'),
  },
  host: {
    texts: mutated(
      [
        'addresses: [10.0.0.1/24]\npodCIDR: 10.1.0.0/16\nuplink: eth0\nroutes: [{to: 10.0.0.0/8, via: 10.0.0.9}]\n',
        ...facts.slice(0, 9),
      ],
      ['addresses', 'sysctls', 'podIf'],
    ),
    read: (text) => buildHost('ipv4', [readHost(source(text), 'ipv4').fields]),
  },
  sets: {
    texts: mutated(
      [
        'create a hash:ip family inet hashsize 1024 maxelem 65536\nadd a 10.0.0.1\ncreate b bitmap:port range 1-9\nadd b 3\ncreate c list:set size 8\nadd c a\n',
      ],
      ['hash:net,port', 'create', 'add a 10.0.0.0/8', 'nomatch', 'timeout 0'],
    ),
    read: (text) => readSets([source(text)]),
  },
  'what a node keeps': {
    texts: mutated(
      ['sets.save', 'sets.list', 'servers.save', 'servers.list'].map((name) =>
        readFileSync(pathOf(`fixtures/ipvs/${name}`), 'utf8'),
      ),
      [
        '-A -t 10.0.0.1:80 -s rr',
        '-a -f 1',
        'TCP  [::1]:1 wrr',
        '  -> 10.0.0.1:1  Masq 1',
        'Name: ',
        'Members:',
      ],
    ),
    read: (text) => readNodeState([source(text)]),
  },
  'what was gathered of a node': {
    texts: mutated(
      [gathered, gathered.split('\n').filter(isSection).join('\n')],
      [
        '# kubenat section: nft list ruleset',
        '# kubenat status: 0',
        '# kubenat status: 127',
        '# kubenat end',
        '*nat',
      ],
    ),
    read: (text) => {
      const rules: readonly Source[] = openCollected(source(text)) ?? [source(text)];
      const [gathered] = rules.flatMap(({ node }) => node ?? []);
      const { family, program } = openProgram({ dumps: rules, objects: [], config: null }, {});
      const fields = (gathered?.host ?? []).map((one) => readHost(one, family).fields);
      if (gathered && gathered.sets.length > 0) readNodeState(gathered.sets);
      if (family === 'ipv4') tracePacket(program, buildHost(family, fields), packet);
    },
  },
  'an answer of kubectl': {
    texts: mutated(
      [
        '$ kubectl get svc -o yaml\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n$ kubectl get nodes\n',
        readFileSync(pathOf('fixtures/kubectl/svc-wide.txt'), 'utf8').slice(0, 2000),
        readFileSync(pathOf('fixtures/kubectl/svc-describe.txt'), 'utf8').slice(0, 2000),
      ],
      [
        '$ kubectl get svc',
        '# kubectl get pods -o wide',
        'NAME   READY',
        'Name:   a',
        '---',
        'apiVersion: v1',
      ],
    ),
    read: (text) => readManifests([source(text)], { namespace: 'shop' }),
  },
  url: {
    texts: mutated(
      ['https://a.example:8443/x/y?z#t', 'http://[fd00::1]/', 'http://10.0.0.1:80'],
      ['//', '%', '@', ':'],
    ),
    read: (text) => parseUrl(text, 0),
  },
};

function asJson(text: string): string {
  const { objects } = readManifests([source(text)]);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: objects.map((one) => 'value' in one && one.value),
  });
}

/** Of as many packets as differ; the cases have a hundred. */
function withFew(text: string): string {
  const flows = JSON.parse(text);
  const packets = flows.packets.filter(
    (_: unknown, at: number) => at % Math.ceil(flows.packets.length / 6) === 0,
  );
  return JSON.stringify({ ...flows, packets }, null, 1);
}
