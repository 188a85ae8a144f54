import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram, type Program } from './process.ts';

let program: Program;
let folder = '';

/** Enough services that the output of every command fills the pipe. */
const count = 800;

beforeAll(async () => {
  program = await buildProgram();
  folder = mkdtempSync(join(tmpdir(), 'kubenat-pipes-'));
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
  file('all.yaml', manifests(1));
  file('other.yaml', manifests(2));
  const { stdout } = program.run(['compile', 'all.yaml'], { cwd: folder });
  file('all.save', stdout);
  const packets = Array.from({ length: count }, (_, index) => ({
    id: `p${index}`,
    proto: 'tcp',
    src: '10.0.0.9',
    dst: `10.96.${index >> 8}.${index & 255}`,
    dport: 80,
    from: 'external',
  }));
  file('flows.json', JSON.stringify({ packets }));
});
afterAll(() => {
  program.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A twentieth of the services have the endpoint that is asked for. */
function manifests(endpoint: number): string {
  const node =
    'apiVersion: v1\nkind: Node\nmetadata:\n  name: n1\nstatus:\n  addresses:\n  - type: InternalIP\n    address: 10.0.0.1\n';
  const services = Array.from({ length: count }, (_, index) =>
    [
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: s${index}\n  namespace: default\nspec:`,
      `  clusterIP: 10.96.${index >> 8}.${index & 255}\n  ports:\n  - port: 80\n---`,
      `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\nmetadata:\n  name: s${index}`,
      `  namespace: default\n  labels:\n    kubernetes.io/service-name: s${index}\nports:\n- port: 8080\nendpoints:`,
      `- addresses:\n  - 10.${index % 20 === 0 ? endpoint : 9}.${index >> 8}.${index & 255}\n---\n`,
    ].join('\n'),
  );
  return services.join('') + node;
}

const commands = [
  'compile all.yaml',
  'get services all.yaml',
  'explain all.yaml',
  'explain --format json all.yaml',
  'fmt all.save',
  'trace --rules all.save --flows flows.json',
  'trace --rules all.save --flows flows.json --format json',
  'diff --format json all.yaml other.yaml',
];

describe('a reader that goes away', () => {
  test.each(commands)('%s | head -c 1', (command) => {
    const { stdout, stderr } = program.shell(
      `kubenat ${command} | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`,
      { cwd: folder },
    );
    expect(stdout).toMatch(/^[01]\n$/);
    expect(stderr).not.toMatch(/EPIPE|^ {4}at /m);
  });
});

test.each(['compile all.yaml', 'explain all.yaml'])('a full disk: %s', (command) => {
  const { status, stderr } = program.shell(`kubenat ${command} >/dev/full`, { cwd: folder });
  expect(stderr).toContain('error: the output cannot be written');
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(status).toBe(2);
});
