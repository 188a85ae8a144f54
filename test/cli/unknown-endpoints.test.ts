import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pathOf } from '../pages.ts';
import { kubenat } from './harness.ts';

/** `kubectl get all`: Services beside Pods without their addresses, so that nobody can tell the endpoints. */
const all = pathOf('fixtures/kubectl/all.txt');
const web = '10.96.78.142';
const packet = ['--packet', `tcp 10.0.0.1:4000 -> ${web}:80`];

test('a packet to a service whose endpoints are not known has no known fate', async () => {
  const { status, out } = await kubenat(['trace', all, '--format', 'json', ...packet]);
  expect(status).toBe(0);
  const [outcome, ...others] = JSON.parse(out).results[0].outcomes;
  expect(others).toEqual([]);
  expect(outcome).toMatchObject({ verdict: 'unknown', weight: '1/1' });
  expect(outcome.because).toContain('the endpoints of the service are not known');
});

test('nor does a matrix say that it has none', async () => {
  const { out } = await kubenat(['explain', all, 'web']);
  expect(out).toContain('Endpoints: not known\n');
  expect(out).not.toMatch(/is rejected|has no endpoints/);
});

test.each(['iptables', 'nftables'])('rules of mode %s refuse nothing for it', async (mode) => {
  const { out } = await kubenat(['compile', '--mode', mode, all]);
  expect(out).not.toMatch(/has no (?:local )?endpoints|goto reject-chain/);
  expect(out).toContain('ENDPOINTS-UNKNOWN');
});

/** With policy Local a balancer asks which nodes have an endpoint, and nobody knows. */
test('a load balancer may send to any node', async () => {
  const service = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80}], selector: {app: web}}
status: {loadBalancer: {ingress: [{ip: 203.0.113.9}]}}
`;
  const pods = pathOf('fixtures/kubectl/pods-wide.txt');
  const { out } = await kubenat(['explain', 'svc.yaml', pods, pathOf('fixtures/kubectl/nodes-wide.txt')], {
    'svc.yaml': service,
  });
  expect(out).not.toContain('no node has a ready endpoint');
  expect(out).toContain('the endpoints of the service are not known');
});

test.each(['compile', 'get services', 'explain', 'trace', 'report'])(
  '--strict makes status 2 of it: %s',
  async (command) => {
    const flags = command === 'trace' ? packet : [];
    const { status, out, err } = await kubenat([...command.split(' '), '--strict', all, ...flags]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('error[endpoints-unknown]');
  },
);

test('--strict is silent where nothing is to be warned of', async () => {
  const files = { in: readFileSync(pathOf('fixtures/service-test/service.yaml'), 'utf8') };
  expect((await kubenat(['get', 'services', '--strict', 'in'], files)).status).toBe(0);
});
