import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pathOf } from '../pages.ts';
import { kubenat } from './harness.ts';

const objects = readFileSync(pathOf('fixtures/service-test/service.yaml'), 'utf8');
const nodes = readFileSync(pathOf('fixtures/service-test/nodes.yaml'), 'utf8');
const pods = readFileSync(pathOf('fixtures/service-test/pods.yaml'), 'utf8');
const cluster = [objects, nodes, pods].join('\n---\n');

/** kubectl, as far as it is asked. */
function kubectl() {
  const asked: string[] = [];
  const run = (program: string, args: readonly string[]) => {
    asked.push([program, ...args].join(' '));
    return cluster;
  };
  return { asked, world: { run } };
}

const question =
  'kubectl --context=prod get services,endpointslices.discovery.k8s.io,nodes,pods,ingresses.networking.k8s.io --all-namespaces --output=json --request-timeout=60s';

test.each<readonly [string, readonly string[]]>([
  ['compile', ['compile', '--node', 'node-1']],
  ['get', ['get', 'services']],
  ['explain a service', ['explain', 'default/service-test']],
  ['explain', ['explain']],
  ['check', ['check']],
  ['graph', ['graph', '--node', 'node-1']],
  ['trace', ['trace', '--node', 'node-1', '--packet', 'tcp 198.51.100.7:4000 -> 10.100.0.3:80']],
])('%s reads the objects of a cluster, those that it needs alone', async (_, args) => {
  const { asked, world } = kubectl();
  const { status, err } = await kubenat([...args, '--context', 'prod'], {}, world);
  expect([status, err.match(/^error.*/m)?.[0]]).toEqual([0, undefined]);
  expect(asked).toEqual([question]);
});

test.each(['compile', 'get services', 'explain', 'migrate'])(
  '%s needs files or a cluster',
  async (command) => {
    const { status, err } = await kubenat(command.split(' '));
    expect(status).toBe(2);
    expect(err).toContain('--context NAME for a cluster');
  },
);

test('without kubectl it says what to run elsewhere', async () => {
  const { status, err } = await kubenat(['get', 'services', '--context', 'prod'], {}, { run: () => null });
  expect(status).toBe(2);
  expect(err).toContain('error[program-failed]: --context prod: kubectl is not on PATH');
});

test('drift holds a dump against the cluster', async () => {
  const { world } = kubectl();
  const dump = (await kubenat(['compile', '--node', 'node-1', '--context', 'prod'], {}, world)).out;
  const same = await kubenat(
    ['drift', 'node.save', '--node', 'node-1', '--context', 'prod'],
    { 'node.save': dump },
    world,
  );
  expect([same.status, same.err.match(/^error.*/m)?.[0]]).toEqual([0, undefined]);
  const lost = dump.replace(/^-A KUBE-SERVICES .*\n/m, '');
  expect(lost).not.toBe(dump);
  const other = await kubenat(
    ['drift', 'node.save', '--node', 'node-1', '--context', 'prod'],
    { 'node.save': lost },
    world,
  );
  expect(other.status).toBe(1);
  expect((await kubenat(['drift', 'node.save'], { 'node.save': dump })).status).toBe(2);
});

describe('diff --context', () => {
  test('says what applying a file would change', async () => {
    const { asked, world } = kubectl();
    const wider = objects.replace('spec:\n', 'spec:\n  externalIPs: [203.0.113.80]\n');
    expect(wider).not.toBe(objects);
    const files = { 'same.yaml': objects, 'wider.yaml': wider };
    const same = await kubenat(['diff', 'same.yaml', '--node', 'node-1', '--context', 'prod'], files, world);
    expect([same.status, same.out]).toEqual([
      0,
      expect.stringMatching(/^context prod → same\.yaml: no packet changes/),
    ]);
    expect(asked).toEqual([question]);
    const other = await kubenat(
      ['diff', 'wider.yaml', '--node', 'node-1', '--context', 'prod'],
      files,
      world,
    );
    expect(other.status).toBe(1);
    expect(other.out).toMatch(/203\.0\.113\.80/);
    expect(other.err).not.toMatch(/is there already/);
  });

  test.each<readonly [readonly string[], RegExp]>([
    [['a.yaml', 'b.yaml', '--context', 'prod'], /--context with two sides/],
    [['a.save', '--context', 'prod'], /these are rules, and --context compares objects/],
    [['a.yaml', '--rollout', '--context', 'prod'], /--context with --rollout/],
    [['a.yaml'], /there is one side/],
  ])('%j is refused', async (args, said) => {
    const files = { 'a.yaml': objects, 'b.yaml': objects, 'a.save': '*nat\nCOMMIT\n' };
    const { status, out, err } = await kubenat(['diff', ...args], files, kubectl().world);
    expect([status, out, err]).toEqual([2, '', expect.stringMatching(said)]);
  });
});

test('test --context asks the cluster instead of what the file names', async () => {
  const { asked, world } = kubectl();
  const expectations = [
    'manifests: nowhere.yaml',
    'node: node-1',
    'expectations:',
    '  - packet: tcp 198.51.100.7:4000 -> 10.100.0.3:30000',
    '    verdict: accept',
    '',
  ].join('\n');
  const files = { 'web.kubenat.yaml': expectations };
  const { status, out, err } = await kubenat(['test', 'web.kubenat.yaml', '--context', 'prod'], files, world);
  expect([err.match(/^error.*/m)?.[0], asked]).toEqual([undefined, [question]]);
  expect([0, 1]).toContain(status);
  expect(out).toMatch(/198\.51\.100\.7/);
});
