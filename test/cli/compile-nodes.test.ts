import { describe, expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const node = (name: string, address: string) => `apiVersion: v1
kind: Node
metadata: {name: ${name}}
status: {addresses: [{type: InternalIP, address: ${address}}]}
---
`;
const names = ['a', 'b', 'c', 'd', 'e'];
const manifest = `${names.map((name, index) => node(name, `192.168.10.${index + 1}`)).join('')}apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, clusterIP: 10.96.0.10, ports: [{port: 80, nodePort: 30080}]}
`;

async function compiled(...flags: readonly string[]) {
  const written = new Map<string, string>();
  const write = (path: string, text: string | Uint8Array) => void written.set(path, String(text));
  const run = await kubenat(['compile', '--nodes', 'all', ...flags, '-'], { '-': manifest }, { write });
  return { ...run, written };
}

describe('compile --nodes all', () => {
  test('a file for each node, with what one node alone has', async () => {
    const { status, out, written } = await compiled('-o', 'dir', '--mode', 'nftables');
    expect(status).toBe(0);
    expect(out).toBe(names.map((name) => `dir/${name}.nft\n`).join(''));
    const alone = await kubenat(['compile', '--node', 'c', '--mode', 'nftables', '-'], { '-': manifest });
    expect(written.get('dir/c.nft')).toBe(alone.out);
    expect(alone.out).toContain('elements = { 192.168.10.3 }');
  });

  test('shards share all nodes out, each once', async () => {
    const shards = await Promise.all(
      ['1/3', '2/3', '3/3'].map((shard) => compiled('-o', 'dir', '--shard', shard)),
    );
    const all = shards.flatMap(({ written }) => [...written.keys()]);
    expect(all.toSorted()).toEqual(names.map((name) => `dir/${name}.save`));
  });

  test.each([
    [[]],
    [['-o', 'dir', '--shard', '4/3']],
    [['-o', 'dir', '--shard', '0/3']],
    [['-o', 'dir', '--shard', 'x']],
  ])('%j is refused', async (flags) => {
    const { status, out, written } = await compiled(...flags);
    expect({ status, out, written: written.size }).toEqual({ status: 2, out: '', written: 0 });
  });
});
