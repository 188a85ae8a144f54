import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isNftThere } from './nft/nft.ts';

// Datagrams to a socket of the node, the second and third with an extension header: which of them arrive under one rule.

const script = `
import socket
at = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
at.bind(('::1', 5000))
at.settimeout(0.3)
for option in (None, 59, 54):
    by = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    if option:
        by.setsockopt(41, option, bytes([0, 0, 1, 4, 0, 0, 0, 0]))
    by.sendto(b'x', ('::1', 5000))
    try:
        at.recv(9)
        print('arrives')
    except OSError:
        print('lost')
`;

function arrivals(rule: string): string[] {
  const text = `table ip6 t { chain i { type filter hook input priority 0; policy accept; ${rule}; }; }`;
  const command = 'ip link set lo up; nft -f - && exec python3 -c "$0"';
  const { stdout, stderr } = spawnSync('unshare', ['-n', 'sh', '-c', command, script], {
    input: text,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

test.runIf(isNftThere).each([
  ['ip6 nexthdr udp drop', ['lost', 'arrives', 'arrives']],
  ['meta l4proto udp drop', ['lost', 'lost', 'lost']],
  ['ip6 nexthdr udp udp dport 5000 drop', ['lost', 'arrives', 'arrives']],
  ['udp dport 5000 drop', ['lost', 'lost', 'lost']],
  ['ip6 nexthdr != udp udp dport 5000 drop', ['arrives', 'lost', 'lost']],
  ['ip6 nexthdr { hopopt, 60 } drop', ['arrives', 'lost', 'lost']],
  ['exthdr dst exists drop', ['arrives', 'lost', 'arrives']],
])('%s', (rule, seen) => {
  expect(arrivals(rule)).toEqual(seen);
});
