import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildProgram, type Program } from './process.ts';

let program: Program;
let folder = '';
const at = (name: string) => join(folder, name);

const service =
  'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {clusterIP: None, ports: [{port: 1}]}\n';
const dump = '*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';

beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubenat-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Trouble: a reason on standard error, no stack trace, and nothing on standard output. */
function expectRefusal({ status, stdout, stderr }: ReturnType<Program['run']>, reason: string): void {
  expect(stderr).toContain(reason);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
}

const big = (path: string) => {
  writeFileSync(path, dump);
  truncateSync(path, 1 << 30);
};

test.each<[string, (path: string) => unknown, string]>([
  ['nothing', () => null, 'no such file or directory'],
  ['a link to itself', (path) => symlinkSync(path, path), 'links lead in a circle'],
  ['a directory without manifests', (path) => mkdirSync(path), 'there is no *.yaml'],
  ['UTF-16', (path) => writeFileSync(path, Buffer.from(`\ufeff${dump}`, 'utf16le')), 'is UTF-16'],
  ['Latin-1', (path) => writeFileSync(path, Buffer.from('*nat\n# \xfc \xe9\n', 'latin1')), ':2:3: error['],
  ['1 GiB', big, 'too large to be read'],
])('a file that is %s is refused', (_, make, reason) => {
  make(at('file'));
  expectRefusal(program.run(['fmt', at('file')]), reason);
});

describe('a directory', () => {
  test.each<[string, (path: string) => unknown, string]>([
    ['a pipe, which nobody writes to', (path) => spawnSync('mkfifo', [path]), 'odd.yaml is no regular file'],
    ['a link to the directory itself', (path) => symlinkSync('.', path), 'odd.yaml is no regular file'],
    ['a link in a circle', (path) => symlinkSync('odd.yaml', path), 'links lead in a circle'],
    [
      'a link out of it',
      (path) => symlinkSync('/etc/passwd', path),
      'a link that leads out of the directory',
    ],
  ])('with a manifest that is %s is refused', (_, make, reason) => {
    writeFileSync(at('good.yaml'), service);
    make(at('odd.yaml'));
    expectRefusal(program.run(['get', 'services', folder]), reason);
  });

  test('with links within it is read, as mounted ConfigMaps are', () => {
    mkdirSync(at('..data'));
    writeFileSync(at('..data/a.yaml'), service);
    symlinkSync('..data/a.yaml', at('a.yaml'));
    symlinkSync('.', at('again'));
    expect(program.run(['get', 'services', folder]).stdout).toContain('ClusterIP');
  });
});

describe('what is read once only', () => {
  test('is read from pipes that the shell makes', () => {
    const { stdout, status } = program.shell(`kubenat fmt <(printf '${dump.replaceAll('\n', '\\n')}')`);
    expect({ stdout, status }).toEqual({ stdout: dump, status: 0 });
  });

  test('standard input, a second time, is not an empty file', () => {
    expectRefusal(program.run(['diff', '-', '-'], { input: dump }), 'standard input was read before');
  });

  test('an endless input is refused as soon as it is too large', () => {
    const run = program.shell('set -o pipefail; kubenat fmt - < <(yes)');
    expectRefusal(run, 'too large to be read');
  });
});

test('a file that is written to while it is read is refused', () => {
  writeFileSync(at('log'), dump + '# a comment of some length\n'.repeat(1 << 20));
  const writer = spawn('bash', ['-c', `while :; do echo '# more' >> '${at('log')}'; done`]);
  try {
    // On a busy machine the writer may not have its turn while the file is read.
    let run = program.run(['fmt', at('log')]);
    for (let more = 0; run.status === 0 && more < 20; more += 1) run = program.run(['fmt', at('log')]);
    expectRefusal(run, 'was written to while it was read');
  } finally {
    writer.kill();
  }
});

describe('a writer that is ended in the middle', () => {
  /** Writes two texts of 8 MB in turn, for ever. */
  const loop = `
    import { writeWhole } from 'URL';
    for (let turn = 0; ; turn += 1) {
      writeWhole(process.argv[1], String(turn % 2).repeat(1 << 23));
      if (turn === 0) process.stdout.write('ready');
      if (turn % 3 === 2) await new Promise((next) => setImmediate(next));
    }`;

  test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGKILL'])('leaves a whole file: %s', async (signal) => {
    for (const wait of [0, 7, 23]) {
      const script = loop.replace('URL', program.writer);
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, at('file')]);
      await new Promise((done) => child.stdout.once('data', done));
      await new Promise((done) => setTimeout(done, wait));
      child.kill(signal);
      expect(await new Promise((done) => child.once('exit', (_, by) => done(by)))).toBe(signal);
      const { stdout } = spawnSync(
        'bash',
        ['-c', `wc -c < '${at('file')}'; head -c1 '${at('file')}' | tr -d '\\n'`],
        {
          encoding: 'utf8',
        },
      );
      expect(stdout).toMatch(/^8388608\n[01]$/);
    }
    // Nothing else is left behind, but by a kill that asks nobody.
    if (signal !== 'SIGKILL') expect(readdirSync(folder)).toEqual(['file']);
  });
});
