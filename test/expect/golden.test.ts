import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenName, parseGoldenName } from '../../src/expect/golden/name.ts';
import { cases, fixtures, readCase, savedBy } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const top = mkdtempSync(join(tmpdir(), 'kubenat-golden-'));
afterAll(() => rmSync(top, { recursive: true }));

let number = 0;
let root = '';
/** The user's example in `web`: three nodes, one service. */
beforeEach(() => {
  number += 1;
  root = join(top, `t${number}`);
  mkdirSync(join(root, 'web'), { recursive: true });
  for (const name of ['service.yaml', 'nodes.yaml', 'pods.yaml'])
    cpSync(join(fixtures, 'service-test', name), join(root, 'web', name));
});

const golden = (...args: string[]) => kubenat(['golden', ...args, root]);
const expectedOf = (name: string) => join(root, 'web/expected', name);
const replaceIn = (file: string, from: string, to: string) => {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replaceAll(from, to));
};

test.each([
  ['node-1', 'ipv4'],
  ['ip-10-0-0-1.eu-west-1.compute.internal', 'ipv6'],
] as const)('the name of the file of %s, %s, tells both', (node, family) => {
  expect(parseGoldenName(goldenName({ node, family }))).toEqual({ node, family });
});

test.each(['node-1.save', '.ipv4.save', 'node-1.ipv4', 'node-1.ipv5.save'])(
  '%s is no golden file',
  (name) => {
    expect(parseGoldenName(name)).toBeNull();
  },
);

describe('from nothing', () => {
  test('what is missing is reported, then written, then there', async () => {
    const missing = await golden();
    expect(missing).toMatchObject({ status: 1, err: '' });
    for (const node of ['node-1', 'node-2', 'node-3'])
      expect(missing.out).toContain(
        `${expectedOf(`${node}.ipv4.save`)}: there is no such file for ${node}, ipv4`,
      );
    expect(await golden('--update')).toMatchObject({ status: 0 });
    expect(readdirSync(join(root, 'web/expected'))).toEqual([
      'node-1.ipv4.save',
      'node-2.ipv4.save',
      'node-3.ipv4.save',
    ]);
    const { out } = await kubenat(['compile', '--node', 'node-2', join(root, 'web')]);
    expect(readFileSync(expectedOf('node-2.ipv4.save'), 'utf8')).toBe(out);
    expect(await golden()).toEqual({ status: 0, out: '3 golden files: 3 as expected.\n', err: '' });
  });

  test('a directory without any case is an error, and so is one that is not there', async () => {
    rmSync(join(root, 'web'), { recursive: true });
    const none = await golden();
    expect(none).toMatchObject({ status: 2, out: '' });
    expect(none.err).toContain('error[golden-missing]');
    rmSync(root, { recursive: true });
    expect((await golden()).err).toContain('error[file-missing]');
  });
});

describe('after a change', () => {
  beforeEach(async () => {
    await golden('--update');
  });

  test('it is told by service and by packet before it is told by line', async () => {
    replaceIn(join(root, 'web/service.yaml'), 'port: 80', 'port: 81');
    const { status, out } = await golden();
    expect(status).toBe(1);
    const places = [
      'service port change fate',
      '~ default/service-test (changed)',
      'Packets that change fate',
      'example  ',
      '\nText\n@@',
      'by the same change of the rules as in',
      '3 golden files: 3 changed.',
    ].map((words) => out.indexOf(words));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
  });

  test('an update writes what changed and nothing else, and says what that does', async () => {
    // Of the three nodes, only node-2 has a file that differs.
    const before = statSync(expectedOf('node-1.ipv4.save')).mtimeMs;
    replaceIn(expectedOf('node-2.ipv4.save'), '--dport 80 ', '--dport 8000 ');
    const { status, out } = await golden('--update');
    expect(status).toBe(0);
    expect(out.split('\n').filter((line) => line.includes('.save:'))).toEqual([
      expect.stringMatching(
        /node-2\.ipv4\.save: updated; \d+ classes of packets of 1 service port change fate/,
      ),
    ]);
    expect(out).toContain('2 golden files are as expected.');
    expect(statSync(expectedOf('node-1.ipv4.save')).mtimeMs).toBe(before);
    expect((await golden()).status).toBe(0);
  });

  test('the file of a node that is gone is found, and removed', async () => {
    renameSync(expectedOf('node-1.ipv4.save'), expectedOf('node-9.ipv4.save'));
    const { status, out } = await golden();
    expect(status).toBe(1);
    expect(out).toContain('node-9.ipv4.save: stale');
    expect(out).toContain('3 golden files'.replace('3', '4'));
    await golden('--update');
    expect(readdirSync(join(root, 'web/expected'))).toHaveLength(3);
    expect((await golden()).status).toBe(0);
  });

  test('dated comments and counters of a dump from a node are no change', async () => {
    const file = expectedOf('node-1.ipv4.save');
    const text = readFileSync(file, 'utf8').replaceAll('[0:0]', '[17:1024]');
    writeFileSync(file, `# Generated by iptables-save v1.8.9 on Tue\n${text}# Completed on Tue\n`);
    expect((await golden()).status).toBe(0);
    await golden('--update');
    expect(readFileSync(file, 'utf8')).toContain('[17:1024]');
  });

  test('json and markdown', async () => {
    replaceIn(join(root, 'web/service.yaml'), 'port: 80', 'port: 81');
    const { files } = JSON.parse((await golden('--format', 'json')).out);
    expect(files).toHaveLength(3);
    expect(files[0]).toMatchObject({ node: 'node-1', family: 'ipv4', status: 'changed' });
    expect(files[0].change.services[0].service).toBe('default/service-test');
    expect((await golden('--format', 'markdown')).out).toContain('| file | |');
  });
});

