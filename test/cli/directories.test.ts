import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runProgram } from '../../src/files/programs.ts';
import { InputError } from '../../src/text/problem.ts';
import { kubenat } from './harness.ts';

const root = mkdtempSync(join(tmpdir(), 'kubenat-directories-'));
afterAll(() => rmSync(root, { recursive: true }));

const service = (name: string, namespace?: string) => `apiVersion: v1
kind: Service
metadata: {name: ${name}${namespace ? `, namespace: ${namespace}` : ''}}
spec: {ports: [{port: 80}]}
`;

function tree(name: string, files: Readonly<Record<string, string>>): string {
  const directory = join(root, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

/** The keys of the services that a command line finds, and what is said besides. */
async function services(args: readonly string[], run: (command: string) => string | null = () => null) {
  const world = { run: (program: string, words: readonly string[]) => run([program, ...words].join(' ')) };
  const { status, out, err } = await kubenat(['get', 'services', ...args], {}, world);
  const rows = out.split('\n').slice(1, -1);
  return { status, err, names: rows.map((row) => row.split(/ +/).slice(0, 2).join('/')) };
}

const plain = tree('plain', {
  'a.yaml': service('a'),
  'b/b.yml': service('b'),
  'b/c/c.json': JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'c' },
    spec: { ports: [{ port: 80 }] },
  }),
  'b/notes.txt': 'no manifest',
  'd/README.md': 'none here',
  '.hidden/h.yaml': service('h'),
});
symlinkSync(join(plain, 'b'), join(plain, 'linked'));

/** kubectl refuses such files one by one, and takes the others. */
test('what lies beside manifests and is none is passed over with a warning', async () => {
  const values = 'password: hunter2\nimage: {tag: v1}\n';
  const chart = { 'a.yaml': service('a'), 'values.yaml': values, 'package.json': '{"name": "shop"}' };
  const beside = tree('beside', { ...chart, 'list.yml': '- one\n' });
  const found = await services([beside]);
  expect(found).toMatchObject({ status: 0, names: ['default/a'] });
  const places = [...found.err.matchAll(/^(\S+): warning\[not-kubernetes\]/gm)].map(([, place]) => place);
  expect(places.sort()).toEqual(
    ['list.yml', 'package.json', 'values.yaml'].map((name) => `${join(beside, name)}:1:1`),
  );
  expect(found.err).not.toContain('hunter2');
  expect((await services(['--strict', beside])).status).toBe(2);
  expect((await services([join(beside, 'a.yaml'), join(beside, 'values.yaml')])).status).toBe(2);
  expect((await services([tree('values', { 'values.yaml': values })])).status).toBe(2);
  const cut = tree('cut', { 'a.yaml': service('a'), 'b.yaml': 'metadata: {name: b}\nspec: {}\n' });
  expect((await services([cut])).status).toBe(2);
});

/** kubectl apply -f DIR takes *.yaml, *.yml and *.json of the directory; with -R those below, links to directories left out. */
test('directories below one are read with -R, and without it named', async () => {
  const flat = await services([plain]);
  expect(flat).toMatchObject({ status: 0, names: ['default/a'] });
  expect(flat.err).toContain(
    `note[directory-unread]: directories below the one that was named are not read: ${join(plain, 'b')}\n`,
  );
  const deep = await services(['-R', plain]);
  expect(deep.names).toEqual(['default/a', 'default/b', 'default/c', 'default/h']);
  expect(deep.err).not.toContain('directory-unread');
});

test('a directory with nothing but directories says so', async () => {
  const outer = tree('outer', { 'in/a.yaml': service('a') });
  const { status, err } = await services([outer]);
  expect(status).toBe(2);
  expect(err).toContain(`there are some in ${join(outer, 'in')}, which -R reads, too`);
  expect((await services(['--recursive', outer])).names).toEqual(['default/a']);
});

test('so do directories of git', async () => {
  const folder = tree('repository', { 'deploy/a.yaml': service('a'), 'deploy/b/b.yaml': service('b') });
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  git('init', '-q');
  git('add', '-A');
  const tip = git(
    '-c',
    'user.name=a',
    '-c',
    'user.email=a@b.c',
    'commit-tree',
    '-m',
    'x',
    git('write-tree').trim(),
  );
  const here = process.cwd();
  process.chdir(folder);
  try {
    const side = `${tip.trim()}:deploy`;
    const flat = await kubenat(['diff', '--strict', side, 'deploy']);
    expect(flat.err).toContain(`are not read: ${side}/b`);
    expect((await kubenat(['diff', '--strict', side, '-R', 'deploy'])).status).toBe(0);
    expect((await kubenat(['diff', '--strict', side, '-R', 'deploy/b'])).status).toBe(1);
  } finally {
    process.chdir(here);
  }
});

const overlay = tree('overlay', {
  'kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: x-\n',
  'a.yaml': service('a'),
});

test('a kustomization is what kubectl or kustomize makes of it', async () => {
  const asked: string[] = [];
  const kubectl = (command: string) => {
    asked.push(command);
    return service('x-a');
  };
  expect(await services([overlay], kubectl)).toMatchObject({ status: 0, names: ['default/x-a'] });
  const other = (command: string) => {
    asked.push(command);
    return command.startsWith('kustomize') ? service('y-a') : null;
  };
  expect(await services([overlay], other)).toMatchObject({ status: 0, names: ['default/y-a'] });
  expect(asked).toEqual([
    `kubectl kustomize ${overlay}`,
    `kubectl kustomize ${overlay}`,
    `kustomize build ${overlay}`,
  ]);
});

