import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { servicesTable } from '../../src/kube/cluster/services-table.ts';
import { readingOf, serviceOf } from '../manifest/texts.ts';

test('services are printed as kubectl prints them', () => {
  const ports = [{ port: 80 }];
  const { cluster } = readingOf([
    serviceOf({
      clusterIP: '10.96.0.1',
      ports: [
        { port: 443, name: 'a' },
        { port: 53, protocol: 'UDP', name: 'b' },
      ],
    }),
    serviceOf({ clusterIP: 'None', ports }, { name: 'headless', namespace: 'kube-system' }),
    serviceOf({ type: 'ExternalName', externalName: 'db.example.com' }, { name: 'db' }),
    serviceOf(
      {
        type: 'NodePort',
        clusterIP: '10.96.0.2',
        externalIPs: ['203.0.113.1'],
        ports: [{ port: 80, nodePort: 30080 }],
      },
      { name: 'node' },
    ),
    serviceOf(
      { type: 'LoadBalancer', clusterIP: '10.96.0.3', ports: [{ port: 80, nodePort: 30081 }] },
      { name: 'pending' },
    ),
  ]);
  expect(
    servicesTable(cluster),
  ).toBe(`NAMESPACE     NAME       TYPE           CLUSTER-IP   EXTERNAL-IP      PORT(S)
default       db         ExternalName   <none>       db.example.com   <none>
default       node       NodePort       10.96.0.2    203.0.113.1      80:30080/TCP
default       pending    LoadBalancer   10.96.0.3    <pending>        80:30081/TCP
default       web        ClusterIP      10.96.0.1    <none>           443/TCP,53/UDP
kube-system   headless   ClusterIP      None         <none>           80/TCP
`);
});

test('a table that was printed can be read beside the manifests it came from', () => {
  const path = join(import.meta.dirname, '../../fixtures/conformance/named/small-real-cluster/cluster.yaml');
  const text = readFileSync(path, 'utf8');
  const { cluster } = readingOf([text]);
  const again = readingOf([text, servicesTable(cluster)]);
  expect(again.cluster).toEqual(cluster);
  expect(again.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
});