describe('bad input', () => {
  test.each([
    ['nodez: [node-1]', 'field-unknown', 'golden.yaml:1:1', 'expected: nodes'],
    ['kubeVersion: 1.30', 'field-type', 'golden.yaml:1:14', 'in quotes'],
    ['nodes: [nobody]', 'node-choice', '', 'one of node-1, node-2, node-3'],
    ['families: [ipv5]', 'field-type', 'golden.yaml:1:11', 'ipv4 and ipv6'],
    ['kubeVersion: "1.2"', 'release-unknown', '', 'one of 1.25'],
    ['manifests: [nowhere.yaml]', 'file-missing', '', 'nowhere.yaml'],
    ['- 1', 'field-type', 'golden.yaml:1:1', 'manifests'],
    ['a: [', 'yaml-syntax', 'golden.yaml:', ''],
  ])('%s', async (text, code, place, words) => {
    writeFileSync(join(root, 'web/golden.yaml'), text);
    const { status, out, err } = await golden('--update');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    for (const part of [`error[${code}]`, place, words]) expect(err).toContain(part);
  });

  test('an error in one case keeps all others from being written', async () => {
    mkdirSync(join(root, 'api'));
    writeFileSync(join(root, 'api/service.yaml'), 'kind: Service\napiVersion: v1\nmetadata: {name: UPPER}\n');
    const { status, err } = await golden('--update');
    expect(status).toBe(2);
    expect(err).toContain('api/service.yaml:3:');
    expect(readdirSync(join(root, 'web'))).not.toContain('expected');
  });

  test('a golden file that is no dump has its place, and an update replaces it', async () => {
    await golden('--update');
    writeFileSync(expectedOf('node-3.ipv4.save'), '*nat\n:PREROUTING ACCEPT [0:0]\nnonsense\nCOMMIT\n');
    const { status, out, err } = await golden();
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('node-3.ipv4.save:3:1: error[');
    expect((await golden('--update')).out).toContain('replaced, as it was no dump');
    expect((await golden()).status).toBe(0);
  });

  test('a dump under a wrong name is warned of', async () => {
    await golden('--update');
    writeFileSync(expectedOf('node-1.save'), '');
    const { status, err } = await golden();
    expect(status).toBe(0);
    expect(err).toContain('warning[golden-name]');
  });
});

describe('settings', () => {
  test('a case is compiled from what another directory holds, which is then no case itself', async () => {
    mkdirSync(join(root, 'old'));
    writeFileSync(
      join(root, 'old/golden.yaml'),
      'manifests: [../web]\nkubeVersion: "1.25"\nnodes: [node-2]\n',
    );
    const { out } = await golden('--update');
    expect(out).toBe(`${join(root, 'old/expected/node-2.ipv4.save')}: written\n`);
    const compiled = await kubenat([
      'compile',
      '--kube-version',
      '1.25',
      '--node',
      'node-2',
      join(root, 'web'),
    ]);
    expect(readFileSync(join(root, 'old/expected/node-2.ipv4.save'), 'utf8')).toBe(compiled.out);
  });

  test('manifests may lie in a directory of that name', async () => {
    renameSync(join(root, 'web'), join(root, 'manifests'));
    await golden('--update');
    expect(readdirSync(root).sort()).toEqual(['expected', 'manifests']);
    expect((await golden()).status).toBe(0);
  });
});

/** The real kube-proxy's rules are golden files as they are. */
describe('recorded dumps as golden files', () => {
  const some = cases.filter(({ id }) => id.startsWith('named/')).slice(0, 12);
  test.each(some.map((one) => [one.id, one] as const))('%s', async (_, one) => {
    const folder = join(root, 'recorded');
    mkdirSync(join(folder, 'expected'), { recursive: true });
    writeFileSync(join(folder, 'cluster.yaml'), readCase(one, 'cluster.yaml'));
    writeFileSync(join(folder, 'kube-proxy.yaml'), readCase(one, 'kube-proxy.yaml'));
    const settings = { nodes: [one.node], families: [one.family], randomFully: one.randomFully };
    writeFileSync(join(folder, 'golden.yaml'), JSON.stringify(settings));
    writeFileSync(join(folder, 'expected', goldenName(one)), savedBy(one, '1.30'));
    const { status, out, err } = await kubenat(['golden', folder]);
    expect({ status, out, err: err.replaceAll(/.*warning.*\n(?: .*\n)*/g, '') }).toEqual({
      status: 0,
      out: '1 golden file: 1 as expected.\n',
      err: '',
    });
  });
});
