import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeDump } from '../../src/dump/write.ts';
import { buildCluster, compileNode, readManifests } from '../../src/index.ts';

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1' },
  spec: { podCIDR: '10.244.1.0/24' },
  status: { addresses: [{ type: 'InternalIP', address: '192.168.10.11' }] },
};

interface Wanted {
  readonly name: string;
  readonly type: string;
  readonly ports: number;
  readonly replicas: number;
  readonly local: boolean;
  readonly sticky: boolean;
}

/** A Service that leaves all it can to the API server, and a Deployment for its pods. */
function objectsOf({ name, type, ports, replicas, local, sticky }: Wanted): object[] {
  const labels = { app: name };
  const exposed = type !== 'ClusterIP' && local ? { externalTrafficPolicy: 'Local' } : {};
  const spec = {
    type,
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
      kind: 'Deployment',
      metadata: { name },
      spec: { replicas, selector: { matchLabels: labels }, template },
    },
  ];
}

function compiled(wanted: readonly Wanted[]) {
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [node, ...wanted.flatMap(objectsOf)],
  });
  const { cluster, problems } = buildCluster(readManifests([{ name: 'in', text }]).objects, {});
  const collided = problems.some(({ message }) => /another has what the hash/.test(message));
  return { lines: writeDump(compileNode(cluster).ruleset).split('\n'), collided };
}

const service = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/),
  type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
  ports: fc.integer({ min: 1, max: 3 }),
  replicas: fc.integer({ min: 0, max: 4 }),
  local: fc.boolean(),
  sticky: fc.boolean(),
});
const services = fc.uniqueArray(service, { minLength: 1, maxLength: 6, selector: ({ name }) => name });

test('adding a service changes no line that does not mention it', () => {
  fc.assert(
    fc.property(services, fc.nat(), (wanted, pick) => {
      const added = wanted[pick % wanted.length] as Wanted;
      const before = compiled(wanted.filter((each) => each !== added));
      const after = compiled(wanted);
      fc.pre(!before.collided && !after.collided);
      const names = new RegExp(`"default/${added.name}[:" ]|to default/${added.name}[:" ]`);
      const own = after.lines.filter((line) => names.test(line)).join('\n');
      const chains = new Set(own.match(/KUBE-(?:SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}/g));
      const mentions = (line: string) =>
        names.test(line) ||
        [...line.matchAll(/KUBE-[A-Z]+-[A-Z2-7]{16}/g)].some(([chain]) => chains.has(chain));
      expect(after.lines.filter((line) => !mentions(line))).toEqual(before.lines);
    }),
    { numRuns: 60 },
  );
});
