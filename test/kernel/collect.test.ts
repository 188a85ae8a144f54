import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubenat } from '../cli/harness.ts';
import { pathOf } from '../pages.ts';
import { whyNoKernel } from './iptables.ts';

// The command that `kubenat collect` prints, run as it is in a namespace of its own, and its file asked.

const reason = whyNoKernel();
const manifests = pathOf('fixtures/collected/manifests.yaml');

it.skipIf(reason !== null)(
  `gathers what a node has${reason ? ` (${reason})` : ''}`,
  { timeout: 120_000 },
  async () => {
    const { out: rules } = await kubenat(['compile', '--node', 'n1', manifests]);
    const { out: command } = await kubenat(['collect']);
    const directory = mkdtempSync(join(tmpdir(), 'collect-'));
    const setUp = [
      'set -e',
      'iptables-nft-restore',
      'hostname n1',
      'ip link set lo up',
      'ip link add eth0 type veth peer name cni0',
      'ip addr add 10.0.0.5/24 dev eth0',
      'ip addr add 10.244.1.1/24 dev cni0',
      'ip link set eth0 up',
      'ip link set cni0 up',
      'ip route add default via 10.0.0.1',
      'ipset create blocked hash:net',
      'ipset add blocked 192.0.2.0/24',
      'iptables-nft -I INPUT -m set --match-set blocked src -j DROP',
      'nft add table inet fw',
      'nft "add chain inet fw in { type filter hook input priority 0; }"',
      'nft add rule inet fw in tcp dport 23 drop',
      `cd ${directory}`,
      command,
    ].join('\n');
    const made = spawnSync('unshare', ['-n', '-u', 'sh', '-c', setUp], { input: rules, encoding: 'utf8' });
    expect(made.status, made.stderr).toBe(0);
    const file = join(directory, 'node.txt');
    expect(readFileSync(file, 'utf8')).toMatch(/^# kubenat collect: 1 n1\n/);
    const ask = (packet: string) =>
      kubenat(['trace', '--rules', file, '--first', '--packet', `${packet} from external`]);
    expect((await ask('tcp 192.0.2.7:4000 -> 10.0.0.5:22')).out).toContain('rule 1 of filter INPUT');
    expect((await ask('tcp 198.51.100.7:4000 -> 10.0.0.5:23')).out).toContain('rule 1 of inet fw in');
    expect((await ask('tcp 198.51.100.7:4000 -> 10.0.0.5:22')).out).toContain(
      '100 %  reaches the node itself',
    );
    expect(await kubenat(['drift', file, manifests])).toMatchObject({
      status: 0,
      out: expect.stringContaining(
        `kube-proxy's rules are the same text; rules of others (1 in filter INPUT, 1 in inet fw in of ${file}) were not looked at.`,
      ),
    });
  },
);
