import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataElement, type PageData } from '../../src/report/page.ts';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const manifests = [join(fixtures, 'service-test'), join(fixtures, 'service-test/svc.txt')];

/** What the page was given. */
function dataOf(page: string): PageData {
  const [, json = ''] =
    new RegExp(`<script id="${dataElement}" type="application/json">(.*?)</script>`, 's').exec(page) ?? [];
  return JSON.parse(json);
}

describe('kubenat report', () => {
  test('writes a page with the texts and the options', async () => {
    const { status, out } = await kubenat([
      'report',
      '--node',
      'node-2',
      '--service',
      'default/service-test',
      ...manifests,
    ]);
    expect(status).toBe(0);
    const data = dataOf(out);
    expect(data.version.manifests.map(({ name }) => name.replace(/.*\//, ''))).toEqual([
      'ingress.yaml',
      'nodes.yaml',
      'pods.yaml',
      'service.yaml',
      'svc.txt',
    ]);
    expect(data).toMatchObject({ options: { node: 'node-2' }, before: null, live: null });
    expect(data.state).toBe('view=chains&service=default%2Fservice-test');
  });

  test('takes a dump by itself, and a version before', async () => {
    const dump = join(fixtures, 'service-test/expected/node-1.save');
    const before = join(fixtures, 'service-test/expected/node-2.save');
    const { status, out } = await kubenat(['report', '--before', before, dump]);
    expect(status).toBe(0);
    const data = dataOf(out);
    expect(data.version.rules?.name).toBe(dump);
    expect(data.before?.rules?.name).toBe(before);
    expect(data.state).toBe('view=diff');
  });

  test('lets nothing of a file end the element that holds it', async () => {
    const text = 'apiVersion: v1\nkind: Widget\nmetadata: {name: x}\n';
    const name = 'x</script><script>alert(1)</script>\u2028.yaml';
    const { status, out } = await kubenat(['report', name, ...manifests, '--node', 'node-1'], {
      [name]: text,
    });
    expect(status).toBe(0);
    expect(out).not.toContain('<script>alert');
    expect(out).not.toContain('\u2028');
    expect(dataOf(out).version.manifests[0]).toEqual({ name, text });
  });

  test.each<readonly [string, readonly string[], RegExp]>([
    ['a packet that is none', ['--packet', 'tcp 1.1.1.1 > 2'], /--packet:1:13: error\[packet-syntax\]/],
    [
      'a service that is not there',
      ['--service', 'default/service-tst'],
      /no service default\/service-tst[\s\S]*service-test/,
    ],
    ['an earlier configuration of nothing', ['--config-before', 'x.yaml'], /no version before/],
    [
      'a directory that is not there',
      ['-o', '/nowhere/report.html'],
      /\/nowhere\/report\.html: no such file or directory/,
    ],
    ['a node that is not there', ['--node', 'node-9'], /no node node-9/],
  ])('refuses %s', async (_, flags, message) => {
    const node = flags.includes('--node') ? [] : ['--node', 'node-1'];
    const { status, out, err } = await kubenat(['report', ...node, ...flags, ...manifests]);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  test('takes a service without its namespace', async () => {
    const { out } = await kubenat(['report', '--node', 'node-1', '--service', 'service-test', ...manifests]);
    expect(dataOf(out).state).toBe('view=chains&service=default%2Fservice-test');
  });

  test('refuses to show nothing', async () => {
    expect(await kubenat(['report'])).toMatchObject({ status: 2, out: '' });
  });
});
