import { expect, test } from 'vitest';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';

const host = buildHost('ipv4', [
  { addresses: ['192.0.2.10/24'].flatMap((text) => parseInterfaceAddress(text) ?? []) },
]);

/** The rules that a packet to the node matches, those that it may match with a question mark. */
function matched(text: string): string[] {
  const program = buildProgram(readDump({ name: 'node.save', text }).ruleset);
  const packet = parsePacket({
    name: 'packet',
    text: 'icmp 198.51.100.7 -> 192.0.2.10 from external',
  });
  const { outcomes } = tracePacket(program, host, packet, { trace: true });
  expect(outcomes.map(({ verdict }) => verdict)).toEqual(['accept']);
  return (outcomes[0]?.matched ?? []).map(
    ({ place, perhaps }) => `${place.table} ${place.chain} ${place.number}${perhaps ? '?' : ''}`,
  );
}

const socket =
  '*mangle\n-A PREROUTING ! -i lo -m socket --transparent -j MARK --set-xmark 0x200/0xffffffff\nCOMMIT\n';

// On the kernel, where no socket was open, the counters of the first two stayed at zero.
test('rules that only one of two ways meets are not told as matched', () => {
  const text = `${socket}*filter\n-A INPUT -m mark --mark 0x200/0xf00 -j ACCEPT\n-A INPUT -p icmp -j ACCEPT\nCOMMIT\n`;
  expect(matched(text)).toEqual(['mangle PREROUTING 1?', 'filter INPUT 1?', 'filter INPUT 2?']);
});

test('what both ways meet is matched', () => {
  const text = `${socket}*filter\n-A INPUT -p icmp -j ACCEPT\nCOMMIT\n`;
  expect(matched(text)).toEqual(['mangle PREROUTING 1?', 'filter INPUT 1']);
});

test('a rule that does nothing to the packet, and that it may match, is told as such', () => {
  const text = `${socket}*filter
-A INPUT -m mark --mark 0x200/0xf00 -j ACCEPT
-A INPUT -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[seen] "
-A INPUT -p tcp -m limit --limit 3/min -j LOG
COMMIT
`;
  expect(matched(text)).toEqual(['mangle PREROUTING 1?', 'filter INPUT 1?', 'filter INPUT 2?']);
});
