import { expect, test } from 'vitest';
import { buildHost, hostFieldsOf } from '../../src/host/build.ts';
import { buildCluster, compileNode, readManifests } from '../../src/index.ts';
import { comparePackets } from '../../src/proof/compare.ts';

const services = 40;
const changed = 24;
const endpoints = 6;

/** Of the first services, one endpoint less. */
function compiled(fewer: number) {
  const items = Array.from({ length: services }, (_, at) => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `s${at}` },
      spec: { clusterIP: `10.96.1.${at + 1}`, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `s${at}-x`, labels: { 'kubernetes.io/service-name': `s${at}` } },
      addressType: 'IPv4',
      ports: [{ port: 8080 }],
      endpoints: Array.from({ length: endpoints - (at < fewer ? 1 : 0) }, (_endpoint, index) => ({
        addresses: [`10.244.${at + 1}.${index + 1}`],
        conditions: { ready: true },
      })),
    },
  ]).flat();
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-a' },
    spec: { podCIDR: '10.244.0.0/24' },
    status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
  };
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [node, ...items] });
  const { objects } = readManifests([{ name: 'list.json', text }]);
  return compileNode(buildCluster(objects).cluster, { node: 'node-a' });
}

test('a change of many services is proved of each, in time that grows with their number', () => {
  const [none, one, many] = [compiled(0), compiled(1), compiled(changed)];
  const host = buildHost('ipv4', [hostFieldsOf(none.node, 'ipv4')]);
  const small = comparePackets(none.ruleset, one.ruleset, host);
  const large = comparePackets(none.ruleset, many.ruleset, host);
  expect(new Set(large.classes.map(({ entry }) => entry.service)).size).toBe(changed);
  expect(large.unproved).toEqual([]);
  expect(large.left).toEqual([]);
  expect(large.looked).toBeLessThanOrEqual(small.looked * changed);
});
