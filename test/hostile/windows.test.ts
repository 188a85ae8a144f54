import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram, type Program } from './process.ts';
import { windowsPaths } from './windows.ts';

const service = (port: number) => `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  clusterIP: 10.96.0.80
  ports: [{port: ${port}}]
`;

interface Result {
  readonly locations: readonly Location[];
  readonly relatedLocations?: readonly Location[];
}

interface Location {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
}

const cwd = mkdtempSync(join(tmpdir(), 'kubenat-windows-'));
const windowsCwd = `C:${cwd.replaceAll('/', '\\')}`;
let program: Program;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), text);
}

function run(...args: string[]) {
  const { status, stdout, stderr } = program.run(args, { cwd });
  return { status, out: stdout, err: stderr };
}

beforeAll(async () => {
  program = await buildProgram([windowsPaths()]);
  write('deploy/web.yaml', service(80));
  write('later/web.yaml', service(81));
}, 60_000);
afterAll(() => {
  program.remove();
  rmSync(cwd, { recursive: true });
});

test('a directory of another drive, and a name with backslashes', () => {
  const there = run('compile', `${windowsCwd}\\deploy`);
  const here = run('compile', '.\\deploy\\web.yaml');
  expect([there.status, here.status]).toEqual([0, 0]);
  expect(there.out).toBe(here.out);
  expect(there.out).toContain('-d 10.96.0.80/32');
});

test('problems name files as the user did', () => {
  write('bad/web.yaml', service(0));
  const { status, err } = run('compile', 'bad');
  expect(status).toBe(2);
  expect(err).toMatch(/^bad\\web\.yaml:6:\d+: error\[port-range\]/m);
});

test('golden files are written beside their manifests, and compared', () => {
  write('cases/one/web.yaml', service(80));
  const written = run('golden', '--update', '.\\cases');
  expect(written).toMatchObject({ status: 0, out: 'cases\\one\\expected\\node-1.ipv4.save: written\n' });
  const file = join(cwd, 'cases/one/expected/node-1.ipv4.save');
  expect(readFileSync(file, 'utf8')).toContain('-d 10.96.0.80/32');
  // As git checks text files out there.
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
  expect(run('golden', 'cases')).toMatchObject({ status: 0, out: '1 golden file: 1 as expected.\n' });
  write('cases/one/web.yaml', service(81));
  expect(run('golden', 'cases').status).toBe(1);
});

test('expectations find files beside themselves', () => {
  const expectation = `manifests: ../deploy
expectations:
- name: nobody is there
  packet: tcp 10.244.1.9:4000 -> 10.96.0.80:80 from pod
  verdict: reject
`;
  write('tests/web.kubenat.yaml', expectation);
  const { status, out, err } = run('test', 'tests', '--format', 'junit');
  expect(err).not.toContain('error');
  expect(status, out + err).toBe(0);
  expect(out).toContain('nobody is there');
});

test('a link that leads out of the directory is refused', () => {
  mkdirSync(join(cwd, 'linked'));
  symlinkSync('../deploy/web.yaml', join(cwd, 'linked/web.yaml'));
  const { status, err } = run('compile', 'linked');
  expect(status).toBe(2);
  expect(err).toContain('leads out of the directory');
});

test('an output file is replaced whole', () => {
  const { status, err } = run('report', '--output', 'out.html', 'deploy');
  expect(status, err).toBe(0);
  expect(existsSync(join(cwd, 'out.html'))).toBe(true);
});

test.each([
  ['deploy', 'deploy/web.yaml'],
  ['.\\deploy', 'deploy/web.yaml'],
  [`${windowsCwd}\\deploy`, `file:///C:${cwd}/deploy/web.yaml`],
  // Resolved on the drive of the working directory, as Windows does.
  [`${cwd}/deploy`, `${cwd}/deploy/web.yaml`],
])('SARIF names %s as a URI', (directory, uri) => {
  const { results } = JSON.parse(run('diff', '--format', 'sarif', directory, 'later').out).runs[0];
  const places = results.flatMap(({ locations, relatedLocations = [] }: Result) =>
    [...locations, ...relatedLocations].map(({ physicalLocation }) => physicalLocation.artifactLocation.uri),
  );
  expect(new Set(places)).toEqual(new Set([uri, 'later/web.yaml']));
});
