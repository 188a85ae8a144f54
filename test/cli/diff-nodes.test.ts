import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubenat-nodes-'));
const [before, after] = [join(folder, 'before'), join(folder, 'after')];
const service = join(after, 'service.yaml');

beforeAll(() => {
  for (const version of [before, after]) {
    cpSync(join(fixtures, 'service-test'), version, { recursive: true });
    rmSync(join(version, 'expected'), { recursive: true });
  }
  writeFileSync(
    service,
    readFileSync(service, 'utf8').replace(/^spec:\n/m, 'spec:\n  externalTrafficPolicy: Local\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('--nodes all', () => {
  test('compares on every node, and puts those together that agree', async () => {
    const { status, out } = await kubenat(['diff', '--nodes', 'all', before, after]);
    expect(status).toBe(1);
    // A pod runs on node-1 and on node-3; node-2 has none and drops.
    const headings = out.split('\n').filter((line) => /^== /.test(line));
    expect(headings.join(' ')).toMatch(/node-1/);
    expect(headings.join(' ')).toMatch(/node-2/);
    const ofTwo = out.slice(out.indexOf('node-2 =='));
    expect(ofTwo).toContain('now dropped');
  });

  test('says that nodes agree where a change does the same on all of them', async () => {
    const { status, out } = await kubenat(['diff', '--nodes', 'all', before, before]);
    expect(status).toBe(0);
    expect(out.split('\n').filter((line) => /^== /.test(line))).toHaveLength(1);
    expect(out).toMatch(/node-1, node-2, node-3/);
  });

  test('tells a node that one side alone has', async () => {
    const nodes = readFileSync(join(before, 'nodes.yaml'), 'utf8');
    const fewer = join(folder, 'fewer');
    cpSync(before, fewer, { recursive: true });
    writeFileSync(join(fewer, 'nodes.yaml'), nodes.split('---\n').slice(0, 2).join('---\n'));
    const { status, out } = await kubenat(['diff', '--nodes', 'all', '--format', 'json', before, fewer]);
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ onlyBefore: ['node-3'], onlyAfter: [] });
  });
});

describe('the field behind a rule', () => {
  test('is named with its line, in every format', async () => {
    const lines = readFileSync(service, 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('externalTrafficPolicy')) + 1;
    const place = `service.yaml:${line}`;
    for (const format of ['text', 'markdown']) {
      const { out } = await kubenat(['diff', '--node', 'node-2', '--format', format, before, after]);
      expect(out, format).toContain(place);
      expect(out, format).toContain('spec.externalTrafficPolicy of Service default/service-test');
    }
    const { out } = await kubenat(['diff', '--node', 'node-2', '--format', 'sarif', before, after]);
    const { results } = JSON.parse(out).runs[0];
    const places = results.flatMap((result: { locations?: { physicalLocation: object }[] }) =>
      (result.locations ?? []).map(({ physicalLocation }) => physicalLocation),
    );
    expect(places).toContainEqual(
      expect.objectContaining({ region: expect.objectContaining({ startLine: line }) }),
    );
  });
});

describe('--scope kube-proxy', () => {
  const rules = readFileSync(join(fixtures, 'service-test/expected/node-1.save'), 'utf8');
  const withDocker = rules
    .replace(':FORWARD ACCEPT [0:0]', ':FORWARD DROP [0:0]\n:DOCKER-USER - [0:0]')
    .replace(/^-A FORWARD/m, '-A FORWARD -j DOCKER-USER\n-A DOCKER-USER -s 10.9.0.0/16 -j DROP\n-A FORWARD');

  test('leaves out what others have on the node', async () => {
    const files = { 'a.save': rules, 'b.save': withDocker };
    expect((await kubenat(['diff', 'a.save', 'b.save'], files)).status).toBe(1);
    const own = await kubenat(['diff', '--scope', 'kube-proxy', 'a.save', 'b.save'], files);
    expect(own.out).toMatch(/kube-proxy's rules .* rules of others \(.*\) were not looked at/);
    expect(own.status).toBe(0);
  });

  test('and still tells what changed of kube-proxy', async () => {
    const files = { 'a.save': rules, 'b.save': withDocker.replace('--dport 32213', '--dport 32214') };
    const own = await kubenat(['diff', '--scope', 'kube-proxy', 'a.save', 'b.save'], files);
    expect(own.status).toBe(1);
    expect(own.out).not.toMatch(/DOCKER-USER [0-9]/);
  });
});

/** What such nodes print, shortened: kubernetes' own tests of the two modes, and nft(8). */
const otherModes: readonly (readonly [string, readonly string[], string, RegExp])[] = [
  [
    'ipvs',
    ['diff', 'check'],
    '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-LOAD-BALANCER - [0:0]\n:KUBE-MARK-MASQ - [0:0]\n:KUBE-SERVICES - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT\nCOMMIT\n',
    /ipvs mode/,
  ],
];

test.each(otherModes)('rules of %s are recognised, and out of scope', async (_, commands, text, says) => {
  for (const command of commands) {
    const args = command === 'diff' ? ['diff', 'a.save', 'a.save'] : [command, 'a.save'];
    const { status, out, err } = await kubenat(args, { 'a.save': text });
    expect([status, out], command).toEqual([2, '']);
    expect(err).toMatch(says);
  }
});
