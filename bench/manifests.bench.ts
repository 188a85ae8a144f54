// Reads 10,000 Services with their EndpointSlices as kubectl prints them, as YAML beside the same as JSON, and a tenth of it by the
// library alone, which is what reads the rest of YAML.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { generateCluster } from './generate.ts';
import { row } from './measure.ts';

interface Taken {
  /** Milliseconds of processor time, in a process that reads for the first time. */
  readonly time: number;
  /** Bytes at the peak, the text included. */
  readonly peak: number;
}

const reader = new URL('../src/kube/manifest/read.js', import.meta.url).href;
const files = new URL('../src/files/read-text.js', import.meta.url).href;

function take(file: string): Taken {
  const program = `
    const { readText } = await import(${JSON.stringify(files)});
    const { readManifests } = await import(${JSON.stringify(reader)});
    const [file] = process.argv.slice(1);
    const [start, before] = [process.cpuUsage(), process.memoryUsage.rss()];
    readManifests([{ name: file, text: readText(file) }]);
    const { user, system } = process.cpuUsage(start);
    console.log(JSON.stringify({ time: (user + system) / 1000, peak: process.resourceUsage().maxRSS * 1024 - before }));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, file], {
    encoding: 'utf8',
  });
  return JSON.parse(stdout);
}

const least = (taken: readonly Taken[], key: keyof Taken) => Math.min(...taken.map((one) => one[key]));

/** As kubectl prints a List. */
function yamlOf(items: readonly unknown[]): string {
  const style = { indentSeq: false, schema: 'yaml-1.1', aliasDuplicateObjects: false, lineWidth: 0 } as const;
  const entries = items.map((item) => `- ${stringify(item, style).trimEnd().replaceAll('\n', '\n  ')}\n`);
  return `apiVersion: v1\nitems:\n${entries.join('')}kind: List\nmetadata:\n  resourceVersion: ""\n`;
}

const folder = mkdtempSync(join(tmpdir(), 'kubenat-'));
const { json } = generateCluster(10_000, 3);
const { items } = JSON.parse(json) as { items: readonly unknown[] };
const yaml = yamlOf(items);
const [asYaml, asJson] = ['cluster.yaml', 'cluster.json'].map((name) => join(folder, name)) as [
  string,
  string,
];
writeFileSync(asYaml, yaml);
writeFileSync(asJson, json);
const yamls: Taken[] = [];
const jsons: Taken[] = [];
for (let turn = 0; turn < 5; turn += 1) {
  yamls.push(take(asYaml));
  jsons.push(take(asJson));
}
rmSync(folder, { recursive: true });
console.log(`${(yaml.length / 1e6).toFixed(0)} MB, ${items.length} objects`);
row('read YAML, processor time', least(yamls, 'time'), 'the same as JSON', least(jsons, 'time'));
const start = process.cpuUsage();
parseAllDocuments(yamlOf(items.slice(0, items.length / 10)));
const { user, system } = process.cpuUsage(start);
row('read YAML, processor time', least(yamls, 'time'), '10 x a tenth by the library', (user + system) / 100);
console.log(
  `peak memory ${(least(yamls, 'peak') / yaml.length).toFixed(1)} x the file; as JSON ${(least(jsons, 'peak') / json.length).toFixed(1)} x`,
);
