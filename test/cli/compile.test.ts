import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const folder = join(fixtures, 'conformance/named/node-port');
const cluster = readFileSync(join(folder, 'cluster.yaml'), 'utf8');
const saved = readFileSync(join(folder, 'iptables.save'), 'utf8');
const config = join(folder, 'kube-proxy.yaml');

describe('the ways in', () => {
  const objects = parseAllDocuments(cluster).map((document) => document.toJS());
  const forms: Readonly<Record<string, string>> = {
    'several YAML documents': cluster,
    'a YAML List': stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    'a JSON List': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  };
  test.each(Object.keys(forms))('%s', async (form) => {
    const text = forms[form] as string;
    const fromFile = await kubenat(['compile', '--config', config, 'in'], { in: text });
    expect(fromFile).toMatchObject({ status: 0, out: saved });
    const fromInput = await kubenat(['compile', '--config', config, '-'], { '-': text });
    expect(fromInput).toMatchObject({ status: 0, out: saved });
  });

  test("kubeadm's ConfigMap around the configuration", async () => {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      data: { 'config.conf': readFileSync(config, 'utf8') },
    };
    const { out } = await kubenat(['compile', '--config', 'map', 'in'], { in: cluster, map: stringify(map) });
    expect(out).toBe(saved);
  });
});

test('hostnameOverride is trimmed and lowered, as kube-proxy takes it', async () => {
  const text = readFileSync(config, 'utf8').replace(/hostnameOverride: .*/, 'hostnameOverride: " Worker-1 "');
  const { out } = await kubenat(['compile', '--config', 'config', 'in'], { in: cluster, config: text });
  expect(out).toBe(saved);
});

describe("the user's example", () => {
  const manifests = join(fixtures, 'service-test');

  test('kubectl supplies what the manifests leave open', async () => {
    const { status, out, err } = await kubenat([
      'compile',
      '--node',
      'node-2',
      manifests,
      join(manifests, 'svc.txt'),
    ]);
    expect(status).toBe(0);
    expect(out).toContain('-A KUBE-SERVICES -d 10.3.241.52/32 -p tcp ');
    expect(out).toContain('-A KUBE-SERVICES -d 35.184.97.156/32 -p tcp ');
    expect(out).toContain('-m tcp --dport 32213 -j KUBE-EXT-GBTMB5ZTD56ECL5F');
    expect(out).toContain('--to-destination 10.0.1.2:8080');
    expect(err).toContain('default/test-ingress');
  });

  test('without the table it is allocated, the same every time, and said', async () => {
    const first = await kubenat(['compile', '--node', 'node-2', manifests]);
    const second = await kubenat(['compile', '--node', 'node-2', manifests]);
    expect(first).toEqual(second);
    expect(first.status).toBe(0);
    expect(first.err).toMatch(/note\[assumed\]: Service default\/service-test: cluster address/);
  });

  test('a load balancer gets an address where a range is given', async () => {
    const args = ['compile', '--node', 'node-2', '--load-balancer-cidr', '203.0.113.0/24', manifests];
    const { out } = await kubenat(args);
    expect(out).toMatch(/-A KUBE-SERVICES -d 203\.0\.113\.\d+\/32 .* loadbalancer IP/);
  });
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(fixtures, '../package.json'), 'utf8'));
  const { status, out } = await kubenat(['--version']);
  expect(status).toBe(0);
  expect(out.split('\n')[0]).toBe(version);
  expect(out).toMatch(/\nkube-proxy 1\.\d+ to 1\.\d+\niptables 1\.8.*\nnft 1\.0\.6,/);
});

