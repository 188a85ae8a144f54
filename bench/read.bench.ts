// Reads the dump of a large kube-proxy, in the order in which iptables-save prints it and in kube-proxy's own, beside
// iptables' own check of it and beside moo's bare lexing of it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lexer } from '../src/grammar/dump-lexer.ts';
import { buildCluster, parsePrefix, readManifests } from '../src/index.ts';
import { DumpWriter, type Spelling } from '../src/iptables/dump/dump-writer.ts';
import { readDump } from '../src/iptables/dump/read.ts';
import { writeDump } from '../src/iptables/dump/write.ts';
import { defaultProxyConfig } from '../src/kube/cluster/config.ts';
import { writeNode } from '../src/proxy/compile-node.ts';
import { generateCluster } from './generate.ts';
import { best, row } from './measure.ts';

/**
 * What kube-proxy makes of services with ten endpoints each: 43 lines per service. A cluster of more than 1,000
 * endpoints has no comments on their rules.
 */
function proxyDump(services: number, spelling: Spelling): string {
  const { objects } = readManifests([{ name: 'bench.json', text: generateCluster(services, 10).json }]);
  const pods = parsePrefix('10.128.0.0/9');
  const config = { ...defaultProxyConfig, clusterPrefixes: pods ? [pods] : [] };
  const writer = new DumpWriter(spelling);
  writeNode(writer, buildCluster(objects).cluster, { node: 'node-0000', config });
  return new TextDecoder().decode(writer.finish());
}

function read(text: string): void {
  readDump({ name: 'dump', text }, { family: 'ipv4' });
}

function lexAll(text: string): void {
  for (const line of text.split('\n')) {
    lexer.reset(line);
    while (lexer.next());
  }
}

interface Times {
  /** Both in milliseconds. */
  readonly wall: number;
  readonly cpu: number;
}

function timeRead(text: string): Times {
  const before = process.cpuUsage();
  const start = performance.now();
  read(text);
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

/** Undefined where iptables is not installed, or namespaces cannot be made. */
function timeLegacy(file: string): Times | undefined {
  const start = performance.now();
  const command = `unshare -n iptables-legacy-restore --test '${file}' && times`;
  const { status, stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  const wall = performance.now() - start;
  // The second line is of the shell's children: `0m3.96s 0m0.05s`, user and system.
  const [user = 0, system = 0] = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return status === 0 ? { wall, cpu: (user + system) * 1000 } : undefined;
}

const least = (times: readonly Times[], key: keyof Times) => Math.min(...times.map((one) => one[key]));

const folder = mkdtempSync(join(tmpdir(), 'kubenat-'));

/** The file with the text. */
function fileOf(text: string): string {
  const file = join(folder, 'dump');
  writeFileSync(file, text);
  return file;
}

/** In turns, so that a busy machine hinders both; and by processor time, which a busy machine changes less. */
function compare(name: string, text: string): void {
  const file = fileOf(text);
  const reads: Times[] = [];
  const legacies: Times[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    reads.push(timeRead(text), timeRead(text));
    const legacy = timeLegacy(file);
    if (legacy) legacies.push(legacy);
  }
  if (legacies.length === 0) return;
  const against = 'iptables-legacy-restore --test';
  row(name, least(reads, 'wall'), against, least(legacies, 'wall'), 0.25);
  row(`${name}, processor time`, least(reads, 'cpu'), against, least(legacies, 'cpu'));
}

/** Bytes that a process of its own takes for reading the file, text included. */
function peakOf(file: string): number {
  const program = `
    import { readFileSync } from 'node:fs';
    const { readDump } = await import(${JSON.stringify(new URL('../src/iptables/dump/read.js', import.meta.url).href)});
    const before = process.memoryUsage.rss();
    readDump({ name: 'dump', text: readFileSync(process.argv[1], 'utf8') }, { family: 'ipv4' });
    console.log(process.resourceUsage().maxRSS * 1024 - before);`;
  const args = ['--input-type=module', '--eval', program, file];
  return Number(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout);
}

const large = proxyDump(10_000, 'save');
console.log(`${large.split('\n').length} lines, ${(large.length / 1e6).toFixed(0)} MB`);
console.log(`peak memory ${(peakOf(fileOf(large)) / large.length).toFixed(1)} x the file (at most 12)`);
const first = best(2, () => read(large));
row(
  'read',
  first,
  "moo's bare lexing",
  best(1, () => lexAll(large)),
  3,
);
const small = proxyDump(1_000, 'save');
row('read', first, '10 x a tenth of it', 10 * best(3, () => read(small)));
const { ruleset } = readDump({ name: 'dump', text: large }, { family: 'ipv4' });
row(
  'write',
  best(3, () => writeDump(ruleset)),
  'read',
  first,
);
compare('read', large);
compare("read, in kube-proxy's order", proxyDump(10_000, 'restore'));
rmSync(folder, { recursive: true });
