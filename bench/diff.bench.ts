// One service changed among many, from two rule sets in memory; fingerprints are made while reading.
import { performance } from 'node:perf_hooks';
import { comparePackets } from '../src/compare/compare.ts';
import { fingerprint } from '../src/compare/rules/fingerprint.ts';
import { buildHost, hostFieldsOf } from '../src/host/build.ts';
import { buildCluster, compileNode, readManifests } from '../src/index.ts';
import { generateCluster } from './generate.ts';

const kept: object[] = [];

function timed<T>(name: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  console.log(`${name.padEnd(52)} ${(performance.now() - start).toFixed(0).padStart(6)} ms`);
  return result;
}

for (const services of [1_000, 10_000]) {
  const { json } = generateCluster(services, 10);
  const load = (text: string) => {
    const { objects } = readManifests([{ name: 'bench.json', text }]);
    return compileNode(buildCluster(objects).cluster, { node: 'node-0000' });
  };
  const changed = JSON.parse(json) as { items: { kind: string; endpoints?: object[] }[] };
  changed.items.findLast(({ kind }) => kind === 'EndpointSlice')?.endpoints?.pop();
  const [before, same, after] = [load(json), load(json), load(JSON.stringify(changed))];
  const { node, family } = before;
  const host = buildHost(family, [hostFieldsOf(node, family)]);
  timed(`${services} services, fingerprints of three`, () =>
    [before, same, after].map(({ ruleset }) => fingerprint(ruleset)),
  );
  kept.push(before, same, after);
  const heap = process.memoryUsage().heapUsed;
  timed(`${services} services, equal (at most 200 ms)`, () =>
    comparePackets(before.ruleset, same.ruleset, host),
  );
  const result = timed(`${services} services, one endpoint less (at most 1000 ms)`, () =>
    comparePackets(before.ruleset, after.ruleset, host),
  );
  const more = (process.memoryUsage().heapUsed - heap) / 2 ** 20;
  console.log(`  ${result.classes.length} classes of ${result.looked} cells, ${more.toFixed(0)} MiB more`);
}
