import { expect, test } from 'vitest';
import { formatEndpoint } from '../../src/address/address.ts';
import { readingOf } from '../manifest/texts.ts';

const service = (name: string, selector: string, target: string | number = 80) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n  selector: {${selector}}\n  ports: [{port: 80, targetPort: ${target}}]\n`;
const containers = 'containers: [{name: c, image: x, ports: [{name: http, containerPort: 8080}]}]';
const template = (labels: string, more = '') =>
  `template: {metadata: {labels: {${labels}}}, spec: {${more}${containers}}}`;

function endpointsOf(name: string, ...texts: string[]): string[] {
  const { cluster } = readingOf([texts.join('---\n')]);
  const ports = cluster.endpoints.get(`default/${name}`) ?? new Map();
  return [...ports.values()].flat().map(({ address, port }) => formatEndpoint(address, port));
}

test('a Pod beside a workload does not hide it, and lacks the port by name', () => {
  const deployment = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: shop}}\n  ${template('app: shop')}\n`;
  const probe =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: probe, labels: {app: shop}}\nspec: {containers: [{name: p, image: y}]}\n';
  expect(endpointsOf('shop', service('shop', 'app: shop', 'http'), deployment, probe)).toHaveLength(2);
  expect(endpointsOf('shop', service('shop', 'app: shop'), deployment, probe)).toHaveLength(3);
});

test.each([
  ['Rollout', 'argoproj.io/v1alpha1'],
  ['CloneSet', 'apps.kruise.io/v1alpha1'],
  ['DeploymentConfig', 'apps.openshift.io/v1'],
])('a %s has pods', (kind, apiVersion) => {
  const custom = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: w}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: w}}\n  ${template('app: w')}\n`;
  const found = endpointsOf('w', service('w', 'app: w', 'http'), custom);
  expect(found.map((text) => text.split(':')[1])).toEqual(['8080', '8080']);
});

test('a Job has pods by the names of its labels, and those of a CronJob run at times only', () => {
  const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  completions: 3\n  parallelism: 5\n  completionMode: Indexed\n  ${template('app: j')}\n`;
  const cron = `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: cj}\nspec:\n  schedule: "* * * * *"\n  jobTemplate: {spec: {${template('app: cj')}}}\n`;
  expect(endpointsOf('j', service('j', 'job-name: j'), job)).toHaveLength(3);
  expect(endpointsOf('j', service('j', 'batch.kubernetes.io/job-name: j'), job)).toHaveLength(3);
  expect(endpointsOf('j', service('j', "batch.kubernetes.io/job-completion-index: '1'"), job)).toHaveLength(
    1,
  );
  const { problems } = readingOf([`${service('cj', 'app: cj')}---\n${cron}`]);
  expect(problems.map(({ message }) => message).join('\n')).toContain(
    'the pods of CronJob cj run at times only',
  );
});

test('a StatefulSet gives each of its pods a label of its own', () => {
  const set = `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  replicas: 3\n  ${template('app: db')}\n`;
  expect(endpointsOf('db', service('db', 'app: db'), set)).toHaveLength(3);
  expect(endpointsOf('db', service('db', 'statefulset.kubernetes.io/pod-name: db-1'), set)).toHaveLength(1);
  expect(endpointsOf('db', service('db', "apps.kubernetes.io/pod-index: '2'"), set)).toHaveLength(1);
});

