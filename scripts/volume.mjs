/**
 * How much people have to read: the lines of usual calls, of an earlier build and of this one.
 *
 *     node scripts/volume.mjs EARLIER/dist/cli/main.js [dist/cli/main.js]
 *
 * Each is asked about the same cluster of a usual size: 8 nodes, 30 Services of three types, 6 endpoints each. Both streams count.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [earlier, current = 'dist/cli/main.js'] = process.argv.slice(2);
if (earlier === undefined)
  throw new Error('usage: node scripts/volume.mjs EARLIER/dist/cli/main.js [main.js]');

const count = { nodes: 8, services: 30, endpoints: 6 };
const numbers = (many) => Array.from({ length: many }, (_, index) => index + 1);
const types = ['ClusterIP', 'NodePort', 'LoadBalancer'];

const node = (n) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: `node-${n}`, labels: { 'kubernetes.io/hostname': `node-${n}` } },
  spec: { podCIDR: `10.244.${n}.0/24`, podCIDRs: [`10.244.${n}.0/24`] },
  status: { addresses: [{ type: 'InternalIP', address: `192.168.10.${n}` }] },
});

/** `local`, of the first ones: `externalTrafficPolicy: Local`. `git`: without the addresses that the API server gives. */
function service(n, { local = 0, replicas = count.endpoints, git = false }) {
  const type = types[n % types.length];
  const isOutside = type !== 'ClusterIP';
  const policy = n <= local && isOutside ? { externalTrafficPolicy: 'Local' } : {};
  const given = git ? {} : { clusterIP: `10.96.0.${n}`, clusterIPs: [`10.96.0.${n}`] };
  const port = { port: 80, targetPort: 8080, ...(isOutside && !git && { nodePort: 30_000 + n }) };
  const labels = { app: `app-${n}` };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `app-${n}`, namespace: 'shop' },
      spec: { type, selector: labels, ports: [port], ...given, ...policy },
    },
    ...numbers(replicas).map((pod) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `app-${n}-${pod}`, namespace: 'shop', labels },
      spec: {
        nodeName: `node-${((n + pod) % count.nodes) + 1}`,
        containers: [{ name: 'web', image: 'web', ports: [{ containerPort: 8080 }] }],
      },
      status: {
        phase: 'Running',
        podIP: `10.244.${((n + pod) % count.nodes) + 1}.${n + 10 + pod * 32}`,
        podIPs: [{ ip: `10.244.${((n + pod) % count.nodes) + 1}.${n + 10 + pod * 32}` }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    })),
  ];
}

const cluster = (options = {}) => [
  ...numbers(count.nodes).map(node),
  ...numbers(count.services).flatMap((n) => service(n, n === 4 && options.one ? options.one : options)),
];

const folder = mkdtempSync(join(tmpdir(), 'kubenat-volume-'));
if (!process.env.KEEP) process.on('exit', () => rmSync(folder, { recursive: true }));
function write(name, objects) {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(
    join(folder, name, 'all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );
}
write('before', cluster());
write('after', cluster({ local: 6 }));
write('less', cluster({ one: { replicas: 0 } }));
write('git', cluster({ git: true }));
writeFileSync(join(folder, 'host.yaml'), 'addresses: [192.168.10.1/24]\npodCIDR: 10.244.1.0/24\n');
const start = (main, args) =>
  spawnSync('node', [resolve(main), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', LANG: 'C' },
    maxBuffer: 2 ** 28,
  });
for (const [name, from] of [
  ['node.save', 'before'],
  ['node.new.save', 'after'],
])
  writeFileSync(join(folder, name), start(current, ['compile', '--node', 'node-1', from]).stdout);
const cut = readFileSync(join(folder, 'node.save'), 'utf8').replace(/^-A PREROUTING.*\n/m, '');
writeFileSync(join(folder, 'cut.save'), cut);

const outside = 'tcp 198.51.100.7:40000 -> 192.168.10.1:30001 from external';
const inside = 'tcp 10.244.1.99:40000 -> 10.96.0.2:80 from pod';
const rules = ['--rules', 'node.save', '--host', 'host.yaml'];
const calls = [
  ['trace', '--node', 'node-1', '--packet', outside, 'before'],
  ['trace', '--node', 'node-1', '--packet', inside, 'before'],
  ['trace', ...rules, '--packet', outside],
  ['trace', ...rules, '--packet', inside],
  ['trace', '--node', 'node-1', '--packet', inside.replace('10.96.0.2:', '10.96.0.99:'), 'before'],
  ['explain', 'before', 'shop/app-1'],
  ['explain', 'before', 'shop/app-3'],
  ['explain', 'before'],
  ['explain', '--without-node', 'node-3', 'before', 'shop/app-1'],
  ['explain', 'git', 'shop/app-1'],
  ['diff', 'node.save', 'node.new.save'],
  ['diff', '--node', 'node-1', 'before', 'after'],
  ['diff', '--node', 'node-1', 'before', 'less'],
  ['diff', '--nodes', 'all', 'before', 'after'],
  ['diff', '--nodes', 'all', 'before', 'less'],
  ['diff', '--format', 'markdown', '--node', 'node-1', 'before', 'after'],
  ['check', 'node.save'],
  ['check', 'cut.save'],
  ['compile', '--node', 'node-1', '-o', 'out.save', 'git'],
  ['get', 'services', 'git'],
];
const lines = ({ stdout, stderr }) => `${stdout}${stderr}`.split('\n').length - 1;
const words = ({ stdout, stderr }) => `${stdout}${stderr}`.split(/\s+/).length - 1;
const rows = calls.map((args) => {
  const [was, is] = [earlier, current].map((main) => start(main, args));
  const share = lines(is) / Math.max(1, lines(was));
  return [
    args.join(' '),
    lines(was),
    lines(is),
    share.toFixed(2),
    words(was),
    words(is),
    was.status,
    is.status,
  ];
});
const head = [
  'call',
  'lines before',
  'lines now',
  'share',
  'words before',
  'words now',
  'status before',
  'now',
];
for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
