import { type Address, type Family, families } from '../src/address/address.ts';
import { Interpreter } from '../src/engine/interpreter.ts';
import type { Packet } from '../src/engine/packet.ts';
import { buildProgram } from '../src/engine/program.ts';
import { buildHost, hostFieldsOf } from '../src/host/build.ts';
import { buildCluster, compileNode, readManifests } from '../src/index.ts';
import { generateCluster } from './generate.ts';
import { best, bestCpu, row } from './measure.ts';

const count = 1_000_000;

const clients: Readonly<Record<Family, { readonly pod: Address; readonly outside: Address }>> = {
  ipv4: { pod: 0x0a800002, outside: 0xcb007100 },
  ipv6: { pod: 0xfd000010012800000000000000000002n, outside: 0x20010db8011300000000000000000000n },
};

/** An interpreter of one node's rules, and first packets to its services from clients outside and from pods. */
function prepare(services: number, family: Family) {
  const { json } = generateCluster(services, 3);
  const text = family === 'ipv4' ? json : asIPv6(json);
  const { objects } = readManifests([{ name: 'cluster.json', text }]);
  const { cluster } = buildCluster(objects);
  const { ruleset, node } = compileNode(cluster, { node: 'node-0000', family });
  const host = buildHost(family, [hostFieldsOf(node, family)]);
  const addresses = cluster.services.map(({ clusterAddresses }) => clusterAddresses[0] as Address);
  const packets = Array.from({ length: count }, (_, index) => packet(addresses, index, family));
  const interpreter = new Interpreter(buildProgram(ruleset), host);
  return { packets, interpreter };
}

/** The same cluster in the other family: 10.128.5.7 becomes fd00:10:128:5::7. */
function asIPv6(json: string): string {
  return json
    .replace(/"(\d+)\.(\d+)\.(\d+)\.(\d+)(\/24)?"/g, (_all, a, b, c, d, prefix) =>
      JSON.stringify(`fd00:${a}:${b}:${c}::${d}${prefix ? '/64' : ''}`),
    )
    .replaceAll('"IPv4"', '"IPv6"');
}

/** Spread by a multiplication, the same in every run. */
function packet(addresses: readonly Address[], index: number, family: Family): Packet {
  const spread = Math.imul(index, 0x9e3779b1) >>> 0;
  const pod = index % 4 === 0;
  return {
    protocol: 6,
    source: pod ? plus(clients[family].pod, spread % 200) : plus(clients[family].outside, spread % 250),
    destination: addresses[spread % addresses.length] as Address,
    sourcePort: 1024 + (spread % 60_000),
    destinationPort: index % 50 === 0 ? 81 : 80,
    from: pod ? 'pod' : 'external',
    flags: 2,
    icmp: { type: 8, code: 0 },
    state: null,
  };
}

function plus(address: Address, offset: number): Address {
  return typeof address === 'number' ? address + offset : address + BigInt(offset);
}

function walkAll({ packets, interpreter }: ReturnType<typeof prepare>): void {
  let ways = 0;
  for (const one of packets) ways += interpreter.outcomes(one).length;
  if (ways < count) throw new Error('packets without an outcome');
}

function followAll({ packets, interpreter }: ReturnType<typeof prepare>): void {
  let ways = 0;
  for (const one of packets) ways += interpreter.connections(one).length;
  if (ways < count) throw new Error('connections without an outcome');
}

console.log(`${count} connections, each packet of seven walked, against as many first packets; one core`);
for (const family of families) {
  const node = prepare(1_000, family);
  let [first, whole] = [bestCpu(1, () => walkAll(node)), bestCpu(1, () => followAll(node))];
  row(`${family}, 1,000 services, nothing known yet`, whole, 'first packets', first, 6);
  for (let round = 0; round < 4; round += 1) {
    first = Math.min(
      first,
      bestCpu(1, () => walkAll(node)),
    );
    whole = Math.min(
      whole,
      bestCpu(1, () => followAll(node)),
    );
  }
  row(`${family}, 1,000 services`, whole, 'first packets', first, 6);
}

console.log(`${count} first packets, with all outcomes; one core`);
for (const family of families) {
  const few = prepare(10, family);
  const many = prepare(10_000, family);
  const cold = best(1, () => walkAll(many));
  let [least, most] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // In turns, so that whatever else the machine does falls on both.
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
  row(`${family}, 10 services`, least, 'one second', 1000);
  row(`${family}, 10,000 services, nothing known yet`, cold, 'one second', 1000);
  row(`${family}, 10,000 services`, most, 'one second', 1000, 1);
  row(`${family}, 10,000 services`, most, '10 services', least, 1.5);
}