test('pods run on the nodes that their affinity and tolerations take', () => {
  const node = (name: string, labels: string, spec = '') =>
    `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {${labels}}}\nspec: {podCIDR: 10.244.${name.slice(1)}.0/24${spec}}\n`;
  const nodes = [
    node('n1', 'disk: ssd'),
    node('n2', 'disk: hdd'),
    node('n3', 'disk: ssd', ', taints: [{key: gpu, effect: NoSchedule}]'),
  ];
  const daemon = (spec: string) =>
    `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec:\n  ${template('app: d', spec)}\n`;
  const affinity =
    'affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: NotIn, values: [ssd]}]}]}}}, ';
  const nets = (spec: string) =>
    endpointsOf('d', ...nodes, service('d', 'app: d'), daemon(spec)).map((text) => text.split('.')[2]);
  expect(nets('')).toEqual(['1', '2']);
  expect(nets(affinity)).toEqual(['2']);
  expect(nets('nodeSelector: {disk: ssd}, ')).toEqual(['1']);
  expect(nets('nodeSelector: {disk: ssd}, tolerations: [{key: gpu, operator: Exists}], ')).toEqual([
    '1',
    '3',
  ]);
  expect(nets('nodeSelector: {disk: none}, ')).toEqual([]);
});

test('pods are spread as their constraints demand, where that decides', () => {
  const node = (name: string, zone: string, more = '') =>
    `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}${zone && `, labels: {zone: ${zone}}`}}\nspec: {podCIDR: 10.244.${name.slice(1)}.0/24${more}}\n`;
  const taint = ', taints: [{key: gpu, effect: NoSchedule}]';
  // Three nodes in one zone, one in another, one in none; the last takes no pods.
  const nodes = [node('n1', 'a'), node('n2', 'a'), node('n3', 'a'), node('n4', 'b'), node('n5', '')];
  const tainted = node('n6', 'c', taint);
  const perNode = (replicas: number, spec: string, extra: readonly string[] = []) => {
    const workload = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  replicas: ${replicas}\n  selector: {matchLabels: {app: d}}\n  ${template('app: d', spec)}\n`;
    const found = endpointsOf('d', ...nodes, ...extra, service('d', 'app: d'), workload);
    const counts = [0, 0, 0, 0, 0, 0];
    for (const text of found)
      counts[Number(text.split('.')[2]) - 1] = (counts[Number(text.split('.')[2]) - 1] ?? 0) + 1;
    return counts;
  };
  const spread = (more: string, selector = 'labelSelector: {matchLabels: {app: d}}, ') =>
    `topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, ${selector}whenUnsatisfiable: ${more}}], `;
  const zones = ([a = 0, b = 0, c = 0, d = 0, ...rest]: readonly number[]) => [a + b + c, d, ...rest];
  expect(perNode(5, '')).toEqual([1, 1, 1, 1, 1, 0]);
  expect(zones(perNode(6, spread('DoNotSchedule')))).toEqual([3, 3, 0, 0]);
  expect(zones(perNode(8, spread('DoNotSchedule')))).toEqual([4, 4, 0, 0]);
  // A preference decides nothing that is known.
  expect(perNode(5, spread('ScheduleAnyway'))).toEqual([1, 1, 1, 1, 1, 0]);
  // Pods that the selector does not take are not counted; nodes without the label are left out all the same.
  expect(perNode(4, spread('DoNotSchedule', 'labelSelector: {matchLabels: {app: x}}, '))).toEqual([
    1, 1, 1, 1, 0, 0,
  ]);
  // A zone whose nodes take none holds the others back, unless its taint is honoured.
  expect(zones(perNode(6, spread('DoNotSchedule'), [tainted]))).toEqual([1, 1, 0, 0]);
  expect(zones(perNode(6, spread('DoNotSchedule, nodeTaintsPolicy: Honor'), [tainted]))).toEqual([
    3, 3, 0, 0,
  ]);
  expect(zones(perNode(6, spread('DoNotSchedule, minDomains: 3')))).toEqual([1, 1, 0, 0]);
  const apart = (key: string) =>
    `affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: ${key}, labelSelector: {matchExpressions: [{key: app, operator: In, values: [d]}]}}]}}, `;
  expect(perNode(9, apart('kubernetes.io/hostname'))).toEqual([1, 1, 1, 1, 1, 0]);
  expect(zones(perNode(9, apart('zone')))).toEqual([1, 1, 0, 0]);
});
