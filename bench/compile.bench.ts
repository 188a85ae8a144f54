// Manifests to rules: 10,000 services with 10 endpoints each, against 120,000 sha256 on the same machine.
import { spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { buildCluster, readManifests } from '../src/index.ts';
import { DumpWriter } from '../src/iptables/dump/dump-writer.ts';
import { writeNode } from '../src/proxy/compile-node.ts';
import { generateCluster } from './generate.ts';
import { best, row } from './measure.ts';

/** As bytes: kube-proxy's names are their base32. As a text of digits they cost a third, which is told, too. */
const hashes = (encoding: 'hex' | 'buffer') =>
  best(3, () => {
    for (let index = 0; index < 120_000; index += 1)
      crypto.hash('sha256', `default/service-${index}tcp10.0.0.1:80`, encoding as 'hex');
  });
const reference = hashes('buffer');
console.log(`120,000 sha256: ${reference.toFixed(0)} ms; as digits ${hashes('hex').toFixed(0)} ms`);

for (const services of [1_000, 10_000]) {
  const { json } = generateCluster(services, 10);
  const { objects } = readManifests([{ name: 'bench.json', text: json }]);
  const { cluster } = buildCluster(objects);
  const share = services / 10_000;
  const inMemory = best(3, () => {
    const writer = new DumpWriter();
    writeNode(writer, cluster, { node: 'node-0000' });
    writer.finish();
  });
  row(`${services} services, objects to rules`, inMemory, 'sha256', reference * share, 7);
}

const folder = mkdtempSync(join(tmpdir(), 'kubenat-bench-'));
try {
  const { json } = generateCluster(10_000, 10);
  // Another yardstick, of what a process does most: it allocates.
  console.log(`JSON.parse of the list: ${best(3, () => JSON.parse(json)).toFixed(0)} ms`);
  const file = join(folder, 'cluster.json');
  writeFileSync(file, json);
  row('the command, from JSON', timeCommand(file), 'sha256', reference, 15);
  const yamlFile = join(folder, 'cluster.yaml');
  writeFileSync(yamlFile, stringify(JSON.parse(json)));
  console.log(`the command, from YAML: ${timeCommand(yamlFile).toFixed(0)} ms (at most 8000)`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Milliseconds of the whole process, and its peak memory, which it is made to say when it ends. */
function timeCommand(file: string): number {
  const main = join(import.meta.dirname, '../../dist/cli/main.js');
  const confess =
    'data:text/javascript,process.on("exit",()=>console.error("peak",process.resourceUsage().maxRSS))';
  let stderr = '';
  const elapsed = best(3, () => {
    const args = ['--import', confess, main, 'compile', '--node', 'node-0000', file];
    ({ stderr } = spawnSync(process.execPath, args, { maxBuffer: 2 ** 30, encoding: 'utf8' }));
  });
  const peak = Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024;
  console.log(`  peak memory ${peak.toFixed(0)} MiB`);
  return elapsed;
}
