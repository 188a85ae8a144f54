import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram, type Program } from './process.ts';

let program: Program;
let cwd = '';

const service =
  'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 1}]}\n';
const awkward = "a b;'$(touch hacked)'\n.yaml";

beforeAll(async () => {
  program = await buildProgram();
  cwd = mkdtempSync(join(tmpdir(), 'kubenat-git-'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd, stdio: 'ignore' });
  git('init', '-q');
  for (const folder of ['good', 'link', 'latin', '-odd']) mkdirSync(join(cwd, folder));
  writeFileSync(join(cwd, 'good/a.yaml'), service);
  writeFileSync(join(cwd, 'good', awkward), service.replace('name: a', 'name: b').replace('.1,', '.2,'));
  writeFileSync(join(cwd, '-odd/a.yaml'), service);
  symlinkSync('/etc/passwd', join(cwd, 'link/a.yaml'));
  writeFileSync(join(cwd, 'latin/a.yaml'), Buffer.from(`${service}# \xe9\n`, 'latin1'));
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '-m', 'all');
});
afterAll(() => {
  program.remove();
  rmSync(cwd, { recursive: true, force: true });
});

test.each(['HEAD:good', 'HEAD:good/', `HEAD:good/${awkward}`, 'HEAD:-odd', 'HEAD:./good'])(
  '%j is read',
  (revision) => {
    expect(program.run(['diff', '--node', 'n', revision, revision], { cwd })).toMatchObject({ status: 0 });
    expect(existsSync(join(cwd, 'hacked'))).toBe(false);
  },
);

test.each([
  ['HEAD:link', 'a.yaml: no regular file'],
  ['HEAD:latin', '5:3: error[text-encoding]'],
  ['HEAD:latin/a.yaml', '5:3: error[text-encoding]'],
  ['HEAD:good/../../..', 'neither a file nor'],
  ['HEAD:nothing', 'neither a file nor'],
  ['--batch:a', 'neither a file nor'],
  ['--upload-pack=touch hacked:a', 'neither a file nor'],
  ['--output=hacked:a', 'neither a file nor'],
  ['ext::sh -c touch% hacked:a', 'neither a file nor'],
])('%j is refused', (revision, reason) => {
  const { status, stdout, stderr } = program.run(['diff', '--', revision, 'good'], { cwd });
  expect(stderr).toContain(reason);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(existsSync(join(cwd, 'hacked'))).toBe(false);
});

/** Names as on Windows, of files that are there, are no revisions; reports show them as they are. */
test.each(['C:\\deploy\\web.yaml', 'C:/deploy/web.yaml', '\\\\server\\share\\web.yaml'])(
  '%j is a file',
  (name) => {
    const file = join(cwd, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, service.replace('ports: [{port: 1}]', 'ports: [{port: 0}]'));
    const { status, stderr } = program.run(['diff', '--node', 'n', name, 'good'], { cwd });
    expect(stderr).toContain(`${name}:4:`);
    expect(status).toBe(2);
  },
);
