import fc from 'fast-check';
import { expect, test } from 'vitest';
import { families } from '../../src/address/address.ts';
import { parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { buildCluster, compileNode, readManifests } from '../../src/index.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';

function node(number: number): object {
  const podCIDRs = [`10.244.${number}.0/24`, `fd00:244:${number}::/64`];
  const addresses = [`192.168.10.1${number}`, `fd00:10::1${number}`];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${number}` },
    spec: { podCIDR: podCIDRs[0], podCIDRs },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  };
}

interface Wanted {
  readonly name: string;
  readonly type: string;
  readonly policy: string;
  readonly workload: string;
  readonly ports: number;
  readonly replicas: number;
  readonly local: boolean;
  readonly sticky: boolean;
}

/** A Service that leaves all it can to the API server, and a workload for its pods. */
function objectsOf({ name, type, policy, workload, ports, replicas, local, sticky }: Wanted): object[] {
  const labels = { app: name };
  const exposed = type !== 'ClusterIP' && local ? { externalTrafficPolicy: 'Local' } : {};
  const spec = {
    type,
    ipFamilyPolicy: policy,
    selector: labels,
    ports: Array.from({ length: ports }, (_, index) => ({ name: `p${index}`, port: 80 + index })),
    sessionAffinity: sticky ? 'ClientIP' : 'None',
    ...exposed,
  };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec },
    {
      apiVersion: 'apps/v1',
      kind: workload,
      metadata: { name },
      spec: { replicas, selector: { matchLabels: labels }, template },
    },
  ];
}

const loadBalancerCidrs = ['203.0.113.0/24', '2001:db8::/112'].map((text) => parsePrefix(text) as Subnet);

function compiled(wanted: readonly Wanted[]) {
  const items = [node(1), node(2), ...wanted.flatMap(objectsOf)];
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { cluster, problems } = buildCluster(readManifests([{ name: 'in', text }]).objects, {
    loadBalancerCidrs,
  });
  const collided = problems.some(({ message }) => /another has what the hash/.test(message));
  const lines = families.map((family) =>
    writeDump(compileNode(cluster, { family, node: 'node-1' }).ruleset).split('\n'),
  );
  return { lines, collided };
}

const service = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/),
  type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
  policy: fc.constantFrom('SingleStack', 'PreferDualStack'),
  workload: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'),
  ports: fc.integer({ min: 1, max: 3 }),
  replicas: fc.integer({ min: 0, max: 4 }),
  local: fc.boolean(),
  sticky: fc.boolean(),
});
const services = fc.uniqueArray(service, { minLength: 1, maxLength: 6, selector: ({ name }) => name });

/** The lines that speak neither of the service nor of chains that are its own. */
function withoutService(lines: readonly string[], name: string): string[] {
  const names = new RegExp(`"default/${name}[:" ]|(?:to|for) default/${name}[:" ]`);
  const own = lines.filter((line) => names.test(line)).join('\n');
  const chains = new Set(own.match(/KUBE-(?:SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}/g));
  const mentions = (line: string) =>
    names.test(line) || [...line.matchAll(/KUBE-[A-Z]+-[A-Z2-7]{16}/g)].some(([chain]) => chains.has(chain));
  return lines.filter((line) => !mentions(line));
}

test('adding or removing a service changes no line that does not mention it, in either family', () => {
  fc.assert(
    fc.property(services, fc.nat(), (wanted, pick) => {
      const one = wanted[pick % wanted.length] as Wanted;
      const without = compiled(wanted.filter((each) => each !== one));
      const beside = compiled(wanted);
      fc.pre(!without.collided && !beside.collided);
      expect(beside.lines.map((lines) => withoutService(lines, one.name))).toEqual(without.lines);
    }),
    { numRuns: 60 },
  );
});
