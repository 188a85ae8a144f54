import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

/** What a comment on GitHub holds. */
const mostCharacters = 65_536;

const services = (count: number, endpoint: number) =>
  Array.from({ length: count }, (_, index) => {
    const name = `a-service-with-a-long-name-${index}`;
    const meta = (kind: string, more = '') =>
      `kind: ${kind}\nmetadata: {name: ${name}, namespace: a-namespace-with-a-long-name${more}}`;
    const address = `10.96.${index >> 8}.${(index & 255) + 1}`;
    return [
      '---',
      'apiVersion: v1',
      meta('Service'),
      `spec: {type: NodePort, clusterIP: ${address}, ports: [{name: http, port: 80, nodePort: ${30000 + index}}]}`,
      '---',
      'apiVersion: discovery.k8s.io/v1',
      meta('EndpointSlice', `, labels: {kubernetes.io/service-name: ${name}}`),
      'addressType: IPv4',
      'ports: [{name: http, port: 8080}]',
      `endpoints: [{addresses: [10.244.${index >> 8}.${(index & 127) + endpoint}], nodeName: worker-1}]`,
    ].join('\n');
  }).join('\n');

const nodes = (count: number) =>
  Array.from(
    { length: count },
    (_, index) =>
      `---\napiVersion: v1\nkind: Node\nmetadata: {name: worker-${index + 1}}\nspec: {podCIDR: 10.244.${index}.0/24}\nstatus: {addresses: [{type: InternalIP, address: 192.168.1.${index + 10}}]}\n`,
  ).join('');

describe('a review comment of a huge change', () => {
  test.each([
    ['on one node', 1, ['--node', 'worker-1']],
    ['on every node', 2, ['--nodes', 'all']],
  ] as const)(
    '%s fits, and says what was left out',
    async (_name, count, flags) => {
      const files = {
        'a.yaml': nodes(count) + services(16, 1),
        'b.yaml': nodes(count) + services(16, 100),
      };
      const { status, out } = await kubenat(
        ['diff', '--verbose', '--format', 'markdown', ...flags, 'a.yaml', 'b.yaml'],
        files,
      );
      expect(status).toBe(1);
      expect(out.length).toBeLessThan(mostCharacters);
      expect(out).toMatch(/… and \d+ more/);
      expect(out).toMatch(/… and \d+ lines more/);
      const times = (pattern: RegExp) => out.match(pattern)?.length ?? 0;
      expect(times(/<details>/g)).toBe(times(/<\/details>/g));
      expect(times(/^```/gm) % 2).toBe(0);
    },
    120_000,
  );
});
