// What check takes beside fmt, of one dump and of one ruleset of nft: 10,000 services, in processes of their own, by processor time.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCluster, readManifests } from '../src/index.ts';
import { DumpWriter } from '../src/iptables/dump/dump-writer.ts';
import { writeNode } from '../src/proxy/compile-node.ts';
import { generateCluster } from './generate.ts';
import { row } from './measure.ts';

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const confess =
  'data:text/javascript,process.on("exit",()=>{const{userCPUTime:u,systemCPUTime:s}=process.resourceUsage();console.error("cpu",u+s)})';

/** Milliseconds of the processor, of the best of three. */
function cpuOf(command: string, file: string): number {
  const runs = [1, 2, 3].map(() => {
    const args = ['--import', confess, main, command, file];
    const { stderr } = spawnSync(process.execPath, args, { maxBuffer: 2 ** 30, encoding: 'utf8' });
    return Number(/^cpu (\d+)$/m.exec(stderr)?.[1]) / 1000;
  });
  return Math.min(...runs);
}

/** The file of what kube-proxy writes of a cluster in nftables mode. */
function nftablesOf(json: string, endpoints: number): string {
  const manifests = join(folder, `${endpoints}.json`);
  writeFileSync(manifests, json);
  const args = [main, 'compile', '--mode', 'nftables', '--node', 'node-0000', manifests];
  const { stdout } = spawnSync(process.execPath, args, { maxBuffer: 2 ** 30, encoding: 'utf8' });
  const file = join(folder, `${endpoints}.nft`);
  writeFileSync(file, stdout);
  return file;
}

const folder = mkdtempSync(join(tmpdir(), 'kubenat-bench-'));
try {
  for (const endpoints of [1, 10]) {
    const { json } = generateCluster(10_000, endpoints);
    const { objects } = readManifests([{ name: 'bench.json', text: json }]);
    const writer = new DumpWriter();
    writeNode(writer, buildCluster(objects).cluster, { node: 'node-0000' });
    const file = join(folder, `${endpoints}.save`);
    writeFileSync(file, writer.finish());
    row(`check of 10,000 services x ${endpoints}`, cpuOf('check', file), 'fmt', cpuOf('fmt', file), 1.5);
    const nft = nftablesOf(json, endpoints);
    row(`check in nftables mode x ${endpoints}`, cpuOf('check', nft), 'fmt', cpuOf('fmt', nft), 1.5);
  }
} finally {
  rmSync(folder, { recursive: true });
}
