import { expect, test } from 'vitest';
import { formatAddress } from '../../src/address/address.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { objectsOf, problemsOf, readingOf, summary } from './texts.ts';

function rowsOf(text: string): object[] {
  return objectsOf(text).map((row) => {
    if (row.kind !== 'ServiceRow') return row;
    const { namespace, name, type, clusterAddress, external, absent, ports } = row;
    const spelled = ports.map(
      ({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`,
    );
    const cluster = clusterAddress === null ? null : formatAddress(clusterAddress);
    const outside = external.map((entry) => (typeof entry === 'string' ? entry : formatAddress(entry)));
    return { namespace, name, type, cluster, external: outside, absent, ports: spelled.join() };
  });
}

/** As kubectl before 1.8 printed it: no types, `<nodes>` for node ports. */
const old = `NAME           CLUSTER-IP    EXTERNAL-IP     PORT(S)                      AGE
service-test   10.3.241.52   35.184.97.156   80:32213/TCP                 5m
kubernetes     10.3.240.1    <none>          443/TCP                      1h
web            10.3.240.9    <nodes>         80:30080/TCP,443:30443/TCP   1h
`;

test('a table without types is read', () => {
  const common = { namespace: '', type: null };
  expect(rowsOf(old)).toEqual([
    {
      ...common,
      name: 'service-test',
      cluster: '10.3.241.52',
      external: ['35.184.97.156'],
      absent: null,
      ports: '80:32213/TCP',
    },
    { ...common, name: 'kubernetes', cluster: '10.3.240.1', external: [], absent: 'none', ports: '443/TCP' },
    {
      ...common,
      name: 'web',
      cluster: '10.3.240.9',
      external: [],
      absent: 'nodes',
      ports: '80:30080/TCP,443:30443/TCP',
    },
  ]);
});

/** `kubectl get services -A -o wide` of a cluster of today. */
const wide = `NAMESPACE     NAME         TYPE           CLUSTER-IP       EXTERNAL-IP                 PORT(S)                  AGE   SELECTOR
default       db           ExternalName   <none>           db.example.com              <none>                   9d    <none>
default       kubernetes   ClusterIP      10.96.0.1        <none>                      443/TCP                  9d    <none>
ingress       nginx        LoadBalancer   10.103.10.141    203.0.113.80,2001:db8::80   80:31080/TCP             9d    app=nginx,tier=edge
ingress       waiting      LoadBalancer   fd00:10:96::a1   <pending>                   80:31081/TCP             9d    app=waiting
kube-system   kube-dns     ClusterIP      None             <none>                      53/UDP,53/TCP,9153/TCP   9d    k8s-app=kube-dns
`;

test('a table with namespaces, types and selectors is read', () => {
  expect(rowsOf(wide)).toEqual([
    {
      namespace: 'default',
      name: 'db',
      type: 'ExternalName',
      cluster: null,
      external: ['db.example.com'],
      absent: null,
      ports: '',
    },
    {
      namespace: 'default',
      name: 'kubernetes',
      type: 'ClusterIP',
      cluster: '10.96.0.1',
      external: [],
      absent: 'none',
      ports: '443/TCP',
    },
    {
      namespace: 'ingress',
      name: 'nginx',
      type: 'LoadBalancer',
      cluster: '10.103.10.141',
      external: ['203.0.113.80', '2001:db8::80'],
      absent: null,
      ports: '80:31080/TCP',
    },
    {
      namespace: 'ingress',
      name: 'waiting',
      type: 'LoadBalancer',
      cluster: 'fd00:10:96::a1',
      external: [],
      absent: 'pending',
      ports: '80:31081/TCP',
    },
    {
      namespace: 'kube-system',
      name: 'kube-dns',
      type: 'ClusterIP',
      cluster: null,
      external: [],
      absent: 'none',
      ports: '53/UDP,53/TCP,9153/TCP',
    },
  ]);
  const [, , nginx] = objectsOf(wide);
  expect(nginx).toMatchObject({ selector: { app: 'nginx', tier: 'edge' }, headless: false });
  expect(objectsOf(wide)[4]).toMatchObject({ headless: true });
});

test('endpoints are read, and how many are left out', () => {
  const text = `NAME   ENDPOINTS                                          AGE
a      10.244.1.5:8080,10.244.2.7:8080 + 3 more...   9d
b      <none>                                             9d
c      [fd00::1]:80,fd00::2:80                            9d
`;
  const [a, b, c] = objectsOf(text);
  expect(a).toMatchObject({ name: 'a', omitted: 3, endpoints: [{ port: 8080 }, { port: 8080 }] });
  expect(b).toMatchObject({ name: 'b', omitted: 0, endpoints: [] });
  expect(c).toMatchObject({
    endpoints: [{ address: (0xfd00n << 112n) | 1n, port: 80 }, { address: (0xfd00n << 112n) | 2n }],
  });
});

test('nodes are read, with addresses where they are printed', () => {
  const text = `NAME   STATUS                     ROLES           AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE                         KERNEL-VERSION   CONTAINER-RUNTIME
n1     Ready                      control-plane   9d    v1.30.1   10.100.0.2    <none>        Debian GNU/Linux 12 (bookworm)   6.1.0-18-amd64   containerd://1.7.13
n2     Ready,SchedulingDisabled   <none>          9d    v1.30.1   10.100.0.3    203.0.113.3   Debian GNU/Linux 12 (bookworm)   6.1.0-18-amd64   containerd://1.7.13
`;
  const nodes = readingOf([text]).cluster.nodes;
  expect(
    nodes.map(({ name, internalAddresses, externalAddresses }) => [
      name,
      ...internalAddresses.map(formatAddress),
      ...externalAddresses.map(formatAddress),
    ]),
  ).toEqual([
    ['n1', '10.100.0.2'],
    ['n2', '10.100.0.3', '203.0.113.3'],
  ]);
  const [plain] = objectsOf('NAME  STATUS  ROLES  AGE  VERSION\nn1  Ready  <none>  9d  v1.30.1\n');
  expect(plain).toMatchObject({ kind: 'NodeRow', name: 'n1', internalAddress: null });
});

test('several tables in one text, as `kubectl get services,endpoints` prints them', () => {
  const text = `NAME        TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
service/a   ClusterIP   10.96.0.9    <none>        80/TCP    1d

NAME          ENDPOINTS         AGE
endpoints/a   10.244.1.5:8080   1d
`;
  expect(objectsOf(text).map(({ kind, name }) => [kind, name])).toEqual([
    ['ServiceRow', 'a'],
    ['EndpointsRow', 'a'],
  ]);
});

test('what `kubectl get all` prints beside Services is passed over, and said', () => {
  const text = `NAME        READY   STATUS    RESTARTS      AGE
pod/web-0   1/1     Running   2 (3d ago)   9d

NAME          TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
service/web   ClusterIP   10.96.0.9    <none>        80/TCP    9d
`;
  expect(objectsOf(text).map(({ kind }) => kind)).toEqual(['UnreadRow', 'ServiceRow']);
  expect(problemsOf(text).map((problem) => [summary(problem), problem.severity])).toEqual([
    ['1:1 table-syntax', 'note'],
  ]);
});

const header = 'NAME  TYPE  CLUSTER-IP  EXTERNAL-IP  PORT(S)  AGE\n';

test.each([
  ['a cell too few', `${header}a  ClusterIP  10.96.0.1  <none>  80/TCP\n`, '2:1 table-syntax'],
  ['a type that is none', `${header}a  Cluster  10.96.0.1  <none>  80/TCP  1d\n`, '2:4 field-value'],
  [
    'an address that is none',
    `${header}a  ClusterIP  10.96.0.256  <none>  80/TCP  1d\n`,
    '2:15 address-syntax',
  ],
  ['a port above 65535', `${header}a  ClusterIP  10.96.0.1  <none>  80000/TCP  1d\n`, '2:34 port-range'],
  ['a port that is none', `${header}a  ClusterIP  10.96.0.1  <none>  80/HTTP  1d\n`, '2:34 port-range'],
  ['a name that is none', `${header}A_b  ClusterIP  10.96.0.1  <none>  80/TCP  1d\n`, '2:1 name-syntax'],
  ['a comma without a port', `${header}a  ClusterIP  10.96.0.1  <none>  80/TCP,  1d\n`, '2:41 table-syntax'],
  ['a table of something else', 'NAME   STATUS   AGE\na      Ready    1d\n', '1:1 table-syntax'],
  [
    'a node without an address',
    'NAME  ROLES  VERSION  INTERNAL-IP\na  <none>  v1.30.0  nowhere\n',
    '2:21 address-syntax',
  ],
  ['a table of slices', 'NAME  ADDRESSTYPE  PORTS  ENDPOINTS  AGE\n', '1:1 table-syntax'],
  ['an endpoint that is none', 'NAME  ENDPOINTS  AGE\na  10.244.0.1:http  1d\n', '2:4 address-syntax'],
])('%s is refused with its place', (_, text, expected) => {
  expect(problemsOf(text).map(summary)).toEqual([expected]);
});

test.each(['...', '…', '[...]', '<snip>'])('rows left out with %s are not known, and said so', (omission) => {
  const table = `NAME   ENDPOINTS       AGE\nweb    10.0.0.1:80     5d\n${omission}\napi    10.0.0.2:80     5d\n`;
  const { objects, problems } = readManifests([{ name: 'table', text: table }]);
  expect(objects.map(({ kind }) => kind)).toEqual(['EndpointsRow', 'UnreadRow', 'EndpointsRow']);
  expect(problems.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning table-syntax']);
});
