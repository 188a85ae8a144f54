import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubenat-kept-'));
const kept = join(folder, 'kept');
const manifests = join(folder, 'manifests');
afterAll(() => rmSync(folder, { recursive: true }));

const service = (port: number) => `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.9, ports: [{port: ${port}}]}
`;
const put = (name: string, text: string) => writeFileSync(join(manifests, name), text);
const cached = (...args: readonly string[]) => kubenat([...args, '--cache', kept]);
const compile = ['compile', '--node', 'n', manifests];

beforeEach(() => {
  rmSync(kept, { recursive: true, force: true });
  rmSync(manifests, { recursive: true, force: true });
  mkdirSync(manifests);
  put('web.yaml', service(80));
});

/** Puts another answer in the place of the kept one, so that it can be told from one that was made anew. */
function forge(change: (body: { out: string }) => unknown): void {
  for (const name of readdirSync(kept)) {
    const file = join(kept, name);
    const body = JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8').split('\n')[1] as string)));
    writeFileSync(file, `${createHash('sha256').update(body).digest('hex')}\n${body}`);
  }
}
const forged = Buffer.from('kept').toString('base64');

describe('an answer that was kept', () => {
  test('is given again, status and notes as well', async () => {
    const first = await cached(...compile);
    expect(first).toEqual(await kubenat(compile));
    expect(await cached(...compile)).toEqual(first);
    forge((body) => ({ ...body, out: forged }));
    expect(await cached(...compile)).toEqual({ ...first, out: 'kept' });
  });

  test.each<[string, () => void]>([
    ['a file changes', () => put('web.yaml', service(81))],
    ['a file comes', () => put('other.yaml', service(82).replace('web', 'other').replace('.9', '.10'))],
    ['a file goes', () => rmSync(join(manifests, 'web.yaml'))],
  ])('is none when %s', async (_, change) => {
    put('another.yaml', service(443).replace('web', 'another').replace('.9', '.11'));
    await cached(...compile);
    forge((body) => ({ ...body, out: forged }));
    change();
    expect(await cached(...compile)).toEqual(await kubenat(compile));
  });

  test('is of this command line alone', async () => {
    await cached(...compile);
    forge((body) => ({ ...body, out: forged }));
    const other = [...compile, '--kube-version', '1.29'];
    expect(await cached(...other)).toEqual(await kubenat(other));
  });

  test.each<[string, (file: string) => void]>([
    ['cut off', (file) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, -9))],
    ['empty', (file) => writeFileSync(file, '')],
    [
      'changed',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('"status":0', '"status":1')),
    ],
  ])('is none where its file is %s', async (_, spoil) => {
    const first = await cached(...compile);
    for (const name of readdirSync(kept)) spoil(join(kept, name));
    expect(await cached(...compile)).toEqual(first);
  });

  test('is none when a revision moves', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        cwd: manifests,
      });
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'one');
    const diff = ['diff', '--node', 'n', `HEAD:${manifests}`, manifests];
    expect(await cached(...diff)).toMatchObject({ status: 0 });
    put('web.yaml', service(81));
    const changed = await cached(...diff);
    expect(changed).toMatchObject({ status: 1 });
    expect(await cached(...diff)).toEqual(changed);
    git('commit', '-qam', 'two');
    expect(await cached(...diff)).toEqual(await kubenat(diff));
  });

  test('reads standard input once', async () => {
    const input = { '-': service(80) };
    const args = ['compile', '--node', 'n', '-', '--cache', kept];
    const first = await kubenat(args, input);
    forge((body) => ({ ...body, out: forged }));
    expect(await kubenat(args, input)).toEqual({ ...first, out: 'kept' });
    expect(await kubenat(args, { '-': service(81) })).toMatchObject({
      out: expect.stringContaining('--dport 81'),
    });
  });
});

describe('nothing is kept', () => {
  test('of what is refused', async () => {
    expect(await cached('compile', '--node', 'n', join(folder, 'nothing'))).toMatchObject({ status: 2 });
    expect(() => readdirSync(kept)).toThrow('ENOENT');
  });

  test('of what writes files', async () => {
    const certificate = join(folder, 'certificate.json');
    const args = ['diff', '--node', 'n', '--certificate', certificate, manifests, manifests];
    expect(await cached(...args)).toMatchObject({ status: 0 });
    rmSync(certificate);
    await cached(...args);
    expect(readFileSync(certificate, 'utf8')).not.toBe('');
  });

  test('where no file can be made, which is told; the answer stands', async () => {
    writeFileSync(kept, '');
    const { err, ...answer } = await cached(...compile);
    expect(err).toContain('warning[file-unwritable]: the answer is not kept');
    expect(answer).toMatchObject({ status: 0, out: (await kubenat(compile)).out });
  });

  test('of a command that goes on', async () => {
    expect(await cached('test', '--watch', manifests)).toMatchObject({
      status: 2,
      err: expect.stringContaining('--cache with --watch'),
    });
  });
});

const step = fc.record({
  name: fc.constantFrom('web.yaml', 'other.yaml'),
  port: fc.option(fc.constantFrom(80, 81)),
  command: fc.constantFrom(compile, ['diff', '--node', 'n', manifests, join(manifests, 'web.yaml')]),
});

test('whatever changes, the answer is the same as without', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      for (const { name, port, command } of steps) {
        if (port === null) rmSync(join(manifests, name), { force: true });
        else put(name, service(port).replace('web', name.slice(0, -5)));
        expect(await cached(...command)).toEqual(await kubenat(command));
      }
    }),
    { numRuns: 15 },
  );
});
