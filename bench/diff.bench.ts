// One service changed among many, from two rule sets in memory; fingerprints are made while reading.
import { performance } from 'node:perf_hooks';
import { buildHost, hostFieldsOf } from '../src/host/build.ts';
import { buildCluster, compileNode, readManifests } from '../src/index.ts';
import { comparePackets } from '../src/proof/compare.ts';
import { fingerprint } from '../src/proof/rules/fingerprint.ts';
import { generateCluster } from './generate.ts';
import { row } from './measure.ts';

const second = 1000;
const mostMiB = 512;
const kept: object[] = [];

/** Measured once: what a first comparison takes is what a user waits for. */
function timed<T>(work: () => T): { readonly result: T; readonly milliseconds: number } {
  const start = performance.now();
  const result = work();
  return { result, milliseconds: performance.now() - start };
}

let ofFewer: number | null = null;
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
  const prints = timed(() => [before, same, after].map(({ ruleset }) => fingerprint(ruleset)));
  row(`${services} services, fingerprints of three`, prints.milliseconds, 'one second', second);
  kept.push(before, same, after);
  const heap = process.memoryUsage().heapUsed;
  const equal = timed(() => comparePackets(before.ruleset, same.ruleset, host));
  row(`${services} services, equal`, equal.milliseconds, 'one second', second, 0.2);
  const { result, milliseconds } = timed(() => comparePackets(before.ruleset, after.ruleset, host));
  row(`${services} services, one endpoint less`, milliseconds, 'one second', second, 1);
  if (ofFewer !== null)
    row(`${services} services, one endpoint less`, milliseconds, '1,000 services', ofFewer, 3);
  ofFewer = milliseconds;
  const more = (process.memoryUsage().heapUsed - heap) / 2 ** 20;
  const met = more <= mostMiB ? 'met' : 'MISSED';
  console.log(
    `  ${result.classes.length} classes of ${result.looked} cells, ${more.toFixed(0)} MiB more  (at most ${mostMiB}: ${met})`,
  );
}
