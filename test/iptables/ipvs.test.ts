import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

/** The nat table of a node whose kube-proxy runs in ipvs mode, of kube-proxy's own making but for the services. */
const dump = `*nat
:PREROUTING ACCEPT [99:12216]
:INPUT ACCEPT [50:7761]
:OUTPUT ACCEPT [44:7576]
:POSTROUTING ACCEPT [86:11523]
:KUBE-LOAD-BALANCER - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-NODE-PORT -p tcp -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m set --match-set KUBE-LOAD-BALANCER dst,dst -j KUBE-LOAD-BALANCER
-A KUBE-SERVICES ! -s 10.244.0.0/16 -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
-A KUBE-SERVICES -m set --match-set KUBE-LOAD-BALANCER dst,dst -j ACCEPT
COMMIT
`;
const sets = `create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-CLUSTER-IP 10.96.0.80,tcp:80
create KUBE-LOAD-BALANCER hash:ip,port family inet hashsize 1024 maxelem 65536
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-TCP 30080
`;
const host = 'addresses: [192.168.1.11/24]\npodCIDR: 10.244.9.0/24\nlocalAddresses: [10.96.0.80/32]\n';

async function ask(packet: string) {
  const args = [
    'trace',
    '--rules',
    'r',
    '--sets',
    's',
    '--host',
    'h.yaml',
    '--packet',
    packet,
    '--format',
    'json',
  ];
  const { out } = await kubenat(args, { r: dump, s: sets, 'h.yaml': host });
  const { results } = JSON.parse(out) as {
    results: { outcomes: { verdict: string; because: string | null }[] }[];
  };
  return results[0]?.outcomes ?? [];
}

describe("a dump of kube-proxy's ipvs mode", () => {
  test.each([
    ['a cluster address', 'tcp 10.244.9.7:4000 -> 10.96.0.80:80 from pod'],
    ['a node port', 'tcp 198.51.100.7:4000 -> 192.168.1.11:30080 from external'],
  ])('leaves to IPVS what is for %s', async (_what, packet) => {
    const [outcome, ...others] = await ask(packet);
    expect(others).toEqual([]);
    expect(outcome?.verdict).toBe('unknown');
    expect(outcome?.because).toContain('IPVS sends the packet to an endpoint');
  });

  test('answers what is for no service', async () => {
    const [outcome] = await ask('tcp 198.51.100.7:4000 -> 192.168.1.11:22 from external');
    expect(outcome?.verdict).toBe('accept');
  });
});