describe('bad input', () => {
  const service = (spec: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n${spec}`;
  test.each([
    ['a file that is missing', undefined, /no such file/],
    ['no YAML', 'a: b: c', /in:1:\d+: error\[yaml-syntax\]/],
    ['no JSON', '{"kind": ', /in:1:\d+: error\[json-syntax\]/],
    ['not Kubernetes', 'a: b\n', /in:1:1: error\[not-kubernetes\]/],
    ['no ports', service('  clusterIP: 10.0.0.1\n'), /in:\d+:\d+: error\[field-missing\].*ports/],
    [
      'no address',
      service('  clusterIP: 10.0.0.256\n  ports:\n  - port: 80\n'),
      /in:6:14: error\[address-syntax\]/,
    ],
    ['a port above', service('  ports:\n  - port: 70000\n'), /in:7:11: error\[port-range\]/],
  ])('%s', async (_, text, message) => {
    const { status, out, err } = await kubenat(['compile', 'in'], text === undefined ? {} : { in: text });
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    if (text !== undefined) expect(err).toMatch(/\n +\| +\^/);
  });

  test('a directory without manifests', async () => {
    const { status, out, err } = await kubenat(['compile', join(fixtures, 'conformance')]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/conformance: there is no \*\.yaml/);
  });

  test('what a terminal would act on is shown, not sent', async () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: '\u001b[31mred\n', metadata: { name: 'a\u009b' } });
    const bad = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a\u001b[31m' },
      spec: {},
    });
    for (const input of [text, bad]) {
      const { err } = await kubenat(['compile', 'in'], { in: input });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  test('problems are told file by file, each from its beginning', async () => {
    const web = (name: string) => service('  type: x\n  ports:\n  - port: 80\n').replace('web', name);
    const files = { b: `${web('z')}---\n${web('a')}`, a: `${web('y')}---\n${web('c')}` };
    const { err } = await kubenat(['compile', 'b', 'a'], files);
    const places = [...err.matchAll(/^(\w:\d+):/gm)].map(([, place]) => place);
    expect(places).toEqual(['b:6', 'b:15', 'a:4', 'a:6', 'a:15']);
  });

  test('all problems of a file', async () => {
    const text = service('  clusterIP: x\n  ports:\n  - port: 0\n  - port: 70000\n');
    const { err } = await kubenat(['compile', 'in'], { in: text });
    expect(err.match(/error\[/g)?.length).toBeGreaterThanOrEqual(3);
  });

  test.each([
    [['compile', '--node', 'nobody', 'in'], /there is no node nobody/],
    [['compile', '--kube-version', '1.24', 'in'], /1\.25, 1\.26/],
    [['compile', '--service-cidr', '10.0.0.0', 'in'], /--service-cidr 10\.0\.0\.0/],
    [['compile', '--node-port-range', '9-1', 'in'], /--node-port-range 9-1/],
    [['compile', '--spelling', 'saved', 'in'], /save, restore/],
    [['compile', '--spelin', 'save', 'in'], /--spelling/],
    [['compile'], /there are no manifests/],
    [['kompile', 'in'], /compile/],
  ])('%j', async (args, message) => {
    const { status, out, err } = await kubenat(args, { in: cluster });
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
  });

  test.each([
    ['mode: ipvs', /config:4:7: error\[proxy-config\].*ipvs/],
    ['iptables:\n  masqueradeBit: 32', /config:5:18: error\[field-value\]/],
    ['clusterCIDR: 10.244.0.0', /config:4:14: error\[address-syntax\]/],
    ['clusterCIDR: 10.244.0.0/16,10.0.0.0/8', /config:4:14: error\[proxy-config\].*one family/],
    ['detectLocalMode: BridgeInterface', /config:4:18: error\[proxy-config\]/],
  ])('configuration: %s', async (line, message) => {
    const head = `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nhostnameOverride: worker-1\n`;
    const { status, err } = await kubenat(['compile', '--config', 'config', 'in'], {
      in: cluster,
      config: head + line,
    });
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });

  test('a Node without the pod prefix by which kube-proxy is told to know pods', async () => {
    const bare = 'apiVersion: v1\nkind: Node\nmetadata: {name: worker-1}\n';
    const head = `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\ndetectLocalMode: NodeCIDR\n`;
    const { status, err } = await kubenat(['compile', '--config', 'config', 'in'], {
      in: bare,
      config: head,
    });
    expect(status).toBe(0);
    expect(err).toMatch(/warning\[proxy-config\].*podCIDR of worker-1/);
  });

  test('an unknown field of the configuration is a warning', async () => {
    const text = stringify({ ...parse(readFileSync(config, 'utf8')), nodePortAdresses: [] });
    const { status, err } = await kubenat(['compile', '--config', 'config', 'in'], {
      in: cluster,
      config: text,
    });
    expect(status).toBe(0);
    expect(err).toMatch(/warning\[field-unknown\].*nodePortAdresses/);
  });
});
