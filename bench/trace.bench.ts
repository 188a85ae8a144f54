import { buildHost, hostFieldsOf } from '../src/host/build.ts';
import { buildCluster, compileNode, readManifests } from '../src/index.ts';
import { Interpreter } from '../src/packet/interpreter.ts';
import type { Packet } from '../src/packet/packet.ts';
import { buildProgram } from '../src/packet/program.ts';
import { generateCluster } from './generate.ts';
import { best, row } from './measure.ts';

const count = 1_000_000;
const family = 'ipv4';

/** An interpreter of one node's rules, and first packets to its services from clients outside and from pods. */
function prepare(services: number) {
  const { json } = generateCluster(services, 3);
  const { objects } = readManifests([{ name: 'cluster.json', text: json }]);
  const { cluster } = buildCluster(objects);
  const { ruleset, node } = compileNode(cluster, { node: 'node-0000', family });
  const host = buildHost(family, [hostFieldsOf(node, family)]);
  const addresses = cluster.services.map(({ clusterAddresses }) => clusterAddresses[0] as number);
  const packets = Array.from({ length: count }, (_, index) => packet(addresses, index));
  const interpreter = new Interpreter(buildProgram(ruleset), host);
  return { packets, interpreter };
}

/** Spread by a multiplication, the same in every run. */
function packet(addresses: readonly number[], index: number): Packet {
  const spread = Math.imul(index, 0x9e3779b1) >>> 0;
  const pod = index % 4 === 0;
  return {
    protocol: 6,
    source: pod ? 0x0a800000 + 2 + (spread % 200) : 0xcb007100 + (spread % 250),
    destination: addresses[spread % addresses.length] as number,
    sourcePort: 1024 + (spread % 60_000),
    destinationPort: index % 50 === 0 ? 81 : 80,
    from: pod ? 'pod' : 'external',
    flags: 2,
    icmp: { type: 8, code: 0 },
    state: null,
  };
}

const few = prepare(10);
const many = prepare(10_000);

function walkAll({ packets, interpreter }: ReturnType<typeof prepare>): void {
  let ways = 0;
  for (const one of packets) ways += interpreter.outcomes(one).length;
  if (ways < count) throw new Error('packets without an outcome');
}

// In turns, so that whatever else the machine does falls on both.
let [least, most] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
for (let round = 0; round < 8; round += 1) {
  least = Math.min(
    least,
    best(1, () => walkAll(few)),
  );
  most = Math.min(
    most,
    best(1, () => walkAll(many)),
  );
}
console.log(`${count} first packets, with all outcomes; one core`);
row('10 services', least, 'one second', 1000);
row('10,000 services', most, 'one second', 1000, 1);
row('10,000 services', most, '10 services', least, 1.5);
