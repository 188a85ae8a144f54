import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { languages } from '../../src/report/words/language.ts';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const manifests = [join(fixtures, 'service-test'), join(fixtures, 'service-test/svc.txt')];
const formats: Readonly<Record<string, RegExp>> = {
  svg: /^<svg [\s\S]*<\/svg>\n$/,
  dot: /^digraph [\s\S]*\}\n$/,
  mermaid: /^flowchart LR\n[\s\S]*\n$/,
};

describe('kubenat graph', () => {
  test.each(Object.entries(formats))('draws the chains of a service as %s', async (format, whole) => {
    const args = ['graph', '--node', 'node-1', '--service', 'service-test', '--format', format, ...manifests];
    const { status, out } = await kubenat(args);
    expect(status).toBe(0);
    expect(out).toContain('KUBE-SVC');
    expect(out).toMatch(whole);
    expect((await kubenat(args)).out).toBe(out);
  });

  test('draws for people, where no format is said, and in their language', async () => {
    const { out } = await kubenat(['graph', '--lang', 'ko', '--node', 'node-1', ...manifests]);
    expect(out).toMatch(formats.svg as RegExp);
    expect(out).toContain('node-1의 모든 규칙 체인');
  });

  test.each<readonly [string, readonly string[], RegExp]>([
    [
      'a service without rules',
      ['--service', 'servicetest'],
      /no service default\/servicetest[\s\S]*default\/service-test/,
    ],
    [
      'a chain that is not there',
      ['--format', 'dot', '--chain', 'KUBE-SERVICE'],
      /no chain KUBE-SERVICE[\s\S]*KUBE-SERVICES/,
    ],
    ['a packet, which a page shows', ['--packet', 'tcp 1.1.1.1 -> 2.2.2.2:80'], /unknown option '--packet'/],
    ['a page', ['--format', 'html'], /Allowed choices are svg, dot, mermaid/],
    ['both', ['--chain', 'A', '--service', 'b'], /both --service and --chain/],
    ['a node that is not there', ['--node', 'node-9'], /no node node-9/],
  ])('refuses %s', async (_, flags, message) => {
    const node = flags.includes('--node') ? [] : ['--node', 'node-1'];
    const { status, out, err } = await kubenat(['graph', ...node, ...flags, ...manifests]);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  test('says whose rules are drawn, where there are several nodes', async () => {
    const { status, out, err } = await kubenat(['graph', '--format', 'mermaid', ...manifests]);
    expect([status, out.split('\n')[0]]).toEqual([0, 'flowchart LR']);
    expect(err).toMatch(/the rules are those of node-1, the first of 3 nodes[\s\S]*node-2, node-3/);
  });

  test('refuses to draw nothing', async () => {
    expect(await kubenat(['graph'])).toMatchObject({ status: 2, out: '' });
  });
});

describe('kubenat explain as a picture', () => {
  test.each(languages)('is a tree from the port to where connections end, in %s', async (language) => {
    const { status, out } = await kubenat(['explain', '--format', 'mermaid', ...manifests], {}, { language });
    expect(status).toBe(0);
    await expect(out).toMatchFileSnapshot(join(fixtures, 'usual', `explain-picture.${language}.txt`));
    const arrows = [...out.matchAll(/^ {2}(n\d+) -->(?:\|"[^"]*"\|)? (n\d+)$/gm)];
    const ends = arrows.map(([, , to]) => to);
    expect(new Set(ends).size).toBe(ends.length);
  });

  test('stands by itself as SVG', async () => {
    const { out } = await kubenat(['explain', '--format', 'svg', ...manifests]);
    expect(out).toMatch(formats.svg as RegExp);
    expect(out).not.toMatch(/<script|href=|url\((?!#)/);
    expect(out).toContain('Who reaches default/service-test');
  });

  test('of too many services is refused with what would be right', async () => {
    const service = (name: string) =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 80}]}\n---\n`;
    const text = Array.from({ length: 120 }, (_, index) => service(`s${index}`)).join('');
    const { status, out, err } = await kubenat(
      ['explain', '--format', 'svg', 'all.yaml', join(fixtures, 'service-test/nodes.yaml')],
      { 'all.yaml': text },
    );
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/a picture of \d+ boxes is too large[\s\S]*the name of a service/);
  });
});