test.each<readonly [string, readonly string[], string]>([
  ['a kustomization without a program for it', [overlay], `kubectl kustomize ${overlay} | kubenat … -`],
  ['its file by itself', [join(overlay, 'kustomization.yaml')], 'its directory'],
  ['one below others', ['-R', root], 'the directories that are meant'],
])('never passed over in silence: %s', async (_, args, expected) => {
  const { status, err } = await services(args);
  expect(status).toBe(2);
  expect(err).toContain('error[build-needed]');
  expect(err).toContain(expected);
});

test('what kustomize makes of it has places, too', async () => {
  const { err } = await services([overlay], () => service('a').replace('80', '0'));
  expect(err).toContain(`${join(overlay, '<kustomize>')}:4:23: error[port-range]`);
});

const chart = tree('chart', {
  'Chart.yaml': 'apiVersion: v2\nname: a\n',
  'templates/a.yaml': service('{{ .Release.Name }}'),
});

test('a chart is rendered on demand alone', async () => {
  const refused = await services([chart]);
  expect(refused.status).toBe(2);
  expect(refused.err).toContain(`--helm, or helm template ${chart} | kubenat … -`);
  expect((await services(['--helm', chart])).err).toContain('helm is not on PATH');
  const asked: string[] = [];
  const helm = (command: string) => {
    asked.push(command);
    return service('release-name');
  };
  expect((await services(['--helm', '-n', 'shop', chart], helm)).names).toEqual(['shop/release-name']);
  expect(asked).toEqual([`helm template --namespace shop ${chart}`]);
});

test('a path is never taken for an option or for a chart of a repository', async () => {
  const here = process.cwd();
  process.chdir(root);
  const asked: string[] = [];
  const run = (command: string) => {
    asked.push(command);
    return service('a');
  };
  try {
    await services(['overlay'], run);
    await services(['--helm', 'chart'], run);
  } finally {
    process.chdir(here);
  }
  expect(asked).toEqual(['kubectl kustomize ./overlay', 'helm template ./chart']);
});

/** cli-runtime's SetNamespace and RequireNamespace: what names none gets it, what names another is refused. */
test('a namespace for objects that name none', async () => {
  const files = { 'in.yaml': [service('a'), service('b', 'shop')].join('---\n') };
  const run = async (...args: string[]) => kubenat(['get', 'services', ...args, 'in.yaml'], files);
  expect((await run('-n', 'shop')).out).toMatch(/^shop +a .*\nshop +b /m);
  const other = await run('--namespace', 'store');
  expect(other).toMatchObject({ status: 2, out: '' });
  expect(other.err).toContain(
    'in.yaml:8:32: error[field-conflict]: the namespace here is shop, and --namespace says store',
  );
});

test('a namespace for tables without that column', async () => {
  const table =
    'NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\nweb    ClusterIP   10.96.0.7    <none>        80/TCP    1d\n';
  const { out } = await kubenat(['get', 'services', '-n', 'shop', 't'], { t: table });
  expect(out).toMatch(/^shop +web /m);
});

test('it decides the names of chains', async () => {
  const chains = async (...args: string[]) =>
    (await kubenat(['compile', ...args, 'in'], { in: `${service('a')}---\n${slice}` })).out.match(
      /KUBE-SVC-\w+/,
    )?.[0];
  // Hash of shop/a:TCP and default/a:TCP, as in the rules of the same service with a namespace of its own.
  const own = await kubenat(['compile', 'in'], {
    in: `${service('a', 'shop')}---\n${slice.replace('name: s', 'namespace: shop, name: s')}`,
  });
  expect(await chains('-n', 'shop')).toBe(own.out.match(/KUBE-SVC-\w+/)?.[0]);
  expect(await chains()).not.toBe(await chains('-n', 'shop'));
});

const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s, labels: {kubernetes.io/service-name: a}}
addressType: IPv4
endpoints: [{addresses: [10.244.0.5]}]
ports: [{port: 80}]
`;

test('a program that fails is told with its last words', () => {
  const bin = tree('bin', {
    nested:
      '#!/bin/sh\necho "error: accumulating resources: accumulation err=from /w/a/b/c/missing.yaml: evalsymlink failure on /w/a/b/c/missing.yaml : lstat /w/a/b/c/missing.yaml: no such file or directory: must build at directory: not a valid directory: evalsymlink failure on /w/a/b/c/missing.yaml : lstat /w/a/b/c/missing.yaml: no such file or directory" >&2\nexit 1\n',
    sad: '#!/bin/sh\necho "E1129 09:20:39.677678   13818 run.go:72] no such base" >&2\nexit 1\n',
  });
  chmodSync(join(bin, 'sad'), 0o755);
  chmodSync(join(bin, 'nested'), 0o755);
  const path = process.env.PATH;
  process.env.PATH = bin;
  try {
    expect(runProgram('nobody', [])).toBeNull();
    expect(() => runProgram('sad', ['a b'])).toThrow(InputError);
    expect(() => runProgram('sad', ['a b'])).toThrow('error[program-failed]: sad a b failed: no such base');
    expect(() => runProgram('nested', [])).toThrow(
      'error[program-failed]: nested failed: accumulating resources: … lstat /w/a/b/c/missing.yaml: no such file or directory',
    );
  } finally {
    process.env.PATH = path;
  }
});
